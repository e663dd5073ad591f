// SPDX-License-Identifier: MIT
// queue_noop.mjs — jobs that do nothing: our worker beside BullMQ's at its best concurrency (P4).
import { PAIRS, inTurn, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { fillWaiting } from '../queue/fill.mjs'
import { snapshot } from '../queue/server.mjs'
import { checkEach, drainOnce } from '../queue/worker.mjs'

export const title = 'no-op jobs/s, keep 1000, beside BullMQ at its best concurrency'

const KEEP = 1000
const CHECKED = scaled(2000)
const SWEEP = [1, 10, 50, 100, 300, 1000]
const JOBS = { sweep: scaled(6000), willaq: scaled(60000), bullmq: scaled(20000) }
const JOB = { data: { text: 'x'.repeat(100) }, opts: { removeOnComplete: KEEP, removeOnFail: KEEP } }
export const settings = { pairs: PAIRS, jobs: JOBS, keep: KEEP }

const filled = (n) => snapshot((server) => fillWaiting(server, n, JOB))

async function bestConcurrency(side, from) {
  const rates = []
  for (const concurrency of SWEEP) {
    const { perSecond } = await drainOnce(side, { from, n: JOBS.sweep, keep: KEEP, concurrency })
    rates.push({ concurrency, perSecond })
  }
  return { rates, best: rates.reduce((a, b) => (b.perSecond > a.perSecond ? b : a)).concurrency }
}

export async function run() {
  const from = { checked: await filled(CHECKED), sweep: await filled(JOBS.sweep), willaq: await filled(JOBS.willaq), bullmq: await filled(JOBS.bullmq) }
  const data = { sweep: {}, results: [] }
  const sides = ['willaq', 'bullmq5', 'bullmq6']
  for (const side of sides) {
    await checkEach(side, { from: from.checked, n: CHECKED, concurrency: 100 })
    data.sweep[side] = await bestConcurrency(side, from.sweep)
  }
  const measure = (side) => () => {
    const size = side === 'willaq' ? 'willaq' : 'bullmq'
    return drainOnce(side, { from: from[size], n: JOBS[size], keep: KEEP, concurrency: data.sweep[side].best })
  }
  const rows = []
  for (const major of [5, 6]) {
    const pairs = await inTurn(PAIRS, measure('willaq'), measure(`bullmq${major}`))
    const of = (side, key) => median(pairs.map((p) => p[side][key]))
    const ratio = (key) => median(pairs.map((p) => p.a[key] / p.b[key]))
    const cpu = median(pairs.map((p) => (p.b.redisUs + p.b.workerUs) / (p.a.redisUs + p.a.workerUs)))
    const version = versionOf(major)
    rows.push([`BullMQ ${version}`, data.sweep.willaq.best, data.sweep[`bullmq${major}`].best, Math.round(of('a', 'perSecond')),
      Math.round(of('b', 'perSecond')), `${ratio('perSecond').toFixed(2)}x`,
      `${of('a', 'redisUs').toFixed(1)} + ${of('a', 'workerUs').toFixed(1)}`,
      `${of('b', 'redisUs').toFixed(1)} + ${of('b', 'workerUs').toFixed(1)}`, `1/${cpu.toFixed(2)}`])
    data.results.push({ version, rate_ratio: ratio('perSecond'), cpu_ratio: cpu, pairs })
  }
  const head = ['peer', 'our concurrency', 'its', 'our jobs/s', 'its', 'ratio', 'our CPU us/job (Redis + worker)', 'its', 'ratio']
  return { table: table(head, rows), data }
}
