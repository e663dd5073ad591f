// SPDX-License-Identifier: MIT
// windows.test.mjs — may somebody be written to, for how much; windows that close are told to the second, each once, also
// by processes that are killed.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { cloud, SECRET_KEY, World } from './accounts_world.mjs'
import { RedisServer } from './redis.mjs'
import { run, scratch, start, until } from './support.mjs'

const HOUR = 3_600_000
const PHONE = '+593991234567'

async function world(t, options = []) {
  const w = await World.start(t, { options })
  const account = await w.create(cloud(1))
  const ask = (body) => w.call('POST', '/api/can-send', { body: { account: account.id, ...body } })
  const contact = (await w.call('POST', '/api/contacts', { body: { account: account.id, phone: PHONE, name: 'Ana' } })).body
  const own = `wq:{${account.id}}:`
  const digest = createHash('sha256').update(PHONE).digest('hex').slice(0, 24)
  const redis = (...words) => w.redis.client.do(...words.map(String))
  const open = async (ms, more = []) => {
    const ends = Date.now() + ms
    await redis('HSET', `${own}con:${contact.id.split('.')[0]}`, 'window', ends, ...more)
    await redis('HSET', `${own}person:${digest}`, 'window', ends)
    return ends
  }
  return { w, account, ask, contact, own, redis, open }
}

test('WIN-2: can-send tells whether, why, and for how much', async (t) => {
  const { w, account, ask, contact, open } = await world(t)
  const closed = await ask({ to: PHONE })
  assert.equal(closed.status, 200, JSON.stringify(closed.body))
  assert.equal(closed.body.canSend, false)
  assert.equal(closed.body.reason, 'window_closed')
  assert.equal(closed.body.cost, 0.074)
  assert.equal(closed.body.country, 'EC')
  assert.equal(closed.body.contact, contact.id)
  assert.deepEqual(closed.body.templates, { marketing: 0.074, utility: 0.0113, authentication: 0.0113 })
  const template = (await ask({ to: '+593 99 123-4567', category: 'utility' })).body
  assert.deepEqual([template.canSend, template.reason, template.cost], [true, 'template', 0.0113])
  const forced = (await ask({ to: PHONE, force: true })).body
  assert.deepEqual([forced.canSend, forced.reason, forced.cost], [true, 'forced', 0.074])
  const ends = await open(HOUR)
  const active = (await w.call('GET', `/api/contacts/${contact.id}/can-send`)).body
  assert.deepEqual([active.canSend, active.reason, active.cost, active.windowUntil], [true, 'window_24h_active', 0, ends])
  await open(HOUR, ['fep', ends])
  const free = (await w.call('GET', `/api/contacts/${contact.id}/can-send?category=marketing`)).body
  assert.deepEqual([free.canSend, free.reason, free.cost, free.freeUntil], [true, 'free_entry_point', 0, ends])
  assert.equal((await w.call('POST', `/api/contacts/${contact.id}/opt-out`, { body: {} })).status, 200)
  assert.equal((await ask({ to: PHONE })).body.reason, 'opted_out')
  const stranger = (await ask({ to: 'US.700123' })).body
  assert.deepEqual([stranger.reason, stranger.country, stranger.contact, stranger.cost], ['window_closed', 'US', null, 0.025])

  for (const [body, status, code] of [
    [{}, 422, 'invalid_recipient'], [{ to: PHONE, category: 'news' }, 422, 'invalid_category'],
    [{ to: PHONE, template: 'yes' }, undefined], [{ to: PHONE, cost: 1 }, undefined], [{ to: PHONE, account: 'nobody' }, 404],
  ]) {
    const r = await ask(body)
    assert.ok(r.status >= 400 && (!status || r.status === status), `${JSON.stringify(body)}: ${r.status}`)
    if (code) assert.equal(r.body.code, code)
  }
  assert.equal((await w.call('GET', `/api/contacts/c${'0'.repeat(20)}.${account.id}/can-send`)).status, 404)

  const cli = (...args) => run(['contact', 'can-send', ...args], { env: { REDIS_URL: w.redis.url } })
  assert.match((await cli(contact.id)).stdout, /reason +opted_out/)
  assert.equal(JSON.parse((await cli(PHONE, '--account', account.id, '--force', '--json')).stdout).reason, 'forced')
  assert.equal((await cli(PHONE, '--category', 'news')).code, 2)
  assert.equal((await cli(`c${'0'.repeat(20)}.${account.id}`)).code, 1)
})

