// SPDX-License-Identifier: MIT
// queue_raw.mjs — Redis CPU of a job from add to finish, beside the very commands of our scripts sent without scripts (P5).
import { PAIRS, bin, median, scaled, start, table, trial } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BASE, QUEUE, drained } from '../queue/fill.mjs'
import { record, replay } from '../queue/raw.mjs'
import { CLIENT_CORE, startRedis } from '../queue/server.mjs'
import { command } from '../queue/worker.mjs'

export const title = 'Redis CPU per job, add and fetch and finish, beside the same commands in a raw pipeline'

const WARM_UP = 1000 // of what adds
const JOBS = scaled(20000, 4 * WARM_UP)
const RECORDED = scaled(10000, WARM_UP)
const PAYLOAD = 200
const CONCURRENCY = 100
const DRAIN_MS = 60000
const AT_ONCE = { concurrent: 100, bulk: 500 }
export const settings = { pairs: PAIRS, jobs: JOBS, recorded: RECORDED, concurrency: CONCURRENCY, payload_bytes: PAYLOAD }

async function add(side, server, count) {
  const rest = [QUEUE, 'concurrent', String(count - WARM_UP), String(PAYLOAD), String(AT_ONCE.concurrent)]
  const argv = side === 'willaq' ? [bin('bench/add'), server.url, ...rest]
    : ['node', new URL('../peers/bullmq_add.mjs', import.meta.url).pathname, side.replace('bullmq', ''), String(server.port), ...rest]
  await (await start(argv, { core: CLIENT_CORE })).ended
}

// Adds, then works all off; microseconds of Redis per job for each half.
async function flow(side, server, count) {
  const times = [server.cpuUs()]
  await add(side, server, count)
  if ((await server.client.llen(`${BASE}wait`)) !== count) throw new Error(`${side} did not add ${count} jobs`)
  times.push(server.cpuUs())
  const worker = await start(command(side, server, CONCURRENCY), { core: CLIENT_CORE })
  await drained(server, DRAIN_MS)
  await worker.stop()
  times.push(server.cpuUs())
  const finished = await server.client.zcard(`${BASE}completed`)
  if (finished !== count) throw new Error(`${side} finished ${finished} of ${count} jobs`)
  return { add: (times[1] - times[0]) / count, work: (times[2] - times[1]) / count, total: (times[2] - times[0]) / count }
}

async function fresh(run) {
  const server = await startRedis()
  const result = await run(server)
  await server.stop()
  return result
}

async function recorded(side) {
  return fresh(async (server) => {
    const recorder = await record(server.port)
    await flow(side, server, RECORDED)
    return recorder.end(server.client)
  })
}

async function raw(commands) {
  return fresh(async (server) => {
    const before = server.cpuUs()
    await replay(server.port, commands)
    const us = (server.cpuUs() - before) / RECORDED
    const finished = await server.client.zcard(`${BASE}completed`)
    if (finished !== RECORDED) throw new Error(`the replay finished ${finished} of ${RECORDED} jobs`)
    return us
  })
}

export async function run() {
  const sides = ['willaq', 'bullmq5', 'bullmq6']
  const data = { sides: {} }
  const commands = {}
  for (const side of sides) {
    const { counts, commands: list } = await recorded(side)
    commands[side] = list
    data.sides[side] = { per_job: Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, n / RECORDED])), runs: [] }
  }
  for (let round = trial ? 0 : -1; round < PAIRS; round++)
    for (const side of sides) {
      const ours = await fresh((server) => flow(side, server, side === 'willaq' ? JOBS : JOBS / 4))
      const run = { ...ours, raw: await raw(commands[side]) }
      if (round >= 0) data.sides[side].runs.push(run)
    }
  const rows = sides.map((side) => {
    const { runs } = data.sides[side]
    const of = (key) => median(runs.map((r) => r[key]))
    const ratio = median(runs.map((r) => r.total / r.raw))
    data.sides[side].ratio = ratio
    return [side === 'willaq' ? side : `BullMQ ${versionOf(side.at(-1))}`, (commands[side].length / RECORDED).toFixed(1), of('add').toFixed(1),
      of('work').toFixed(1), of('total').toFixed(1), of('raw').toFixed(1), `${ratio.toFixed(2)}x`]
  })
  const head = ['side', 'commands a job', 'add, us', 'fetch and finish, us', 'sum', 'its commands raw, us', 'ratio']
  return { table: table(head, rows), data }
}
