// SPDX-License-Identifier: MIT
// speed_table.test.mjs — the Speed table of bench/: targets, what was measured, and the picture of it.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { chart } from '../../bench/speed/chart.mjs'
import { judged, markdown, publish, speed, verdict } from '../../bench/speed/table.mjs'
import { TARGETS } from '../../bench/speed/targets.mjs'
import { ROOT } from './support.mjs'

const about = { cpu: 'a processor', cores: 2, versions: 'willaq 1, Redis 7', date: '2026-01-02T03:04:05Z' }
const pair = (a, b) => ({ a: { perSecond: a }, b: { perSecond: b } })
const adds = (trial, ...pairs) => ({ 'queue-add': { about, trial, settings: { pairs: pairs.length }, seconds: 1, results: [{ mode: 'bulk', version: '5.1.0', pairs }] } })
const bulk = (all) => all.targets.find((each) => each.what === 'adds/s, bulk, beside BullMQ 5')

test('each target names a row that there is', () => {
  for (const { row } of TARGETS) assert.ok(existsSync(join(ROOT, 'bench', 'rows', `${row.replaceAll('-', '_')}.mjs`)), row)
  const ids = new Set(TARGETS.map((each) => each.id))
  for (let n = 1; n <= 12; n++) assert.ok(ids.has(`P${n}`), `P${n}`)
})

test('a verdict: more is better beside a peer, less is of a cost', () => {
  const times = { kind: 'times', least: 4, hoped: 6 }
  assert.deepEqual([3.99, 4, 6].map((n) => verdict(times, n)), ['missed', 'met', 'as hoped'])
  assert.deepEqual([2.01, 2, 1].map((n) => verdict({ kind: 'ms', least: 2, hoped: 1 }, n)), ['missed', 'met', 'as hoped'])
  assert.equal(verdict({ kind: 'cost', least: 2 }, 0.1), 'met')
  assert.equal(judged({ ...times, values: () => [] }, {}).verdict, 'not measured')
})

test('the median of the pairs counts, with its spread', () => {
  const all = speed(adds(false, pair(50, 10), pair(70, 10), pair(30, 10)))
  const { measured, from, to, n, verdict: said } = bulk(all)
  assert.deepEqual({ measured, from, to, n, said }, { measured: 5, from: 3, to: 7, n: 3, said: 'met' })
  const text = markdown(all)
  assert.match(text, /^1 met, 0 of them as hoped; 0 missed; \d+ not measured\.$/m)
  assert.match(text, /\| P7 \| adds\/s, bulk, beside BullMQ 5 \| 5\.00x \| 3\.00x … 7\.00x \| 4x \| 6x \| met \| `queue-add` \|/)
  assert.match(text, /Machine: a processor, 2 cores\.\nVersions: willaq 1, Redis 7\.\nMeasured 2026-01-02\./)
  assert.doesNotMatch(text, /trial/)
})

test('without any row it says so, and draws nothing', () => {
  const all = speed({})
  assert.ok(all.targets.every((each) => each.verdict === 'not measured'))
  assert.match(markdown(all), /^0 met, .* 0 missed/m)
  assert.match(chart(all), /nothing is measured yet/)
})

test('the picture has a bar, both marks and the figure; markup in a name is text', () => {
  const all = speed(adds(false, pair(50, 10), pair(70, 10)))
  all.rows['queue-add'].cpu = '<b>&'
  const svg = chart(all)
  for (const part of ['class="bar"', 'class="least"', 'class="hoped"', '>6.0x<', 'prefers-color-scheme: dark', '&lt;b&gt;&amp;']) assert.ok(svg.includes(part), part)
  assert.ok(!svg.includes('<b>'))
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/)
})

test('figures of a trial are not published', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'willaq-speed-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  const written = (name) => readFileSync(join(dir, name), 'utf8')
  assert.throws(() => publish(speed(adds(true, pair(50, 10))), dir), /trial/)
  assert.ok(!existsSync(join(dir, 'speed.svg')))
  publish(speed(adds(false, pair(50, 10))), dir)
  assert.match(written('speed.svg'), /^<svg .*<\/svg>\n$/s)
  assert.match(written('speed.md'), /^# Speed\n[\s\S]*speed\.svg[\s\S]*\| P7 \| adds\/s, bulk, beside BullMQ 5 \| 5\.00x/)
})
