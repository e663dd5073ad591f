// SPDX-License-Identifier: MIT
// run.mjs — a worker of either side that sends what waits to a provider, and what worker and Redis paid for it.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, memory, start } from '../lib.mjs'
import { CLIENT_CORE, REDIS_CORE, cpuUs, startRedis } from '../queue/server.mjs'
import { BASE, CONFIG, KEEP, QUEUE, left, release } from './jobs.mjs'

const LISTENING = /listening (http:\/\/127\.0\.0\.1:\d+)/
const SECRET_KEY = '0123456789abcdef'.repeat(4)
const NUMBER = '100000000000001'
const DRAIN_MS = 60000
const READY_MS = 10000
const POLL_MS = 10 // Redis pays for each look

export async function startProvider(latencyMs) {
  const provider = await start([bin('bench/provider'), String(latencyMs)], { ready: LISTENING, core: REDIS_CORE })
  const url = provider.match[1]
  return { ...provider, url, seen: async () => (await fetch(`${url}/seen`)).json() }
}

// An account of the business that the jobs name, with limits that are asked for each message and hold up none.
function createAccount(server, provider) {
  const file = join(server.dir, 'account.json')
  const limits = { per_second: 10000, burst: 10000000 }
  writeFileSync(file, JSON.stringify({ provider: 'cloud', business: 'acme', name: 'Bench', phone_number_id: NUMBER, access_token: 'token-of-bench', base_url: `${provider.url}/v23.0`, limits }))
  const out = execFileSync(bin('willaq'), ['account', 'create', file, '--no-verify', '--json', '--redis-url', server.url], { encoding: 'utf8', env: { ...process.env, WILLAQ_SECRET_KEY: SECRET_KEY } })
  rmSync(file)
  return JSON.parse(out).id
}

function command(side, server, provider, concurrency) {
  if (side === 'willaq')
    return [bin('willaq'), 'worker', '--redis-url', server.url, '--queue', QUEUE, '--concurrency', String(concurrency), '--send-timeout', '5m',
      '--log-level', 'warn']
  const [, how, major] = /^(\w+)-(\d)$/.exec(side)
  return ['node', new URL('../peers/bullmq_send.mjs', import.meta.url).pathname, major, String(server.port), QUEUE, String(concurrency), how, `${provider.url}/v23.0/${NUMBER}/messages`]
}

export async function until(what, fact, ms) {
  for (const end = performance.now() + ms; ; ) {
    if (await fact()) return
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

// A worker that waits for its first job, with its Redis, its provider and its account.
export async function startWorld(side, { from, concurrency, latencyMs }) {
  const server = await startRedis({ from, config: CONFIG })
  const provider = await startProvider(latencyMs)
  const account = side === 'willaq' ? createAccount(server, provider) : undefined
  const worker = await start(command(side, server, provider, concurrency), { core: CLIENT_CORE, env: { WILLAQ_SECRET_KEY: SECRET_KEY } })
  await until(worker.text, async () => String(await server.client.client('LIST')).includes(' cmd=bzpopmin '), READY_MS)
  return { side, server, provider, account, worker }
}

export async function stopWorld({ worker, provider, server }) {
  await worker.stop()
  await provider.stop()
  await server.stop()
}

// Each message reached its person once, its job is completed and, of ours, its record says so.
export async function check({ side, server, provider, account, worker }, n) {
  const seen = await provider.seen()
  const [completed, failed] = await Promise.all([server.client.zcard(`${BASE}completed`), server.client.exists(`${BASE}failed`)])
  if (seen.posts !== n || seen.people !== n || seen.twice || seen.open || completed !== Math.min(n, KEEP) || failed)
    throw new Error(`${side}: ${completed} kept, ${failed} failed, of ${n} the provider saw ${JSON.stringify(seen)}; ${worker.text()}`)
  if (side !== 'willaq') return
  const [accepted, unconfirmed] = await Promise.all([server.client.hget(`wq:{${account}}:total`, 'accepted'), server.client.zcard(`wq:{${account}}:unconfirmed`)])
  if (Number(accepted) !== n || unconfirmed !== n) throw new Error(`${accepted} of ${n} are recorded as accepted, ${unconfirmed} wait for a status`)
}

// Sends all of the snapshot's n messages.
export async function sendAll(side, { from, n, concurrency, latencyMs }) {
  const world = await startWorld(side, { from, concurrency, latencyMs })
  const { server, worker, provider } = world
  const idle = memory(worker.pid).rss
  const before = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  const began = performance.now()
  await release(server)
  await until(() => `${side} to send them all; ${worker.text()}`, async () => (await left(server)) === 0, DRAIN_MS)
  const seconds = (performance.now() - began) / 1000
  const after = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  const stats = process.env.BENCH_STATS && (await server.client.info('commandstats'))
  if (stats) console.error(side, n, stats)
  await check(world, n)
  await stopWorld(world)
  return { perSecond: n / seconds, redisUs: (after.redis - before.redis) / n, workerUs: (after.worker - before.worker) / n, idle }
}
