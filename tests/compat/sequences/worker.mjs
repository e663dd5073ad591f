// SPDX-License-Identifier: MIT
// worker.mjs — sequences 21 to 40: what becomes of a job that runs.
const fails = (message = 'broke') => ({ fail: message })

async function fetchAndSettle(W, id, outcome) {
  await W.fetch()
  return W.settle(id, outcome)
}

export default [
  {
    n: 21, role: 'W', title: 'return values of every kind', batch: true,
    async run({ P, W, s }) {
      const values = [undefined, null, 5, 'text', { a: [1, 'é'] }, false, 0, '']
      await P.addBulk(values.map((value, i) => ({ name: 'x', data: i, opts: {} })))
      await s.work(W, (job) => ({ value: values[job.data] }))
    },
  },
  {
    n: 22, role: 'W', title: 'LIFO, priority and standard mixed', batch: true,
    known: { '4 adds': [{ at: /./, why: '5.x takes a prioritized job where it meets the mark of 4.17; we take all without priority first' }] },
    async run({ P, W, s }) {
      for (const opts of [{ priority: 2 }, {}, { lifo: true }, { priority: 1 }, {}, { priority: 2 }, { lifo: true }]) await P.add('x', opts, opts)
      await s.work(W, (job) => ({ value: job.id }))
      await P.add('x', {}, { priority: 1 })
      await s.work(W, (job) => ({ value: job.id }))
    },
  },
  {
    n: 23, role: 'W', title: 'fail with attempts 0', batch: true,
    async run({ P, W, s }) {
      for (const name of ['a', 'b', 'c']) await P.add(name, {})
      await s.work(W, (job) => fails(`no ${job.name}: "quoted" é`))
    },
  },
  {
    n: 24, role: 'W', title: 'attempts 3 without backoff', batch: true,
    async run({ P, W, s }) {
      await P.add('a', {}, { attempts: 3 })
      await P.add('b', {}, { attempts: 3 })
      await s.work(W, () => fails())
    },
  },
  {
    n: 25, role: 'W', title: 'attempts 3, fixed 200 ms', batch: true,
    async run({ P, W, s }) {
      await P.add('a', {}, { attempts: 3, backoff: { type: 'fixed', delay: 200 } })
      await P.add('b', {}, { attempts: 2, backoff: 100 })
      for (let i = 0; i < 3; i++) {
        await s.work(W, () => fails())
        await s.snap(`after ${i}`)
        s.advance(200)
      }
    },
  },
  {
    n: 26, role: 'W', title: 'attempts 4, exponential 100', batch: true,
    async run({ P, W, s }) {
      await P.add('a', {}, { attempts: 4, backoff: { type: 'exponential', delay: 100 } })
      for (const ms of [100, 200, 400, 0]) {
        await s.work(W, () => fails())
        await s.snap(`before ${ms}`)
        s.advance(ms)
      }
    },
  },
  {
    n: 27, role: 'W', title: 'backoff with jitter 0; 0.5 and 1 within their range',
    async run({ P, W, s }) {
      const cases = [['exponential', 0, 1000, 1000], ['exponential', 0.5, 500, 1000], ['exponential', 1, 0, 1000], ['fixed', 0.5, 500, 1000]]
      for (const [type, jitter, low, high] of cases) {
        const id = await P.add('j', {}, { attempts: 2, backoff: { type, delay: 1000, jitter } })
        await fetchAndSettle(W, id, fails())
        const delay = Number(await s.redis.hget(`bull:q:${id}`, 'delay'))
        s.check(`jitter ${jitter} gives ${low} to ${high}`, delay >= low && delay <= high)
        await s.redis.flushdb()
        await s.reopen()
      }
    },
  },
  {
    n: 28, role: 'W', title: 'retry with lifo, and with priority',
    async run({ P, W, s }) {
      await P.add('lifo', {}, { attempts: 2, lifo: true, jobId: 'l' })
      await P.add('other', {}, {})
      await fetchAndSettle(W, 'l', fails())
      await s.snap('lifo retried')
      await s.work(W, () => ({ value: 1 }))
      await P.add('high', {}, { attempts: 2, priority: 5, jobId: 'p' })
      await P.add('more', {}, { priority: 5, jobId: 'p2' })
      await fetchAndSettle(W, 'p', fails())
    },
  },
  {
    n: 29, role: 'W', title: 'unrecoverable at the first attempt', batch: true,
    async run({ P, W, s }) {
      await P.add('a', {}, { attempts: 5, backoff: 1000 })
      await s.work(W, () => ({ fail: 'give up', unrecoverable: true }))
    },
  },
  {
    n: 30, role: 'W', title: 'stackTraceLimit 2 over 4 failures; 0', batch: true,
    async run({ P, W, s }) {
      await P.add('a', {}, { attempts: 4, stackTraceLimit: 2 })
      await P.add('b', {}, { attempts: 2, stackTraceLimit: 0 })
      await s.work(W, () => fails())
    },
  },
  ...[true, false, 0, 2].map((keep, i) => ({
    n: 31, part: i + 1, role: 'W', title: `removeOnComplete and removeOnFail ${keep}`, batch: true,
    async run({ P, W, s }) {
      for (let n = 0; n < 6; n++) await P.add('x', { n }, { removeOnComplete: keep, removeOnFail: keep })
      await s.work(W, (job) => (job.data.n % 2 ? fails() : { value: job.data.n }))
    },
  })),
  {
    n: 32, role: 'W', title: 'removeOnComplete {age}, {age, count}, {age, limit}',
    known: { 4: [{ at: /./, why: '4.17 has no limit' }] },
    async run({ P, W, s }) {
      for (const keep of [{ age: 10 }, { age: 10, count: 2 }, { age: 10, limit: 1 }]) {
        for (let n = 0; n < 3; n++) await P.add('old', {})
        await s.work(W, () => ({ value: 1 }))
        s.advance(10_000)
        await P.add('now', {}, { removeOnComplete: keep })
        await s.work(W, () => ({ value: 2 }))
        await s.snap(JSON.stringify(keep))
        s.advance(1)
        await P.add('now', {}, { removeOnComplete: keep })
        await s.work(W, () => ({ value: 2 }))
        await s.snap(`${JSON.stringify(keep)}, later`)
      }
    },
  },
  {
    n: 33, role: 'W', title: "worker's default keep against the job's",
    async run({ P, W, s }) {
      const mine = W.as({ removeOnComplete: { count: 1 }, removeOnFail: { count: 0 } })
      await P.add('default', {})
      await P.add('default', {})
      await P.add('own', {}, { removeOnComplete: 5, removeOnFail: false })
      await P.add('own', {}, { removeOnComplete: false, removeOnFail: 3 })
      await P.add('default', {})
      await s.work(mine, (job) => (job.id % 2 ? fails() : { value: 1 }))
      await P.add('default', {})
      await s.work(mine, () => ({ value: 1 }))
    },
  },
  {
    n: 34, role: 'W', title: 'progress: number, object, text, true',
    async run({ P, W, s }) {
      await P.add('x', {})
      await W.fetch()
      for (const progress of [50, { done: 1, of: [2] }, 'half "way" é', true]) {
        await W.progress('1', progress)
        await s.snap(JSON.stringify(progress))
      }
      await s.redis.del('bull:q:1')
      await W.progress('1', 60)
    },
  },
  {
    n: 35, role: 'W', title: 'log rows with keepLogs 2, and without',
    async run({ P, W }) {
      await P.add('x', {}, { keepLogs: 2 })
      await P.add('y', {})
      await W.fetch()
      await W.fetch()
      for (const row of ['one', 'two é', 'three\nlines']) {
        await W.log('1', row)
        await W.log('2', row)
      }
    },
  },
  {
    n: 36, role: 'W', title: 'updateData while running, then retry',
    async run({ P, W, s }) {
      await P.add('x', { at: 1 }, { attempts: 2 })
      await W.fetch()
      await W.updateData('1', { at: 2, é: '☃' })
      await W.settle('1', fails())
      await s.work(W, (job) => ({ value: job.data }))
    },
  },
  {
    n: 37, part: 1, role: 'W', title: 'delayed jobs come due while idle and while busy',
    async run({ P, W, s }) {
      await P.add('d', {}, { delay: 1000 })
      await P.add('d', {}, { delay: 1000, priority: 3 })
      await P.add('d', {}, { delay: 5000, lifo: true })
      await P.add('x', {})
      await W.fetch()
      await W.fetch('t2')
      s.advance(999)
      await W.fetch('t2')
      s.advance(1)
      await s.snap('due')
      await W.settle('4', { value: 1 }, { next: true })
      await s.snap('first of the delayed')
      s.advance(10_000)
      await s.work(W.as({}), (job) => ({ value: job.id }))
    },
  },
  {
    n: 37, part: 2, role: 'W', title: 'delayed jobs come due while paused',
    async run({ P, W, I, s }) {
      await P.add('d', {}, { delay: 1000 })
      await P.add('d', {}, { delay: 1000, priority: 3 })
      await I.pause()
      s.advance(1000)
      await W.fetch()
      await s.snap('paused')
      await I.resume()
      await s.work(W, () => ({ value: 1 }))
    },
  },
  {
    n: 38, role: 'W', title: 'moveToDelayed from inside a processor',
    async run({ P, W, s }) {
      await P.add('x', {}, { attempts: 2 })
      await P.add('y', {})
      await W.fetch()
      await W.settle('1', { delay: 2000 }, { next: true })
      await s.snap('delayed')
      s.advance(2000)
      await W.settle('2', { value: 1 }, { next: true })
      await W.settle('1', { delay: -5 })
      await s.snap('delayed by nothing')
      await s.work(W, () => ({ value: 2 }))
    },
  },
  {
    n: 39, role: 'W', title: 'moveToWait from inside a processor', since: 5,
    async run({ P, W, s }) {
      await P.add('x', {})
      await P.add('y', {})
      await P.add('z', {}, { priority: 2 })
      await P.add('z', {}, { priority: 2 })
      await W.fetch()
      await W.settle('1', { wait: true }, { next: true })
      await s.snap('back')
      await W.settle('1', { value: 1 }, { next: true })
      await W.settle('2', { value: 1 }, { next: true })
      await W.settle('3', { wait: true })
    },
  },
  {
    n: 40, role: 'W', title: 'step job: adds a child, waits for it, goes on',
    async run({ P, W, s }) {
      await P.add('steps', { step: 1 }, { jobId: 'p' })
      await W.fetch()
      await P.on('r').add('c', {}, { jobId: 'c', parent: { id: 'p', queue: 'bull:q' } })
      await W.updateData('p', { step: 2 })
      await W.settle('p', { waitChildren: true })
      await s.snap('waits')
      await s.work(W.on('r'), () => ({ value: 'child' }))
      await s.snap('released')
      await W.fetch()
      await W.settle('p', { waitChildren: true, value: 'nothing pending' })
    },
  },
]
