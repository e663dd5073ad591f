// SPDX-License-Identifier: MIT
// send_queue.mjs — messages from a BullMQ queue to a provider: our worker, with its ledger and limits, beside BullMQ's without.
import { PAIRS, inRounds, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { snapshotOf } from '../send/jobs.mjs'
import { sendAll } from '../send/run.mjs'

export const title = 'messages sent, from queue to provider, beside a BullMQ worker with http.Agent and with fetch'

const MAJOR = 5
const CASES = [
  { latencyMs: 0, concurrency: 100 },
  { latencyMs: 50, concurrency: 1000 },
]
const JOBS = { willaq: scaled(20000, 500), bullmq: scaled(4000, 500) }
const PEERS = ['agent', 'fetch']
export const settings = { rounds: PAIRS, jobs: JOBS, cases: CASES, text_bytes: 390, bullmq: versionOf(MAJOR) }

export async function run() {
  const from = { willaq: await snapshotOf(JOBS.willaq), bullmq: await snapshotOf(JOBS.bullmq) }
  const data = { results: [] }
  const rows = []
  for (const each of CASES) {
    const measure = (side, size) => () => sendAll(side, { from: from[size], n: JOBS[size], ...each })
    const rounds = await inRounds(PAIRS, {
      willaq: measure('willaq', 'willaq'),
      ...Object.fromEntries(PEERS.map((how) => [how, measure(`${how}-${MAJOR}`, 'bullmq')])),
    })
    const of = (how, key) => median(rounds.map((round) => round[how][key]))
    const ratio = (how, what) => median(rounds.map((round) => what(round[how]) / what(round.willaq)))
    const cpu = (r) => r.redisUs + r.workerUs
    const rate = (r) => r.perSecond
    for (const how of ['willaq', ...PEERS])
      rows.push([each.latencyMs, each.concurrency, how, Math.round(of(how, 'perSecond')), how === 'willaq' ? '' : `${(1 / ratio(how, rate)).toFixed(2)}x`,
        of(how, 'workerUs').toFixed(1), of(how, 'redisUs').toFixed(1), how === 'willaq' ? '' : `1/${ratio(how, cpu).toFixed(2)}`])
    data.results.push({ ...each, ratios: Object.fromEntries(PEERS.map((how) => [how, { rate: 1 / ratio(how, rate), cpu: ratio(how, cpu) }])), rounds })
  }
  const head = ['latency, ms', 'at once', 'side', 'sends/s', 'willaq to it', 'worker CPU us/send', 'Redis CPU us/send', 'willaq to it']
  return { table: table(head, rows), data }
}
