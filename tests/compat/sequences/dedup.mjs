// SPDX-License-Identifier: MIT
// dedup.mjs — sequences 55 to 58: deduplication and its keys.
const dedup = (id, more = {}, opts = {}) => ({ deduplication: { id, ...more }, ...opts })

export default [
  {
    n: 55, role: 'PW', title: 'simple deduplication; finish; add again', since: 5,
    async run({ P, W, I, s }) {
      await P.add('a', { n: 1 }, dedup('d'))
      await P.add('b', { n: 2 }, dedup('d'))
      await P.add('c', { n: 3 }, dedup('other', {}, { delay: 500 }))
      await I.dedupOwner('d')
      await s.snap('held')
      await W.fetch()
      await P.add('b', { n: 4 }, dedup('d'))
      await s.work(W, () => ({ value: 1 }))
      await W.settle('1', { value: 1 })
      await s.snap('released')
      await P.add('b', { n: 5 }, dedup('d', {}, { attempts: 2 }))
      await W.fetch()
      await W.settle('5', { fail: 'x' })
      await s.snap('retrying keeps it')
      await s.work(W, () => ({ fail: 'x' }))
    },
  },
  {
    n: 56, part: 1, role: 'P', title: 'dedup with ttl, and extended', since: 5,
    async run({ P, W, s }) {
      await P.add('a', {}, dedup('t', { ttl: 5000 }))
      await P.add('b', {}, dedup('t', { ttl: 9000 }))
      await s.snap('not extended')
      await P.add('b', {}, dedup('t', { ttl: 20_000, extend: true }))
      await s.snap('extended')
      await s.work(W, () => ({ value: 1 }))
      await P.add('c', {}, dedup('t', { ttl: 5000 }))
      await s.snap('finished, still held')
      await s.redis.del('bull:q:de:t')
      await P.add('d', {}, dedup('t', { ttl: 5000 }))
    },
  },
  {
    n: 56, part: 2, role: 'P', title: 'dedup that replaces: delayed and active owner', since: 5,
    async run({ P, W, s }) {
      await P.add('a', { n: 1 }, dedup('r', { replace: true }, { delay: 1000 }))
      await P.add('b', { n: 2 }, dedup('r', { replace: true }, { delay: 2000 }))
      await s.snap('replaced')
      await P.add('t', { n: 1 }, dedup('rt', { replace: true, ttl: 5000, extend: true }, { delay: 1000 }))
      s.advance(10)
      await P.add('t', { n: 2 }, dedup('rt', { replace: true, ttl: 7000, extend: true }, { delay: 1000 }))
      await P.add('t', { n: 3 }, dedup('rt', { replace: true, ttl: 9000 }, { delay: 1000 }))
      await s.snap('replaced with ttl')
      s.advance(5000)
      await W.fetch()
      await P.add('c', { n: 3 }, dedup('r', { replace: true }, { delay: 1000 }))
      await s.snap('owner active')
    },
  },
  {
    n: 56, part: 3, role: 'P', title: 'dedup that reschedules: delayed, waiting and active owner; a custom timestamp', since: 6,
    async run({ P, W, s }) {
      const later = (opts, more) => dedup('s', { reschedule: true, ...more }, opts)
      await P.add('a', { n: 1 }, later({ delay: 1000 }))
      await P.add('b', { n: 2 }, later({ delay: 9000 }))
      await s.snap('put off')
      await P.add('b', { n: 3 }, later({ delay: 9000, timestamp: s.now - 4000, priority: 3 }))
      await s.snap('brought forward')
      await P.add('x', {}, { delay: 5000 })
      await P.add('b', { n: 4 }, later({}, { ttl: 60_000, extend: true }))
      await s.snap('due at once, still delayed')
      await P.add('w', {}, dedup('t', { reschedule: true }))
      await P.add('w', {}, dedup('t', { reschedule: true }, { delay: 100 }))
      await W.fetch()
      await P.add('w', {}, dedup('t', { reschedule: true, keepLastIfActive: true }, { delay: 100 }))
    },
  },
  {
    n: 57, role: 'PW', title: 'keepLastIfActive: three triggers while active, with a custom id', since: 5,
    async run({ P, W, I, s }) {
      const keep = (opts) => dedup('k', { keepLastIfActive: true }, opts)
      await P.add('a', { n: 1 }, keep())
      await P.add('a', { n: 2 }, keep())
      await s.snap('owner waiting')
      await W.fetch()
      for (const n of [3, 4]) await P.add('a', { n }, keep())
      await P.add('a', { n: 5 }, keep({ jobId: 'mine', priority: 2 }))
      await s.snap('stored')
      await W.settle('1', { value: 1 })
      await s.snap('next one made')
      await s.work(W, (job) => ({ value: job.data }))
      await P.add('a', { n: 6 }, dedup('k', { keepLastIfActive: true, ttl: 5000 }))
      await W.fetch()
      await P.add('a', { n: 7 }, dedup('k', { keepLastIfActive: true, ttl: 5000 }, { delay: 100 }))
      await s.snap('with ttl')
      const { job } = await W.fetch('t2')
      await s.work(W, () => ({ value: job }))
      for (const id of ['6', '7', '8']) await I.remove(id)
    },
  },
  {
    n: 58, role: 'P', title: 'a dedup key whose owner is gone', since: 6,
    async run({ P, s }) {
      await P.add('a', {}, dedup('s'))
      await s.redis.del('bull:q:1', 'bull:q:wait')
      await P.add('b', {}, dedup('s'))
      await P.add('c', {}, dedup('s'))
    },
  },
]
