// SPDX-License-Identifier: MIT
// sink.mjs — a sink of either side under load: answers, and what it and Redis paid for them.
import { execFileSync } from 'node:child_process'
import { bin, start } from '../lib.mjs'
import { SECRET } from './posts.mjs'
import { REDIS_CORE, cpuUs, startRedis } from './server.mjs'

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
async function check(side, server, load) {
  const [waiting, last] = await Promise.all([server.client.zcard(`${QUEUE}prioritized`), server.client.get(`${QUEUE}id`)])
  if (load.other || load.lost || waiting !== load.ok || Number(last) < load.ok)
    throw new Error(`${side}: ${waiting} wait, numbered to ${last}, of ${JSON.stringify(load)}`)
}

// rate 0: as many as it takes.
export async function measure(side, { posts, connections, seconds, aof, rate = 0 }) {
  const server = await startRedis({ config: [...AOF[aof], 'hash-max-listpack-value', '4096'] })
  const sink = await start(command(side, server), { ready: LISTENING, core: SINK_CORE })
  const before = { sink: cpuUs(sink.pid), redis: server.cpuUs() }
  const out = execFileSync('taskset', ['-c', String(REDIS_CORE), bin('bench/webhook_load'), sink.match[1], String(connections), String(rate), String(seconds), posts],
    { encoding: 'utf8' })
  const load = JSON.parse(out)
  const sinkUs = (cpuUs(sink.pid) - before.sink) / load.ok
  const redisUs = (server.cpuUs() - before.redis) / load.ok
  await check(side, server, load)
  await sink.stop()
  await server.stop()
  return { ...load, sinkUs, redisUs }
}
