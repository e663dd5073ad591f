// SPDX-License-Identifier: MIT
// queue_add.mjs — jobs added: one after the other, a hundred at a time, and in bulk, beside BullMQ's Queue (P7).
import { PAIRS, bin, inTurn, median, scaled, start, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BASE, QUEUE } from '../queue/fill.mjs'
import { CLIENT_CORE, startRedis } from '../queue/server.mjs'

export const title = 'adds/s one at a time, concurrent and in bulk, beside BullMQ'

const PAYLOAD = 200
const WARM_UP = 1000
const MODES = {
  one: { atOnce: 1, willaq: scaled(4000), bullmq: scaled(2000) },
  concurrent: { atOnce: 100, willaq: scaled(30000), bullmq: scaled(6000) },
  bulk: { atOnce: 500, willaq: scaled(30000), bullmq: scaled(6000) },
}
export const settings = { pairs: PAIRS, payload_bytes: PAYLOAD, modes: MODES }

function command(side, server, mode, count) {
  const rest = [QUEUE, mode, String(count), String(PAYLOAD), String(MODES[mode].atOnce)]
  if (side === 'willaq') return [bin('bench/add'), server.url, ...rest]
  return ['node', new URL('../peers/bullmq_add.mjs', import.meta.url).pathname, side.replace('bullmq', ''), String(server.port), ...rest]
}

// The jobs 1 … n wait, each with its hash, first come first out.
async function check(server, n) {
  const ids = await server.client.lrange(`${BASE}wait`, 0, -1)
  const hashes = (await server.client.dbsize()) - (await server.client.exists(...['wait', 'id', 'meta', 'events', 'marker'].map((key) => BASE + key)))
  if (ids.length !== n || hashes !== n || ids.some((id, i) => Number(id) !== n - i)) throw new Error(`${ids.length} wait, ${hashes} hashes for ${n} jobs`)
}

async function measure(side, mode) {
  const count = MODES[mode][side === 'willaq' ? 'willaq' : 'bullmq']
  const server = await startRedis()
  const adder = await start(command(side, server, mode, count), { ready: /warm/, core: CLIENT_CORE })
  const before = server.cpuUs()
  await adder.ended
  const redisUs = (server.cpuUs() - before) / count
  const result = JSON.parse(adder.text().split('\n').find((line) => line.startsWith('{')) ?? `{"failed":"${adder.text()}"}`)
  if (result.failed) throw new Error(`${side} ${mode}: ${result.failed} failed`)
  await check(server, WARM_UP + count)
  await server.stop()
  return { ...result, redisUs }
}

export async function run() {
  const data = { results: [] }
  const rows = []
  for (const mode of Object.keys(MODES)) {
    for (const major of [5, 6]) {
      const pairs = await inTurn(PAIRS, () => measure('willaq', mode), () => measure(`bullmq${major}`, mode))
      const of = (side, key) => median(pairs.map((p) => p[side][key]))
      const rate = median(pairs.map((p) => p.a.perSecond / p.b.perSecond))
      const cpu = median(pairs.map((p) => (p.b.redisUs + p.b.cpuUs) / (p.a.redisUs + p.a.cpuUs)))
      const version = versionOf(major)
      rows.push([mode === 'one' ? mode : `${mode}, ${MODES[mode].atOnce}`, `BullMQ ${version}`, Math.round(of('a', 'perSecond')), Math.round(of('b', 'perSecond')),
        `${rate.toFixed(2)}x`, `${of('a', 'redisUs').toFixed(1)} + ${of('a', 'cpuUs').toFixed(1)}`,
        `${of('b', 'redisUs').toFixed(1)} + ${of('b', 'cpuUs').toFixed(1)}`, `1/${cpu.toFixed(2)}`])
      data.results.push({ mode, version, rate_ratio: rate, cpu_ratio: cpu, pairs })
    }
  }
  const head = ['adds', 'peer', 'our adds/s', 'its', 'ratio', 'our CPU us/add (Redis + adder)', 'its', 'ratio']
  return { table: table(head, rows), data }
}
