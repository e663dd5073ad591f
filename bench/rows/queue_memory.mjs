// SPDX-License-Identifier: MIT
// queue_memory.mjs — what a waiting job takes of Redis beyond its data, by our adds and BullMQ's (P11).
import { bin, scaled, start, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BASE, QUEUE } from '../queue/fill.mjs'
import { CLIENT_CORE, startRedis } from '../queue/server.mjs'

export const title = 'bytes of Redis per waiting job beyond its data, beside BullMQ'

// The first jobs fill the stream of events to its bound, so that it counts for none of the others.
const FIRST = scaled(12000)
const JOBS = scaled(50000)
const PAYLOADS = [200, 700]
const AT_ONCE = 500
const PAUSE_MS = 300
const STEADY_BYTES = 4096
const SETTLED_MS = 20000
const CONFIGS = { default: [], ours: ['hash-max-listpack-value', '4096'] }
export const settings = { jobs: JOBS, payloads: PAYLOADS, configs: CONFIGS }

// The memory of ended clients goes, and tables that grew are rehashed, bit by bit: until it stays as it is.
async function settled(server) {
  const used = async () => Number(/used_memory:(\d+)/.exec(await server.client.info('memory'))[1])
  const end = performance.now() + SETTLED_MS
  for (let last = await used(), same = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const now = await used()
    same = Math.abs(now - last) < STEADY_BYTES ? same + 1 : 0
    if (same === 3) return now
    if (performance.now() > end) throw new Error(`the memory of Redis does not settle: ${last}, then ${now}`)
    last = now
  }
}

async function add(side, server, count, payload) {
  const rest = [QUEUE, 'bulk', String(count), String(payload), String(AT_ONCE)]
  const argv = side === 'willaq' ? [bin('bench/add'), server.url, ...rest]
    : ['node', new URL('../peers/bullmq_add.mjs', import.meta.url).pathname, side.replace('bullmq', ''), String(server.port), ...rest]
  const adder = await start(argv, { ready: /warm/, core: CLIENT_CORE })
  await adder.ended
  return { used: await settled(server), jobs: await server.client.llen(`${BASE}wait`) }
}

async function measure(side, payload, config) {
  const server = await startRedis({ config })
  const first = await add(side, server, FIRST, payload)
  const all = await add(side, server, JOBS, payload)
  const sample = await server.client.hget(`${BASE}${all.jobs}`, 'data')
  await server.stop()
  if (sample.length !== payload) throw new Error(`${side}: ${sample.length} bytes of data instead of ${payload}`)
  return (all.used - first.used) / (all.jobs - first.jobs) - payload
}

export async function run() {
  const data = { results: [] }
  const rows = []
  for (const payload of PAYLOADS) {
    const bytes = {}
    for (const config of Object.keys(CONFIGS))
      for (const side of ['willaq', 'bullmq5', 'bullmq6']) bytes[`${side} ${config}`] = await measure(side, payload, CONFIGS[config])
    for (const major of [5, 6]) {
      const peer = bytes[`bullmq${major} default`]
      for (const config of Object.keys(CONFIGS)) {
        const ours = bytes[`willaq ${config}`]
        const same = bytes[`bullmq${major} ${config}`]
        rows.push([payload, `BullMQ ${versionOf(major)}`, config, Math.round(ours), Math.round(same), `${(ours / same).toFixed(2)}x`, `${(ours / peer).toFixed(2)}x`])
        data.results.push({ payload, version: versionOf(major), config, ours, same, ratio: ours / same, ratio_to_default: ours / peer })
      }
    }
  }
  const head = ['data, bytes', 'peer', 'config of Redis', 'our bytes', 'its', 'ratio', 'ratio to it at the default']
  return { table: table(head, rows), data }
}
