// SPDX-License-Identifier: MIT
// gate.mjs — counts beside those of the baseline that was made by the same tools: what fails, and the sentence that says so.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT } from '../system/support.mjs'

export const BOUND_PCT = 2
export const WIDE_PCT = 15 // where no baseline is of the same compiler, Redis and libraries
export const BUILD = process.env.COST_BUILD ?? join(ROOT, 'build-cost')
const FILE = join(ROOT, 'tests', 'cost', 'baseline.json')
const HOW = 'If it is worth it: tests/cost/count --record, and commit tests/cost/baseline.json with the reason'
const LEAST = 10 // instructions of an object that are told

// libcrypto by itself: half of what a sink does is SHA-256, and would hide what else grows.
const SEPARATE = 'libcrypto'

const release = (text) => /\d+\.\d+/.exec(text)?.[0] ?? text

// What the counts depend on beside our own sources, each to its second number: libcurl 7.88, gcc 12.2.
export function madeWith(build = BUILD) {
  const out = (...argv) => execFileSync(argv[0], argv.slice(1), { encoding: 'utf8' })
  const [, compiler, version] = /((?:GCC|clang)\b).*?(\d+\.\d+\.\d+)/.exec(out('readelf', '-p', '.comment', join(build, 'willaq')))
  const libraries = JSON.parse(readFileSync(join(build, 'meson-info', 'intro-dependencies.json'), 'utf8'))
  return {
    processor: process.arch, compiler: `${compiler} ${release(version)}`, redis: release(/v=(\S+)/.exec(out('redis-server', '--version'))[1]),
    glibc: release(out('getconf', 'GNU_LIBC_VERSION')), ...Object.fromEntries(libraries.map((each) => [each.name, release(each.version)]).sort()),
  }
}

export const words = (tools) => Object.entries(tools).map(([name, version]) => `${name} ${version}`).join(', ')

export function baselines() {
  return JSON.parse(readFileSync(FILE, 'utf8'))
}

// Takes the place of that of the same tools.
export function record(tools, counts) {
  const others = baselines().filter((each) => words(each.made_with) !== words(tools))
  const rounded = Object.fromEntries(Object.entries(counts).map(([name, objects]) =>
    [name, Object.fromEntries(Object.entries(objects).map(([object, n]) => [object, Math.round(n)]).filter(([, n]) => n !== 0).sort())]))
  writeFileSync(FILE, JSON.stringify([...others, { made_with: tools, counts: rounded }], null, 1) + '\n')
}

// That of the same tools; else the last, for a wide bound.
export function baselineFor(tools, all = baselines()) {
  const same = all.find((each) => words(each.made_with) === words(tools))
  if (same) return { counts: same.counts, bound: BOUND_PCT }
  const last = all.at(-1)
  return { counts: last.counts, bound: WIDE_PCT,
    note: `no baseline was made with ${words(tools)}: held against that of ${words(last.made_with)}, with a bound of ${WIDE_PCT} %; tests/cost/count --record makes one` }
}

const sum = (objects, wanted) => Object.entries(objects).reduce((total, [name, n]) => total + (wanted(name) ? n : 0), 0)

// {its own, libcrypto's} of one count.
export function gated(name, objects) {
  const own = sum(objects, (object) => !object.startsWith(SEPARATE))
  const crypto = sum(objects, (object) => object.startsWith(SEPARATE))
  return crypto > 0 ? { [name]: own, [`${name}, in ${SEPARATE}`]: crypto } : { [name]: own }
}

// Of each count the one that is less as a whole.
export function least(one, other) {
  const total = (objects) => sum(objects, () => true)
  return Object.fromEntries(Object.keys(one).map((name) => [name, total(one[name]) <= total(other[name]) ? one[name] : other[name]]))
}

const number = (n) => Math.round(n).toLocaleString('en')

function grown(now, then) {
  const objects = [...new Set([...Object.keys(now), ...Object.keys(then)])]
  const parts = objects.map((object) => [object, (now[object] ?? 0) - (then[object] ?? 0)]).filter(([, n]) => Math.abs(n) >= LEAST)
  parts.sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
  return parts.slice(0, 3).map(([object, n]) => `${object} ${n > 0 ? '+' : ''}${number(n)}`).join(', ') || 'a little everywhere'
}

// {failures, hints}: sentences.
export function compare(counts, { counts: baseline, bound }) {
  const failures = []
  const hints = []
  for (const [name, objects] of Object.entries(counts)) {
    if (!baseline[name]) {
      failures.push(`"${name}" is in no baseline. ${HOW}.`)
      continue
    }
    const then = gated(name, baseline[name])
    for (const [each, now] of Object.entries(gated(name, objects))) {
      const pct = (now / (then[each] ?? 0) - 1) * 100
      const told = `"${each}" takes ${number(now)} instructions, the baseline says ${number(then[each] ?? 0)}`
      const where = grown(objects, baseline[name])
      if (!(pct <= bound)) failures.push(`${told}: ${pct.toFixed(1)} % more, where ${bound} % are allowed (${where}). ${HOW}.`)
      else if (pct < -bound) hints.push(`${told}: ${(-pct).toFixed(1)} % fewer (${where}). Renew the baseline by tests/cost/count --record, or as much may come back unseen.`)
    }
  }
  return { failures, hints }
}
