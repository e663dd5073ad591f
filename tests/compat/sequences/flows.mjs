// SPDX-License-Identifier: MIT
// flows.mjs — sequences 18 to 20 and 45 to 49: parents and children.
const child = (jobId, opts = {}, queueName = 'r') => ({ name: 'c', queueName, data: { jobId }, opts: { jobId, ...opts } })
const parent = (children, opts = {}, queueName = 'q') => ({ name: 'p', queueName, data: {}, opts: { jobId: 'p', ...opts }, children })
const EARLY = '5.x releases the parent before its later children are there; we wait for all, as 6.x does'
const POLICIES = [{}, { failParentOnFailure: true }, { continueParentOnFailure: true }, { ignoreDependencyOnFailure: true },
  { removeDependencyOnFailure: true }]

// The first of two children fails, then the parent is looked for, then the second completes.
async function childFails({ P, W, s }, opts, name) {
  const R = W.on('r')
  await P.addFlow(parent([child(`bad${name}`, opts), child(`good${name}`)], { jobId: `p${name}` }))
  await R.fetch()
  await s.snap(`${name}: begun`)
  await R.settle(`bad${name}`, { fail: 'broke' })
  await s.snap(`${name}: failed`)
  await s.work(W, () => ({ value: 'parent ran' }))
  await R.fetch()
  await R.settle(`good${name}`, { value: 1 })
  await s.work(W, () => ({ value: 'parent ran' }))
  await s.snap(`${name}: all done`)
}

export default [
  {
    n: 18, role: 'P', title: 'flow: 1 parent, 3 children, 2 queues',
    async run({ P }) {
      await P.addFlow(parent([child('a'), child('b', {}, 'q'), child('c')]))
    },
  },
  {
    n: 19, role: 'P', title: 'flow of depth 3 with priorities and delays',
    async run({ P }) {
      const middle = { ...child('m', { priority: 5 }), children: [child('x', { delay: 5000 }), child('y', { priority: 3 }, 'q')] }
      await P.addFlow(parent([middle, child('z', { lifo: true })], { delay: 1000 }))
    },
  },
  {
    n: 20, role: 'P', title: 'flow with an already completed child and a new one',
    known: {
      5: [{ at: /./, why: EARLY }],
      '4 works': [{ at: /./, why: EARLY }],
      6: [{ at: /^answers\.\d+\.answer\.1$/, why: 'we tell that a child of the flow was refused (-7); BullMQ does not look' }],
    },
    async run({ P, W, s }) {
      const R = W.on('r')
      await P.on('r').add('c', {}, { jobId: 'old' })
      await R.fetch()
      await R.settle('old', { value: 'was done' })
      await P.addFlow(parent([child('old'), child('new')]))
      await s.snap('added')
      await P.addFlow(parent([child('old')], { jobId: 'only' }))
    },
  },
  {
    n: 45, role: 'W', title: 'children complete, then the parent runs',
    async run({ P, W, s }) {
      await P.addFlow(parent([child('a'), child('b'), child('c', {}, 'q')]))
      await P.add('waiting before', {})
      await s.work(W.on('r'), (job) => ({ value: { of: job.id } }))
      await s.snap('children of r')
      await s.work(W, () => ({ value: 'x' }))
    },
  },
  ...POLICIES.map((policy, i) => ({
    n: 46, part: i + 1, role: 'W', title: `child fails with ${Object.keys(policy)[0] ?? 'no policy'}`,
    async run(c) {
      await childFails(c, policy, '')
    },
  })),
  ...POLICIES.map((policy, i) => ({
    n: 47, part: i + 1, role: 'W', title: `removed child fails with ${Object.keys(policy)[0] ?? 'no policy'}`,
    async run(c) {
      await childFails(c, { ...policy, removeOnFail: true }, '')
    },
  })),
  {
    n: 48, part: 1, role: 'W', title: 'failParentOnFailure while the parent is active',
    async run({ P, W, s }) {
      const R = W.on('r')
      await P.add('p', {}, { jobId: 'p' })
      await W.fetch()
      await P.on('r').add('c', {}, { jobId: 'c', parent: { id: 'p', queue: 'bull:q' }, failParentOnFailure: true })
      await R.fetch()
      await R.settle('c', { fail: 'broke' })
      await s.snap('child failed')
      await W.complete('p', 1)
      await W.moveToWaitingChildren('p')
      await W.settle('p', { value: 1 })
    },
  },
  {
    n: 48, part: 2, role: 'W', title: 'failParentOnFailure while the parent is delayed',
    async run({ P, W, s }) {
      const R = W.on('r')
      await P.add('p', {}, { jobId: 'p', delay: 60_000 })
      await P.on('r').add('c', {}, { jobId: 'c', parent: { id: 'p', queue: 'bull:q' }, failParentOnFailure: true })
      await R.fetch()
      await R.settle('c', { fail: 'broke' })
      await s.snap('child failed')
      await s.work(W, () => ({ value: 'never' }))
    },
  },
  {
    n: 48, part: 3, role: 'W', title: 'failParentOnFailure up to the grandparent',
    async run({ P, W, s }) {
      const fpof = { failParentOnFailure: true }
      await P.addFlow(parent([{ ...child('mid', fpof), children: [child('leaf', { ...fpof, attempts: 2 }, 's')] }]))
      const S = W.on('s')
      await S.fetch()
      await S.settle('leaf', { fail: 'once' })
      await s.work(S, () => ({ fail: 'twice' }))
      await s.snap('leaf failed')
      await s.work(W.on('r'), () => ({ value: 'never' }))
      await s.snap('middle failed')
      await s.work(W, () => ({ value: 'never' }))
    },
  },
  {
    n: 49, role: 'W', title: 'parents with priority, delay and pause are released',
    async run({ P, W, I, s }) {
      const R = W.on('r')
      await P.addFlow(parent([child('a')], { jobId: 'p1', priority: 7 }))
      await P.addFlow(parent([child('b')], { jobId: 'p2', delay: 5000 }))
      await P.addFlow(parent([child('c')], { jobId: 'p3', lifo: true }))
      await s.work(R, () => ({ value: 1 }))
      await s.snap('released')
      await P.addFlow(parent([child('d')], { jobId: 'p4' }))
      await I.pause()
      await s.work(R, () => ({ value: 2 }))
    },
  },
]
