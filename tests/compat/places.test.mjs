// SPDX-License-Identifier: MIT
// places.test.mjs — P6: jobs that leave a long list of active ones by their place, while others take jobs out of it: whatever a
// place has become, each job leaves once and no other with it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Driver, EngineProducer, EngineWorker } from './engine_role.mjs'
import { RedisServer } from './redis.mjs'

const PREFIX = 'bull', ACTIVE = `${PREFIX}:q:active`
const [JOBS, ROUNDS, CLAIM] = [900, 60, 50]

// Numbers from 0 to n-1 that a seed repeats.
function dice(seed) {
  let state = seed
  return (n) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n
}

describe('places', () => {
  let server, driver, worker, redis, held
  before(async () => {
    server = await RedisServer.start()
    driver = await Driver.start(server.url)
    redis = server.client
  })
  after(async () => {
    await driver.stop()
    await server.end()
  })

  const fill = async () => {
    await redis.flushall()
    await driver.call({ op: 'forget', prefix: PREFIX, queue: 'q' })
    worker = new EngineWorker(driver, PREFIX, 6)
    held = new Set()
    await new EngineProducer(driver, PREFIX, 6).addBulk(Array.from({ length: JOBS }, () => ({ name: 'n' })))
  }
  const claim = async (n) => {
    for (let left = n; left > 0; left -= CLAIM)
      for (const { id } of await worker.fetchMany(Math.min(left, CLAIM))) held.add(id)
  }
  // As a stalled check of another worker does.
  const steal = async (id) => {
    held.delete(id)
    assert.equal(await redis.lrem(ACTIVE, -1, id), 1)
  }
  const settle = async (ids) => {
    for (const id of ids) held.delete(id)
    await worker.settleMany(ids.map((id) => ({ id, outcome: { value: 1 } })))
  }
  const check = async (what) => {
    const active = await redis.lrange(ACTIVE, 0, -1)
    assert.deepEqual(active.toSorted(), [...held].toSorted(), what)
  }

  test('a place beyond the end of a list that became shorter', async () => {
    await fill()
    await claim(400)
    const ids = [...held]
    for (const id of ids.slice(0, 250)) await steal(id)
    await settle([ids[399], ids[260], ids[300]])
    await check('after three left')
    await settle([...held].slice(0, 20))
    await check('after twenty more')
  })

  for (const seed of [1, 2, 3])
    test(`at random, seed ${seed}`, async () => {
      const roll = dice(seed)
      const some = (n) => Array.from({ length: n }, () => [...held][roll(held.size)]).filter((id, i, all) => id && all.indexOf(id) === i)
      await fill()
      await claim(300)
      for (let round = 0; round < ROUNDS; round++) {
        for (const id of some(roll(8))) await steal(id)
        await settle(some(1 + roll(12)))
        if (roll(3) === 0) await claim(roll(30) + 1)
        await check(`round ${round}`)
      }
    })
})
