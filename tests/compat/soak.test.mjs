// SPDX-License-Identifier: MIT
// soak.test.mjs — one queue, everybody at once: BullMQ and we as producers and workers, killed and paused at random.
//
//   COMPAT_SOAK_JOBS=200000   that many jobs instead of a few hundred;  COMPAT_SOAK_SEED=n  others
// What must hold is in soak/census.mjs: no job lost, none in two places, none finished twice or started without having
// waited, each start without a stall behind it once; and listeners of three majors hear every event.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DRIVER, Driver, engineCast } from './engine_role.mjs'
import { OURS, Soak } from './soak/soak.mjs'

const JOBS = Number(process.env.COMPAT_SOAK_JOBS ?? 0)
const SEED = Number(process.env.COMPAT_SOAK_SEED ?? 1)
const LONG = JOBS > 0
const LONG_LOCK_MS = 10_000 // longer than a look at all jobs blocks Redis

const CASES = [
  { title: 'workers of three kinds, killed at random', producers: [5, 6, OURS], workers: [5, 6, OURS, OURS], jobs: 700, kills: 4 },
  { title: 'paused and resumed by us meanwhile', producers: [5, OURS], workers: [5, 6, OURS], jobs: 300, kills: 1, pauses: true },
  { title: 'jobs of 4.17 worked by us', producers: [4, OURS], workers: [OURS, OURS], jobs: 300, kills: 1 },
]

for (const { title, pauses, ...options } of CASES)
  test(`R19: ${title}`, async (t) => {
    const scale = LONG ? { jobs: JOBS, kills: options.kills * 10, gapMs: 0, lockMs: LONG_LOCK_MS } : {}
    const soak = await Soak.start({ ...options, ...scale, seed: SEED, driver: DRIVER })
    let driver
    try {
      if (pauses) {
        driver = await Driver.start(soak.server.url)
        soak.pauser = (await engineCast(driver, soak.prefix, 6)).I.on(soak.queue)
      }
      await soak.run()
      const { counts, by, ...numbers } = soak.report
      t.diagnostic(`fault R19 ${JSON.stringify({ what: title, ...numbers, by })}`)
      assert.ok(by[OURS] > 0, 'we completed some')
      if (pauses) assert.ok(counts.paused > 0 && counts.paused === counts.resumed, 'each pause and resume is told once')
      assert.equal(numbers.kills, soak.kills)
    } finally {
      await soak.stop()
      await driver?.stop()
    }
  })
