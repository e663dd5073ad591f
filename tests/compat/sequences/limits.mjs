// SPDX-License-Identifier: MIT
// limits.mjs — sequences 41 to 44 and 50 to 54: limits, lost workers, names, metrics.
const MINUTE = 60_000
const EVERY = 1000

// Its lock runs out and the check runs twice, as after a crash.
async function crash(s, W, id) {
  await s.redis.del(`bull:q:${id}:lock`)
  for (let i = 0; i < 2; i++) {
    await W.stalledCheck()
    await s.redis.del('bull:q:stalled-check')
  }
}

export default [
  {
    n: 41, role: 'W', title: 'worker limiter 2 per second with 5 jobs', batch: true,
    async run({ P, W, s }) {
      const limited = W.as({ limiter: { max: 2, duration: 1000 } })
      await P.addBulk([1, 2, 3, 4, 5].map((data) => ({ name: 'x', data })))
      for (let i = 0; i < 3; i++) {
        await s.work(limited, () => ({ value: 1 }))
        await s.snap(`window ${i}`)
        await s.redis.del('bull:q:limiter')
        s.advance(1000)
      }
    },
  },
  {
    n: 42, role: 'W', title: 'global max and duration; with a worker limiter too', since: 5, batch: true,
    async run({ P, W, I, s }) {
      await P.addBulk([1, 2, 3, 4, 5, 6, 7].map((data) => ({ name: 'x', data })))
      await I.setRateLimit(2, 5000)
      await s.work(W, () => ({ value: 1 }))
      await s.snap('global')
      await s.redis.del('bull:q:limiter')
      await s.work(W.as({ limiter: { max: 3, duration: 1000 } }), () => ({ value: 1 }))
      await s.snap('both')
      await I.setRateLimit(null)
      await s.redis.del('bull:q:limiter')
      await s.work(W.as({ limiter: { max: 1, duration: 1000 } }), () => ({ value: 1 }))
    },
  },
  {
    n: 43, role: 'W', title: 'rateLimit(500) and the rate-limit error, plain and prioritized', since: 5,
    async run({ P, W, I, s }) {
      const limited = W.as({ limiter: { max: 5, duration: 1000 } })
      await P.add('x', {})
      await P.add('x', {})
      await limited.fetch()
      await I.rateLimit(500)
      await limited.settle('1', { rateLimit: true })
      await s.snap('plain')
      await I.limited(5)
      await limited.fetch()
      await I.removeRateLimitKey()
      await s.work(limited, () => ({ value: 1 }))
      await P.add('x', {}, { priority: 9 })
      await P.add('x', {}, { priority: 9 })
      await limited.fetch()
      await I.rateLimit(500)
      await limited.settle('3', { rateLimit: true })
      await s.snap('prioritized')
      await W.fetch()
    },
  },
  {
    n: 44, role: 'W', title: 'global concurrency 1, two workers', since: 5,
    async run({ P, W, I, s }) {
      await I.setConcurrency(1)
      await P.addBulk([1, 2, 3, 4].map((data) => ({ name: 'x', data, opts: { attempts: 2, backoff: 100 } })))
      await W.fetch('t1')
      await W.fetch('t2')
      await s.snap('one active')
      await W.settle('1', { value: 1 }, { token: 't1' })
      await W.fetch('t2')
      await W.settle('2', { fail: 'x' }, { token: 't2' })
      await W.fetch('t1')
      await W.settle('3', { value: 1 }, { token: 't1', next: true })
      await W.fetch('t2')
      await I.setConcurrency(2)
      await W.fetch('t2')
    },
  },
  {
    n: 50, role: 'W', title: 'crash once, twice, thrice',
    async run({ P, W, s }) {
      await P.add('x', {}, { attempts: 5 })
      await P.add('y', {})
      await P.add('z', {}, { priority: 3 })
      await W.fetch()
      await W.fetch('t2')
      await W.stalledCheck()
      await W.stalledCheck()
      await s.snap('checked, nothing stalled')
      await s.redis.del('bull:q:stalled-check')
      await crash(s, W, '1')
      await s.snap('once')
      await W.fetch()
      await crash(s, W, '1')
      await s.snap('twice')
      await s.work(W, () => ({ value: 'ran' }))
    },
  },
  {
    n: 51, role: 'W', title: 'crash of a scheduler job thrice', since: 5,
    async run({ P, W, s }) {
      const id = await P.upsertScheduler('sch', { every: EVERY }, { name: 'tick', data: { a: 1 } })
      for (let i = 0; i < 3; i++) {
        await W.fetch()
        await crash(s, W, id)
        await s.snap(`crash ${i}`)
      }
      await W.fetch()
      await W.settle(id, { value: 1 })
    },
  },
  {
    n: 52, role: 'W', title: 'lock stolen, lock deleted, job removed, job not active',
    known: { all: [{ at: /^answers\.\d+\.answer$/, why: 'we look at the lock before we say that no child is pending' }] },
    async run({ P, W, s }) {
      for (const name of ['a', 'b', 'c', 'd']) await P.add(name, {})
      for (let i = 0; i < 4; i++) await W.fetch()
      await s.redis.set('bull:q:1:lock', 'another')
      await s.redis.del('bull:q:2:lock')
      await s.redis.del('bull:q:3')
      await s.redis.lrem('bull:q:active', 1, '4')
      for (const id of ['1', '2', '3', '4']) {
        await W.extendLock(id)
        await W.complete(id, 1)
        await s.snap(`complete ${id}`)
      }
      for (const id of ['1', '2', '3']) {
        await W.moveToDelayed(id, 500)
        await W.moveToWait(id)
        await W.moveToWaitingChildren(id)
        await W.settle(id, { fail: 'x' })
        await s.snap(`rest of ${id}`)
      }
    },
  },
  {
    n: 53, role: 'W', title: 'named and unnamed worker', since: 5,
    async run({ P, W, s }) {
      await P.add('x', {})
      await P.add('y', {})
      await s.work(W.as({ name: 'wörker 1' }), () => ({ value: 1 }))
      await P.add('z', {}, { attempts: 2 })
      await W.fetch()
      await W.settle('3', { fail: 'x' })
      await s.work(W.as({ name: 'second' }), () => ({ value: 1 }))
    },
  },
  {
    n: 54, role: 'W', title: 'metrics: gaps of 0, 1, 3, 2000 minutes', since: 5, batch: true,
    async run({ P, W, s }) {
      const measured = W.as({ metrics: { maxDataPoints: 10 } })
      const once = async (count, outcome) => {
        await P.addBulk(Array.from({ length: count }, () => ({ name: 'x', data: {} })))
        await s.work(measured, () => outcome)
      }
      await once(2, { value: 1 })
      await once(1, { fail: 'x' })
      for (const minutes of [0, 1, 3, 2000, 1]) {
        s.advance(minutes * MINUTE)
        await once(3, { value: 1 })
        await once(2, { fail: 'x' })
        await s.snap(`${minutes} minutes`)
      }
    },
  },
]
