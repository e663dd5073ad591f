// SPDX-License-Identifier: MIT
// schedulers.mjs — sequences 59 to 61 and 63: schedulers, and what came before them.
const HOUR = 3_600_000

// Iteration after iteration: it comes due, a worker fetches it (which makes the next one) and completes it.
async function iterate({ W, s }, times, stepMs) {
  for (let i = 0; i < times; i++) {
    const { job } = await W.fetch()
    await s.snap(`fetched ${i}`)
    if (job) await W.settle(job.id, { value: i })
    s.advance(stepMs)
  }
}

export default [
  {
    n: 59, part: 1, role: 'PW', title: 'scheduler every 1 s, 4 iterations', since: 5,
    async run(c) {
      await c.P.upsertScheduler('s', { every: 1000 }, { name: 'tick', data: { a: 1 }, opts: { priority: 3, attempts: 2 } })
      await iterate(c, 4, 1000)
      await iterate(c, 2, 3300)
    },
  },
  {
    n: 59, part: 2, role: 'PW', title: 'scheduler with changed every, changed template', since: 5,
    async run(c) {
      const { P, s } = c
      await P.upsertScheduler('s', { every: 1000 }, { name: 'tick', data: { a: 1 } })
      await iterate(c, 1, 500)
      await P.upsertScheduler('s', { every: 1000 }, { name: 'tock', data: { a: 2 }, opts: { removeOnComplete: true } })
      await s.snap('template')
      await iterate(c, 2, 1000)
      await P.upsertScheduler('s', { every: 2500 }, { name: 'tock', data: { a: 3 } })
      await s.snap('every')
      await iterate(c, 2, 2500)
      await P.upsertScheduler('o', { every: 2500, offset: 700 }, { name: 'offset' })
      await iterate(c, 3, 2500)
    },
  },
  {
    n: 60, part: 1, role: 'PW', title: 'scheduler cron with tz and limit 3', since: 5,
    async run(c) {
      await c.P.upsertScheduler('c', { pattern: '0 30 9 * * *', tz: 'Europe/Helsinki', limit: 3 }, { name: 'morning', data: [1] })
      await iterate(c, 6, 24 * HOUR)
    },
  },
  {
    n: 60, part: 2, role: 'PW', title: 'scheduler endDate, startDate, immediately', since: 5,
    async run(c) {
      const { P, s } = c
      await P.upsertScheduler('e', { every: 1000, endDate: s.now + 2500 }, { name: 'ends' })
      await iterate(c, 5, 1000)
      await P.upsertScheduler('st', { every: 1000, startDate: s.now + 5000 }, { name: 'starts' })
      await s.snap('start')
      await iterate(c, 3, 4000)
      await P.upsertScheduler('i', { pattern: '0 0 * * *', immediately: true }, { name: 'now' })
      await P.upsertScheduler('cs', { pattern: '*/5 * * * *', startDate: s.now + 2 * HOUR }, { name: 'cron starts' })
      await s.snap('immediately')
      await iterate(c, 2, 1000)
    },
  },
  {
    n: 60, part: 3, role: 'P', title: 'schedulers that are refused; a busy slot', since: 5,
    async run({ P, s }) {
      await P.upsertScheduler('x', { every: 1000, pattern: '* * * * *' })
      await P.upsertScheduler('x', {})
      await P.upsertScheduler('x', { every: 1000, endDate: s.now - 1 })
      await P.upsertScheduler('x', { every: 1000, limit: 0 })
      await s.snap('none')
      await P.upsertScheduler('x', { pattern: '0 * * * * *' }, { name: 'a' })
      await P.upsertScheduler('x', { pattern: '0 * * * * *' }, { name: 'b' })
    },
  },
  {
    n: 61, role: 'I', title: 'scheduler removed while its iteration waits, and while it runs', since: 5,
    async run(c) {
      const { P, W, I, s } = c
      await P.upsertScheduler('a', { every: 1000 }, { name: 'tick' })
      await I.schedulers()
      await I.scheduler('a')
      await I.remove(`repeat:a:${s.now}`)
      await I.removeScheduler('a')
      await s.snap('waits')
      await P.upsertScheduler('b', { every: 1000 }, { name: 'tick' })
      await s.work(W, () => ({ value: 1 }))
      await s.snap('ran')
      s.advance(1000)
      const { job } = await W.fetch()
      await I.removeScheduler('b')
      await I.removeScheduler('b')
      await s.snap('runs')
      if (job) await W.settle(job.id, { value: 1 })
    },
  },
  ...[{ every: 2000 }, { pattern: '*/10 * * * * *' }, { every: 2000, limit: 2 }].map((repeat, i) => ({
    n: 63, part: i + 1, role: 'W', made: 'P', title: `legacy repeat ${JSON.stringify(repeat)}`, until: 5,
    known: { '4 adds': [{ at: /\.opts\.repeatJobKey$/, why: 'we leave the key in the options of the next job too; nobody reads it there' }] },
    async run(c) {
      await c.P.addRepeat('old', { a: 1 }, { repeat, attempts: 2 })
      await c.s.snap('made')
      c.s.advance(repeat.every ?? 10_000)
      await iterate(c, 3, repeat.every ?? 10_000)
    },
  })),
]
