// SPDX-License-Identifier: MIT
// oracle.mjs — plays a sequence with a cast of roles on an empty database and keeps what can be compared.
//
// A sequence is { n, part?, role, title, since?, until?, batch?, known?, run(c) }, where c = { P, W, I, s }: producer,
// worker by hand, inspector (bullmq_role.mjs tells their methods), and s, the stage: its clock, snapshots, helpers.
// `role` names those that the engine takes over, `made` one that it cannot play: what it made was made by an older BullMQ.  `known` lists, by major or for `all`, paths that may differ, and why.
import { clock } from './clock.mjs'
import { diff, dump, normalise } from './dump.mjs'
import { BullWorld, bullCast } from './bullmq_role.mjs'
import dedup from './sequences/dedup.mjs'
import flows from './sequences/flows.mjs'
import inspector from './sequences/inspector.mjs'
import limits from './sequences/limits.mjs'
import producer from './sequences/producer.mjs'
import schedulers from './sequences/schedulers.mjs'
import worker from './sequences/worker.mjs'

export const PREFIX = 'bull'
const START = Date.UTC(2026, 2, 27, 22, 13, 7, 531) // two days before clocks change in Europe
const WORK_MAX = 200
export const QUEUES = ['q', 'r']
export const ROLES = ['P', 'W', 'I']

export const sequences = [...producer, ...flows, ...worker, ...limits, ...dedup, ...schedulers, ...inspector].sort((a, b) => a.n - b.n)
export const nameOf = ({ n, part, title }) => `${n}${part ? `.${part}` : ''} ${title}`
export const runsFor = ({ since = 4, until = 6 }, major) => major >= since && major <= until

// Records what each method of a role answers.
function recorded(role, name, answers) {
  return new Proxy(role, {
    get(target, property) {
      const value = target[property]
      if (typeof value !== 'function') return value
      if (property === 'on' || property === 'as') return (...args) => recorded(value.apply(target, args), name, answers)
      return async (...args) => {
        const answer = await value.apply(target, args)
        const { says, ...plain } = answer && typeof answer === 'object' && !Array.isArray(answer) ? answer : {}
        answers.push({ call: `${name}.${property}(${JSON.stringify(args).slice(1, -1).slice(0, 120)})`, answer: says ? plain : (answer ?? null) })
        return answer
      }
    },
  })
}

class Stage {
  constructor(server, batch, open) {
    Object.assign(this, { server, batch, open, snaps: {}, checks: {} })
    this.redis = server.client
  }
  get now() {
    return clock.now
  }
  advance(ms) {
    return clock.advance(ms)
  }
  async snap(label) {
    this.snaps[label] = normalise(await dump(this.redis), PREFIX)
  }
  check(what, holds) {
    this.checks[what] = holds
  }
  // After a flush: queues announce themselves again.
  reopen() {
    return this.open()
  }
  // Works until nothing is left to fetch: one by one, each with the next; or in batches.
  async work(W, outcome) {
    if (this.batch) {
      for (let worked = 0; worked < WORK_MAX;) {
        const jobs = await W.fetchMany(this.batch)
        if (jobs.length === 0) return
        worked += jobs.length
        await W.settleMany(jobs.map((job) => ({ id: job.id, outcome: outcome(job) })))
      }
      return
    }
    let { job } = await W.fetch()
    for (let worked = 0; job && worked < WORK_MAX; worked++) {
      const { next } = await W.settle(job.id, outcome(job), { next: true })
      job = next ?? (await W.fetch()).job
    }
  }
}

// The roles by BullMQ of these majors, on queues that `majors.P` opened; then casting(roles) may put others in their places.
//   majors 6, or {P: 4, W: 5, I: 5}
export async function play(sequence, { majors, server, batch = 0, casting = (roles) => roles }) {
  await server.client.flushall()
  clock.set(START)
  const of = typeof majors === 'number' ? { P: majors, W: majors, I: majors } : majors
  const worlds = new Map()
  for (const major of new Set(Object.values(of))) worlds.set(major, await BullWorld.load(major, server, PREFIX))
  const answers = []
  const close = () => Promise.all([...worlds.values()].map((world) => world.close()))
  const open = async () => {
    await close()
    for (const name of QUEUES) await worlds.get(of.P).queue(name)
  }
  try {
    await open()
    const stage = new Stage(server, batch, open)
    const cast = await casting(Object.fromEntries(ROLES.map((role) => [role, bullCast(worlds.get(of[role]))[role]])))
    const c = { s: stage }
    for (const role of ROLES) c[role] = recorded(cast[role], role, answers)
    await sequence.run(c)
    await stage.snap('end')
    return { answers, checks: stage.checks, snaps: stage.snaps }
  } finally {
    await close()
    clock.release()
  }
}

// What differs: {unknown: [difference], known: [why]}.
export function compare(sequence, key, want, got) {
  const excuses = [...(sequence.known?.all ?? []), ...(sequence.known?.[key] ?? [])]
  const unknown = [], known = new Set()
  for (const difference of diff(want, got)) {
    const excuse = excuses.find(({ at }) => at.test(difference.path))
    if (excuse) known.add(excuse.why)
    else unknown.push(difference)
  }
  for (const [what, holds] of Object.entries(got.checks)) if (!holds) unknown.push({ path: `check: ${what}`, want: true, got: false })
  return { unknown, known: [...known] }
}
