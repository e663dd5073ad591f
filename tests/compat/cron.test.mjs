// SPDX-License-Identifier: MIT
// cron.test.mjs — sequence 62: 500 patterns in 5 zones, 50 moments of each, as both generations of cron-parser name them.
//
// cron-parser needs minutes for that, so what it said is recorded (cron/recorded.json: a digest per pattern), and asked anew
// for a sample, and for whatever no longer agrees with the record: newer zone data there and here are no fault.
//   CRON_FULL=1    asks it for all
//   CRON_RECORD=1  and writes the record
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { oracle, patterns, REFUSED, REFUSED_BY, startOf, TIMES, ZONES } from './cron/corpus.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIN = process.env.WILLAQ_BIN ?? join(ROOT, 'build-asan', 'willaq')
const OURS = process.env.COMPAT_CRON ?? join(dirname(BIN), 'tests', 'compat', 'compat-cron')
const RECORD = new URL('./cron/recorded.json', import.meta.url)
const SAMPLE_EVERY = 61 // of the pairs of pattern and zone; shares no factor with the number of zones
const SAMPLE_TIMES = 5
const ASKED_AGAIN_MAX = 5
const DIALECTS = [4, 5]
const all = Boolean(process.env.CRON_FULL || process.env.CRON_RECORD)

// Answers of ours to [dialect, zone, from, times, pattern].
function ours(questions) {
  const run = spawnSync(OURS, { input: questions.map((q) => `${q.join('\t')}\n`).join(''), maxBuffer: 2 ** 28, encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr || String(run.error))
  return run.stdout.split('\n').slice(0, -1)
}

const corpus = patterns()
const question = (dialect, i, zone, times) => [dialect, zone, startOf(i), times, corpus[i]]
const told = ([dialect, zone, from, , pattern]) => `${pattern} in ${zone} by cron-parser ${dialect} after ${new Date(from).toISOString()}`
const digest = (answers) => createHash('sha256').update(answers.join('\n')).digest('hex').slice(0, 12)
const ask = ([dialect, zone, from, times, pattern]) => oracle(dialect, pattern, zone, from, times)

test('a sample of moments is named by cron-parser itself', () => {
  const sample = corpus.flatMap((_, i) => ZONES.map((zone) => [i, zone])).filter((_, n) => n % SAMPLE_EVERY === 0)
  const questions = sample.flatMap(([i, zone]) => DIALECTS.map((d) => question(d, i, zone, SAMPLE_TIMES)))
  ours(questions).forEach((answer, n) => assert.equal(answer, ask(questions[n]), told(questions[n])))
})

test('the corpus is what cron-parser said of it', () => {
  const questions = DIALECTS.flatMap((d) => corpus.flatMap((_, i) => ZONES.map((zone) => question(d, i, zone, TIMES))))
  const answers = ours(questions)
  const recorded = process.env.CRON_RECORD ? {} : JSON.parse(readFileSync(RECORD, 'utf8'))
  let asked = 0
  DIALECTS.forEach((dialect, d) => {
    const digests = corpus.map((_, i) => {
      const at = (d * corpus.length + i) * ZONES.length
      const mine = answers.slice(at, at + ZONES.length)
      if (!all && recorded[dialect][i] === digest(mine)) return recorded[dialect][i]
      asked++
      assert.ok(all || asked <= ASKED_AGAIN_MAX, `too much differs from the record: ${corpus[i]} of cron-parser ${dialect}`)
      mine.forEach((answer, z) => assert.equal(answer, ask(questions[at + z]), told(questions[at + z])))
      return digest(mine)
    })
    if (process.env.CRON_RECORD) recorded[dialect] = digests
  })
  if (process.env.CRON_RECORD) writeFileSync(RECORD, `${JSON.stringify(recorded)}\n`)
})

test('what cron-parser refuses is refused', () => {
  for (const dialect of DIALECTS) {
    const questions = [...REFUSED, ...REFUSED_BY[dialect]].map((pattern) => [dialect, 'UTC', startOf(0), 1, pattern])
    ours(questions).forEach((answer, n) => {
      assert.equal(answer, ask(questions[n]), told(questions[n]))
      assert.ok(answer === 'refused' || answer === 'never', told(questions[n]))
    })
  }
})

test('H is the value that its seed picks', () => {
  const hashed = ['H * * * *', 'H H * * *', 'H/15 * * * *', 'H(10-20) H(1-5)/2 * * *', 'H H H H H H', '0 0 H(1-7) * H', 'H(0-200) * * * *', 'H/90 * * * *', 'H,5 * H * *']
  const questions = hashed.map((pattern) => [5, 'UTC', startOf(0), 3, pattern])
  ours(questions).forEach((answer, n) => assert.equal(answer, ask(questions[n]), told(questions[n])))
  for (const pattern of ['H(5-1) * * * *', 'H/0 * * * *', 'H(70-80) * * * *', 'H(5) * * * *'])
    assert.deepEqual(ours([[5, 'UTC', startOf(0), 1, pattern]]), ['refused'], pattern)
})
