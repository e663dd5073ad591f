// SPDX-License-Identifier: MIT
// mixed.test.mjs — one queue in turns: what one generation began, another goes on with.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { BullWorld, bullCast } from './bullmq_role.mjs'
import { clock } from './clock.mjs'
import { DRIVER, Driver, engineCast } from './engine_role.mjs'
import { PREFIX } from './oracle.mjs'
import { RedisServer, until } from './redis.mjs'
import { census } from './soak/census.mjs'
import { random } from './soak/plan.mjs'

const NOW = Date.UTC(2026, 5, 1)
const BASE = `${PREFIX}:q:`
const SEEDS = Number(process.env.COMPAT_RANDOM ?? 3)
const STEPS = 150
const READY_MS = 20_000

describe('generations in turns', () => {
  let server, driver, worlds
  before(async () => {
    server = await RedisServer.start()
    driver = await Driver.start(server.url)
  })
  after(async () => {
    try {
      await driver?.stop()
    } finally {
      await server.end()
    }
  })
  beforeEach(async () => {
    worlds = []
    await server.client.flushall()
    clock.set(NOW)
  })
  afterEach(async () => {
    clock.release()
    for (const world of worlds) await world.close()
  })

  async function bullmq(major) {
    const world = await BullWorld.load(major, server, PREFIX)
    worlds.push(world)
    return bullCast(world)
  }
  const ours = (major) => engineCast(driver, PREFIX, major)

  async function failOnce(W, id) {
    const { job } = await W.fetch()
    assert.equal(job?.id, id)
    await W.settle(id, { fail: 'broke' })
  }

  for (const [who, major] of [['4.17 and we', 4], ['5.x and we', 5], ['6.x and we', 6]])
    test(`${who}: four attempts are four, whoever makes them`, async () => {
      const bull = await bullmq(major), we = await ours(major)
      await bull.P.add('x', {}, { attempts: 4, jobId: 'x' })
      for (const W of [bull.W, we.W, bull.W, we.W]) {
        await failOnce(W, 'x')
      }
      assert.equal(await server.client.zscore(`${BASE}failed`, 'x'), String(NOW))
      assert.equal((await we.I.read('x')).attemptsMade, 4)
    })

  test('a job that 4.17 failed twice has two attempts left', async () => {
    const older = await bullmq(4), we = await ours(4)
    await older.P.add('x', {}, { attempts: 4, jobId: 'x' })
    for (const W of [older.W, older.W, we.W, we.W]) await failOnce(W, 'x')
    assert.equal(await server.client.llen(`${BASE}wait`), 0)
    assert.equal(await server.client.zscore(`${BASE}failed`, 'x'), String(NOW))
  })

  for (const major of [4, 5, 6])
    test(`pausing by ${major}.x and by us, in any order, loses no job`, async () => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        await server.client.flushall()
        const bull = await bullmq(major), we = await ours(major)
        await bull.I.pause()
        await bull.I.resume()
        const rand = random(seed * 10 + major)
        const one = (list) => list[Math.floor(rand() * list.length)]
        let added = 0
        for (let step = 0; step < STEPS; step++) {
          const by = one([bull, we])
          const act = one(['add', 'add', 'add', 'bulk', 'pause', 'resume', 'work', 'work', 'promote'])
          if (act === 'add') added += (await by.P.add('x', step, one([{}, {}, { lifo: true }, { priority: 2 }, { delay: 50 }]))) ? 1 : 0
          if (act === 'bulk') added += (await by.P.addBulk([1, 2, 3].map((data) => ({ name: 'b', data, opts: {} })))).length
          if (act === 'pause') await by.I.pause()
          if (act === 'resume') await by.I.resume()
          if (act === 'promote') clock.advance(60)
          if (act === 'work') {
            const { job } = await by.W.fetch()
            if (job) await by.W.settle(job.id, rand() < 0.3 ? { fail: 'x' } : { value: 1 })
          }
        }
        const { problems, counts } = await census(server.client, BASE, 0)
        assert.deepEqual(problems, [], `seed ${seed}`)
        const marks = (await server.client.lrange(`${BASE}wait`, 0, -1)).filter((id) => id.startsWith('0:')).length
        assert.equal(Object.values(counts).reduce((sum, n) => sum + n, 0) - marks, added, `seed ${seed}: ${JSON.stringify(counts)}`)
        await Promise.all(worlds.splice(0).map((world) => world.close()))
      }
    })

  test('our workers are seen by getWorkers of each version', async () => {
    clock.release()
    const workers = ['', 'second'].map((name) => {
      const config = { role: 'worker', port: server.port, prefix: PREFIX, queue: 'q', ...(name ? { name } : {}) }
      return spawn(DRIVER, ['soak', JSON.stringify(config)], { stdio: ['ignore', 'ignore', 'ignore'] })
    })
    try {
      const queues = {}
      for (const major of [4, 5, 6]) {
        const { I } = await bullmq(major)
        queues[major] = await I.queue
      }
      await until(async () => (await queues[6].getWorkers()).length === 2, READY_MS)
      assert.equal((await queues[5].getWorkers()).length, 2)
      assert.equal((await queues[4].getWorkers()).length, 1, '4.17 knows no named workers')
      assert.ok((await queues[6].getWorkers()).some(({ rawname }) => rawname.endsWith(':w:second')))
    } finally {
      for (const worker of workers) worker.kill('SIGKILL')
    }
  })
})
