// SPDX-License-Identifier: MIT
// bullmq_role.mjs — producer, worker by hand and inspector, played by BullMQ itself; the engine's twin is engine_role.mjs.
//
// Every method answers with plain JSON that the two can be compared by; what BullMQ throws becomes {error: code}, or
// {error: "refused"} where it refuses by itself before Redis is asked.
import { clock } from './clock.mjs'
import { until } from './redis.mjs'

const META_MS = 5_000
const LOCK_MS = 30_000
const STALLED_MS = 30_000
// What 4.17 says in words only.
const WORDS = [
  [/^Missing key for job/, -1],
  [/^Missing lock/, -2],
  [/is not in the|not in the .* state/, -3],
  [/has pending dependencies/, -4],
  [/^Missing key for parent/, -5],
  [/^Lock mismatch/, -6],
]

function answerOf(error) {
  if (typeof error.code === 'number') return { error: error.code }
  const known = WORDS.find(([words]) => words.test(error.message))
  if (known) return { error: known[1] }
  return { error: 'refused', says: error.message }
}

// What a worker sees of a job it got.
export function seen(job) {
  if (!job) return null
  const { id, name, data, attemptsMade, attemptsStarted, delay, priority, processedOn, stalledCounter } = job
  return { id, name, data, attemptsMade, attemptsStarted, delay, priority, processedOn, stalledCounter }
}

// An outcome of a run, as a processor brings it about.
//   {value} {fail, unrecoverable} {rateLimit} {delay: ms} {wait} {waitChildren}
function processor(lib, outcome) {
  const raise = (name, Class, message) => {
    const error = Class ? new Class(message) : new Error(message)
    error.name = name
    throw error
  }
  return async (job, token) => {
    if (outcome.fail !== undefined)
      raise(outcome.unrecoverable ? 'UnrecoverableError' : 'Error', outcome.unrecoverable ? lib.UnrecoverableError : Error, outcome.fail)
    if (outcome.rateLimit) throw lib.Worker.RateLimitError()
    if (outcome.delay !== undefined) {
      await job.moveToDelayed(clock.now + outcome.delay, token)
      raise('DelayedError', lib.DelayedError)
    }
    if (outcome.wait) {
      await job.moveToWait(token)
      raise('WaitingError', lib.WaitingError)
    }
    if (outcome.waitChildren) {
      if (await job.moveToWaitingChildren(token)) raise('WaitingChildrenError', lib.WaitingChildrenError)
      return outcome.value
    }
    return outcome.value
  }
}

// What the instances of one run share: the library, its queues and workers.
export class BullWorld {
  constructor(major, lib, server, prefix) {
    Object.assign(this, { major, lib, server, prefix, queues: new Map(), workers: new Map(), jobs: new Map() })
  }

  static async load(major, server, prefix) {
    return new BullWorld(major, await import(`bullmq${major}`), server, prefix)
  }

  // With its meta written, so that what comes after does not race with it.
  async queue(name) {
    if (!this.queues.has(name)) {
      const queue = new this.lib.Queue(name, { connection: this.server.client, prefix: this.prefix })
      queue.on('error', () => {})
      this.queues.set(name, queue)
      await until(() => this.server.client.hexists(`${this.prefix}:${name}:meta`, 'opts.maxLenEvents'), META_MS)
    }
    return this.queues.get(name)
  }

  async worker(name, opts) {
    const key = name + JSON.stringify(opts)
    if (!this.workers.has(key)) {
      const worker = new this.lib.Worker(name, undefined, {
        autorun: false, connection: this.server.client, prefix: this.prefix, lockDuration: LOCK_MS, stalledInterval: STALLED_MS, ...opts,
      })
      worker.stalledIds = []
      worker.on('error', () => {})
      worker.on('stalled', (id) => worker.stalledIds.push(id))
      await worker.waitUntilReady()
      this.workers.set(key, worker)
    }
    return this.workers.get(key)
  }

  async close() {
    // Their connections die with the server's client or are not worth waiting for.
    await Promise.all([...this.workers.values()].map((worker) => worker.close(true).catch(() => {})))
    await Promise.all([...this.queues.values()].map((queue) => queue.close().catch(() => {})))
    this.workers.clear()
    this.queues.clear()
    this.jobs.clear()
  }
}

