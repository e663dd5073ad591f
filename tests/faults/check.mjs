// SPDX-License-Identifier: MIT
// check.mjs — after all other suites: `check.mjs LOGS MESON_LOGS` says whether each row of the fault table was tested by them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { gaps, ofRow, readFuzz, readMeson, readSpec } from './read.mjs'
import { rows } from './rows.mjs'

const [logs, mesonLogs] = process.argv.slice(2)
const text = (name) => (existsSync(join(logs, name)) ? readFileSync(join(logs, name), 'utf8') : '')
const together = (all) => ({ tests: all.flatMap(({ tests }) => tests), found: all.flatMap(({ found }) => found) })

const read = {
  node: together(['system', 'compat', 'browser'].map((suite) => readSpec(text(`node-${suite}.log`)))),
  meson: together(['unit', 'flow'].map((suite) => readMeson(join(mesonLogs, `${suite}.json`)))),
  fuzz: readFuzz(text('fuzz.log')),
}
let passed = 0
const missing = gaps(rows)
for (const row of rows) {
  const { tests, found } = ofRow(row, read)
  const bad = tests.filter(({ ok }) => !ok)
  const good = tests.length > 0 ? bad.length === 0 : Boolean(row.due)
  if (good) passed++
  else missing.push(`${row.id}: ${tests.length === 0 ? 'no test of it ran' : bad.map(({ name, why }) => `${name}: ${why}`).join('; ')}`)
  console.log(`${row.id}: ${tests.length - bad.length} of ${tests.length} tests passed${found.map((counts) => ` ${JSON.stringify(counts)}`).join('')}`)
}
for (const line of missing) console.log(`faults: ${line}`)
console.log(`faults: ${passed} passed, ${missing.length} failed`)
process.exit(missing.length === 0 ? 0 : 1)
