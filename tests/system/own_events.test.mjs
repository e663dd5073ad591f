// SPDX-License-Identifier: MIT
// own_events.test.mjs — the system's own events reach who subscribed, each once.
import assert from 'node:assert/strict'
import test from 'node:test'

import { messages } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { until } from './support.mjs'

test('ING-9: servers that come and go, endpoints that fail, recover and are gone', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  const failing = await Endpoint.start(t, 500)
  const gone = await Endpoint.start(t, 410)
  await server.subscribe({ url: end.url, kinds: ['system'] })
  const events = () => end.posts.map(({ body }) => JSON.parse(body))
  const of = (type) => events().filter((event) => event.type === type)
  const bad = await server.subscribe({ url: failing.url, kinds: ['message'] })
  const left = await server.subscribe({ url: gone.url, kinds: ['message'] })

  for (let i = 0; i < 6; i++) await server.post(messages([`wamid.${i}`]))
  await until(() => of('subscription.disabled').length && of('subscription.paused').length)
  assert.deepEqual(of('subscription.disabled').map(({ data }) => data), [{ subscription: left.id, why: 'gone' }])
  assert.equal(of('subscription.paused')[0].data.subscription, bad.id)
  assert.equal(of('subscription.paused')[0].provider, 'willaq')
  failing.answer = 200
  await until(() => of('subscription.recovered').length)
  assert.equal(of('subscription.recovered')[0].data.subscription, bad.id)
  assert.equal(of('subscription.paused').length, 1, 'each outage is told once')

  const other = await server.run()
  await until(() => of('server.started').length)
  assert.equal((await other.stop()).code, 0)
  await until(() => of('server.stopping').length)
  assert.deepEqual([of('server.started')[0].data.pid, of('server.stopping')[0].data.role], [other.pid, 'serve'])
  assert.equal(new Set(end.posts.map(({ headers }) => headers['webhook-id'])).size, end.posts.length)
})

test('events of our own are not written for nobody, and wait while Redis is read-only', async (t) => {
  const server = await Server.start(t)
  const { client } = server.redis
  assert.equal((await server.programs[0].stop()).code, 0)
  assert.equal(Number(await client.do('EXISTS', 'wq:{bull}:sub:events')), 0)
  await server.run()
  const end = await Endpoint.start(t)
  await server.subscribe({ url: end.url, events: ['server.*'] })
  await client.do('CONFIG', 'SET', 'min-replicas-to-write', '1') // NOREPLICAS to whatever writes
  const other = await server.run()
  await other.until(/listening/)
  await client.do('CONFIG', 'SET', 'min-replicas-to-write', '0')
  await until(() => end.posts.some(({ body }) => JSON.parse(body).data.pid === other.pid))
})
