// SPDX-License-Identifier: MIT
// read.mjs — what runners of tests wrote, read as rows: which tests of each ran, how they ended, what they found.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = ['system', 'compat', 'browser']
const TITLE = /\b(?:test|it)\(\s*(['"`])(.*?)\1/g

export const names = (id) => new RegExp(`\\b${id}\\b`)

// {file: [title]} of all tests that name a row.
export function titles() {
  const found = {}
  for (const folder of FOLDERS) {
    const dir = join(ROOT, 'tests', folder)
    if (!existsSync(dir)) continue
    for (const name of readdirSync(dir).filter((each) => each.endsWith('.test.mjs'))) {
      const all = [...readFileSync(join(dir, name), 'utf8').matchAll(TITLE)].map(([, , title]) => title)
      const named = all.filter((title) => /\bR\d+\b/.test(title))
      if (named.length > 0) found[`tests/${folder}/${name}`] = named
    }
  }
  return found
}

// What `node --test` prints with the reporter "spec": {tests: [{name, ok, why}], found: [{row, counts}]}.
export function readSpec(text) {
  const tests = new Map()
  const found = []
  const lines = text.split('\n').map((line) => line.replace(/\x1b\[[\d;]*m/g, '').trim())
  lines.forEach((line, i) => {
    const ended = /^([✔✖]) (.*) \([\d.]+ms\)$/.exec(line)
    const told = /fault (R\d+) (\{.*\})$/.exec(line)
    if (told) found.push({ row: told[1], counts: JSON.parse(told[2]) })
    if (!ended || tests.get(ended[2])?.ok === false) return
    const ok = ended[1] === '✔'
    tests.set(ended[2], { name: ended[2], ok, ...(ok ? {} : { why: lines[i + 1] }) })
  })
  return { tests: [...tests.values()], found }
}

// A log of `meson test`, the same: names are "program: test".
export function readMeson(file) {
  const tests = []
  const found = []
  if (!existsSync(file)) return { tests, found }
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const run = JSON.parse(line)
    const program = run.name.split(' / ').at(-1)
    const text = `${run.stdout ?? ''}\n${run.stderr ?? ''}`
    for (const [, row, counts] of text.matchAll(/^fault (R\d+) (\{.*\})$/gm)) found.push({ row, program, counts: JSON.parse(counts) })
    const ended = [...text.matchAll(/^\[ +(OK|FAILED) +\] (\w+)$/gm)]
    for (const [, how, name] of ended) tests.push({ program, name, ok: how === 'OK', why: 'failed' })
    if (run.returncode !== 0 && ended.every(([, how]) => how === 'OK')) tests.push({ program, name: 'all', ok: false, why: `ended with ${run.returncode}` })
  }
  return { tests, found }
}

// What tests/fuzz/run prints.
export function readFuzz(text) {
  const tests = [...text.matchAll(/^(fuzz-\w+): (.*)$/gm)].map(([, name, how]) => ({ name, ok: /^\d+ inputs, .*ok$/.test(how), why: how }))
  return { tests, found: readSpec(text).found }
}

// Of everything that was read, what belongs to `row`.
export function ofRow(row, { node, meson, fuzz }) {
  const tests = node.tests.filter(({ name }) => names(row.id).test(name))
  for (const test of meson.tests)
    if (row.programs?.includes(test.program) && (test.name === 'all' || row.named.test(test.name))) tests.push({ ...test, name: `${test.program}: ${test.name}` })
  if (row.fuzz) tests.push(...fuzz.tests)
  const found = [...node.found, ...meson.found, ...fuzz.found].filter((one) => one.row === row.id && (!one.program || row.programs?.includes(one.program)))
  return { tests, found: found.map(({ counts }) => counts) }
}

// Rows that nothing tests, and titles that name no row.
export function gaps(rows) {
  const all = titles()
  const ids = rows.map(({ id }) => id)
  const named = Object.values(all).flat()
  return [
    ...rows.filter((row) => !row.due && !row.programs && !row.fuzz && !named.some((title) => names(row.id).test(title))).map(({ id }) => `${id}: no test names it`),
    ...Object.entries(all).flatMap(([file, list]) => list.flatMap((title) => title.match(/\bR\d+\b/g))
      .filter((id) => !ids.includes(id)).map((id) => `${file}: there is no row ${id}`)),
  ]
}
