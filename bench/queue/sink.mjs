// SPDX-License-Identifier: MIT
// sink.mjs — a sink of either side under load: answers, and what it and Redis paid for them.
import { execFileSync } from 'node:child_process'
import { bin, start } from '../lib.mjs'
import { REDIS_CORE, cpuUs, startRedis } from './server.mjs'

export const SECRET = 'bench-secret'
export const BODY_BYTES = 700
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
const SINK_CORE = 1
const QUEUE = 'bull:inbound-messages:'
export const AOF = {
  'no AOF': [],
  everysec: ['appendonly', 'yes', 'appendfsync', 'everysec'],
  always: ['appendonly', 'yes', 'appendfsync', 'always'],
}

function command(side, server) {
  if (side === 'willaq')
    return [bin('willaq'), 'sink', '--redis-url', server.url, '--port', '0', '--webhook-secret', SECRET, '--webhook-verify-token', 't', '--log-level', 'warn']
  const [, mode, major] = /^node-(\w+)-(\d)$/.exec(side)
  return ['node', new URL('../peers/bullmq_sink.mjs', import.meta.url).pathname, major, String(server.port), mode]
}

// Each webhook that was answered 200 is one job that waits, and no other is there.
async function check(side, server, took) {
  const [waiting, last] = await Promise.all([server.client.zcard(`${QUEUE}prioritized`), server.client.get(`${QUEUE}id`)])
  if (took.other || took.lost || waiting !== took.ok || Number(last) < took.ok)
    throw new Error(`${side}: ${waiting} wait, numbered to ${last}, of ${JSON.stringify(took)}`)
}

// Signed webhooks, each one new, of one person: rate 0: as many as it takes.  Latencies in ms, from when each was due.
function load(port, connections, rate, seconds) {
  const args = ['bench', 'webhook', '--url', `http://127.0.0.1:${port}/webhooks/whatsapp`, '--secret', SECRET, '--body', BODY_BYTES, '--people', 1,
    '--connections', connections, '--duration', `${seconds * 1000}ms`, '--warm-up', '0s', '--quiet', '--json', ...(rate ? ['--rate', rate] : [])]
  const out = execFileSync('taskset', ['-c', String(REDIS_CORE), bin('willaq'), ...args.map(String)], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const { counts, rate: rates, span_s, latency_us: us, cpu, bottleneck } = JSON.parse(out)
  const ms = (key) => us[key] / 1000
  return { started: counts.begun, ok: counts.ok, other: counts.refused, lost: counts.begun - counts.ok - counts.refused, seconds: span_s,
    perSecond: rates.ended_well, p50: ms('p50'), p90: ms('p90'), p99: ms('p99'), p999: ms('p99.9'), max: ms('max'), loadUs: (cpu * span_s * 1e6) / counts.ok,
    bottleneck }
}

export async function measure(side, { connections, seconds, aof, rate = 0 }) {
  const server = await startRedis({ config: [...AOF[aof], 'hash-max-listpack-value', '4096'] })
  const sink = await start(command(side, server), { ready: LISTENING, core: SINK_CORE })
  const before = { sink: cpuUs(sink.pid), redis: server.cpuUs() }
  const took = load(sink.match[1], connections, rate, seconds)
  const sinkUs = (cpuUs(sink.pid) - before.sink) / took.ok
  const redisUs = (server.cpuUs() - before.redis) / took.ok
  await check(side, server, took)
  await sink.stop()
  await server.stop()
  return { ...took, sinkUs, redisUs }
}
