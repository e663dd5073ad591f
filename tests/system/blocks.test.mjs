// SPDX-License-Identifier: MIT
// blocks.test.mjs — messages that did not arrive, as the real server finds them: listed, told, taken back, counted.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'

import { Desk } from './pending_world.mjs'
import { run, until } from './support.mjs'

const OWN = 'wq:{default}:'
const HOUR = 3_600_000
const DAY = 24 * HOUR
const AGO = 80 * HOUR

class Doubted extends Desk {
  messages = 0

  static async start(t) {
    return Object.assign(Object.create(Doubted.prototype), await Desk.start(t), { messages: 0 })
  }

  async kill() {
    this.program.kill('SIGKILL')
    await this.program.end()
  }

  redisDo(...words) {
    return this.redis.client.do(...words.map(String))
  }

  // Somebody with a name that the gate knows, to whom nothing was delivered.
  async person() {
    const id = await this.contact({ name: 'Ana' })
    const [con] = id.split('.')
    const digest = createHash('sha256').update(con).digest('hex').slice(0, 24)
    await this.redisDo('HSET', `${OWN}con:${con}`, 'al', digest)
    await this.redisDo('HSET', `${OWN}person:${digest}`, 'con', con)
    return { id, con, digest }
  }

  // A message to him that became `sent` so long ago, as its status would have left it; due now.
  async stuck({ con, digest }, ago = AGO) {
    const id = `stuck${++this.messages}`
    const at = Date.now() - ago
    await this.redisDo('HSET', `${OWN}msg:${id}`, 'state', 'sent', 'to', digest, 'made', at, 'at_sent', at, 'data', '{"text":"hello"}')
    await this.redisDo('ZADD', `${OWN}hist:${con}`, at, `o${id}`)
    await this.redisDo('ZADD', `${OWN}due:blk`, Date.now() - HOUR, id)
    return id
  }

  // What all others got on the days around.
  async others(sent, late) {
    const today = Math.floor(Date.now() / DAY)
    for (let day = today - 6; day <= today; day++) {
      await this.redisDo('HSET', `${OWN}day:${day}`, 'sent', sent, 'late', late)
    }
  }

  issues(query = '') {
    return this.json('GET', `/api/delivery-issues${query}`)
  }

  rates() {
    return this.json('GET', '/api/delivery-issues/rates')
  }
}

const until_issue = (desk, undelivered) => until(async () => {
  const { data } = await desk.issues()
  return data[0]?.undelivered === undelivered ? data[0] : null
})

test('BLK-1, BLK-2: two are probable, three confirmed, a person takes it back; listed, paged and counted', async (t) => {
  const desk = await Doubted.start(t)
  await desk.others(100, 2)
  const ana = await desk.person()
  const ids = [await desk.stuck(ana)]
  const watched = await until_issue(desk, 1)
  assert.deepEqual([watched.contact, watched.state, watched.certainty], [ana.id, 'watched', 0])
  ids.push(await desk.stuck(ana))
  assert.deepEqual([(await until_issue(desk, 2)).state, (await desk.issues('?state=probable')).data.length], ['probable', 1])
  ids.push(await desk.stuck(ana))
  const found = await until_issue(desk, 3)
  assert.deepEqual([found.state, found.certainty, found.name, found.messages], ['confirmed', 99, 'Ana', ids])
  assert.deepEqual((await desk.issues('?state=probable')).data, [])
  assert.equal(await desk.redisDo('HEXISTS', `${OWN}person:${ana.digest}`, 'blocked'), 1)

  const ben = await desk.person()
  await desk.stuck(ben)
  await until(async () => (await desk.issues()).data.length === 2)
  const first = await desk.issues('?limit=1')
  const second = await desk.issues(`?limit=1&cursor=${first.next_cursor}`)
  assert.deepEqual([...first.data, ...second.data].map(({ contact }) => contact).sort(), [ana.id, ben.id].sort())

  const cli = (...args) => run(['contact', ...args], { env: { REDIS_URL: desk.redis.url } })
  assert.match((await cli('issues', '--state', 'confirmed')).stdout, new RegExp(`${ana.con}.default`))
  assert.equal((await cli('issues', '--state', 'never')).code, 2)
  assert.equal((await cli('unblock', 'nobody')).code, 2)
  assert.equal((await cli('unblock', `c${'9'.repeat(20)}.default`)).code, 1)
  const back = await cli('unblock', ana.id, '--reason', 'her phone was off', '--json')
  assert.deepEqual(JSON.parse(back.stdout), { changed: 1 }, back.stderr)
  assert.equal(await desk.redisDo('HEXISTS', `${OWN}person:${ana.digest}`, 'blocked'), 0)
  assert.deepEqual(await desk.json('POST', `/api/delivery-issues/${ben.id}/reverse`, { reason: 'he called' }, 200), { changed: 1 })
  assert.deepEqual(await desk.json('POST', `/api/delivery-issues/${ben.id}/reverse`, {}, 200), { changed: 0 })
  assert.deepEqual((await desk.issues()).data, [])

  const rates = await desk.rates()
  assert.deepEqual(rates.probable, { passed: 1, proved_wrong: 0, taken_back: 0, false_positive_percent: 0, promised_percent: 5 })
  assert.deepEqual(rates.confirmed, { passed: 1, proved_wrong: 0, taken_back: 1, false_positive_percent: 100, promised_percent: 1 })
  assert.deepEqual(JSON.parse((await cli('delivery')).stdout), await desk.rates())
})

