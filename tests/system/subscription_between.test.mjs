// SPDX-License-Identifier: MIT
// subscription_between.test.mjs — what comes between us and those who listen: endpoints of subscriptions, readers of events.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { told } from './fault.mjs'
import { FaultProxy } from './faultproxy.mjs'
import { SECRET, messages, sign } from './sink_world.mjs'
import { SETTLED, taken } from './steady_world.mjs'
import { Endpoint, KEY, Server, signedBy } from './subscriptions_world.mjs'
import { until } from './support.mjs'

// `posts`: how often the endpoint gets the message that it befalls.  `heals`: after so many ms.
const CASES = [
  { what: 'an answer that comes late', orders: ['down latency 400'], posts: 1 },
  { what: 'an answer that drips', orders: ['down bandwidth 250'], posts: 1 },
  { what: 'a request that drips', orders: ['up bandwidth 2000'], posts: 1 },
  { what: 'both byte by byte', orders: ['slice 1'], posts: 1 },
  { what: 'nobody who listens', orders: ['old reset', 'refuse'], heals: 700, posts: 1 },
  { what: 'a request that is held up', orders: ['up blackhole'], heals: 700, posts: 1 },
  { what: 'an answer that is held up', orders: ['down blackhole'], heals: 700, posts: 1 },
  { what: 'a connection that is half open', orders: ['half-open'], heals: 700, posts: 1 },
  { what: 'a reset before the request arrives', orders: ['up reset after 0 times 1'], posts: 1 },
  { what: 'a reset amid the request', orders: ['up reset after 300 times 1'], posts: 1 },
  { what: 'a close amid the request', orders: ['up cut after 300 times 1'], posts: 1 },
  { what: 'a reset before the answer', orders: ['down reset after 0 times 1'], posts: 2 },
  { what: 'a close without an answer', orders: ['down cut after 0 times 1'], posts: 2 },
  { what: 'a reset amid the answer', orders: ['down reset after 20 times 1'], posts: 2 },
  { what: 'a close amid the answer', orders: ['down cut after 20 times 1'], posts: 2 },
  { what: 'a connection that the endpoint has forgotten', orders: ['half-open', 'pass'], posts: 1 },
  { what: 'a request that is lost', orders: ['up lose times 1'], posts: 1 },
  { what: 'an answer that is lost', orders: ['down lose times 1'], posts: 2 },
]

async function route(t, server, each) {
  const end = await Endpoint.start(t)
  const proxy = await FaultProxy.start(t, end.port)
  const made = await server.subscribe({ url: `${proxy.http}/hook`, kinds: ['message'], order: 'strict' })
  return { ...each, end, proxy, secret: made.secret }
}

test('R8: between a subscription and its endpoint: each event arrives, in order, signed, and again only when nobody knows', async (t) => {
  const server = await Server.start(t)
  const routes = []
  for (const each of CASES) routes.push(await route(t, server, each))
  const ids = ['wamid.before', 'wamid.befallen', 'wamid.behind']
  await server.post(messages(ids.slice(0, 1)))
  await until(() => routes.every(({ end }) => end.messages.length === 1), 30_000)
  for (const { proxy, orders, heals } of routes) await proxy.set(...orders, ...(heals ? [`at ${heals} pass`] : []))
  for (const id of ids.slice(1)) assert.equal((await server.post(messages([id]))).status, 200)
  await until(() => routes.every(({ end }) => end.messages.includes(ids[2])), 40_000,
    () => routes.filter(({ end }) => !end.messages.includes(ids[2])).map(({ what }) => what))
  const each = (which) => routes.map((one) => `${one.what}: ${which(one)}`)
  const count = (end, id) => end.messages.filter((one) => one === id).length
  assert.deepEqual(each(({ end }) => count(end, ids[1])), each(({ posts }) => posts), 'posts')
  assert.deepEqual(each(({ end }) => [...new Set(end.messages)]), each(() => ids), 'in order')
  assert.deepEqual(each(({ end }) => new Set(end.posts.map(({ headers }) => headers['webhook-id'])).size), each(() => 3), 'one id each')
  assert.ok(routes.every(({ end, secret }) => end.posts.every((post) => signedBy(post, secret))))
  told(t, { between: 'subscription and endpoint', cases: routes.length, lost: 0, again: routes.filter(({ posts }) => posts > 1).length })
})

// A webhook of so many messages, each of 4000 letters.
const flood = (n, each) => {
  const body = JSON.parse(messages(Array.from({ length: each }, (_, i) => `wamid.${n}.${i}`)))
  for (const message of body.entry[0].changes[0].value.messages) message.text.body = 'x'.repeat(4000)
  return JSON.stringify(body)
}

// Whose freed memory goes back at once.
class Settled extends Server {
  env = { ASAN_OPTIONS: SETTLED }
}

class Reader {
  got = 0

  constructor(t, port, { deaf = false } = {}) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('close', () => (this.closed = true))
    socket.write(`GET /api/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`)
    if (!deaf) socket.on('data', (piece) => (this.got += piece.length))
    t.after(() => socket.destroy())
  }
}

test('readers of events that are slow, or do not read at all, cost a bounded memory and nobody else anything', async (t) => {
  const server = await Settled.start(t, '--subscription-private', '--events-max', '500', '--webhook-log-max', '0')
  const proxy = await FaultProxy.start(t, server.port)
  const pid = server.programs[0].pid
  const reader = new Reader(t, server.port)
  await proxy.set('down bandwidth 2000')
  const slow = Array.from({ length: 10 }, () => new Reader(t, proxy.port))
  const deaf = Array.from({ length: 10 }, () => new Reader(t, server.port, { deaf: true }))
  await until(() => reader.got > 0 && slow.every(({ got }) => got > 0))
  const before = taken(pid).rss
  let most = 0
  const [WEBHOOKS, EACH] = [100, 40] // 16 MB, more than what kernels keep for a connection
  for (let n = 0; n < WEBHOOKS; n++) {
    const seen = reader.got
    const body = flood(n, EACH)
    const answer = await fetch(`http://127.0.0.1:${server.port}/webhooks/whatsapp`, {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, SECRET) },
    })
    assert.equal(answer.status, 200)
    await until(() => reader.got >= seen + EACH * 4000, 20_000, 'whoever reads gets all of it')
    most = Math.max(most, taken(pid).rss)
  }
  const grown = most - before
  t.diagnostic(`the reader got ${reader.got >> 20} MiB; the server grew by at most ${grown >> 20} MiB with 20 others`)
  assert.ok(reader.got > WEBHOOKS * EACH * 4000)
  assert.equal(reader.closed, undefined)
  assert.ok(grown < 40 << 20, `${grown} bytes`)
  const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
  const left = Number(/^willaq_http_connections\S* (\d+)/m.exec(metrics)[1])
  assert.ok(left <= 4, `${left} connections: who is too far behind is let go`)
})
