// SPDX-License-Identifier: MIT
// send_held.mjs — memory of a worker that waits for its provider to answer 10,000 messages at once, and of one that waits for work (P10).
import { memory, scaled, table, trial } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { left, release, snapshotOf } from '../send/jobs.mjs'
import { check, startWorld, stopWorld, until } from '../send/run.mjs'

export const title = 'memory of a worker that sends, idle and with 10,000 messages in flight, beside BullMQ'

const MAJOR = 5
const IN_FLIGHT = scaled(10000)
const LATENCY_MS = trial ? 20000 : 25000 // longer than it takes to get there
const SIDES = ['willaq', `agent-${MAJOR}`, `fetch-${MAJOR}`]
export const settings = { in_flight: IN_FLIGHT, latency_ms: LATENCY_MS, bullmq: versionOf(MAJOR) }

async function measure(side, from) {
  const world = await startWorld(side, { from, concurrency: IN_FLIGHT, latencyMs: LATENCY_MS })
  const { server, provider, worker } = world
  const idle = memory(worker.pid).rss
  await release(server)
  let most = 0
  await until(() => `${side}: ${most} at once; ${worker.text()}`, async () => {
    most = Math.max(most, (await provider.seen()).open)
    return most === IN_FLIGHT
  }, LATENCY_MS)
  const held = memory(worker.pid).rss
  await until(() => `${side}: to send them all`, async () => (await left(server)) === 0, 2 * LATENCY_MS)
  await check(world, IN_FLIGHT)
  const after = memory(worker.pid).rss
  await stopWorld(world)
  return { idle, held, after }
}

export async function run() {
  const from = await snapshotOf(IN_FLIGHT)
  const data = { sides: {} }
  const rows = []
  for (const side of SIDES) {
    const run = await measure(side, from).catch((error) => ({ error: String(error) }))
    data.sides[side] = run
    if (side === 'willaq' && run.error) throw new Error(run.error)
    const mb = (key) => (run.error ? 'not reached' : (run[key] / 1e6).toFixed(1))
    rows.push([side, mb('idle'), mb('held'), run.error || side === 'willaq' ? '' : `1/${(run.held / data.sides.willaq.held).toFixed(1)}`, mb('after')])
  }
  return { table: table(['side', 'RSS idle, MB', `with ${IN_FLIGHT} in flight`, 'willaq to it', 'after them'], rows), data }
}
