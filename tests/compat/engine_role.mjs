// SPDX-License-Identifier: MIT
// engine_role.mjs — producer, worker by hand and inspector, played by the engine through tests/compat/driver.
//
// The twin of bullmq_role.mjs: the same methods with the same answers.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { clock } from './clock.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LOCK_MS = 30_000
const STALLED_MS = 30_000
// $COMPAT_DRIVER, or what was built beside the program under test.
const BIN = process.env.WILLAQ_BIN ?? join(ROOT, 'build-asan', 'willaq')
export const DRIVER = process.env.COMPAT_DRIVER ?? join(dirname(BIN), 'tests', 'compat', 'compat-driver')

export class Driver {
  waiting = []
  stderr = ''

  static async start(url) {
    const driver = new Driver()
    driver.child = spawn(DRIVER, [url], { stdio: ['pipe', 'pipe', 'pipe'] })
    driver.child.stderr.setEncoding('utf8').on('data', (text) => (driver.stderr = (driver.stderr + text).slice(-20_000)))
    driver.child.stdin.on('error', () => {})
    createInterface({ input: driver.child.stdout }).on('line', (line) => driver.waiting.shift()?.resolve(JSON.parse(line)))
    driver.ended = new Promise((resolve) => {
      const over = (why) => {
        for (const { reject } of driver.waiting.splice(0)) reject(new Error(`driver is gone (${why}): ${driver.stderr}`))
        driver.code = why
        resolve(why)
      }
      driver.child.on('error', (error) => over(error.message))
      driver.child.on('close', (code, signal) => over(signal ?? code))
    })
    await driver.call({ op: 'forget', prefix: 'bull', queue: 'q' }) // it is there
    return driver
  }
  call(request) {
    return new Promise((resolve, reject) => {
      if (this.code !== undefined) return reject(new Error(`driver is gone (${this.code}): ${this.stderr}`))
      this.waiting.push({ resolve, reject })
      this.child.stdin.write(`${JSON.stringify(request)}\n`)
    })
  }
  // A leak or a bad access is a failure of whoever stops it.
  async stop() {
    this.child.stdin.end()
    const code = await this.ended
    if (code !== 0) throw new Error(`driver ended with ${code}: ${this.stderr}`)
  }
}

const text = (data) => JSON.stringify(data === undefined ? {} : data)

class Role {
  // major: of the BullMQ that opened the queue
  constructor(driver, prefix, major, queueName = 'q', opts = {}) {
    Object.assign(this, { driver, prefix, major, queueName, opts })
  }
  on(queueName) {
    return new this.constructor(this.driver, this.prefix, this.major, queueName, this.opts)
  }
  async call(op, request = {}) {
    const answer = await this.driver.call({ op, prefix: this.prefix, queue: this.queueName, major: this.major, now: clock.now, ...request })
    return answer.error === undefined ? answer.ok : answer
  }
}

const job = ({ name, data, opts = {} }) => ({ name, data: text(data), opts })

export class EngineProducer extends Role {
  add(name, data, opts) {
    return this.call('add', { job: job({ name, data, opts }) })
  }
  addBulk(jobs) {
    return this.call('addBulk', { jobs: jobs.map(job) })
  }
  addFlow(tree) {
    return this.call('addFlow', { tree })
  }
  upsertScheduler(id, repeat, { name, data, opts } = {}) {
    return this.call('upsertScheduler', { id, repeat, name: name ?? id, data: text(data), opts: opts ?? {} })
  }
}

const seen = (found) => (found ? { ...found, data: JSON.parse(found.data) } : null)

// An outcome in the driver's words.
function told(outcome) {
  const { value, ...rest } = outcome
  const plain = ['fail', 'rateLimit', 'delay', 'wait', 'waitChildren'].every((kind) => outcome[kind] === undefined)
  return plain || outcome.waitChildren ? { ...rest, value: JSON.stringify(value) ?? 'null' } : rest
}

