// SPDX-License-Identifier: MIT
// soak.mjs — a queue under everybody's hands at once: producers and workers of several kinds, killed at random.
//
//   const soak = await Soak.start({ producers: [5, 6, OURS], workers: [5, 6, OURS], jobs: 1000 })
//   await soak.run()        throws with what did not hold
//   soak.report             what happened, in numbers
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { RedisServer, until } from '../redis.mjs'
import { census, lives, readEvents } from './census.mjs'
import { DEDUP_IDS, random } from './plan.mjs'

export const OURS = 'ours'
const PEER = fileURLToPath(new URL('peer.mjs', import.meta.url))
const EVENTS_MAX = 10_000_000
const LOCK_MS = 1000
const LOOK_MS = 150
const KILL_EVERY_MS = 700
const OVERDUE_MS = 8_000 // a delayed job that nobody took by then was forgotten: idle workers look every second
const STUCK_MS = 5_000
const READY_MS = 20_000
const SETTLE_MS = 60_000
const JOB_MS = 20

class Peer {
  constructor(soak, kind, role, more = {}) {
    Object.assign(this, { kind, role, told: [], errors: [] })
    const config = { role, major: kind, port: soak.server.port, queue: soak.queue, prefix: soak.prefix, lockMs: soak.lockMs ?? LOCK_MS, ...more }
    const [program, ...args] = kind === OURS ? [soak.driver, 'soak'] : [process.execPath, PEER]
    this.child = spawn(program, [...args, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.stderr = ''
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr = (this.stderr + text).slice(-20_000)))
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const said = JSON.parse(line)
      this.told.push(said)
      if (said.error) this.errors.push(said.error)
    })
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => resolve((this.end = signal ?? code))))
  }
  async said(name, ms) {
    await until(() => this.told.some((line) => name in line) || this.end !== undefined, ms, `${this.kind} ${this.role} says ${name}: ${this.stderr}`)
    if (!this.told.some((line) => name in line)) throw new Error(`${this.kind} ${this.role} ended with ${this.end}: ${this.stderr}`)
  }
  kill() {
    this.child.kill('SIGKILL')
    return this.ended
  }
}

export class Soak {
  prefix = 'bull'
  queue = 'soak'
  base = 'bull:soak:'

  // opts: producers, workers (of kinds 4, 5, 6, OURS), jobs (in all), kills, pauser (an engine's inspector), seed, driver,
  // lockMs, gapMs (between the jobs that one producer makes)
  static async start(opts) {
    const soak = Object.assign(new Soak(), { kills: 0, killed: 0, pauses: 0, problems: [], looks: 0, peers: [] }, opts)
    soak.rand = random(opts.seed ?? 1)
    soak.server = await RedisServer.start()
    soak.libs = Object.fromEntries(await Promise.all([4, 5, 6].map(async (major) => [major, await import(`bullmq${major}`)])))
    await soak.listen()
    return soak
  }

  // A listener of each major, from the first event on.
  async listen() {
    const connection = { host: '127.0.0.1', port: this.server.port, maxRetriesPerRequest: null }
    this.meta = new this.libs[newest(this)].Queue(this.queue, { connection, prefix: this.prefix, streams: { events: { maxLen: EVENTS_MAX } } })
    await until(() => this.server.client.hexists(`${this.base}meta`, 'opts.maxLenEvents'), READY_MS)
    this.heard = {}
    this.listeners = [4, 5, 6].map((major) => {
      const heard = (this.heard[major] = { counts: {}, errors: [] })
      const listener = new this.libs[major].QueueEvents(this.queue, { connection, prefix: this.prefix, lastEventId: '0-0' })
      listener.on('error', (error) => heard.errors.push(error.message))
      const emit = listener.emit
      listener.emit = (name, ...args) => {
        if (!/:/.test(name) && !['error', 'ioredis:close', 'ready'].includes(name)) heard.counts[name] = (heard.counts[name] ?? 0) + 1
        return emit.call(listener, name, ...args)
      }
      return listener
    })
    await Promise.all(this.listeners.map((listener) => listener.waitUntilReady()))
  }

  spawn(kind, role, more) {
    const peer = new Peer(this, kind, role, more)
    this.peers.push(peer)
    return peer
  }

  async look() {
    const now = await census(this.server.client, this.base, DEDUP_IDS)
    this.looks++
    for (const problem of now.problems) this.problems.push(problem)
    if (now.id < (this.lastId ?? 0)) this.problems.push(`id went from ${this.lastId} to ${now.id}`)
    this.lastId = now.id
    const stands = now.counts.active === 0 && now.counts.wait + now.counts.prioritized > 0 && !now.paused
    this.stuckSince = stands ? (this.stuckSince ?? performance.now()) : undefined
    if (this.stuckSince && performance.now() - this.stuckSince > STUCK_MS) this.problems.push(`work waits and nobody takes it: ${JSON.stringify(now)}`)
    const patience = Math.max(OVERDUE_MS, 3 * (this.lockMs ?? 0)) // a long soak may starve the machine
    if (!now.paused && now.firstDue && Date.now() - now.firstDue > patience) this.problems.push(`a job is overdue by ${Date.now() - now.firstDue} ms`)
    return now
  }

