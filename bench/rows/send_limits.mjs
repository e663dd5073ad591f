// SPDX-License-Identifier: MIT
// send_limits.mjs — how near to their limits 20 accounts are kept that have more to send than they may, by three workers of one Redis.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, median, start, table, trial } from '../lib.mjs'
import { queueOf } from '../queue/bullmq.mjs'
import { CLIENT_CORE, REDIS_CORE, startRedis } from '../queue/server.mjs'
import { CONFIG, QUEUE } from '../send/jobs.mjs'
import { until } from '../send/run.mjs'

export const title = 'what 20 accounts are granted by three workers, beside their limits'

const LIMITS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30, 36, 40, 45, 50, 60, 72] // a second
const WORKERS = 3
const LEAD_S = trial ? 4 : 10 // until each message has asked once, and the buckets are empty
const MEASURED_S = trial ? 5 : 60
const SPARE_S = trial ? 3 : 10
const LISTENING = /listening (http:\/\/127\.0\.0\.1:\d+)/
const SECRET_KEY = '0123456789abcdef'.repeat(4)
const CHUNK = 500
export const settings = { limits: LIMITS, workers: WORKERS, seconds: MEASURED_S, concurrency: 100 }

function createAccount(server, provider, perSecond, i) {
  const file = join(server.dir, 'account.json')
  writeFileSync(file, JSON.stringify({ provider: 'cloud', business: 'acme', name: `Bench ${i}`, phone_number_id: String(100000000000001 + i),
    access_token: 'token-of-bench', base_url: `${provider.match[1]}/v23.0`, limits: { per_second: perSecond, per_day: 100000 } }))
  const out = execFileSync(bin('willaq'), ['account', 'create', file, '--no-verify', '--json', '--redis-url', server.url],
    { encoding: 'utf8', env: { ...process.env, WILLAQ_SECRET_KEY: SECRET_KEY } })
  const { id, limits } = JSON.parse(out)
  return { id, perSecond, burst: limits.burst, official: Math.ceil(perSecond / 0.9) }
}

// As much of each as it may send in that time and more, in the order in which they may go.
async function fill(server, accounts) {
  const seconds = LEAD_S + MEASURED_S + SPARE_S
  const jobs = accounts.flatMap(({ id, perSecond }) => Array.from({ length: perSecond * seconds }, (_, i) => ({ id, due: i / perSecond })))
  jobs.sort((a, b) => a.due - b.due)
  const queue = queueOf(5, server.port, QUEUE)
  for (let from = 0; from < jobs.length; from += CHUNK)
    await queue.addBulk(jobs.slice(from, from + CHUNK).map(({ id }, j) => ({
      name: 'send-message', opts: { removeOnComplete: true },
      data: { businessId: 'acme', account: id, to: `+593992${String(from + j).padStart(6, '0')}`, text: `Your order ${from + j} is on its way.` },
    })))
  await queue.close()
}

// The most within any second of these moments, which are in order.
function densest(moments) {
  let most = 0
  for (let from = 0, to = 0; to < moments.length; to++) {
    while (moments[to] - moments[from] >= 1000) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

// From the first that was granted in that time to the first behind it.
function pace(moments, from, to) {
  const first = moments.findIndex((at) => at >= from)
  const last = moments.findIndex((at) => at >= to)
  if (first < 0 || last <= first) throw new Error('nothing was granted any more')
  return (last - first) / (moments[last] - moments[first]) * 1000
}

async function startWorker(server) {
  return start([bin('willaq'), 'worker', '--redis-url', server.url, '--queue', QUEUE, '--concurrency', String(settings.concurrency), '--log-level', 'warn'],
    { core: CLIENT_CORE, env: { WILLAQ_SECRET_KEY: SECRET_KEY } })
}

// By Redis' own clock.
async function now(server) {
  const [s, us] = await server.client.time()
  return Number(s) * 1000 + Number(us) / 1000
}

const grantsOf = async (server, { id }) => (await server.client.lrange(`wq:{${id}}:sends`, 0, -1)).map(Number)

// What was granted was sent, and to each person once.
async function check(provider, granted, workers) {
  const counts = await (await fetch(`${provider.match[1]}/_sandbox/counts`)).json()
  if (counts.accepted !== granted || counts.duplicates !== 0)
    throw new Error(`${granted} were granted, the provider saw ${JSON.stringify(counts)}; ${workers.map((worker) => worker.text()).join('')}`)
}

export async function run() {
  const server = await startRedis({ config: CONFIG })
  const provider = await start([bin('willaq'), 'sandbox', '--port', '0', '--log-level', 'warn'], { ready: LISTENING, core: REDIS_CORE })
  const accounts = LIMITS.map((perSecond, i) => createAccount(server, provider, perSecond, i))
  await fill(server, accounts)
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(server)))
  const from = (await now(server)) + LEAD_S * 1000
  const to = from + MEASURED_S * 1000
  await until(() => 'the time to pass', async () => (await now(server)) > to + 2000, (LEAD_S + MEASURED_S + 10) * 1000)
  await Promise.all(workers.map((worker) => worker.stop()))
  const results = []
  let total = 0
  for (const account of accounts) {
    const moments = await grantsOf(server, account)
    const perSecond = pace(moments, from, to)
    total += moments.length
    results.push({ limit: account.perSecond, burst: account.burst, perSecond, errorPct: (perSecond / account.perSecond - 1) * 100, most: densest(moments), official: account.official })
  }
  const above = results.find((r) => r.most > r.official)
  if (above) throw new Error(`${above.most} within a second, at a limit of ${above.limit}`)
  await check(provider, total, workers)
  await provider.stop()
  await server.stop()
  const rows = results.map((r) => [r.limit, r.burst, r.perSecond.toFixed(3), r.errorPct.toFixed(2), r.most, r.official])
  const errors = results.map((r) => Math.abs(r.errorPct))
  rows.push(['all', '', results.reduce((sum, r) => sum + r.perSecond, 0).toFixed(1), `median ${median(errors).toFixed(2)}, most ${Math.max(...errors).toFixed(2)}`, '', ''])
  return { table: table(['limit/s', 'at once', 'granted/s', 'error, %', 'most in any 1 s', 'official/s'], rows), data: { results } }
}
