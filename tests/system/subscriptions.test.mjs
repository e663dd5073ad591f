// SPDX-License-Identifier: MIT
// subscriptions.test.mjs — one provider's webhooks, any number of consumers.
import assert from 'node:assert/strict'
import test from 'node:test'

import { messages, statuses } from './sink_world.mjs'
import { Endpoint, Server, signedBy } from './subscriptions_world.mjs'
import { until } from './support.mjs'

const ids = (from, n) => Array.from({ length: n }, (_, i) => `wamid.${from + i}`)

test('ING-9: what comes in goes to who subscribed, signed, once, in order', async (t) => {
  const server = await Server.start(t)
  const all = await Endpoint.start(t)
  const read = await Endpoint.start(t)
  const before = await server.post(messages(['wamid.early']))
  assert.equal(before.status, 200)
  assert.equal(Number(await server.redis.client.do('EXISTS', 'wq:{bull}:sub:events')), 0, 'no subscription, no events')
  const first = await server.subscribe({ url: all.url, kinds: ['message'] })
  await server.subscribe({ url: read.url, events: ['message.read'] })
  for (let i = 0; i < 40; i += 4) assert.equal((await server.post(messages(ids(i, 4)))).status, 200)
  assert.equal((await server.post(messages(ids(0, 4)))).status, 200) // known
  assert.equal((await server.post(statuses([['wamid.out', 'delivered'], ['wamid.out', 'read']]))).status, 200)
  await until(() => all.posts.length >= 40 && read.posts.length >= 1)
  assert.deepEqual(all.messages, ids(0, 40))
  assert.ok(all.posts.every((post) => signedBy(post, first.secret)))
  assert.equal(new Set(all.posts.map((post) => post.headers['webhook-id'])).size, 40)
  assert.deepEqual(read.posts.map((post) => JSON.parse(post.body).type), ['message.read'])
  const shown = await server.show(first.id)
  assert.equal(shown.secret, undefined)
  assert.equal(shown.secrets, undefined)
  await until(async () => (await server.show(first.id)).events_delivered === 40)
})
