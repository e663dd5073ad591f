// SPDX-License-Identifier: MIT
// queue_held.mjs — a worker with 50, 10,000 and 50,000 jobs in flight: the cost of a finish (P6), and its memory (P10).
import { PAIRS, bin, median, scaled, start, table, trial } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BASE, QUEUE, fillWaiting, release } from '../queue/fill.mjs'
import { CLIENT_CORE, snapshot, startRedis } from '../queue/server.mjs'

export const title = 'cost of a finish, and RSS, with many jobs in flight, beside BullMQ'

const ROUNDS = { willaq: PAIRS, bullmq5: 1, bullmq6: 1 } // BullMQ takes half a minute to get there
const IN_FLIGHT = [50, scaled(10000), scaled(50000)]
const FINISHES = scaled(2000)
const AT_ONCE = 50
const HELD_MS = 40000
const JOB = { data: { text: 'x'.repeat(200) } }
export const settings = { rounds: ROUNDS, in_flight: IN_FLIGHT, finishes: FINISHES, at_once: AT_ONCE }

function command(side, server, inFlight) {
  const rest = [QUEUE, inFlight, FINISHES, AT_ONCE, server.pid].map(String)
  if (side === 'willaq') return [bin('bench/hold'), server.url, ...rest]
  return ['node', new URL('../peers/bullmq_hold.mjs', import.meta.url).pathname, side.replace('bullmq', ''), String(server.port), ...rest]
}

// Each finished job was taken, none of them is active, and the others are.
async function check(server, inFlight) {
  const finished = new Set(await server.client.zrange(`${BASE}completed`, 0, -1))
  const active = await server.client.lrange(`${BASE}active`, 0, -1)
  if (finished.size !== FINISHES || active.length !== inFlight || new Set(active).size !== inFlight || active.some((id) => finished.has(id)))
    throw new Error(`${finished.size} finished, ${active.length} active, ${new Set(active).size} of them different`)
}

async function measure(side, from, inFlight) {
  const server = await startRedis({ from })
  await release(server)
  const worker = await start(command(side, server, inFlight), { core: CLIENT_CORE })
  const late = setTimeout(() => worker.stop(), HELD_MS)
  await worker.ended
  clearTimeout(late)
  const line = worker.text().split('\n').find((text) => text.startsWith('{'))
  if (!line && side === 'willaq') throw new Error(`${side} with ${inFlight}: ${worker.text()}`)
  if (!line) {
    await server.stop()
    return undefined // it did not get there in time
  }
  await check(server, inFlight)
  await server.stop()
  return JSON.parse(line)
}

export async function run() {
  const data = { sides: {} }
  const from = await snapshot((server) => fillWaiting(server, Math.max(...IN_FLIGHT) + FINISHES, JOB))
  const rows = []
  for (const side of Object.keys(ROUNDS)) {
    const runs = []
    for (let round = trial || ROUNDS[side] === 1 ? 0 : -1; round < ROUNDS[side]; round++) {
      const run = {}
      for (const inFlight of IN_FLIGHT) run[inFlight] = await measure(side, from, inFlight)
      if (round >= 0) runs.push(run)
    }
    data.sides[side] = runs
    for (const inFlight of IN_FLIGHT) {
      if (!runs[0][inFlight]) {
        rows.push([`BullMQ ${versionOf(side.at(-1))}`, inFlight, `not within ${HELD_MS / 1000} s`, '', '', ''])
        continue
      }
      const of = (key) => median(runs.map((run) => run[inFlight][key]))
      const ratio = median(runs.map((run) => run[inFlight].redisUs / run[IN_FLIGHT[0]].redisUs))
      rows.push([side === 'willaq' ? side : `BullMQ ${versionOf(side.at(-1))}`, inFlight, of('redisUs').toFixed(1), `${ratio.toFixed(2)}x`, of('cpuUs').toFixed(1), (of('rss') / 1e6).toFixed(1)])
    }
  }
  const head = ['side', 'in flight', 'Redis CPU us/finish', `to ${IN_FLIGHT[0]}`, 'its own CPU us/finish', 'RSS, MB']
  return { table: table(head, rows), data }
}
