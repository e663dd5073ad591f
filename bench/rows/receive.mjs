// SPDX-License-Identifier: MIT
// receive.mjs — what people wrote, through the whole flow: contact, message, window, sequence, counts, events; our worker beside
// a BullMQ worker that does the same with plain commands.
import { PAIRS, inTurn, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { snapshotOf } from '../receive/jobs.mjs'
import { receiveAll } from '../receive/run.mjs'

export const title = 'inbound messages/s through the receive flow, beside a BullMQ worker that does the same with plain Redis calls'

const MAJOR = 5
const CONCURRENCY = 100
const PEOPLE = scaled(1000, 100)
const JOBS = { willaq: scaled(30000, 500), bullmq: scaled(6000, 500) }
export const settings = { pairs: PAIRS, jobs: JOBS, people: PEOPLE, at_once: CONCURRENCY, bullmq: versionOf(MAJOR) }

export async function run() {
  const from = { willaq: await snapshotOf(PEOPLE, JOBS.willaq), bullmq: await snapshotOf(PEOPLE, JOBS.bullmq) }
  const measure = (side, size) => () => receiveAll(side, { from: from[size], people: PEOPLE, n: JOBS[size], concurrency: CONCURRENCY })
  const pairs = await inTurn(PAIRS, measure('willaq', 'willaq'), measure(`bullmq${MAJOR}`, 'bullmq'))
  const of = (side, key) => median(pairs.map((pair) => pair[side][key]))
  const rate = median(pairs.map(({ a, b }) => a.perSecond / b.perSecond))
  const cpu = median(pairs.map(({ a, b }) => (b.redisUs + b.workerUs) / (a.redisUs + a.workerUs)))
  const rows = [['willaq', 'a'], [`BullMQ ${versionOf(MAJOR)}`, 'b']].map(([name, side]) => [name, Math.round(of(side, 'perSecond')), of(side, 'redisUs').toFixed(1),
    of(side, 'workerUs').toFixed(1), side === 'a' ? `${rate.toFixed(2)}x` : '', side === 'a' ? `1/${cpu.toFixed(2)}` : ''])
  const head = ['side', 'messages/s', 'Redis CPU us/message', 'worker CPU us/message', 'rate, to it', 'CPU, to it']
  return { table: table(head, rows), data: { rate, cpu, pairs } }
}
