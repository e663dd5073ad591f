// SPDX-License-Identifier: MIT
// due.mjs — delayed jobs whose time has come, worked off by either side: what Redis paid, and how long it was busy.
import { start } from '../lib.mjs'
import { BASE } from './fill.mjs'
import { CLIENT_CORE, startRedis } from './server.mjs'
import { command } from './worker.mjs'

const CONCURRENCY = 100
const WORKED_MS = 120000
const KEEP = 1000
export const DUE_JOB = { data: { text: 'x' }, opts: { removeOnComplete: KEEP } }
export const SLOW_US = 200

// A client beside the worker's: the longest time that it waits for an answer.
async function probe(client, until) {
  const times = []
  while (!until.done) {
    const began = performance.now()
    await client.ping()
    times.push((performance.now() - began) * 1000)
  }
  times.sort((a, b) => a - b)
  return { max: times.at(-1), p999: times[Math.floor(times.length * 0.999)], pings: times.length }
}

// `later` jobs stay, `due` ones are worked.
export async function workDue(side, { from, later, due, probed = false }) {
  const server = await startRedis({ from, config: ['slowlog-log-slower-than', SLOW_US, 'slowlog-max-len', 100000] })
  await server.client.call('SLOWLOG', 'RESET')
  const prober = server.client.duplicate()
  const before = server.cpuUs()
  const worker = await start(command(side, server, CONCURRENCY), { core: CLIENT_CORE })
  const until = { done: false }
  const probing = probed ? probe(prober, until) : undefined
  const end = performance.now() + WORKED_MS
  for (;;) {
    const [delayed, waiting, active] = (await server.client.pipeline().zcard(`${BASE}delayed`).llen(`${BASE}wait`).llen(`${BASE}active`).exec()).map((a) => a[1])
    if (delayed === later && waiting + active === 0) break
    if (performance.now() > end) throw new Error(`${side}: ${delayed - later} of ${due} are still delayed, ${waiting} wait: ${worker.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const redisUs = (server.cpuUs() - before) / due
  until.done = true
  const pings = await probing
  await worker.stop()
  const slow = (await server.client.call('SLOWLOG', 'GET', '-1')).filter((entry) => entry[3][0].toLowerCase() === 'evalsha').map((entry) => entry[2])
  const stream = await server.client.call('XINFO', 'STREAM', `${BASE}events`)
  const told = stream[stream.indexOf('entries-added') + 1]
  // waiting, active and completed of each, perhaps drained
  if (told < 3 * due || told > 4 * due || (await server.client.zcard(`${BASE}completed`)) !== Math.min(KEEP, due)) throw new Error(`${side}: ${told} events for ${due} jobs`)
  prober.disconnect()
  await server.stop()
  return { redisUs, longest_us: Math.max(SLOW_US, ...slow), over: slow.length, pings }
}
