// SPDX-License-Identifier: MIT
// script_bounds.test.mjs — a script that has much to walk walks a part of it: no call holds up Redis for long, and all is done.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'

import { cloud, World } from './accounts_world.mjs'
import { until } from './support.mjs'

const COMMANDS_MAX = 400 // of one script; some 2 to 3 us each
const SAID = 450
const WAITING = 300

// What scripts run from now on, as MONITOR tells: the most that one of them ran.
async function watched(t, port) {
  const child = spawn('redis-cli', ['-p', String(port), 'MONITOR'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => child.kill())
  let rest = '', lines = 0, commands = 0, longest = 0
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const all = (rest + chunk).split('\n')
    rest = all.pop()
    for (const line of all) {
      lines++
      commands = line.includes(' lua] ') ? commands + 1 : 0
      longest = Math.max(longest, commands)
    }
  })
  await until(() => lines > 0) // "OK"
  return () => longest
}

test('P12: what is long of one person, or waits in numbers, is walked a part at a time', async (t) => {
  const w = await World.start(t)
  const account = await w.create(cloud(1, { business: 'acme' }))
  const own = `wq:{${account.id}}:`
  const redis = w.redis.client
  const contacts = (method, path, body) => w.call(method, `/api/contacts${path}`, { body })
  const old = (await contacts('POST', '', { account: account.id, phone: '+593991234567', name: 'Ana' })).body
  const young = (await contacts('POST', '', { account: account.id, user_id: 'EC.7001', name: 'Ana' })).body
  const [id, gone] = [old.id.split('.')[0], young.id.split('.')[0]]
  for (let i = 0; i < SAID; i++) {
    await redis.do('HSET', `${own}rcv:r${i}`, 'con', gone, 'at', `${1700000000000 + i}`, 'type', 'text', 'text', `word ${i}`, 'pid', `wamid.${i}`)
    await redis.do('ZADD', `${own}hist:${gone}`, `${1700000000000 + i}`, `ir${i}`)
  }
  for (let i = 0; i < WAITING; i++) {
    const { status } = await w.call('POST', '/api/pending', { body: { contact: old.id, reason: i % 100 === 99 ? 'call_back' : 'window_closed', text: `${i}` } })
    assert.equal(status, 201)
  }
  const longest = await watched(t, w.redis.port)

  const list = async (query) => (await w.call('GET', `/api/pending?account=${account.id}&${query}`)).body
  const rare = await list('reason=call_back')
  assert.equal(rare.data.length, 3, 'a filter that fits little finds all in one page')
  assert.equal(rare.next_cursor, null)
  const seen = []
  for (let cursor = ''; cursor !== null;) {
    const page = await list(`limit=200${cursor && `&cursor=${cursor}`}`)
    assert.ok(page.data.length === 200 || !page.next_cursor, 'pages are full')
    seen.push(...page.data.map((p) => p.id))
    cursor = page.next_cursor
  }
  assert.deepEqual([seen.length, new Set(seen).size], [WAITING, WAITING])

  const merged = await contacts('POST', `/${old.id}/merge`, { with: young.id })
  assert.deepEqual([merged.status, merged.body.id], [200, old.id], JSON.stringify(merged.body))
  assert.equal(await redis.do('ZCARD', `${own}hist:${id}`), SAID)
  assert.equal(await redis.do('EXISTS', `${own}hist:${gone}`), 0)
  for (const i of [0, 1, SAID - 1]) assert.equal(await redis.do('HGET', `${own}rcv:r${i}`, 'con'), id)
  assert.equal((await contacts('GET', `/${young.id}`)).body.id, old.id)

  const erased = await contacts('DELETE', `/${old.id}`)
  assert.deepEqual([erased.status, erased.body.erased], [200, true])
  assert.deepEqual((await list('')).data, [])
  const dump = await w.dump()
  for (const trace of ['rcv:', 'hist:', 'pend:', 'pends', 'EC.7001']) assert.ok(!dump.includes(trace), trace)

  assert.ok(longest() > 50, 'scripts were seen')
  assert.ok(longest() <= COMMANDS_MAX, `a script ran ${longest()} commands`)
})