class Role {
  constructor(world, queueName = 'q', opts = {}) {
    Object.assign(this, { world, queueName, opts })
  }
  on(queueName) {
    return new this.constructor(this.world, queueName, this.opts)
  }
  get queue() {
    return this.world.queue(this.queueName)
  }
  async answer(fn) {
    try {
      const result = await fn()
      return result === undefined ? null : result
    } catch (error) {
      return answerOf(error)
    }
  }
  // A job by id alone, to reach operations whose job may be missing.
  async job(id) {
    const queue = await this.queue
    return (await queue.getJob(id)) ?? new this.world.lib.Job(queue, 'x', {}, {}, id)
  }
}

export class BullProducer extends Role {
  add(name, data, opts) {
    return this.answer(async () => (await (await this.queue).add(name, data, opts)).id)
  }
  addBulk(jobs) {
    return this.answer(async () => (await (await this.queue).addBulk(jobs)).map((job) => job.id))
  }
  addFlow(tree) {
    return this.answer(async () => {
      const flow = new this.world.lib.FlowProducer({ connection: this.world.server.client, prefix: this.world.prefix })
      const ids = (node) => (node.children ? [node.job.id, ...node.children.map(ids)] : node.job.id)
      const added = await flow.add(tree)
      await flow.close()
      return ids(added)
    })
  }
  upsertScheduler(id, repeat, template = {}) {
    return this.answer(async () => (await (await this.queue).upsertJobScheduler(id, repeat, template))?.id)
  }
  // 4.x and 5.x: the forms of before schedulers.
  addRepeat(name, data, opts) {
    return this.add(name, data, opts)
  }
}

export class BullWorker extends Role {
  // The same with options of a Worker: name, limiter, metrics, removeOnComplete, removeOnFail, maxStartedAttempts, …
  as(opts) {
    return new BullWorker(this.world, this.queueName, { ...this.opts, ...opts })
  }
  get worker() {
    return this.world.worker(this.queueName, this.opts)
  }
  key(id) {
    return `${this.queueName} ${id}`
  }
  keep(job) {
    if (job) this.world.jobs.set(this.key(job.id), job)
    return job
  }
  taken(id) {
    const job = this.world.jobs.get(this.key(id))
    if (!job) throw new Error(`no job ${id} was fetched`)
    return job
  }

  // 5.x fails a job with a deferred failure inside getNextJob, 6.x where it is run: its inner half is the same in both.
  async next(worker, token) {
    if (this.world.major !== 5) return worker.getNextJob(token, { block: false })
    return worker._getNextJob(await worker.client, await worker.blockingConnection.client, token, { block: false })
  }
  // {job, limited, until (ms of the next delayed job)}
  fetch(token = 't') {
    return this.answer(async () => {
      const worker = await this.worker
      worker.limitUntil = 0
      worker.drained = false
      const job = this.keep(await this.next(worker, token))
      const limited = this.world.major === 4 ? worker.limitUntil : worker.limitUntil - clock.now
      return { job: seen(job), limited: limited > 0, until: worker.blockUntil || 0 }
    })
  }
  async fetchMany(n, token = 't') {
    const jobs = []
    while (jobs.length < n) {
      const { job } = await this.fetch(token)
      if (!job) break
      jobs.push(job)
    }
    return jobs
  }
  // Runs a fetched job to the outcome, as a worker does; with `next`, the next job comes along under the same token.
  settle(id, outcome, { next = false, token = 't' } = {}) {
    return this.answer(async () => {
      const worker = await this.worker
      worker.processFn = processor(this.world.lib, outcome)
      worker.limitUntil = 0
      const got = await worker.processJob(this.taken(id), token, () => next, new Set())
      return { next: seen(this.keep(got || undefined)), limited: worker.limitUntil > clock.now }
    })
  }
  async settleMany(runs, token = 't') {
    for (const { id, outcome } of runs) await this.settle(id, outcome, { token })
  }
  // The bare transitions, with their codes.
  complete(id, value, token = 't') {
    return this.answer(async () => void (await this.taken(id).moveToCompleted(value, token, false)))
  }
  moveToWaitingChildren(id, token = 't', child) {
    return this.answer(() => this.taken(id).moveToWaitingChildren(token, child ? { child } : {}))
  }
  moveToDelayed(id, ms, token = 't') {
    return this.answer(() => this.taken(id).moveToDelayed(clock.now + ms, token))
  }
  moveToWait(id, token = 't') {
    return this.answer(async () => void (await this.taken(id).moveToWait(token)))
  }
  extendLock(id, token = 't') {
    return this.answer(() => this.taken(id).extendLock(token, LOCK_MS))
  }
  progress(id, value) {
    return this.answer(() => this.taken(id).updateProgress(value))
  }
  log(id, row) {
    return this.answer(() => this.taken(id).log(row))
  }
  updateData(id, data) {
    return this.answer(() => this.taken(id).updateData(data))
  }
  stalledCheck() {
    return this.answer(async () => {
      const worker = await this.worker
      worker.stalledIds.length = 0
      await worker.moveStalledJobsToWait()
      return worker.stalledIds.length
    })
  }
}

