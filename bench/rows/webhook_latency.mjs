// SPDX-License-Identifier: MIT
// webhook_latency.mjs — how long a webhook takes at a constant rate, from when it was due, beside a sink on Node (P3).
import { PAIRS, inTurn, median, table, trial } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { BODY_BYTES, measure } from '../queue/sink.mjs'

export const title = 'latency of webhooks at a constant rate, open loop, beside Node'

const RATE = 3300 // per second
const SECONDS = trial ? 0.5 : 5
const CONNECTIONS = 100
export const settings = { pairs: PAIRS, seconds: SECONDS, per_second: RATE, connections: CONNECTIONS, body_bytes: BODY_BYTES, redis: 'everysec' }

export async function run() {
  const how = { connections: CONNECTIONS, seconds: SECONDS, aof: 'everysec', rate: RATE }
  const pairs = await inTurn(PAIRS, () => measure('willaq', how), () => measure('node-add-5', how))
  const row = (side, name) => [name, ...['p50', 'p90', 'p99', 'p999', 'max'].map((key) => median(pairs.map((p) => p[side][key])).toFixed(2))]
  const ratio = (key) => `1/${median(pairs.map((p) => p.b[key] / p.a[key])).toFixed(2)}`
  const rows = [row('a', 'willaq'), row('b', `http + BullMQ ${versionOf(5)} add`), ['ratio', ...['p50', 'p90', 'p99', 'p999', 'max'].map(ratio)]]
  return { table: table(['side', 'p50, ms', 'p90, ms', 'p99, ms', 'p99.9, ms', 'max, ms'], rows), data: { pairs } }
}
