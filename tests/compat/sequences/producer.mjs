// SPDX-License-Identifier: MIT
// producer.mjs — sequences 1 to 17: adding jobs.
const HOUR = 3_600_000
const PRIORITY_MAX = 2 ** 21 - 1

// One of each kind that add knows.
async function eachKind(P) {
  await P.add('plain', { n: 1 })
  await P.add('first', { n: 2 }, { lifo: true })
  await P.add('urgent', { n: 3 }, { priority: 4 })
  await P.add('later', { n: 4 }, { delay: 60_000 })
  await P.add('named', { n: 5 }, { jobId: 'custom' })
  await P.add('last', { n: 6 })
}

export default [
  {
    n: 1, role: 'P', title: 'add standard x3',
    async run({ P }) {
      for (const name of ['a', 'b', 'c']) await P.add(name, { name })
    },
  },
  {
    n: 2, role: 'P', title: 'add lifo between two fifo',
    async run({ P }) {
      await P.add('a', {})
      await P.add('b', {}, { lifo: true })
      await P.add('c', {})
    },
  },
  {
    n: 3, role: 'P', title: 'add priority 5, 1, 5',
    async run({ P }) {
      for (const priority of [5, 1, 5]) await P.add('p', { priority }, { priority })
    },
  },
  {
    n: 4, role: 'P', title: 'add priority 2^21-1 twice, and one above',
    async run({ P }) {
      await P.add('p', {}, { priority: PRIORITY_MAX })
      await P.add('p', {}, { priority: PRIORITY_MAX })
      await P.add('p', {}, { priority: 2 ** 21 + 1 })
      await P.add('p', {}, { priority: 1.5 })
    },
  },
  {
    n: 5, role: 'P', title: 'add delay 1 h, 1 h, 10 s',
    async run({ P }) {
      for (const delay of [HOUR, HOUR, 10_000]) await P.add('d', { delay }, { delay })
    },
  },
  {
    n: 6, role: 'P', title: 'add delay 0, and delay with priority',
    async run({ P }) {
      await P.add('d', {}, { delay: 0 })
      await P.add('d', {}, { delay: 1000, priority: 3 })
      await P.add('d', {}, { delay: 0, priority: 3 })
      await P.add('d', {}, { delay: 1000, lifo: true })
    },
  },
  {
    n: 7, role: 'P', title: '5000 adds with equal delay in one ms', heavy: true,
    async run({ P }) {
      for (let at = 0; at < 5000; at += 500)
        await P.addBulk(Array.from({ length: 500 }, (_, i) => ({ name: 'd', data: at + i, opts: { delay: HOUR } })))
    },
  },
  {
    n: 8, role: 'P', title: 'custom id; again with other data',
    async run({ P }) {
      await P.add('a', { first: true }, { jobId: 'mine' })
      await P.add('b', { first: false }, { jobId: 'mine', delay: 5 })
      await P.add('c', {})
    },
  },
  {
    n: 9, role: 'P', title: 'forbidden ids, none of which writes',
    async run({ P }) {
      for (const jobId of ['0', '0:x', '12', 'a:b', 'a:b:c:d']) await P.add('x', {}, { jobId })
      await P.add('x', {}, { jobId: 'a:b:c' })
      await P.add('x', {}, { jobId: '12a' })
    },
  },
  {
    n: 10, role: 'P', title: 'data: undefined, null, unicode, control bytes, 1 MB, nested',
    async run({ P }) {
      for (const data of [undefined, null, 0, 'päivää ☃ 😀', 'tab\t nul\u0000 quote" \\ \u2028', [1, [2, [3, { x: [] }]]], 1e21, 0.1])
        await P.add('x', data)
      await P.add('big', { text: 'é'.repeat(512 * 1024) })
    },
  },
  {
    n: 11, role: 'P', title: 'all option keys at once',
    async run({ P, s }) {
      await P.add('x', {}, {
        attempts: 3, backoff: { type: 'exponential', delay: 100 }, removeOnComplete: { age: 3600, count: 10 }, removeOnFail: 5,
        keepLogs: 7, stackTraceLimit: 2, sizeLimit: 1000, timestamp: s.now - 5, priority: 2, jobId: 'all', unknown: { deep: [1, 'x'] },
      })
      await P.add('x', {}, { backoff: 500, attempts: 2, removeOnComplete: true, removeOnFail: false, lifo: true })
      await P.add('x', 'long', { sizeLimit: 3 })
      await P.add('x', {}, { attempts: 2, backoff: { type: 'fixed', delay: 10, jitter: 0.5 } })
      await P.add('x', {}, { backoff: { type: 'fixed', delay: 10, jitter: 2 } })
      await P.add('x', {}, { failParentOnFailure: true, ignoreDependencyOnFailure: true })
    },
  },
  {
    n: 12, role: 'P', title: 'addBulk of 100 mixed kinds',
    async run({ P }) {
      const kinds = [{}, { lifo: true }, { priority: 3 }, { delay: 500 }, { jobId: 'same' }]
      await P.addBulk(Array.from({ length: 100 }, (_, i) => ({ name: `n${i}`, data: { i }, opts: { ...kinds[i % kinds.length] } })))
    },
  },
  {
    n: 13, role: 'P', title: 'add while paused, each kind',
    async run({ P, I }) {
      await I.pause()
      await eachKind(P)
    },
  },
  {
    n: 14, role: 'P', title: 'add while maxed (concurrency 1)',
    async run({ P, W, I, s }) {
      await I.setConcurrency(1)
      await P.add('running', {})
      await W.fetch()
      await s.redis.del('bull:q:marker')
      await eachKind(P)
    },
  },
  {
    n: 15, role: 'P', title: 'child with missing parent',
    async run({ P }) {
      await P.add('child', {}, { parent: { id: 'nobody', queue: 'bull:q' } })
      await P.add('next', {})
    },
  },
  {
    n: 16, role: 'P', title: 'child added again, to the same and to another live parent',
    async run({ P }) {
      await P.addFlow({ name: 'one', queueName: 'q', opts: { jobId: 'one' }, children: [{ name: 'c', queueName: 'r', opts: { jobId: 'kid' } }] })
      await P.addFlow({ name: 'two', queueName: 'q', opts: { jobId: 'two' }, children: [{ name: 'c', queueName: 'r', opts: { jobId: 'other' } }] })
      await P.on('r').add('c', {}, { jobId: 'kid', parent: { id: 'one', queue: 'bull:q' } })
      await P.on('r').add('c', {}, { jobId: 'kid', parent: { id: 'two', queue: 'bull:q' } })
    },
  },
  {
    n: 17, role: 'P', title: 'existing plain and completed children added to a parent',
    async run({ P, W }) {
      const R = P.on('r')
      await R.add('early', {}, { jobId: 'done' })
      await W.on('r').fetch()
      await W.on('r').settle('done', { value: { ok: 1 } })
      await R.add('early', {}, { jobId: 'waiting' })
      await P.addFlow({ name: 'p', queueName: 'q', opts: { jobId: 'p' }, children: [{ name: 'c', queueName: 'r', opts: { jobId: 'kid' } }] })
      await R.add('c', {}, { jobId: 'done', parent: { id: 'p', queue: 'bull:q' } })
      await R.add('c', {}, { jobId: 'waiting', parent: { id: 'p', queue: 'bull:q' } })
    },
  },
]