const counted = ['waiting', 'paused', 'active', 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children']

export class BullInspector extends Role {
  call(name, ...args) {
    return this.answer(async () => (await this.queue)[name](...args))
  }
  onJob(id, name, ...args) {
    return this.answer(async () => (await this.job(id))[name](...args))
  }
  done(promise) {
    return promise.then((result) => (result?.error === undefined ? null : result))
  }
  pause() { return this.done(this.call('pause')) }
  resume() { return this.done(this.call('resume')) }
  promote(id) { return this.done(this.onJob(id, 'promote')) }
  promoteAll() { return this.done(this.call('promoteJobs')) }
  changeDelay(id, ms) { return this.done(this.onJob(id, 'changeDelay', ms)) }
  changePriority(id, opts) { return this.done(this.onJob(id, 'changePriority', opts)) }
  retry(id, state, opts) { return this.done(this.onJob(id, 'retry', state, opts)) }
  retryAll(opts) { return this.done(this.call('retryJobs', opts)) }
  remove(id, removeChildren = true) { return this.call('remove', id, { removeChildren }) }
  removeUnprocessedChildren(id) { return this.done(this.onJob(id, 'removeUnprocessedChildren')) }
  removeChildDependency(id) { return this.onJob(id, 'removeChildDependency') }
  async clean(graceMs, limit, state) {
    const ids = await this.call('clean', graceMs, limit, state)
    return Array.isArray(ids) ? [...ids].sort() : ids
  }
  drain(delayed = false) { return this.done(this.call('drain', delayed)) }
  obliterate(opts) { return this.done(this.call('obliterate', opts)) }
  setConcurrency(n) { return this.done(n ? this.call('setGlobalConcurrency', n) : this.call('removeGlobalConcurrency')) }
  setRateLimit(max, ms) { return this.done(max ? this.call('setGlobalRateLimit', max, ms) : this.call('removeGlobalRateLimit')) }
  rateLimit(ms) { return this.done(this.call('rateLimit', ms)) }
  removeRateLimitKey() { return this.done(this.call('removeRateLimitKey')) }
  async limited(max) { return (await this.call('getRateLimitTtl', max)) > 0 }
  removeScheduler(id) { return this.call('removeJobScheduler', id) }
  removeDedupKey(id) { return this.call('removeDeduplicationKey', id) }
  dedupOwner(id) { return this.call('getDeduplicationJobId', id) }
  updateData(id, data) { return this.done(this.onJob(id, 'updateData', data)) }
  progress(id, value) { return this.done(this.onJob(id, 'updateProgress', value)) }
  addLog(id, row, keep) { return this.call('addJobLog', id, row, keep) }
  state(id) { return this.call('getJobState', id) }
  // 4.x and 5.x count those that wait in a paused queue apart.
  async counts() {
    const { paused = 0, ...counts } = await this.call('getJobCounts', ...counted)
    return { ...counts, waiting: counts.waiting + paused }
  }
  perPriority(priorities) { return this.call('getCountsPerPriority', priorities) }
  page(states, start, end, asc) {
    return this.answer(async () => (await (await this.queue).getJobs(states, start, end, asc)).map((job) => job.id))
  }
  logs(id, start, end, asc) { return this.call('getJobLogs', id, start, end, asc) }
  metrics(type, start, end) { return this.call('getMetrics', type, start, end) }
  dependencies(id) { return this.onJob(id, 'getDependencies') }
  dependencyCounts(id) { return this.onJob(id, 'getDependenciesCount') }
  scheduler(id) { return this.call('getJobScheduler', id) }
  async schedulers() {
    const all = await this.call('getJobSchedulers', 0, -1, true)
    return Array.isArray(all) ? all.map(({ key, next }) => ({ key, next })) : all
  }
  read(id) {
    return this.answer(async () => {
      const job = await (await this.queue).getJob(id)
      if (!job) return null
      const { name, data, progress, returnvalue, failedReason, finishedOn, timestamp } = job
      return { ...seen(job), name, data, progress, returnvalue, failedReason, finishedOn, timestamp }
    })
  }
}

export function bullCast(world) {
  return { P: new BullProducer(world), W: new BullWorker(world), I: new BullInspector(world) }
}
