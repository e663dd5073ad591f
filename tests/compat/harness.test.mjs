// SPDX-License-Identifier: MIT
// harness.test.mjs — the comparison itself: two runs of the same BullMQ are equal, and what differs is seen.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { diff, describe as told, dump, normalise } from './dump.mjs'
import { compare, nameOf, play, PREFIX, runsFor, sequences } from './oracle.mjs'
import { RedisServer } from './redis.mjs'

const SAMPLE = [1, 12, 25, 45, 57, 59, 64, 70] // of every kind; each version plays all of them in differential.test.mjs

describe('the harness of comparison', () => {
  let server
  before(async () => {
    server = await RedisServer.start()
  })
  after(() => server.end())

  for (const major of [4, 5, 6]) {
    test(`BullMQ ${major} does the same twice`, async () => {
      for (const sequence of sequences.filter((s) => SAMPLE.includes(s.n) && runsFor(s, major))) {
        const once = await play(sequence, { majors: major, server })
        const again = await play(sequence, { majors: major, server })
        assert.equal(told(compare({}, major, once, again).unknown), '', nameOf(sequence))
        assert.ok(Object.keys(once.snaps.end).length > 2 && once.answers.length > 0, nameOf(sequence))
      }
    })
  }

  test('a change of any key is seen', async () => {
    const changes = [
      ['lpush', 'bull:q:wait', 'x'], ['hset', 'bull:q:1', 'data', '{"name": "a"}'], ['zadd', 'bull:q:marker', '1', '0'],
      ['del', 'bull:q:pc'], ['xadd', 'bull:q:events', '*', 'event', 'x'], ['pexpire', 'bull:q:1', '60000'],
      ['hset', 'bull:q:1', 'opts', '{"attempts":1}'], ['zincrby', 'bull:q:delayed', '1', '3'], ['sadd', 'bull:q:stalled', '1'],
    ]
    const redis = server.client
    for (const [command, ...args] of changes) {
      await redis.flushall()
      await redis.rpush('bull:q:wait', '1')
      await redis.hset('bull:q:1', 'data', '{"name":"a"}', 'opts', '{"attempts":0}', 'timestamp', '1')
      await redis.zadd('bull:q:marker', '0', '0')
      await redis.zadd('bull:q:delayed', '7353251016327168', '3')
      await redis.set('bull:q:pc', '1')
      const before = normalise(await dump(redis), PREFIX)
      await redis[command](...args)
      assert.equal(diff(before, normalise(await dump(redis), PREFIX)).length, 1, command)
    }
  })

  test('what is free to differ is not seen', async () => {
    const redis = server.client
    const states = [
      ['{"attempts":0,"removeOnComplete":{"age":1,"count":2},"x":[]}', 'bullmq:5.80.7', '5f3c9a52-0d7e-4c5b-9a0b-0123456789ab'],
      ['{"x":{},"removeOnComplete":{"count":2,"age":1}}', 'bullmq:6.7.0', 'aaaaaaaa-0d7e-4c5b-9a0b-0123456789ab'],
    ]
    const dumps = []
    for (const [opts, version, id] of states) {
      await redis.flushall()
      await redis.hset(`bull:q:${id}`, 'opts', opts, 'timestamp', '1', 'stacktrace', `["${id} at"]`)
      await redis.hset('bull:q:meta', 'version', version)
      await redis.set('bull:q:stalled-check', id, 'PX', 30_000)
      await redis.xadd('bull:q:events', '*', 'event', 'waiting', 'jobId', id)
      dumps.push(normalise(await dump(redis), PREFIX))
    }
    assert.equal(told(diff(dumps[0], dumps[1])), '')
  })
})
