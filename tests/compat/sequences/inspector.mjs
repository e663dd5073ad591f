// SPDX-License-Identifier: MIT
// inspector.mjs — sequences 64 to 70: what people do to a queue.
const finish = async (W, s, outcome = { value: 1 }) => s.work(W, () => outcome)

// A job in every state; ids 1 to 9 and the flow.
async function everyState({ P, W, s }) {
  await P.add('done', {})
  await finish(W, s)
  await P.add('broken', {})
  await finish(W, s, { fail: 'x' })
  await P.addFlow({ name: 'p', queueName: 'q', opts: { jobId: 'p' }, children: [
    { name: 'c', queueName: 'r', opts: { jobId: 'c1' } }, { name: 'c', queueName: 'r', opts: { jobId: 'c2' } }] })
  await P.add('running', {}, { jobId: 'run' })
  await W.fetch()
  await P.add('wait', {}, { jobId: 'w1' })
  await P.add('wait', {}, { jobId: 'w2' })
  await P.add('prio', {}, { jobId: 'p1', priority: 2 })
  await P.add('prio', {}, { jobId: 'p2', priority: 1 })
  await P.add('later', {}, { jobId: 'd1', delay: 60_000 })
  await P.add('later', {}, { jobId: 'd2', delay: 30_000, priority: 4 })
}