test('prices are people\'s own where they say so; a file that is wrong is told at the start', async (t) => {
  const dir = await scratch(t)
  const file = join(dir, 'rates.json')
  await writeFile(file, JSON.stringify({ currency: 'USD', rates: [{ from: '2026-01-01', country: 'EC', category: 'marketing', price: 0.05 }] }))
  const { ask } = await world(t, ['--rates', file])
  assert.equal((await ask({ to: PHONE })).body.cost, 0.05)
  await writeFile(file, JSON.stringify({ currency: 'USD', rates: [{ from: '2026-01-01', country: 'EC', category: 'marketing', price: -1 }] }))
  const redis = await RedisServer.start(t)
  const bad = await run(['serve', '--redis-url', redis.url, '--port', '0', '--rates', file])
  assert.notEqual(bad.code, 0)
  assert.match(bad.stdout + bad.stderr, /rates\[0\]\.price: must be a number/)
})

// Events of windows in streams whose names have no such word: [type, contact].
async function told(redis, without) {
  const rows = []
  for (const name of await redis('KEYS', '*')) {
    if (name.includes(without) || (await redis('TYPE', name)) !== 'stream') continue
    for (const [, f] of await redis('XRANGE', name, '-', '+')) {
      const text = f.join(' ')
      const type = /window\.(closing|closed)/.exec(text)
      if (type) rows.push([type[1], /"contact":"(c[0-9a-f]+)/.exec(text)?.[1]])
    }
  }
  return rows
}

test('WIN-4: a window that closes is told to the second, by the real server', async (t) => {
  const { w, own, redis } = await world(t)
  assert.equal((await w.call('POST', '/api/subscriptions', { body: { stream: 'told', kinds: ['system'], events: ['window.*'] } })).status, 201)
  const ends = Date.now() + 2500
  await redis('HSET', `${own}con:c01`, 'made', 1, 'window', ends, 'said', 'closing')
  await redis('ZADD', `${own}due:win`, ends, 'c01')
  await until(async () => (await redis('HGET', `${own}con:c01`, 'said')) === 'closed')
  const late = Date.now() - ends
  assert.ok(late >= 0 && late < 5000, `${late} ms`)
  await until(async () => (await told(redis, '}:out')).some(([type, id]) => type === 'closed' && id === 'c01'))
})

test('kill -9 in the middle of many windows that close: each is told, and once', async (t) => {
  const { w, own, redis } = await world(t)
  const N = 3000
  const work = () => start(['worker', '--queue', 'outbound-messages', '--redis-url', w.redis.url], { t, env: { WILLAQ_SECRET_KEY: SECRET_KEY } })
  assert.equal((await w.call('POST', '/api/subscriptions', { body: { stream: 'told', kinds: ['system'], events: ['window.*'] } })).status, 201)
  w.program.kill()
  await w.program.end()
  const ends = Date.now() - 1000
  for (let i = 0; i < N; i += 500) {
    const ids = Array.from({ length: 500 }, (_, k) => `c${(i + k).toString(16).padStart(20, '0')}`)
    for (const id of ids) await redis('HSET', `${own}con:${id}`, 'made', 1, 'window', ends, 'said', 'closing')
    await redis('ZADD', `${own}due:win`, ...ids.flatMap((id) => [ends, id]))
  }
  let kills = 0
  for (let left = N; left > 0; kills++) {
    const p = work()
    const goal = Math.max(0, left - 700)
    await until(async () => Number(await redis('ZCARD', `${own}due:win`)) <= goal)
    p.kill()
    await p.end()
    left = Number(await redis('ZCARD', `${own}due:win`))
  }
  assert.ok(kills >= 2, `${kills} kills`)
  const last = work()
  await until(async () => Number(await redis('XLEN', `${own}out`)) === 0)
  last.kill()
  await last.end()
  const rows = (await told(redis, 'told')).map(([, id]) => id)
  assert.equal(rows.length, new Set(rows).size, 'none twice')
  assert.equal(rows.length, N)
  assert.equal(Number(await redis('ZCARD', `${own}cons:window`)), 0)
})
