// SPDX-License-Identifier: MIT
// cost.test.mjs — P13: instructions of one webhook, one job and one message, held against the baseline.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import { selfCosts } from './callgrind.mjs'
import { BOUND_PCT, BUILD, WIDE_PCT, baselineFor, compare, least, madeWith } from './gate.mjs'
import * as replays from './replay.mjs'

const tools = { compiler: 'GCC 12.2', redis: '7.0' }
const counts = { 'a job, worker': { willaq: 1000, 'libcrypto.so.3': 4000 } }
const all = [{ made_with: tools, counts }]
const with_ = (willaq, crypto) => ({ 'a job, worker': { willaq, 'libcrypto.so.3': crypto } })

test('more than the bound fails, and says what, by how much, and what to do', () => {
  const { failures, hints } = compare(with_(1021, 4000), baselineFor(tools, all))
  assert.equal(hints.length, 0)
  assert.match(failures.join(), /^"a job, worker" takes 1,021 instructions, the baseline says 1,000: 2\.1 % more, where 2 % are allowed \(willaq \+21\)\. .*--record.*reason/)
  assert.deepEqual(compare(with_(1019, 4000), baselineFor(tools, all)), { failures: [], hints: [] })
})

test('libcrypto has a bound of its own, and hides nothing', () => {
  const { failures } = compare(with_(1000, 4100), baselineFor(tools, all))
  assert.equal(failures.length, 1)
  assert.match(failures[0], /"a job, worker, in libcrypto" takes 4,100/)
})

test('fewer than the bound passes, and asks for a new baseline', () => {
  const { failures, hints } = compare(with_(970, 4000), baselineFor(tools, all))
  assert.equal(failures.length, 0)
  assert.match(hints.join(), /3\.0 % fewer.*Renew the baseline/)
})

test('other tools are held to a wide bound, and it says so', () => {
  const other = baselineFor({ ...tools, redis: '8.0' }, all)
  assert.equal(other.bound, WIDE_PCT)
  assert.match(other.note, /no baseline was made with compiler GCC 12\.2, redis 8\.0: .*15 %/)
  assert.equal(compare(with_(1100, 4000), other).failures.length, 0)
  assert.equal(compare(with_(1200, 4000), other).failures.length, 1)
})

test('a count without a baseline fails', () => {
  assert.match(compare({ new: { willaq: 1 } }, baselineFor(tools, all)).failures.join(), /"new" is in no baseline/)
})

test('of two counts the least of each is taken, as a whole', () => {
  const [one, other] = [{ a: { willaq: 5, libc: 9 }, b: { willaq: 1 } }, { a: { willaq: 6, libc: 7 }, b: { willaq: 2 } }]
  assert.deepEqual(least(one, other), { a: { willaq: 6, libc: 7 }, b: { willaq: 1 } })
})

test("callgrind's file is read: by object, calls not twice, without what is left out", () => {
  const file = ['ob=(1) /usr/bin/a', 'fl=(1) ???', 'fn=(1) main', '0 10', 'cob=(2) /lib/libb.so', 'cfn=(2) serverCron', 'calls=3 0 ', '0 500', '0 5', '', 'ob=(2)', 'fn=(2)', '0 450',
    'cfn=(3) other', 'calls=1 0', '0 50', 'fn=(3)', '0 50', 'summary: 515'].join('\n')
  assert.deepEqual(selfCosts(file), { a: 15, 'libb.so': 500 })
  assert.deepEqual(selfCosts(file, ['serverCron']), { a: 15, 'libb.so': 500, 'left out': -500 })
})

// In how many turns the same comes in is up to the scheduler, and a turn has its price: what seems too much is counted again.
const COUNTS_MAX = 3

for (const name of ['webhooks', 'jobs', 'sends']) {
  test(`${name} take no more than ${BOUND_PCT} % beyond their baseline`, async (t) => {
    const baseline = baselineFor(madeWith())
    if (baseline.note) t.diagnostic(baseline.note)
    let counted = await replays[name](t, join(BUILD, 'willaq'))
    for (let i = 1; i < COUNTS_MAX && compare(counted, baseline).failures.length > 0; i++)
      counted = least(counted, await replays[name](t, join(BUILD, 'willaq')))
    const { failures, hints } = compare(counted, baseline)
    for (const hint of hints) t.diagnostic(hint)
    assert.ok(failures.length === 0, failures.join('\n'))
  })
}
