// SPDX-License-Identifier: MIT
// count.mjs [--record] [REPLAY…] — counts, and prints each beside the baseline; --record makes them the baseline.
import { join } from 'node:path'

import { BUILD, baselineFor, baselines, compare, gated, madeWith, record, words } from './gate.mjs'
import * as replays from './replay.mjs'

const names = ['webhooks', 'jobs', 'sends']
const wanted = process.argv.slice(2).filter((word) => word !== '--record')
const recording = process.argv.includes('--record')
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0 || (recording && wanted.length > 0)) {
  console.error(`usage: tests/cost/count [--record | REPLAY…], of ${names.join(', ')}; a baseline is made of all`)
  process.exit(2)
}

// As node:test gives it to a test: what is to be done at its end, the last first.
async function alone(replay) {
  const last = []
  try {
    return await replay({ after: (fn) => last.unshift(fn) }, join(BUILD, 'willaq'))
  } finally {
    for (const fn of last) await fn()
  }
}

const tools = madeWith()
console.log(`made with ${words(tools)}\n`)
const counts = {}
for (const name of wanted.length > 0 ? wanted : names) Object.assign(counts, await alone(replays[name]))
const known = baselines()
const baseline = known.length > 0 ? baselineFor(tools) : undefined
for (const [name, objects] of Object.entries(counts)) {
  const before = baseline?.counts[name]
  for (const [each, n] of Object.entries(gated(name, objects))) {
    const then = before && gated(name, before)[each]
    console.log(`${each}: ${Math.round(n)}${then ? `, ${((n / then - 1) * 100).toFixed(2)} % beside the baseline` : ''}`)
  }
  const largest = Object.entries(objects).sort(([, a], [, b]) => b - a).slice(0, 6)
  console.log(`  ${largest.map(([object, n]) => `${object} ${Math.round(n)}`).join(', ')}`)
}
if (recording) {
  record(tools, counts)
  console.log('\nrecorded in tests/cost/baseline.json: commit it with the reason')
} else if (baseline) {
  const { failures, hints } = compare(counts, baseline)
  console.log(['', baseline.note, ...failures, ...hints].filter((line) => line !== undefined).join('\n'))
}
process.exit(0)
