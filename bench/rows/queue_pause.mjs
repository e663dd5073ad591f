// SPDX-License-Identifier: MIT
// queue_pause.mjs — for how long a script keeps Redis from everybody else when 100,000 jobs are due at once (P12).
import { PAIRS, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { DUE_JOB, SLOW_US, workDue } from '../queue/due.mjs'
import { fillDelayed } from '../queue/fill.mjs'
import { snapshot } from '../queue/server.mjs'

export const title = 'the longest pause that a script causes, 100,000 jobs due at once'

const ROUNDS = { willaq: PAIRS, bullmq5: 1, bullmq6: 1 }
const DUE = scaled(100000)
export const settings = { rounds: ROUNDS, due: DUE }

export async function run() {
  const data = { sides: {} }
  const from = await snapshot((server) => fillDelayed(server, { later: 1, due: DUE }, DUE_JOB))
  const rows = []
  for (const side of Object.keys(ROUNDS)) {
    const runs = []
    for (let i = 0; i < ROUNDS[side]; i++) runs.push(await workDue(side, { from, later: 1, due: DUE, probed: true }))
    data.sides[side] = runs
    const ms = (pick) => (median(runs.map(pick)) / 1000).toFixed(2)
    rows.push([side === 'willaq' ? side : `BullMQ ${versionOf(side.at(-1))}`, ms((r) => r.longest_us), (Math.min(...runs.map((r) => r.longest_us)) / 1000).toFixed(2),
      median(runs.map((r) => r.over)), ms((r) => r.pings.p999), ms((r) => r.pings.max), median(runs.map((r) => r.redisUs)).toFixed(1)])
  }
  const head = ['side', 'longest script, ms', 'in the best run', `scripts over ${SLOW_US} us`, 'p99.9 of a PING beside it, ms', 'longest PING, ms', 'Redis CPU us/job']
  return { table: table(head, rows), data }
}
