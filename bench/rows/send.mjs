// SPDX-License-Identifier: MIT
// send.mjs — POSTs of 700 bytes sent to a server that does nothing: the client library beside Node's fetch and http.Agent.
import { execFileSync } from 'node:child_process'
import { PAIRS, bin, inTurn, median, scaled, start, table } from '../lib.mjs'

export const title = 'CPU per POST sent, 700 B, beside Node on the same core'

const CALLS = { willaq: scaled(60000), fetch: scaled(15000), agent: scaled(15000) }
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
export const settings = { pairs: PAIRS, calls: CALLS, body_bytes: 700 }

function sender(how, url, inFlight) {
  const rest = [url, String(CALLS[how]), String(inFlight)]
  if (how === 'willaq') return [bin('bench/http_send'), ...rest]
  return ['node', new URL('../peers/http_send.mjs', import.meta.url).pathname, how, ...rest]
}

async function measure(how, inFlight) {
  const server = await start([bin('bench/http_noop'), '--port', '0'], { ready: LISTENING, core: 0 })
  const url = `http://127.0.0.1:${server.match[1]}/`
  const out = execFileSync('taskset', ['-c', '1', ...sender(how, url, inFlight)], { encoding: 'utf8' })
  await server.stop()
  const result = JSON.parse(out)
  if (result.failed) throw new Error(`${how}: ${result.failed} calls failed`)
  return result
}

export async function run() {
  const rows = []
  const data = { results: [] }
  for (const peer of ['fetch', 'agent']) {
    for (const inFlight of [100, 1000]) {
      const pairs = await inTurn(PAIRS, () => measure('willaq', inFlight), () => measure(peer, inFlight))
      const cpu = median(pairs.map((p) => p.b.cpuUs / p.a.cpuUs))
      const of = (side, key) => median(pairs.map((p) => p[side][key]))
      rows.push([peer, inFlight, of('a', 'cpuUs').toFixed(1), of('b', 'cpuUs').toFixed(1), `1/${cpu.toFixed(2)}`,
        Math.round(of('a', 'perSecond')), Math.round(of('b', 'perSecond'))])
      data.results.push({ peer, in_flight: inFlight, cpu_ratio: cpu, pairs })
    }
  }
  const head = ['peer', 'in flight', 'willaq CPU us/call', 'node CPU us/call', 'ratio', 'willaq calls/s', 'node calls/s']
  return { table: table(head, rows), data }
}
