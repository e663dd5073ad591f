// SPDX-License-Identifier: MIT
// random.mjs — sequences nobody thought of: steps drawn from a seed, both sides the same.
import { random } from '../soak/plan.mjs'

const STEPS = 60

class Draw {
  constructor(seed) {
    this.rand = random(seed)
  }
  below(n) {
    return Math.floor(this.rand() * n)
  }
  one(list) {
    return list[this.below(list.length)]
  }
  chance(p) {
    return this.rand() < p
  }
}

function options(draw, names) {
  const opts = {}
  const kind = draw.below(7)
  if (kind === 1) opts.priority = 1 + draw.below(3)
  if (kind === 2) opts.delay = draw.one([0, 1, 100, 5000])
  if (kind === 3) opts.lifo = true
  if (kind === 4) Object.assign(opts, { delay: 100, priority: 2 })
  if (draw.chance(0.3)) opts.attempts = 1 + draw.below(3)
  if (draw.chance(0.2)) opts.backoff = draw.one([100, { type: 'fixed', delay: 50 }, { type: 'exponential', delay: 20 }])
  if (draw.chance(0.2)) opts.removeOnComplete = draw.one([true, false, 0, 2, { age: 1 }, { age: 1, count: 1 }, { count: 3 }])
  if (draw.chance(0.2)) opts.removeOnFail = draw.one([true, 1, { age: 2 }])
  if (draw.chance(0.15)) opts.stackTraceLimit = draw.below(3)
  if (draw.chance(0.15)) opts.jobId = draw.one(names)
  return opts
}

function deduplication(draw) {
  const request = { id: draw.one(['x', 'y']) }
  const mode = draw.below(6)
  if (mode === 1) request.ttl = 60_000
  if (mode === 2) Object.assign(request, { ttl: 60_000, extend: true })
  if (mode === 3) request.replace = true
  if (mode === 4) request.keepLastIfActive = true
  if (mode === 5) Object.assign(request, { ttl: 60_000, extend: true, replace: true })
  return request
}

const POLICIES = [{}, { failParentOnFailure: true }, { continueParentOnFailure: true }, { ignoreDependencyOnFailure: true }, { removeDependencyOnFailure: true }]

function flow(draw, serial, depth = 0) {
  const node = { name: 'f', queueName: draw.one(['q', 'r']), data: { serial: serial.n }, opts: { jobId: `f${serial.n++}`, ...(depth ? draw.one(POLICIES) : {}) } }
  if (draw.chance(0.3)) node.opts.priority = 1 + draw.below(3)
  if (draw.chance(0.2)) node.opts.delay = 100
  if (draw.chance(0.3)) node.opts.attempts = 2
  if (draw.chance(0.2)) node.opts.removeOnFail = true
  if (depth === 0 || (depth < 2 && draw.chance(0.3))) node.children = Array.from({ length: 1 + draw.below(3) }, () => flow(draw, serial, depth + 1))
  return node
}

function outcome(draw) {
  const kind = draw.below(10)
  if (kind < 5) return { value: draw.one([1, 'x', null, undefined, { a: [] }]) }
  if (kind < 8) return { fail: 'broke', ...(draw.chance(0.2) ? { unrecoverable: true } : {}) }
  if (kind === 8) return { delay: draw.one([0, 100]) }
  return draw.one([{ wait: true }, { waitChildren: true, value: 2 }])
}

async function step({ P, W, I, s }, draw, state) {
  const name = draw.one(['q', 'q', 'r'])
  const at = (role) => role.on(name)
  const key = (suffix) => `bull:${name}:${suffix}`
  const kind = draw.below(34)
  if (kind < 7) return at(P).add('x', { n: state.n++ }, options(draw, state.names))
  if (kind < 9) return at(P).add('d', { n: state.n++ }, { ...options(draw, []), deduplication: deduplication(draw) })
  if (kind < 10) return at(P).addBulk(Array.from({ length: 3 }, () => ({ name: 'b', data: state.n++, opts: options(draw, state.names) })))
  if (kind < 12) return P.addFlow(flow(draw, state.serial))
  if (kind < 20) {
    const token = `t${state.tokens++}`
    const { job } = await at(W).fetch(token)
    if (job) state.held.push({ name, id: job.id, token })
    return
  }
  if (kind < 29 && state.held.length) {
    const [{ name: queue, id, token }] = state.held.splice(draw.below(state.held.length), 1)
    const end = outcome(draw)
    // Who fetches the next job when an ending was refused, or needed a second call, is the worker's own business.
    const canFollow = !state.stolen && !id.startsWith('f') && 'value' in end && !end.waitChildren
    const { next } = await W.on(queue).settle(id, end, { token, next: canFollow && draw.chance(0.5) })
    if (next) state.held.push({ name: queue, id: next.id, token })
    return
  }
  if (kind === 29 && !state.stolen) return s.advance(draw.one([1, 60, 150, 2000]))
  if (kind === 30) {
    if (state.held.length && draw.chance(0.5)) state.stolen = true
    if (state.stolen && state.held.length) await s.redis.del(`bull:${state.held[0].name}:${state.held[0].id}:lock`)
    await s.redis.del(key('stalled-check'))
    return at(W).stalledCheck()
  }
  if (kind === 31) return draw.chance(0.5) ? at(I).pause() : at(I).resume()
  if (kind === 32) return at(I).setConcurrency(draw.one([1, 2, 0, 0]))
  if (kind === 33 && state.held.length) state.stolen = true
  if (kind === 33 && state.held.length) return s.redis.set(`bull:${state.held[0].name}:${state.held[0].id}:lock`, 'stolen')
}

export const randomSequence = (seed) => ({
  n: 100 + seed, role: 'PW', title: 'drawn at random', since: 5,
  known: {
    all: [
      { at: /:marker(\.|$)/, why: 'a slot that becomes free is told' },
    ],
  },
  async run(c) {
    const draw = new Draw(seed)
    const state = { n: 0, tokens: 0, serial: { n: 0 }, held: [], names: ['a', 'b', 'c'] }
    for (let i = 0; i < STEPS; i++) {
      await step(c, draw, state)
      if (i % 10 === 9) await c.s.snap(`step ${i}`)
    }
  },
})