test('no verdict while the account does not deliver; bad requests are told what is wrong', async (t) => {
  const desk = await Doubted.start(t)
  await desk.others(100, 60)
  const ana = await desk.person()
  for (let n = 0; n < 3; n++) await desk.stuck(ana)
  await until(async () => (await desk.rates()).waiting === 0)
  assert.deepEqual((await desk.issues()).data, [])

  const refused = async (method, path, body, status, code) => {
    const problem = await desk.json(method, path, body, status)
    assert.equal(problem.code, code, path)
  }
  await refused('GET', '/api/delivery-issues?state=none', undefined, 400, 'invalid_parameter')
  await refused('GET', '/api/delivery-issues?cursor=x', undefined, 400, 'invalid_parameter')
  await refused('GET', '/api/delivery-issues?limit=0', undefined, 400, 'invalid_parameter')
  await refused('POST', '/api/delivery-issues/m1/reverse', {}, 404, 'contact_not_found')
  await refused('POST', `/api/delivery-issues/c${'9'.repeat(20)}.default/reverse`, {}, 404, 'contact_not_found')
  await refused('POST', '/api/delivery-issues/c1.nobody/reverse', {}, 404, 'contact_not_found')
  await refused('POST', `/api/delivery-issues/${ana.id}/reverse`, { reason: 7 }, 422, 'invalid_reason')
  await refused('POST', `/api/delivery-issues/${ana.id}/reverse`, { reason: 'x'.repeat(201) }, 422, 'invalid_reason')
})

test('kill -9 of the server while it judges: each verdict is passed once', async (t) => {
  const desk = await Doubted.start(t)
  const kills = Number(process.env.WILLAQ_BLOCK_KILLS ?? 5)
  const people = []
  await desk.others(1000, 20)
  await desk.kill()
  for (let i = 0; i < 60; i++) people.push(await desk.person())
  for (const person of people) for (let n = 0; n < 3; n++) await desk.stuck(person)
  const left = async () => (await desk.redisDo('ZCARD', `${OWN}due:blk`)) + (await desk.redisDo('ZCARD', `${OWN}due:doubt`))
  const begun = await left()
  for (let i = 0; i < kills; i++) {
    const before = await left()
    await desk.run()
    // In the midst of it: when it has begun, or a little later each time.
    await until(async () => (await left()) < before || before === 0)
    for (let n = 0; n < i; n++) await left()
    await desk.kill()
  }
  await desk.run()
  await until(async () => (await left()) === 0)
  assert.equal(begun, 180)
  const total = async (name) => Number(await desk.redisDo('HGET', `${OWN}total`, name))
  assert.deepEqual([await total('blk_probable'), await total('blk_confirmed'), await total('late')], [60, 60, 180])
  const { data } = await desk.issues('?state=confirmed&limit=100')
  assert.deepEqual([data.length, data.every(({ undelivered, messages }) => undelivered === 3 && new Set(messages).size === 3)], [60, true])
})
