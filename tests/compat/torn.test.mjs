// SPDX-License-Identifier: MIT
// torn.test.mjs — a worker's turn that Redis' file holds only the beginning of: what of it comes back takes no job away.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { again, DURABLE, emptied, torn } from '../system/torn.mjs'
import { clock } from './clock.mjs'
import { Driver, EngineProducer, EngineWorker } from './engine_role.mjs'
import { RedisServer } from './redis.mjs'

const [JOBS, CLAIM, STEP, DELAY_MS] = [40, 6, 3, 1000]
clock.advance(Date.now()) // of the driver's calls
const SETS = ['prioritized', 'delayed', 'completed', 'failed']

// Those that are in no list and no set.
async function lost({ client }) {
  const places = await Promise.all([...['wait', 'active'].map((list) => client.lrange(`bull:q:${list}`, 0, -1)),
    ...SETS.map((set) => client.zrange(`bull:q:${set}`, 0, -1))])
  const found = new Set(places.flat())
  return Array.from({ length: JOBS }, (_, i) => String(i + 1)).filter((id) => !found.has(id))
}

async function connected(server, act) {
  const driver = await Driver.start(server.url)
  try {
    return await act(new EngineWorker(driver, 'bull', 6), new EngineProducer(driver, 'bull', 6))
  } finally {
    await driver.stop()
  }
}

for (const [what, opts] of [['in the list', {}], ['by priority', { priority: 3 }], ['that were delayed', { delay: DELAY_MS }]])
  test(`R4: a turn of a worker that is torn in Redis' file loses no job, of those ${what}`, async (t) => {
    const server = await RedisServer.start(t, ...DURABLE)
    let ends = 2
    // The end itself is what ADR 21 leaves.
    for (let at = 1; at < ends; at += Math.max(1, Math.min(STEP, ends - 1 - at))) {
      await emptied(server)
      await connected(server, async (worker, producer) => {
        await producer.addBulk(Array.from({ length: JOBS }, () => ({ name: 'n', opts })))
        clock.advance(DELAY_MS)
        const claimed = await worker.fetchMany(CLAIM)
        await worker.settleMany(claimed.map(({ id }) => ({ id, outcome: { value: 1 } })), { next: CLAIM })
      })
      ends = await torn(server, at) - 1
      await connected(server, (worker) => worker.fetchMany(CLAIM))
      assert.deepEqual(await lost(server), [], `cut ${at} of ${ends}: before it comes back`)
      await again(server)
      assert.deepEqual(await lost(server), [], `cut ${at} of ${ends}`)
    }
    assert.ok(ends > 4 * CLAIM, `${ends} commands of a turn were seen`)
  })

test('a place without a job is passed over, nothing is made of it, and the job that comes has it', async (t) => {
  const server = await RedisServer.start(t)
  const { client } = server
  await client.hset('bull:q:meta', 'opts.maxLenEvents', 10000)
  await client.zadd('bull:q:delayed', clock.now * 4096, 'late')
  await client.zadd('bull:q:prioritized', 3 * 2 ** 32, 'ranked')
  await client.lpush('bull:q:wait', 'listed')
  await connected(server, async (worker, producer) => {
    clock.advance(DELAY_MS)
    for (let i = 0; i < 3; i++) assert.deepEqual(await worker.fetchMany(CLAIM), [])
    assert.equal(await client.exists('bull:q:late', 'bull:q:ranked', 'bull:q:listed', 'bull:q:delayed', 'bull:q:prioritized', 'bull:q:wait'), 0)
    await producer.addBulk(['late', 'ranked', 'listed'].map((jobId) => ({ name: 'n', opts: { jobId } })))
    assert.deepEqual((await worker.fetchMany(CLAIM)).map(({ id }) => id), ['late', 'ranked', 'listed'])
  })
})
