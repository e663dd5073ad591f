// SPDX-License-Identifier: MIT
// table.mjs — the Speed table of what the rows left in results/: speed.json, speed.md, speed.svg.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { median, result, table } from '../lib.mjs'
import { chart } from './chart.mjs'
import { TARGETS } from './targets.mjs'

const MORE_IS_BETTER = new Set(['times', 'less'])
const bound = { times: (n) => `${n}x`, less: (n) => `1/${n}`, cost: (n) => `${n}x`, ms: (n) => `${n} ms`, MB: (n) => `${n} MB`, bytes: (n) => `${n} B` }
const shown = {
  times: (n) => `${n.toFixed(n < 10 ? 2 : 1)}x`,
  less: (n) => `1/${n.toFixed(n < 10 ? 2 : 1)}`,
  cost: (n) => `${n.toFixed(2)}x`,
  ms: (n) => `${n.toFixed(2)} ms`,
  MB: (n) => `${n.toFixed(1)} MB`,
  bytes: (n) => `${Math.round(n)} B`,
}

// met by the median; "as hoped" likewise.
export function verdict({ kind, least, hoped }, measured) {
  const reached = (bound) => bound !== undefined && (MORE_IS_BETTER.has(kind) ? measured >= bound : measured <= bound)
  if (!Number.isFinite(measured)) return 'not measured'
  if (!reached(least)) return 'missed'
  return reached(hoped) ? 'as hoped' : 'met'
}

// One line of the table, of a row's JSON or of none.
export function judged({ values, ...target }, data) {
  const all = data ? values(data).filter(Number.isFinite) : []
  if (all.length === 0) return { ...target, verdict: 'not measured', n: 0 }
  const measured = median(all)
  return { ...target, measured, from: Math.min(...all), to: Math.max(...all), n: all.length, verdict: verdict(target, measured) }
}

function results() {
  const found = {}
  for (const row of new Set(TARGETS.map((target) => target.row))) {
    const file = result(`${row}.json`)
    if (existsSync(file)) found[row] = JSON.parse(readFileSync(file, 'utf8'))
  }
  return found
}

export function speed(found = results()) {
  const rows = Object.fromEntries(Object.entries(found).map(([row, { about, settings, seconds, trial }]) => [row, { ...about, settings, seconds, trial }]))
  return { trial: Object.values(found).some((data) => data.trial), rows, targets: TARGETS.map((target) => judged(target, found[target.row])) }
}

function line({ id, what, kind, least, hoped, measured, from, to, n, verdict, row }) {
  const as = shown[kind]
  const figure = n ? [as(measured), n > 1 ? `${as(from)} … ${as(to)}` : 'one run'] : ['', '']
  return [id, what, ...figure, bound[kind](least), hoped === undefined ? '' : bound[kind](hoped), verdict, `\`${row}\``]
}

// What was the same for all rows stands once.
function circumstances(rows) {
  const of = (key) => [...new Set(Object.values(rows).map((row) => row[key]))]
  const machines = of('cpu').map((cpu) => `${cpu}, ${of('cores').join(' or ')} cores`)
  const dates = of('date').map((date) => date.slice(0, 10)).sort()
  const lines = [`Machine: ${machines.join('; ')}.`, `Versions: ${of('versions').join('; ')}.`, `Measured ${[...new Set([dates[0], dates.at(-1)])].join(' to ')}.`]
  if (of('versions').length > 1 || machines.length > 1) lines.push('**Not all of one machine and one version: run those rows again that are older.**')
  return lines
}

export function markdown({ trial, rows, targets }) {
  const count = (...verdicts) => targets.filter((each) => verdicts.includes(each.verdict)).length
  const head = ['id', 'what', 'measured', 'spread', 'at least', 'hoped for', 'verdict', 'row']
  const text = ['## Speed', '', `${count('met', 'as hoped')} met, ${count('as hoped')} of them as hoped; ${count('missed')} missed; ${count('not measured')} not measured.`, '']
  if (trial) text.push('**A trial: the figures mean nothing.**', '')
  text.push(table(head, targets.map(line)), '')
  text.push('Measured: the median of the pairs\' ratios, or of our own figures; spread: the least and the greatest of them. `1/7`: a seventh of what the peer takes.',
    'P13, instructions per webhook, job and message, is a gate of its own: `tests/run cost`.', '')
  if (Object.keys(rows).length > 0) text.push(...circumstances(rows), '', 'Settings:', '', ...Object.entries(rows).map(([row, { settings }]) => `- \`${row}\`: ${JSON.stringify(settings).replaceAll('"', '')}`), '')
  return text.join('\n')
}

// For the README, and what it leads to: the picture and the table as files of `docs`.
export function publish(all, docs) {
  if (all.trial) throw new Error('there are rows of a trial: run them without BENCH_TRIAL first')
  writeFileSync(`${docs}/speed.svg`, chart(all))
  writeFileSync(`${docs}/speed.md`, markdown(all).replace('## Speed', '# Speed\n\n![The median of each target beside its bounds](speed.svg)\n\nWritten by `bench/run --chart`; `bench/README.md` says how to read it.'))
}

// Says what it says, and leaves it in results/.
export function writeTable() {
  const all = speed()
  const text = markdown(all)
  writeFileSync(result('speed.json'), JSON.stringify(all, null, 1) + '\n')
  writeFileSync(result('speed.md'), text)
  writeFileSync(result('speed.svg'), chart(all))
  return { all, text }
}
