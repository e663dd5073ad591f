// SPDX-License-Identifier: MIT
// away.test.mjs — workers, senders and subscriptions whose Redis is out of reach, in each way, and back.
//
// The referee compares exact sets afterwards; each says how long after healing it went on.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { AWAY, AWAY_MS, HEALED_MS } from './away.mjs'
import { LONG, progress, told } from './fault.mjs'
import { FaultProxy } from './faultproxy.mjs'
import { RedisServer } from './redis.mjs'
import { Fleet, QUICK, STATUS_DELAY } from './send_faults_world.mjs'
import { messages } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { start, until } from './support.mjs'
import { Queue, slowEndpoint } from './worker_world.mjs'

const IMPATIENT = ['--redis-wait', '200ms', '--redis-command-timeout', LONG ? '1s' : '400ms']

// Each way in turn: `done()` counts what got done, and must grow again in time, as `feed()` sees to it that there is something
// to do.  The longest it took.
async function eachWay(t, what, proxy, done, feed) {
  let longest = 0
  for (const ms of AWAY_MS) {
    for (const [n, { what: way, orders }] of AWAY.entries()) {
      progress('R8', n, `${AWAY.length} ways of ${ms} ms, for a ${what}`)
      const before = await done()
      await feed()
      await until(async () => await done() > before, 20_000, `${what} is at work before: ${way}`)
      await proxy.set(...orders)
      await pause(ms)
      await proxy.set('pass')
      const from = performance.now()
      const held = await done()
      await feed()
      await until(async () => await done() > held, HEALED_MS, `${what} goes on after ${ms} ms of: ${way}`)
      const took = performance.now() - from
      if (LONG) t.diagnostic(`${what}, ${ms} ms of ${way}: on after ${Math.round(took)} ms`)
      longest = Math.max(longest, took)
    }
  }
  t.diagnostic(`${what}: went on at most ${Math.round(longest)} ms after healing`)
  return { ways: AWAY.length * AWAY_MS.length, healed_ms: Math.round(longest) }
}

describe('Redis out of reach', { concurrency: LONG ? 3 : 2 }, () => {
  test('R8: for a worker', async (t) => {
    const redis = await RedisServer.start(t)
    const proxy = await FaultProxy.start(t, redis.port)
    const endpoint = await slowEndpoint(t, 30)
    const queue = new Queue(redis, 'q')
    const concurrency = 10
    const worker = start(['worker', '--redis-url', proxy.url, '--queue', 'q', '--push', endpoint.url, '--concurrency', `${concurrency}`,
      '--lock-duration', '3000', '--stalled-interval', '500', '--max-stalled-count', '1000000', ...IMPATIENT], { t })
    // So many that there is always something to do.
    const { ways, healed_ms } = await eachWay(t, 'worker', proxy, () => queue.completed(), async () => {
      const left = queue.added - await queue.completed()
      if (left < 1000) await queue.add(1000)
    })
    await until(async () => (await queue.completed()) === queue.added, 60_000)
    assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
    assert.equal(endpoint.posts.size, queue.added, 'each job was posted')
    const again = endpoint.total - queue.added
    told(t, { for: 'worker', ways, jobs: queue.added, again, lost: 0, healed_ms })
    assert.ok(again <= ways * concurrency, `${again} posts more than jobs`)
    assert.equal((await worker.stop()).code, 0)
  })

  test('R8: for those who send', async (t) => {
    const redis = await RedisServer.start(t)
    const proxy = await FaultProxy.start(t, redis.port)
    const args = [...QUICK, ...IMPATIENT]
    const fleet = await Fleet.start(t, { redis, redisUrl: proxy.url, workers: 1, concurrency: 5, args,
      sandbox: ['--latency', '100ms', '--status-delay', STATUS_DELAY] })
    const posts = async () => (await fleet.sandbox.counts()).posts
    const { ways, healed_ms } = await eachWay(t, 'sender', proxy, posts, async () => {
      await until(async () => (await fleet.call('GET', '/readyz')).status === 200, HEALED_MS, 'the server is ready')
      if (fleet.asked.size - await posts() < 200) await fleet.ask(200, (i) => (i % 2 ? 'at-least-once' : 'strict'))
    })
    // What is in doubt waits for three times what statuses took, which after minutes without Redis is very long.
    const asked = [...fleet.asked.keys()]
    const doubtful = async (id) => (await fleet.redis.do('HGET', `wq:{${fleet.account}}:msg:${id}`, 'led')) === 'unknown'
    const inDoubt = new Set()
    await until(async () => {
      for (const id of asked) if (LONG && await doubtful(id)) inDoubt.add(id)
      return await fleet.ended(1000, asked.filter((id) => !inDoubt.has(id)))
    }, 120_000, 'all have ended, or are in doubt')
    const found = await fleet.judge(await fleet.ended(1000, asked.filter((id) => !inDoubt.has(id))))
    assert.ok(inDoubt.size <= ways * 6, `${inDoubt.size} in doubt`)
    told(t, { for: 'sends', ways, messages: found.messages, lost: found.lost, duplicates: found.duplicates.strict, parked: found.parked, in_doubt: inDoubt.size, healed_ms })
    assert.equal(found.duplicates.strict, 0, 'sent twice')
    assert.deepEqual([found.lost, found.sentThoughNot, found.parkedThoughSent, found.strangers], [0, 0, 0, 0])
    assert.equal(found.failed, 0)
  })
  test('R8: for a subscription', async (t) => {
    const server = await Server.start(t)
    await server.programs.pop().stop()
    const proxy = await FaultProxy.start(t, server.redis.port)
    server.redis = Object.assign(Object.create(server.redis), { url: proxy.url })
    await server.run('--subscription-private', ...IMPATIENT)
    const end = await Endpoint.start(t, () => new Promise((resolve) => { setTimeout(resolve, 20, 200) }))
    await server.subscribe({ url: end.url, kinds: ['message'] })
    const ids = []
    const heard = () => new Set(end.messages).size
    const { ways, healed_ms } = await eachWay(t, 'subscription', proxy, heard, async () => {
      while (ids.length - heard() < 250) {
        const more = Array.from({ length: 25 }, (_, i) => `wamid.${ids.length + i}`)
        ids.push(...more)
        await until(async () => (await server.post(messages(more))).status === 200, HEALED_MS, 'held')
      }
    })
    await until(() => heard() === ids.length, 60_000, 'all are delivered')
    const again = end.messages.length - ids.length
    told(t, { for: 'subscription', ways, events: ids.length, again, lost: 0, healed_ms })
    assert.deepEqual([...new Set(end.messages)], ids, 'in order')
    assert.ok(again <= ways, `${again} again: at most one each time`)
  })
})
