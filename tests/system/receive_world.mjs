// SPDX-License-Identifier: MIT
// receive_world.mjs — a server that works what people write, webhooks of one account's people, and what Redis holds of them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'

import { RedisServer } from './redis.mjs'
import { sign } from './sink_world.mjs'
import { freePort, start, until } from './support.mjs'

export const SECRET = 'demo-app-secret'
export const NUMBER = '100000000000001'
export const OWN = 'wq:{default}:'
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

const digest = (name) => createHash('sha256').update(name).digest('hex').slice(0, 24)
export const ref = digest

const object = (flat) => {
  const out = {}
  for (let i = 0; i < flat.length; i += 2) out[flat[i]] = flat[i + 1]
  return out
}

let serial = 0

// A message as Meta has it; at: ms.
export const message = (over = {}) => ({
  from: '593900000001', id: `wamid.${++serial}`, timestamp: String(Math.floor((over.at ?? Date.now()) / 1000)), type: 'text',
  text: { body: over.body ?? 'hello' }, ...over, at: undefined, body: undefined,
})

export const webhook = (value, field = 'messages') => JSON.stringify({
  object: 'whatsapp_business_account',
  entry: [{ id: '7001', time: Math.floor(Date.now() / 1000), changes: [{ field, value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: NUMBER }, ...value } }] }],
})

const LEFT = "return redis.call('ZCARD', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3]) + redis.call('ZCARD', KEYS[4])"

export class World {
  static async start(t, { args = [], env = {}, redis } = {}) {
    const world = new World()
    world.t = t
    world.redis = redis ?? await RedisServer.start(t)
    world.args = args
    world.env = env
    await world.run()
    return world
  }

  async run() {
    this.port = await freePort()
    this.program = start(['serve', '--redis-url', this.redis.url, '--port', String(this.port), '--webhook-secret', SECRET,
      '--webhook-verify-token', 'token', ...this.args], {
      t: this.t,
      env: { WILLAQ_API_KEY: 'test-key', WHATSAPP_TOKEN: 'token-of-tests', WHATSAPP_PHONE_NUMBER_ID: NUMBER, WILLAQ_GRAPH_URL: 'http://127.0.0.1:9', ...this.env },
    })
    await this.program.until(/^listening /m)
    await until(async () => (await fetch(`http://127.0.0.1:${this.port}/readyz`)).status === 200)
  }

  async post(value, field) {
    const body = webhook(value, field)
    const answer = await fetch(`http://127.0.0.1:${this.port}/webhooks/whatsapp`, {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, SECRET) },
    })
    assert.equal(answer.status, 200, await answer.text())
  }

  do(...words) {
    return this.redis.client.do(...words)
  }

  // Until nothing of a queue waits or runs, seen at one moment: what was parked goes from one place to another.
  async idle(...queues) {
    for (const queue of queues.length ? queues : ['inbound-messages', 'account-events'])
      await until(async () => (await this.do('EVAL', LEFT, '4', ...['prioritized', 'wait', 'active', 'delayed'].map((of) => `bull:${queue}:${of}`))) === 0,
        undefined, `${queue} idle`)
  }

  // Posted, and worked.
  async receive(value, field) {
    await this.post(value, field)
    await this.idle()
  }

  who(name) {
    return this.do('HGET', `${OWN}person:${digest(name)}`, 'con')
  }

  async person(name) {
    return object(await this.do('HGETALL', `${OWN}person:${digest(name)}`))
  }

  async contact(name) {
    const id = await this.who(name)
    return id ? { id, ...object(await this.do('HGETALL', `${OWN}con:${id}`)) } : null
  }

  history(id) {
    return this.do('ZRANGE', `${OWN}hist:${id}`, '0', '-1')
  }

  async kept(ref) {
    return object(await this.do('HGETALL', `${OWN}rcv:${ref}`))
  }

  async hash(key) {
    return object(await this.do('HGETALL', OWN + key))
  }

  put(key, fields) {
    return this.do('HSET', OWN + key, ...Object.entries(fields).flat())
  }

  // Somebody in step `at` of a sequence of three, an hour apart.
  async enrol(id, { state = 'active', made = Date.now() - DAY, on_answer = 'pause' } = {}) {
    await this.put('seq:s1', { name: 'one', state: 'active', ver: 1, on_answer, [`n:${state}`]: 1 })
    await this.put('seq:s1:1', { steps: 3, 'delay:0': 0, 'delay:1': HOUR, 'delay:2': HOUR })
    await this.put(`enr:${id}`, { seq: 's1', ver: 1, at: 1, state, made, due: Date.now() + HOUR, rev: 1 })
    if (state === 'active') await this.do('ZADD', `${OWN}due:seq`, Date.now() + HOUR, id)
    await this.do('ZADD', `${OWN}seq:s1:in`, made, id)
  }

  // Names of the events that were told, in their order; those of contact `id` alone, if it is given.
  async told(id) {
    const rows = (await this.do('XRANGE', `${OWN}out`, '-', '+')).map(([, f]) => ({ type: f[1], data: JSON.parse(f[3]) }))
    return rows.filter((row) => !id || row.data.contact === `${id}.default`).map((row) => row.type)
  }
}
