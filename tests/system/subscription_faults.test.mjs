// SPDX-License-Identifier: MIT
// subscription_faults.test.mjs — bad days of subscribers: Redis away, read-only or killed, the deliverer killed; nothing is lost.
import assert from 'node:assert/strict'
import test from 'node:test'

import { told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, TOKEN, messages, sign } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { freePort, start, until } from './support.mjs'

const ids = (from, n) => Array.from({ length: n }, (_, i) => `wamid.${from + i}`)
const distinct = (end) => new Set(end.messages).size

// A webhook until it is held: 503 is asked again, as Meta does.
const held = (server, body) => until(async () => (await server.post(body).catch(() => ({}))).status === 200, 40_000)

test('R8, R4: Redis is killed while posts are under way, and comes back with what it had', async (t) => {
  const server = await Server.start(t, '--subscription-private')
  // Its own Redis, which keeps all across a kill.
  const redis = await RedisServer.start(t, '--appendonly', 'yes', '--appendfsync', 'always')
  await server.programs.pop().stop()
  server.redis = redis
  await server.run()
  let slow = true
  // Slow at first, so that posts overlap the kill.
  const end = await Endpoint.start(t, () => slow ? new Promise((resolve) => { setTimeout(resolve, 20, 200) }) : 200)
  const made = await server.subscribe({ url: end.url, kinds: ['message'], in_flight: 4 })
  for (let i = 0; i < 100; i += 10) await held(server, messages(ids(i, 10)))
  await until(() => end.messages.length > 10)
  await redis.stop()
  const during = end.messages.length
  await redis.run()
  slow = false
  for (let i = 100; i < 130; i += 10) await held(server, messages(ids(i, 10)))
  await until(() => distinct(end) === 130, 40_000)
  await until(async () => (await server.show(made.id)).waiting === 0, 40_000)
  for (const row of ['R8', 'R4']) told(t, { kills_of_redis: 1, messages: 130, posted: end.messages.length, lost: 130 - distinct(end) }, row)
  assert.ok(end.messages.length <= 130 + 8, `again came at most what was under way: ${end.messages.length}, ${during} before`)
  assert.ok(server.programs[0].running)
  assert.equal((await server.programs[0].stop()).code, 0)
})

test('R23: Redis takes no writes for a while: what was posted is settled afterwards, once', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  const made = await server.subscribe({ url: end.url, kinds: ['message'] })
  let free
  end.answer = () => new Promise((resolve) => (free = () => resolve(200)))
  await held(server, messages(ids(0, 20)))
  await until(() => end.posts.length === 1)
  await server.redis.client.do('CONFIG', 'SET', 'min-replicas-to-write', '1')
  end.answer = 200
  free()
  assert.equal((await server.post(messages(['wamid.refused']))).status, 503)
  await until(async () => (await server.api('POST', `/subscriptions/${made.id}/pause`)).status === 503)
  assert.equal(end.posts.length, 1, 'what cannot be settled is not followed by another')
  await server.redis.client.do('CONFIG', 'SET', 'min-replicas-to-write', '0')
  await until(() => distinct(end) === 20, 40_000)
  assert.deepEqual([...new Set(end.messages)], ids(0, 20))
  told(t, { fault: 'MISCONF', messages: 20, posted: end.messages.length, lost: 20 - distinct(end) })
  assert.ok(end.messages.length <= 21)
})

test('R1: kill -9 while posts are under way: at least once, in order', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  await server.subscribe({ url: end.url, kinds: ['message'] })
  for (let i = 0; i < 200; i += 20) await held(server, messages(ids(i, 20)))
  let kills = 0
  while (distinct(end) < 200 && kills < 2) {
    const seen = end.posts.length
    await until(() => end.posts.length > seen, 40_000)
    const program = server.programs.pop()
    program.kill()
    await program.end()
    kills++
    await server.run()
  }
  await until(() => distinct(end) === 200, 40_000)
  assert.deepEqual([...new Set(end.messages)], ids(0, 200))
  told(t, { kills, messages: 200, posted: end.messages.length, lost: 200 - distinct(end) })
  assert.ok(kills > 0 && end.messages.length <= 200 + kills)
})

test('proxy: strict order holds for what came together', async (t) => {
  const redis = await RedisServer.start(t)
  let fails = 3
  const receiver = await Endpoint.start(t, () => (fails-- > 0 ? 500 : 200))
  const port = await freePort()
  const args = ['proxy', '--to', receiver.url, '--redis-url', redis.url, '--port', String(port), '--webhook-secret', SECRET, '--webhook-verify-token', TOKEN]
  const proxy = start(args, { t })
  await proxy.until(/^passing_on|passing_on/m)
  const bodies = Array.from({ length: 20 }, (_, i) => messages([`wamid.${i}`]))
  await Promise.all(bodies.map((body) => until(async () => {
    const headers = { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body) }
    return (await fetch(`http://127.0.0.1:${port}/webhooks/whatsapp`, { method: 'POST', body, headers }).catch(() => ({}))).status === 200
  })))
  await until(() => new Set(receiver.posts.map(({ body }) => body)).size === 20)
  const [first] = receiver.posts
  assert.ok(receiver.posts.slice(0, 4).every(({ body }) => body === first.body), 'nothing overtakes what was not taken')
  assert.equal(receiver.posts.length, 23)
})
