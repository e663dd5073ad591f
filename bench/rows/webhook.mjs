// SPDX-License-Identifier: MIT
// webhook.mjs — signed webhooks to jobs, beside a sink on Node: as many as they take (P1), at what price (P2).
import { PAIRS, inTurn, median, table, trial } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { AOF, BODY_BYTES, measure } from '../queue/sink.mjs'

export const title = 'signed webhooks/s into a BullMQ queue, beside Node'

const SECONDS = trial ? 0.3 : 2
const CONNECTIONS = [50, 200]
const PEERS = { 'node-add-5': 'http + add', 'node-bulk-5': 'http + addBulk' }
export const settings = { pairs: PAIRS, seconds: SECONDS, body_bytes: BODY_BYTES, 'hash-max-listpack-value': 4096 }

export async function run() {
  const data = { results: [] }
  const rows = []
  for (const peer of Object.keys(PEERS))
    for (const aof of Object.keys(AOF))
      for (const connections of peer === 'node-add-5' ? CONNECTIONS : CONNECTIONS.slice(0, 1)) {
        const how = { connections, seconds: SECONDS, aof }
        const pairs = await inTurn(PAIRS, () => measure('willaq', how), () => measure(peer, how))
        const of = (side, key) => median(pairs.map((p) => p[side][key]))
        const rate = median(pairs.map((p) => p.a.perSecond / p.b.perSecond))
        const cpu = median(pairs.map((p) => (p.b.sinkUs + p.b.redisUs) / (p.a.sinkUs + p.a.redisUs)))
        const us = (side) => `${of(side, 'sinkUs').toFixed(1)} + ${of(side, 'redisUs').toFixed(1)}`
        rows.push([PEERS[peer], aof, connections, Math.round(of('a', 'perSecond')), Math.round(of('b', 'perSecond')), `${rate.toFixed(2)}x`, us('a'), us('b'),
          `1/${cpu.toFixed(2)}`])
        data.results.push({ peer, version: versionOf(5), aof, connections, rate_ratio: rate, cpu_ratio: cpu, pairs })
      }
  const head = [`peer, BullMQ ${versionOf(5)}`, 'Redis', 'connections', 'our webhooks/s', 'its', 'ratio', 'our CPU us (sink + Redis)', 'its', 'ratio']
  return { table: table(head, rows), data }
}