export default [
  {
    n: 64, part: 1, role: 'I', title: 'pause, add, resume',
    async run({ P, W, I, s }) {
      await I.resume()
      for (const data of [1, 2, 3]) await P.add('x', data)
      await I.pause()
      await s.snap('paused')
      await P.add('x', 4)
      await P.add('x', 5, { lifo: true })
      await P.add('x', 6, { priority: 2 })
      await P.add('x', 7, { delay: 500 })
      await W.fetch()
      await I.counts()
      await I.pause()
      await s.snap('added')
      s.advance(500)
      await I.promoteAll()
      await I.resume()
      await s.snap('resumed')
      await I.resume()
      await finish(W, s)
      await I.pause()
      await s.snap('paused empty')
      await I.resume()
    },
  },
  {
    n: 64, part: 2, role: 'W', title: 'jobs end while paused, with and without others waiting',
    async run({ P, W, I, s }) {
      for (const data of [1, 2]) await P.add('x', data, { attempts: 2 })
      await W.fetch()
      await W.fetch('t2')
      await P.add('x', 3)
      await P.add('x', 4, { priority: 1 })
      await I.pause()
      await W.settle('1', { value: 1 }, { next: true })
      await s.snap('others wait')
      await W.settle('2', { fail: 'x' }, { token: 't2', next: true })
      await I.resume()
      await s.work(W, () => ({ value: 1 }))
      await P.add('x', 5)
      await W.fetch()
      await I.pause()
      await s.snap('none waits')
      await W.settle('5', { value: 1 }, { next: true })
      await s.snap('last one')
      await P.add('x', 6, { delay: 500 })
    },
  },
  {
    n: 64, part: 3, role: 'W', title: 'jobs end while the queue is maxed', since: 5,
    known: { all: [{ at: /:marker$/, why: 'we tell idle workers when a slot of a maxed queue becomes free' }] },
    async run({ P, W, I, s }) {
      await I.setConcurrency(1)
      for (const data of [1, 2]) await P.add('x', data)
      await W.fetch()
      await W.settle('1', { value: 1 }, { next: true })
      await s.redis.del('bull:q:marker')
      await P.add('x', 3)
      await W.settle('2', { value: 1 })
      await s.snap('one waits')
      await W.fetch()
      await W.settle('3', { value: 1 }, { next: true })
    },
  },
  {
    n: 65, part: 1, role: 'I', title: 'promote one, promote all',
    async run({ P, I, s }) {
      await P.add('x', {})
      await P.add('d', {}, { delay: 1000 })
      await P.add('d', {}, { delay: 1000, priority: 2 })
      await P.add('d', {}, { delay: 2000 })
      await P.add('d', {}, { delay: 3000, priority: 1 })
      await I.promote('2')
      await I.promote('3')
      await I.promote('3')
      await I.promote('1')
      await I.promote('nobody')
      await s.snap('one by one')
      await I.promoteAll()
    },
  },
  {
    n: 65, part: 2, role: 'I', title: 'changeDelay, changePriority 0 to n and back, lifo', since: 5,
    async run({ P, I, s }) {
      await P.add('d', {}, { delay: 10_000 })
      await P.add('x', {})
      await P.add('x', {})
      await P.add('p', {}, { priority: 5 })
      await P.add('p', {}, { priority: 5 })
      await I.changeDelay('1', 500)
      await I.changeDelay('2', 500)
      await I.changeDelay('nobody', 500)
      await s.snap('delay')
      await I.changePriority('2', { priority: 5 })
      await I.changePriority('3', { priority: 5, lifo: true })
      await I.changePriority('4', { priority: 0 })
      await I.changePriority('5', { priority: 0, lifo: true })
      await I.changePriority('1', { priority: 9 })
      await I.changePriority('nobody', { priority: 1 })
    },
  },
  {
    n: 66, part: 1, role: 'I', title: 'retry failed and completed jobs, counters reset',
    async run({ P, W, I, s }) {
      await P.add('a', {}, { attempts: 2 })
      await P.add('b', {})
      await finish(W, s, { fail: 'x' })
      await P.add('c', {})
      await P.add('d', {}, { lifo: true })
      await finish(W, s)
      await P.add('waiting', {})
      await I.retry('1', 'failed')
      await I.retry('2', 'failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
      await I.retry('3', 'completed')
      await I.retry('4', 'completed')
      await I.retry('4', 'completed')
      await I.retry('nobody', 'failed')
      await s.snap('retried')
      await finish(W, s)
    },
  },
  {
    n: 66, part: 2, role: 'I', title: 'retry all of failed, of completed', since: 5,
    async run({ P, W, I, s }) {
      for (const opts of [{}, { priority: 3 }, {}]) await P.add('f', {}, opts)
      await finish(W, s, { fail: 'x' })
      s.advance(1000)
      for (const opts of [{}, { priority: 3 }]) await P.add('c', {}, opts)
      await finish(W, s)
      await I.retryAll({ state: 'completed', timestamp: s.now - 500 })
      await s.snap('none that old')
      await I.retryAll({ state: 'completed' })
      await I.retryAll({ state: 'failed' })
    },
  },
  {
    n: 66, part: 3, role: 'I', title: 'retry a finished child of a flow', since: 5,
    async run({ P, W, I, s }) {
      const kid = (jobId, opts) => ({ name: 'c', queueName: 'r', opts: { jobId, ...opts } })
      await P.addFlow({ name: 'p', queueName: 'q', opts: { jobId: 'p' }, children: [
        kid('a', {}), kid('b', { ignoreDependencyOnFailure: true }), kid('c', { failParentOnFailure: true }), kid('d', {})] })
      const R = W.on('r')
      for (const outcome of [{ value: 1 }, { fail: 'x' }, { fail: 'y' }]) {
        const { job } = await R.fetch()
        await R.settle(job.id, outcome)
      }
      await s.snap('children ran')
      await I.on('r').retry('a', 'completed')
      await I.on('r').retry('b', 'failed')
      await I.on('r').retry('c', 'failed')
    },
  },
  {
    n: 66, part: 4, role: 'I', title: 'retry a prioritized job', since: 6,
    async run({ P, W, I, s }) {
      await P.add('f', {}, { priority: 3 })
      await finish(W, s, { fail: 'x' })
      await P.add('w', {})
      await I.retry('1', 'failed')
    },
  },
  {
    n: 67, part: 1, role: 'I', title: 'remove in each state',
    async run(c) {
      const { I, s } = c
      await everyState(c)
      for (const id of ['1', '2', 'w1', 'p1', 'd1', 'run', 'nobody']) {
        await I.remove(id)
        await s.snap(`removed ${id}`)
      }
    },
  },
  {
    n: 67, part: 2, role: 'I', title: 'remove parents and children', since: 5,
    async run(c) {
      const { W, I, s } = c
      await everyState(c)
      await I.on('r').remove('c1')
      await s.snap('one child')
      await W.on('r').fetch()
      await I.remove('p')
      await s.snap('child locked')
      await I.removeUnprocessedChildren('p')
      await W.on('r').settle('c2', { value: 1 })
      await I.remove('p')
    },
  },
  {
    n: 67, part: 3, role: 'I', title: 'removing the last child releases the parent; removeChildDependency', since: 5,
    known: { all: [{ at: /^answers\.\d+\.answer$/, why: 'of a job that is no child any more we say that it is none, not that its parent is missing' }] },
    async run(c) {
      const { P, I, s } = c
      await everyState(c)
      await I.on('r').removeChildDependency('c1')
      await I.on('r').removeChildDependency('c1')
      await I.on('r').removeChildDependency('nobody')
      await s.snap('one off')
      await I.on('r').remove('c2')
      await s.snap('released')
      await P.addFlow({ name: 'p', queueName: 'q', opts: { jobId: 'pp' }, children: [{ name: 'c', queueName: 'q', opts: { jobId: 'cc' } }] })
      await I.remove('pp', false)
    },
  },
  ...['completed', 'failed', 'wait', 'delayed', 'prioritized', 'active', 'paused'].map((state, i) => ({
    n: 68, part: i + 1, role: 'I', title: `clean ${state} with grace and limit`, since: 5,
    known: state === 'active' ? { all: [{ at: /./, why: 'BullMQ looks at the first n jobs that run, we take the first n that may be taken' }] } : {},
    async run({ P, W, I, s }) {
      if (state === 'paused') await I.pause()
      for (let n = 0; n < 5; n++) {
        const opts = { delayed: { delay: 50_000 }, prioritized: { priority: 3 } }[state] ?? {}
        await P.add('x', { n }, opts)
        if (state === 'completed' || state === 'failed') await finish(W, s, state === 'failed' ? { fail: 'x' } : { value: 1 })
        if (state === 'active') await W.fetch()
        s.advance(100)
      }
      if (state === 'active') await s.redis.del('bull:q:2:lock', 'bull:q:3:lock')
      await I.clean(1000, 0, state)
      await I.clean(250, 2, state)
      await s.snap('two')
      await I.clean(0, 0, state)
    },
  })),
  {
    n: 69, part: 1, role: 'I', title: 'drain without and with delayed',
    async run(c) {
      await everyState(c)
      await c.I.drain()
      await c.s.snap('without')
      await c.I.drain(true)
    },
  },
  {
    n: 69, part: 2, role: 'I', title: 'obliterate without and with force',
    known: { all: [{ at: /^snaps\.end\.bull:q:(p(:dependencies)?|waiting-children)$/, why: 'we also take jobs that wait for children' }] },
    async run(c) {
      const { P, I, s } = c
      await everyState(c)
      await P.add('x', {}, { deduplication: { id: 'd' } })
      await I.addLog('w1', 'row')
      await I.obliterate({})
      await s.snap('refused')
      await I.obliterate({ force: true, count: 3 })
    },
  },
  {
    n: 69, part: 3, role: 'I', title: 'drain and obliterate with schedulers', since: 5,
    async run({ P, I, s }) {
      await P.upsertScheduler('a', { every: 60_000 }, { name: 'tick' })
      await P.upsertScheduler('b', { pattern: '0 0 * * *' }, { name: 'daily' })
      await P.add('x', {})
      await P.add('x', {}, { deduplication: { id: 'd' } })
      await I.drain(true)
      await s.snap('drained')
      await I.obliterate({})
    },
  },
  {
    n: 70, role: 'I', title: 'states, counts, pages, dependencies, logs, metrics', since: 5,
    async run(c) {
      const { P, W, I, s } = c
      await everyState(c)
      await P.add('m', {}, { priority: 2 })
      for (const id of ['1', '2', 'run', 'w1', 'p1', 'd1', 'p', 'nobody']) {
        await I.state(id)
        await I.read(id)
      }
      await I.counts()
      await I.perPriority([0, 1, 2, 3])
      for (const state of ['waiting', 'delayed', 'prioritized', 'active', 'completed', 'failed', 'waiting-children'])
        for (const asc of [true, false]) {
          await I.page([state], 0, -1, asc)
          await I.page([state], 1, 1, asc)
        }
      await s.work(W.on('r'), (job) => (job.id === 'c1' ? { value: { x: 1 } } : { fail: 'x' }))
      await I.dependencies('p')
      await I.dependencyCounts('p')
      for (const row of ['a', 'b', 'c']) await I.addLog('w1', row)
      await I.addLog('w1', 'd', 3)
      await I.addLog('nobody', 'd')
      await I.logs('w1', 0, -1, true)
      await I.logs('w1', 0, 1, false)
      await I.metrics('completed', 0, -1)
      await I.pause()
      await I.counts()
      await I.page(['waiting'], 0, -1, true)
      await I.progress('w1', { half: true })
      await I.updateData('w1', { changed: 1 })
      await I.updateData('nobody', {})
      await I.progress('nobody', 1)
      await I.read('w1')
    },
  },
]
