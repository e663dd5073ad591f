// SPDX-License-Identifier: MIT
// ordered.test.mjs — ING-11: messages of one conversation are worked one after the other, in order, across processes,
// retries and crashes; those of others beside them.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import test from 'node:test'

import { RedisServer } from './redis.mjs'
import { Sink, text } from './sink_world.mjs'
import { start, until } from './support.mjs'

const PEOPLE = 12
const MESSAGES = 240

// An endpoint that takes its time, fails the first try of some, and keeps what it saw.
class Endpoint {
  began = []
  worked = []
  most = 0
  overlaps = 0
  #busy = new Map()

  static async start(t) {
    const endpoint = new Endpoint()
    const server = createServer((request, answer) => endpoint.#take(request, answer))
    t.after(() => server.close().closeAllConnections())
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint.url = `http://127.0.0.1:${server.address().port}/`
    return endpoint
  }

  async #take(request, answer) {
    const parts = []
    for await (const part of request) parts.push(part)
    const { data, attemptsMade } = JSON.parse(Buffer.concat(parts))
    const [from, id] = [data.message.from, data.message.id]
    this.began.push(id)
    this.overlaps += this.#busy.has(from) && this.#busy.get(from) !== id ? 1 : 0
    this.#busy.set(from, id)
    this.most = Math.max(this.most, this.#busy.size)
    setTimeout(() => {
      if (this.#busy.get(from) === id) this.#busy.delete(from)
      const fails = attemptsMade === 0 && Number(id.split('.')[2]) % 10 === 3
      if (!fails) this.worked.push([from, id])
      answer.writeHead(fails ? 500 : 200).end()
    }, 1 + (Number(id.split('.')[2]) * 7) % 15)
  }

  // Ids in the order in which a person's messages were done, a second time (after a crash) left out.
  of(from) {
    return [...new Set(this.worked.filter(([who]) => who === from).map(([, id]) => id))]
  }
}

async function post(sink, count) {
  const order = new Map()
  for (let i = 0; i < count; i += 4) {
    const some = Array.from({ length: 4 }, (_, k) => [`59390000${1000 + ((i + k) * 5) % PEOPLE}`, `wamid.x.${i + k}`])
    const value = { metadata: { phone_number_id: '9001' }, messages: some.map(([from, id]) => text(id, from)) }
    const answer = await sink.post(JSON.stringify({ entry: [{ id: '7001', changes: [{ field: 'messages', value }] }] }))
    assert.equal(answer.status, 200)
    for (const [from, id] of some) order.set(from, [...(order.get(from) ?? []), id])
  }
  return order
}

function worker(t, server, endpoint, ...options) {
  return start(['worker', '--redis-url', server.url, '--queue', 'inbound-messages', '--push', endpoint.url, '--concurrency', '30', ...options], { t })
}

for (const killed of [false, true])
  test(`ING-11: in order by two workers${killed ? ', one of them killed again and again' : ''}`, async (t) => {
    const server = await RedisServer.start(t)
    const endpoint = await Endpoint.start(t)
    const sink = await Sink.start(t, server, '--ordered')
    const options = ['--ordered', '--lock-duration', '1s', '--stalled-interval', '500ms', '--max-stalled-count', '100']
    const order = await post(sink, MESSAGES)
    worker(t, server, endpoint, ...options)
    let other = worker(t, server, endpoint, ...options)
    for (let i = 0; killed && i < 4; i++) {
      const from = endpoint.worked.length
      await until(() => endpoint.worked.length > from + 10)
      other.kill()
      await other.end()
      other = worker(t, server, endpoint, ...options)
    }
    await until(() => new Set(endpoint.worked.map(([, id]) => id)).size === MESSAGES, 60_000)
    for (const [from, ids] of order) assert.deepEqual(endpoint.of(from), ids)
    if (!killed) assert.equal(endpoint.overlaps, 0)
    assert.ok(endpoint.most > 3, `${endpoint.most} conversations at once`)
    const lanes = await server.client.do('KEYS', 'wq:{bull}:lane:*')
    await until(async () => (await server.client.do('KEYS', 'wq:{bull}:lane:*')).length === 0, 20_000, `lanes are empty: ${lanes}`)
    assert.equal(await server.client.do('EXISTS', 'wq:{bull}:parked:inbound-messages'), 0)
  })

test('without lanes jobs run as they come', async (t) => {
  const server = await RedisServer.start(t)
  const endpoint = await Endpoint.start(t)
  const sink = await Sink.start(t, server)
  await post(sink, 40)
  worker(t, server, endpoint, '--ordered')
  await until(() => endpoint.worked.length === 40, 30_000)
})
