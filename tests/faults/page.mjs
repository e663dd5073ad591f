// SPDX-License-Identifier: MIT
// page.mjs — docs/faults.md, from what the campaign keeps in results.json: the last run of each row, a long one until the next long one.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'

import { ROOT } from './read.mjs'

const FUZZED = 10_000_000
const RESULTS = join(ROOT, 'tests/faults/results.json')
const PAGE = join(ROOT, 'docs/faults.md')

const load = () => (existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {})

function here() {
  const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim()
  const all = cpus()
  const machine = `${all.length} x ${all[0].model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`
  return { date: new Date().toISOString().slice(0, 10), commit, machine }
}

// `ran`: {id: {long, seconds, tests, found}}.
export function keep(ran) {
  const results = load()
  for (const [id, result] of Object.entries(ran)) if (result.long || !results[id]?.long) results[id] = { ...here(), ...result }
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`)
  return results
}

export function verdict(row, result) {
  if (!result || result.tests.length === 0) return row.due ? `no test yet: ${row.due}` : 'not run'
  const bad = result.tests.filter(({ ok }) => !ok)
  if (bad.length > 0) return `**falls short**: ${bad.map(({ name, why }) => `${name}: ${why}`).join('; ')}`
  const few = row.fuzz ? Object.entries(result.found[0] ?? {}).filter(([, n]) => n < FUZZED) : []
  const notes = [...(few.length > 0 ? [`fewer than ${FUZZED.toLocaleString('en')} inputs: ${few.map(([name]) => name).join(', ')}`] : []), ...(result.long ? (row.fewer ? [row.fewer] : []) : ['run short']), ...(row.due ? [`due: ${row.due}`] : [])]
  return ['holds', ...notes].join('; ')
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
const value = (v) => (v !== null && typeof v === 'object' ? `(${counts(v)})` : typeof v === 'number' ? v.toLocaleString('en') : v)
const counts = (all) => Object.entries(all).map(([name, v]) => (Array.isArray(v) ? `${name} ${v.join(', ')}` : `${name.replaceAll('_', ' ')} ${value(v)}`)).join(', ')

export function render(rows, results) {
  const table = rows.map((row) => {
    const r = results[row.id]
    return `| ${[row.id, row.what, row.holds, verdict(row, r)].map(cell).join(' | ')} |`
  })
  const runs = rows.filter(({ id }) => results[id]).map((row) => {
    const r = results[row.id]
    const done = r.found.map((one) => cell(counts(one))).join('<br>')
    return `| ${row.id} | ${r.long ? 'long' : 'short'} | ${r.date} | ${r.commit} | ${r.tests.filter(({ ok }) => ok).length} of ${r.tests.length} | ${r.seconds} s | ${done} |`
  })
  const machines = [...new Set(rows.map(({ id }) => results[id]?.machine).filter(Boolean))]
  return `# Faults

What was done to willaq, and what held. Written by \`tests/run faults --long\`, which runs each row with the counts of this table and
replaces its line here; a row that says *run short* was run with the few counts that every commit is tested with. A row's tests are those
that carry its name; a referee compares exact sets: what was asked for or answered 200, what became of it, and what the provider really got.

| row | what is done | what must hold | |
|---|---|---|---|
${table.join('\n')}

## What was done and found

| row | form | date | commit | tests passed | took | counts |
|---|---|---|---|---|---|---|
${runs.join('\n')}

Machine: ${machines.join('; ')}.
`
}

export function write(rows, results) {
  writeFileSync(PAGE, render(rows, results))
}
