// SPDX-License-Identifier: MIT
// sequence_many.test.mjs — a sequence is edited, and people are moved to its new version, while many are in it: nobody is
// lost or moved unasked, and Redis holds nobody up meanwhile.  WILLAQ_LONG=1: 100,000 of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Desk } from './pending_world.mjs'
import { until } from './support.mjs'

const LONG = process.env.WILLAQ_LONG === '1'
const PEOPLE = LONG ? 100_000 : 2000
const WAIT_MS = LONG ? 300_000 : 60_000
const P99_MAX_MS = 250
const PAUSE_MAX_MS = 1000 // others on the machine may stretch a single command
const OWN = 'wq:{default}:'
const PAGE = 1000
const step = (body, delay = '1d') => ({ delay, message: { text: { body } } })
const MAKE = `for i = ARGV[1], ARGV[2] do local id = 'c' .. string.format('%020d', i)
  redis.call('HSET', KEYS[1] .. 'con:' .. id, 'made', i, 'rev', 1, 'phone', '+59399' .. string.format('%07d', i), 'tags', ' lead ')
  redis.call('ZADD', KEYS[1] .. 'cons:tag:lead', i, id) end`
const COUNT = `local n, at = 0, 0
  for _, con in ipairs(redis.call('ZRANGE', KEYS[1] .. 'seq:many:in', ARGV[1], ARGV[2])) do
    local e = redis.call('HMGET', KEYS[1] .. 'enr:' .. con, 'state', 'at', 'due')
    if e[1] == 'active' and e[2] == '0' and e[3] == redis.call('ZSCORE', KEYS[1] .. 'due:seq', con) then n = n + 1 end
  end
  return n`

async function finished(desk, run) {
  return until(async () => {
    const now = await desk.json('GET', `/api/sequence-runs/${run.id}`)
    return now.state === 'done' && now
  }, WAIT_MS)
}

const bulk = (desk, body) => desk.json('POST', '/api/sequences/many/bulk', body, 202)
const inside = async (desk) => Object.fromEntries((await desk.json('GET', '/api/sequences/many/versions')).data.map(({ version, contacts }) => [version, contacts]))
const edit = (desk, ...bodies) => desk.json('PATCH', '/api/sequences/many', { steps: bodies.map((body) => step(body)) })

// Each is at its first step, and waits for the moment that its record tells.
async function waiting(client) {
  let n = 0
  for (let i = 0; i < PEOPLE; i += PAGE) n += Number(await client.do('EVAL', COUNT, '1', OWN, String(i), String(i + PAGE - 1)))
  return n
}

// How long commands kept Redis busy since it was last asked, ms: the longest, and the one that 99 of 100 were shorter than.
async function busy(client) {
  const all = (await client.do('SLOWLOG', 'GET', '-1')).map(([, , us]) => Number(us) / 1000).sort((a, b) => a - b)
  await client.do('SLOWLOG', 'RESET')
  return { longest: all.at(-1) ?? 0, p99: all[Math.floor(all.length * 0.99)] ?? 0, over_50: all.filter((ms) => ms > 50).length, n: all.length }
}

test(`SEQ-4: edited, and moved on request, with ${PEOPLE} in it`, async (t) => {
  const desk = await Desk.start(t)
  const { client } = desk.redis
  for (let i = 1; i <= PEOPLE; i += PAGE) await client.do('EVAL', MAKE, '1', OWN, String(i), String(i + PAGE - 1))
  await client.do('CONFIG', 'SET', 'slowlog-log-slower-than', '500')
  await client.do('CONFIG', 'SET', 'slowlog-max-len', '10000')
  await client.do('SLOWLOG', 'RESET')
  await desk.json('POST', '/api/sequences', { id: 'many', name: 'Many', steps: [step('one')] }, 201)
  const began = Date.now()
  assert.equal((await finished(desk, await bulk(desk, { do: 'enrol', tag: 'lead' }))).changed, PEOPLE)
  const enrolled = Date.now()
  const pauses = { enrol: await busy(client) }
  assert.equal((await edit(desk, 'two', 'and more')).version, 2)
  pauses.edit = await busy(client)
  assert.deepEqual(await inside(desk), { 1: PEOPLE, 2: 0 }, 'nobody is moved unasked')

  // Edited once more while they are moved: whoever comes later is moved to the newest.
  const edited = Date.now()
  const move = await bulk(desk, { do: 'move' })
  await until(async () => (await inside(desk))[1] < PEOPLE, WAIT_MS)
  assert.equal((await edit(desk, 'three', 'and more', 'and more')).version, 3)
  assert.equal((await finished(desk, move)).changed, PEOPLE)
  const moved = Date.now()
  const { 1: old, 2: middle, 3: newest } = await inside(desk)
  assert.deepEqual([old, middle + newest], [0, PEOPLE])
  assert.equal((await finished(desk, await bulk(desk, { do: 'move' }))).changed, middle)
  pauses.move = await busy(client)
  assert.deepEqual(await inside(desk), { 1: 0, 2: 0, 3: PEOPLE })
  assert.equal(await waiting(client), PEOPLE, 'each keeps its place and its moment')
  t.diagnostic(`enrolled in ${enrolled - began} ms, moved in ${moved - edited} ms; Redis busy, ms: ${JSON.stringify(pauses)}`)
  for (const { p99, longest } of Object.values(pauses)) assert.ok(p99 < P99_MAX_MS && longest < PAUSE_MAX_MS, JSON.stringify(pauses))
})
