// SPDX-License-Identifier: MIT
// send_queue.mjs — messages from a BullMQ queue to a provider: our worker, with its ledger and limits, beside BullMQ's without.
import { PAIRS, inTurn, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { snapshotOf } from '../send/jobs.mjs'
import { sendAll } from '../send/run.mjs'

export const title = 'messages sent per second, from queue to provider, beside a BullMQ worker with http.Agent and with fetch'

const MAJOR = 5
const CASES = [
  { latencyMs: 0, concurrency: 100 },
  { latencyMs: 50, concurrency: 1000 },
]
const JOBS = { willaq: scaled(20000, 500), bullmq: scaled(5000, 500) }
export const settings = { pairs: PAIRS, jobs: JOBS, cases: CASES, text_bytes: 390 }

export async function run() {
  const from = { willaq: await snapshotOf(JOBS.willaq), bullmq: await snapshotOf(JOBS.bullmq) }
  const size = (side) => (side === 'willaq' ? 'willaq' : 'bullmq')
  const data = { bullmq: versionOf(MAJOR), results: [] }
  const rows = []
  for (const { latencyMs, concurrency } of CASES) {
    const measure = (side) => () => sendAll(side, { from: from[size(side)], n: JOBS[size(side)], latencyMs, concurrency })
    for (const how of ['agent', 'fetch']) {
      const pairs = await inTurn(PAIRS, measure('willaq'), measure(`${how}-${MAJOR}`))
      const of = (side, key) => median(pairs.map((p) => p[side][key]))
      const rate = median(pairs.map((p) => p.a.perSecond / p.b.perSecond))
      const cpu = median(pairs.map((p) => (p.b.redisUs + p.b.workerUs) / (p.a.redisUs + p.a.workerUs)))
      const spent = (side) => `${of(side, 'workerUs').toFixed(1)} + ${of(side, 'redisUs').toFixed(1)}`
      rows.push([how, latencyMs, concurrency, Math.round(of('a', 'perSecond')), Math.round(of('b', 'perSecond')), `${rate.toFixed(2)}x`, spent('a'), spent('b'), `1/${cpu.toFixed(2)}`])
      data.results.push({ peer: how, latency_ms: latencyMs, concurrency, rate_ratio: rate, cpu_ratio: cpu, pairs })
    }
  }
  const head = ['peer', 'latency, ms', 'at once', 'our sends/s', 'its', 'ratio', 'our CPU us/send (worker + Redis)', 'its', 'ratio']
  return { table: table(head, rows), data }
}