export class EngineWorker extends Role {
  as(opts) {
    return new EngineWorker(this.driver, this.prefix, this.major, this.queueName, { ...this.opts, ...opts })
  }
  work(op, request) {
    return this.call(op, { worker: { lockDuration: LOCK_MS, ...this.opts }, ...request })
  }
  async fetch(token = 't') {
    const { jobs, limited, until } = await this.work('fetch', { n: 1, token })
    return { job: seen(jobs[0]), limited, until }
  }
  async fetchMany(n, token = 't') {
    return (await this.work('fetch', { n, token })).jobs.map(seen)
  }
  async settle(id, outcome, { next = false, token = 't' } = {}) {
    const answer = await this.work('settle', { runs: [{ id, ...told(outcome) }], next: next ? 1 : 0, token })
    return answer.error === undefined ? { next: seen(answer.jobs[0]), limited: answer.limited } : answer
  }
  async settleMany(runs, { next = 0, token = 't' } = {}) {
    await this.work('settle', { runs: runs.map(({ id, outcome }) => ({ id, ...told(outcome) })), next, token })
  }
  complete(id, value, token = 't') {
    return this.work('bare', { id, token, kind: 'completed', value: JSON.stringify(value) ?? 'null' })
  }
  async moveToWaitingChildren(id, token = 't', child) {
    const answer = await this.work('bare', { id, token, kind: 'children', child: child ? `${child.queue}:${child.id}` : '' })
    return answer === null ? true : answer === 1 ? false : answer
  }
  moveToDelayed(id, ms, token = 't') {
    return this.work('bare', { id, token, kind: 'delayed', delay: ms })
  }
  moveToWait(id, token = 't') {
    return this.work('bare', { id, token, kind: 'wait' })
  }
  extendLock(id, token = 't') {
    return this.work('extendLock', { id, token })
  }
  progress(id, value) {
    return this.call('progress', { id, value: JSON.stringify(value) })
  }
  log(id, row) {
    return this.call('workerLog', { id, row })
  }
  updateData(id, data) {
    return this.call('updateData', { id, data: text(data) })
  }
  // How many were put back.
  stalledCheck() {
    return this.call('stalledCheck', { every: STALLED_MS, max: 1 })
  }
}

export class EngineInspector extends Role {
  pause() { return this.call('pause') }
  resume() { return this.call('resume') }
  promote(id) { return this.call('promote', { id }) }
  promoteAll() { return this.call('promoteAll') }
  changeDelay(id, ms) { return this.call('changeDelay', { id, ms }) }
  changePriority(id, { priority = 0, lifo = false }) { return this.call('changePriority', { id, priority, lifo }) }
  retry(id, state = 'failed', opts = {}) { return this.call('retry', { id, state, ...opts }) }
  retryAll({ state = 'failed', timestamp = clock.now } = {}) { return this.call('retryAll', { state, timestamp }) }
  remove(id, children = true) { return this.call('remove', { id, children }) }
  removeUnprocessedChildren(id) { return this.call('removeUnprocessedChildren', { id }) }
  removeChildDependency(id) { return this.call('removeChildDependency', { id }) }
  async clean(grace, limit, state) {
    const ids = await this.call('clean', { grace, limit, state })
    return Array.isArray(ids) ? ids.sort() : ids
  }
  drain(delayed = false) { return this.call('drain', { delayed }) }
  obliterate({ force = false } = {}) { return this.call('obliterate', { force }) }
  setConcurrency(n) { return this.call('setConcurrency', { n: n ?? 0 }) }
  setRateLimit(max, ms) { return this.call('setRateLimit', { max: max ?? 0, ms: ms ?? 0 }) }
  rateLimit(ms) { return this.call('rateLimit', { ms }) }
  removeRateLimitKey() { return this.call('rateLimit', { ms: 0 }) }
  limited(max = 0) { return this.call('limited', { max }) }
  removeScheduler(id) { return this.call('removeScheduler', { id }) }
  removeDedupKey(id) { return this.call('removeDedupKey', { id }) }
  dedupOwner(id) { return this.call('dedupOwner', { id }) }
  updateData(id, data) { return this.call('updateData', { id, data: text(data) }) }
  progress(id, value) { return this.call('progress', { id, value: JSON.stringify(value) }) }
  addLog(id, row, keep = 0) { return this.call('addLog', { id, row, keep }) }
  state(id) { return this.call('state', { id }) }
  counts() { return this.call('counts') }
  perPriority(priorities) { return this.call('perPriority', { priorities }) }
  page(states, start, end, asc = false) { return this.call('page', { state: states[0], start, end, asc }) }
  logs(id, start, end, asc) { return this.call('logs', { id, start, end, asc }) }
  metrics(type, start, end) { return this.call('metrics', { type, start, end }) }
  async dependencies(id) {
    const { processed, ...rest } = await this.call('dependencies', { id })
    const values = Object.entries(processed).map(([key, value]) => [key, JSON.parse(value)])
    return { ...rest, processed: Object.fromEntries(values) }
  }
  dependencyCounts(id) { return this.call('dependencyCounts', { id }) }
  scheduler(id) { return this.call('scheduler', { id }) }
  schedulers() { return this.call('schedulers') }
  async read(id) {
    const found = await this.call('read', { id })
    if (!found || found.error !== undefined) return found
    const { progress, returnvalue, ...rest } = seen(found)
    return { ...rest, progress: JSON.parse(progress ?? '0'), returnvalue: returnvalue === null ? null : JSON.parse(returnvalue) }
  }
}

// A cast of the engine's; jobs that the last one held are forgotten.
export async function engineCast(driver, prefix, major) {
  await driver.call({ op: 'forget', prefix, queue: 'q' })
  return { P: new EngineProducer(driver, prefix, major), W: new EngineWorker(driver, prefix, major), I: new EngineInspector(driver, prefix, major) }
}