  // Seldom enough to leave Redis to those who work: a look at very many jobs takes long.
  async watch() {
    while (!this.over && this.problems.length === 0) {
      const began = performance.now()
      await this.look()
      await pause(LOOK_MS + 40 * (performance.now() - began))
    }
  }

  async killing() {
    while (!this.over && this.killed < this.kills) {
      await pause(KILL_EVERY_MS * (0.5 + this.rand()))
      const at = Math.floor(this.rand() * this.hands.length)
      await this.hands[at].kill()
      this.killed++
      this.hands[at] = this.spawn(this.hands[at].kind, 'worker', { concurrency: 5 })
    }
  }

  async pausing() {
    while (!this.over && this.pauser) {
      await pause(150 + 250 * this.rand())
      await this.pauser.pause()
      this.pauses++
      await pause(100 * this.rand())
      await this.pauser.resume()
    }
  }

  // What goes on beside the work; its failure is one of the soak's, told at the end.
  beside(activity) {
    return activity.catch((error) => this.problems.push(error.stack))
  }

  // For all jobs to be made, or done.
  get patienceMs() {
    return SETTLE_MS + this.jobs * JOB_MS
  }

  async run() {
    const each = Math.ceil(this.jobs / this.producers.length)
    const watching = this.beside(this.watch())
    this.hands = this.workers.map((kind) => this.spawn(kind, 'worker', { concurrency: 5 }))
    await Promise.all(this.hands.map((hand) => hand.said('ready', READY_MS)))
    const killing = this.beside(this.killing())
    const pausing = this.beside(this.pausing())
    const makers = this.producers.map((kind, i) => this.spawn(kind, 'producer', { jobs: each, seed: i + 1, gapMs: this.gapMs ?? 5 }))
    try {
      await Promise.all(makers.map((maker) => maker.said('added', this.patienceMs)))
      await killing
      await until(async () => this.problems.length > 0 || (await this.look()).open === 0, this.patienceMs, 'all jobs are finished')
      this.over = true
      await Promise.all([watching, pausing])
      await this.judge()
    } catch (error) {
      throw new Error([error.message, ...this.problems].join('\n'), { cause: error })
    } finally {
      this.over = true
      await Promise.all([watching, killing, pausing])
    }
  }

  async judge() {
    const events = await readEvents(this.server.client, this.base)
    const { problems, counts, jobs } = lives(events)
    this.problems.push(...problems)
    for (const [id, { state, starts, stalls, trail }] of jobs)
      if (!['completed', 'failed', 'gone', 'none'].includes(state)) this.problems.push(`${id} ended as ${state} after ${trail} (${starts} starts, ${stalls} stalls)`)
    for (const [major, { counts: heard, errors }] of Object.entries(this.heard)) {
      if (errors.length) this.problems.push(`QueueEvents of ${major}: ${errors[0]}`)
      const wanted = JSON.stringify(sortedCounts(counts))
      await until(() => JSON.stringify(sortedCounts(heard)) === wanted, STUCK_MS + this.jobs, `QueueEvents of ${major} heard ${JSON.stringify(sortedCounts(heard))}, not ${wanted}`)
    }
    for (const peer of this.peers) if (peer.errors.length && peer.kind === OURS) this.problems.push(`ours: ${peer.errors[0]}`)
    const { starts, stalls } = [...jobs.values()].reduce((sum, job) => ({ starts: sum.starts + job.starts, stalls: sum.stalls + job.stalls }), { starts: 0, stalls: 0 })
    const by = {} // who completed how many
    for (const event of events) if (event.event === 'completed') by[JSON.parse(event.returnvalue).by] = (by[JSON.parse(event.returnvalue).by] ?? 0) + 1
    this.report = { by, jobs: [...jobs.values()].filter((job) => job.state !== 'none').length, starts, stalls, kills: this.killed, pauses: this.pauses, looks: this.looks, events: events.length, counts }
    if (this.problems.length) throw new Error(`${this.problems.length} problems:\n${this.problems.slice(0, 20).join('\n')}\n${JSON.stringify(this.report)}`)
  }

  async stop() {
    this.over = true
    await Promise.all(this.peers.map((peer) => peer.kill()))
    await Promise.all((this.listeners ?? []).map((listener) => listener.close().catch(() => {})))
    await this.meta?.close().catch(() => {})
    await this.server.end()
  }
}

// The hint of versions that a queue carries: the newest major that takes part.
const newest = ({ workers, producers }) => Math.max(...[...workers, ...producers].filter((kind) => kind !== OURS), 5)
const sortedCounts = (counts) => Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
