// SPDX-License-Identifier: MIT
// plan.mjs — random work for a soak: reproducible from its seed, the same for every kind of producer.
export const DEDUP_IDS = 6

export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

// {name, data, opts}: data tells a worker what to do, {ms: how long, fails: how often first}.
export function nextJob(rand) {
  const below = (n) => Math.floor(rand() * n)
  const data = { ms: rand() < 0.05 ? 100 + below(300) : below(12), fails: rand() < 0.15 ? 1 + below(3) : 0 }
  const opts = {}
  const kind = rand()
  if (kind < 0.2) opts.priority = 1 + below(5)
  else if (kind < 0.35) opts.delay = 1 + below(400)
  else if (kind < 0.45) opts.lifo = true
  if (data.fails) Object.assign(opts, { attempts: 1 + below(4) }, rand() < 0.5 ? { backoff: { type: 'fixed', delay: 1 + below(150) } } : {})
  if (rand() < 0.1) opts.deduplication = { id: `d${1 + below(DEDUP_IDS)}` }
  return { name: 'soak', data, opts }
}

// What a run of the job does, the nth (from 0) that got as far as here.
export const failsAt = (data, attemptsMade) => attemptsMade < data.fails
