// SPDX-License-Identifier: MIT
// send.mjs — POSTs of 700 bytes sent to a server that answers after a while: the client library beside Node's http.Agent and fetch (P8).
import { execFileSync } from 'node:child_process'
import { PAIRS, bin, inRounds, median, scaled, table } from '../lib.mjs'
import { startProvider } from '../send/run.mjs'

export const title = 'CPU per POST sent, 700 B, beside Node on the same core'

// How many calls each makes: some seconds' worth at most.
const CASES = [
  { latencyMs: 0, inFlight: 100, willaq: 20000, node: 5000 },
  { latencyMs: 0, inFlight: 1000, willaq: 20000, node: 5000 },
  { latencyMs: 50, inFlight: 100, willaq: 2000, node: 2000 },
  { latencyMs: 50, inFlight: 1000, willaq: 12000, node: 5000 },
  { latencyMs: 500, inFlight: 100, willaq: 400, node: 400 },
  { latencyMs: 500, inFlight: 1000, willaq: 2000, node: 2000 },
]
const PEERS = ['agent', 'fetch']
export const settings = { rounds: PAIRS, cases: CASES, body_bytes: 700 }

function sender(how, url, calls, inFlight) {
  const rest = [url, String(calls), String(inFlight)]
  if (how === 'willaq') return [bin('bench/http_send'), ...rest]
  return ['node', new URL('../peers/http_send.mjs', import.meta.url).pathname, how, ...rest]
}

async function measure(how, { latencyMs, inFlight, willaq, node }) {
  const provider = await startProvider(latencyMs)
  const calls = scaled(how === 'willaq' ? willaq : node, 100)
  const out = execFileSync('taskset', ['-c', '1', ...sender(how, `${provider.url}/`, calls, inFlight)], { encoding: 'utf8' })
  const { posts } = await provider.seen()
  await provider.stop()
  const result = JSON.parse(out)
  if (result.failed || posts !== calls) throw new Error(`${how}: ${result.failed} of ${calls} calls failed, ${posts} arrived`)
  return result
}

export async function run() {
  const rows = []
  const data = { results: [] }
  for (const each of CASES) {
    const sides = Object.fromEntries(['willaq', ...PEERS].map((how) => [how, () => measure(how, each)]))
    const rounds = await inRounds(PAIRS, sides)
    const of = (how, key) => median(rounds.map((round) => round[how][key]))
    const ratio = (how) => median(rounds.map((round) => round[how].cpuUs / round.willaq.cpuUs))
    rows.push([each.latencyMs, each.inFlight, of('willaq', 'cpuUs').toFixed(1), ...PEERS.flatMap((how) => [of(how, 'cpuUs').toFixed(1), `1/${ratio(how).toFixed(2)}`]),
      ...['willaq', ...PEERS].map((how) => Math.round(of(how, 'perSecond')))])
    data.results.push({ ...each, cpu_ratios: Object.fromEntries(PEERS.map((how) => [how, ratio(how)])), rounds })
  }
  const head = ['latency, ms', 'in flight', 'willaq CPU us/call', 'http.Agent', 'ratio', 'fetch', 'ratio', 'willaq calls/s', 'http.Agent', 'fetch']
  return { table: table(head, rows), data }
}
