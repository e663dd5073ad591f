// SPDX-License-Identifier: MIT
// worker.mjs — a worker of either side that does nothing with its jobs, and how fast it does that.
import { bin, start } from '../lib.mjs'
import { BASE, PREFIX, QUEUE, drained, release } from './fill.mjs'
import { CLIENT_CORE, cpuUs, startRedis } from './server.mjs'

const READY_MS = 10000
const DRAIN_MS = 60000
const WORKER_NAME = `${PREFIX}:${Buffer.from(QUEUE).toString('base64')}`

export function command(side, server, concurrency) {
  if (side === 'willaq')
    return [bin('willaq'), 'worker', '--redis-url', server.url, '--queue', QUEUE, '--noop', '--concurrency', String(concurrency)]
  const peer = new URL('../peers/bullmq_worker.mjs', import.meta.url).pathname
  return ['node', peer, side.replace('bullmq', ''), String(server.port), QUEUE, String(concurrency)]
}

// Resolves when it waits for its first job.
export async function startWorker(side, server, concurrency) {
  const worker = await start(command(side, server, concurrency), { core: CLIENT_CORE })
  const end = performance.now() + READY_MS
  for (;;) {
    const clients = String(await server.client.client('LIST')).split('\n')
    if (clients.some((line) => line.includes(` name=${WORKER_NAME} `) && line.includes(' cmd=bzpopmin '))) return worker
    if (performance.now() > end) throw new Error(`${side} does not wait for jobs: ${worker.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

// Every id of 1 … n finished once, and only `keep` of them are left.
async function checkFinished(server, n, keep) {
  const ids = await server.client.zrange(`${BASE}completed`, 0, -1)
  const stream = await server.client.call('XINFO', 'STREAM', `${BASE}events`)
  const events = Object.fromEntries(Array.from({ length: stream.length / 2 }, (_, i) => [stream[2 * i], stream[2 * i + 1]]))
  const hashes = []
  for (let cursor = '0'; ; ) {
    const [next, keys] = await server.client.scan(cursor, 'TYPE', 'hash', 'COUNT', 10000)
    hashes.push(...keys.filter((key) => /:\d+$/.test(key)).map((key) => key.slice(BASE.length)))
    if ((cursor = next) === '0') break
  }
  const left = new Set(hashes)
  const wrong = ids.length !== Math.min(keep, n) || left.size !== ids.length || ids.some((id) => !left.has(id))
  // active and completed of each, and drained at least once
  const told = events['entries-added'] - 2 * n
  if (wrong || told < 1 || told > n) throw new Error(`${ids.length} kept, ${left.size} hashes, ${events['entries-added']} events for ${n} jobs`)
  if ((await server.client.exists(`${BASE}failed`)) !== 0) throw new Error('some failed')
}

// Works off the jobs of a snapshot.
export async function drainOnce(side, { from, n, keep, concurrency }) {
  const server = await startRedis({ from })
  const worker = await startWorker(side, server, concurrency)
  const before = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  const began = performance.now()
  await release(server)
  await drained(server, DRAIN_MS)
  const seconds = (performance.now() - began) / 1000
  const after = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  await worker.stop()
  await checkFinished(server, n, keep)
  await server.stop()
  return { perSecond: n / seconds, redisUs: (after.redis - before.redis) / n, workerUs: (after.worker - before.worker) / n }
}

// Small, with every event kept: each id is active once and completed once.
export async function checkEach(side, { from, n, concurrency }) {
  const server = await startRedis({ from })
  await server.client.hset(`${BASE}meta`, 'opts.maxLenEvents', 10 * n)
  const worker = await startWorker(side, server, concurrency)
  await release(server)
  await drained(server, DRAIN_MS)
  await worker.stop()
  const entries = await server.client.xrange(`${BASE}events`, '-', '+')
  for (const event of ['active', 'completed']) {
    const ids = entries.filter(([, fields]) => fields[1] === event).map(([, fields]) => Number(fields[3]))
    const each = new Set(ids)
    if (ids.length !== n || each.size !== n || Math.max(...ids) !== n || Math.min(...ids) !== 1)
      throw new Error(`${side}: ${ids.length} ${event} of ${n} jobs, ${each.size} of them different`)
  }
  await server.stop()
}
