// SPDX-License-Identifier: MIT
// queue_due.mjs — delayed jobs that are due: what one costs with few and with many others waiting (P9), and for how long a
// script of ours keeps Redis from everybody else when 100,000 are due at once (P12).
import { median, start, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BASE, fillDelayed } from '../queue/fill.mjs'
import { CLIENT_CORE, snapshot, startRedis } from '../queue/server.mjs'
import { command } from '../queue/worker.mjs'

export const title = 'cost of a due delayed job beside 10,000 and 1,000,000 others, and the longest pause with 100,000 due at once'

const ROUNDS = 7
const PEER_ROUNDS = 1
const CONCURRENCY = 100
const LATER = [10000, 1000000]
const DUE = 10000
const AT_ONCE = 100000
const WORKED_MS = 120000
const SLOW_US = 200
const JOB = { data: { text: 'x' }, opts: { removeOnComplete: 1000 } }

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

async function measure(side, from, later, due) {
  const server = await startRedis({ from, config: ['slowlog-log-slower-than', SLOW_US, 'slowlog-max-len', 100000] })
  await server.client.call('SLOWLOG', 'RESET')
  const prober = server.client.duplicate()
  const before = server.cpuUs()
  const worker = await start(command(side, server, CONCURRENCY), { core: CLIENT_CORE })
  const until = { done: false }
  const probing = due === AT_ONCE ? probe(prober, until) : undefined
  const end = performance.now() + WORKED_MS
  for (;;) {
    const [delayed, waiting, active] = (await server.client.pipeline().zcard(`${BASE}delayed`).llen(`${BASE}wait`).llen(`${BASE}active`).exec()).map((a) => a[1])
    if (delayed === later && waiting + active === 0) break
    if (performance.now() > end) throw new Error(`${side}: ${delayed - later} of ${due} are still delayed, ${waiting} wait: ${worker.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const redisUs = (server.cpuUs() - before) / due
  until.done = true
  const probed = await probing
  await worker.stop()
  const slow = (await server.client.call('SLOWLOG', 'GET', '-1')).filter((entry) => entry[3][0].toLowerCase() === 'evalsha').map((entry) => entry[2])
  const stream = await server.client.call('XINFO', 'STREAM', `${BASE}events`)
  const told = stream[stream.indexOf('entries-added') + 1]
  // waiting, active and completed of each, drained at least once
  if (told <= 3 * due || told > 4 * due || (await server.client.zcard(`${BASE}completed`)) !== 1000) throw new Error(`${side}: ${told} events for ${due} jobs`)
  prober.disconnect()
  await server.stop()
  return { redisUs, longest_us: Math.max(SLOW_US, ...slow), over: slow.length, probed }
}

export async function run() {
  const data = { rounds: ROUNDS, due: DUE, at_once: AT_ONCE, concurrency: CONCURRENCY, cost: {}, pause: {} }
  const from = {}
  for (const later of LATER) from[later] = await snapshot((server) => fillDelayed(server, { later, due: DUE }, JOB))
  const burst = await snapshot((server) => fillDelayed(server, { later: 1, due: AT_ONCE }, JOB))
  const rows = []
  for (const side of ['willaq', 'bullmq5', 'bullmq6']) {
    const name = side === 'willaq' ? side : `BullMQ ${versionOf(side.at(-1))}`
    const rounds = side === 'willaq' ? ROUNDS : PEER_ROUNDS
    const costs = []
    const pauses = []
    for (let round = side === 'willaq' ? -1 : 0; round < rounds; round++) {
      const cost = {}
      for (const later of LATER) cost[later] = (await measure(side, from[later], later, DUE)).redisUs
      const pause = side === 'willaq' || round === 0 ? await measure(side, burst, 1, AT_ONCE) : undefined
      if (round >= 0) costs.push(cost)
      if (round >= 0 && pause) pauses.push(pause)
    }
    data.cost[side] = costs
    data.pause[side] = pauses
    const ratio = median(costs.map((cost) => cost[LATER[1]] / cost[LATER[0]]))
    const us = (pick) => (median(pauses.map(pick)) / 1000).toFixed(2)
    rows.push([name, ...LATER.map((later) => median(costs.map((cost) => cost[later])).toFixed(1)), `${ratio.toFixed(2)}x`,
      us((p) => p.longest_us), median(pauses.map((p) => p.over)), us((p) => p.probed.p999), us((p) => p.probed.max)])
  }
  const head = ['side', `Redis CPU us/due job, ${LATER[0]} others`, `${LATER[1]} others`, 'ratio', 'longest script, ms', `scripts over ${SLOW_US} us`, 'p99.9 of a PING, ms', 'longest PING, ms']
  return { table: table(head, rows), data }
}
