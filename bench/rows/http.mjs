// SPDX-License-Identifier: MIT
// http.mjs — a no-op POST of 700 bytes: the server library beside Node's http, same core, same load.
import { execFileSync } from 'node:child_process'
import { PAIRS, bin, cpuSeconds, inTurn, median, start, table, trial } from '../lib.mjs'

export const title = "no-op POST, 700 B, beside Node's http on the same core"

const SECONDS = trial ? 1 : 3
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
const SERVERS = {
  willaq: [bin('bench/http_noop'), '--port', '0'],
  node: ['node', new URL('../peers/http_noop.mjs', import.meta.url).pathname],
}
export const settings = { pairs: PAIRS, seconds: SECONDS, body_bytes: 700 }

async function check(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x'.repeat(700) })
  const text = await answer.text()
  if (answer.status !== 200 || text !== '{"ok":true}') throw new Error(`wrong answer: ${answer.status} ${text}`)
}

async function measure(name, connections) {
  const server = await start(SERVERS[name], { ready: LISTENING, core: 0 })
  const port = server.match[1]
  await check(port)
  const before = cpuSeconds(server.pid)
  const out = execFileSync('taskset', ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${SECONDS}s`, '-s',
    new URL('../peers/post.lua', import.meta.url).pathname, `http://127.0.0.1:${port}/`], { encoding: 'utf8' })
  const cpu = cpuSeconds(server.pid) - before
  await server.stop()
  const requests = Number(/(\d+) requests in/.exec(out)[1])
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(`${name}: ${out}`)
  return { perSecond: requests / SECONDS, cpuUs: (cpu / requests) * 1e6 }
}

export async function run() {
  const rows = []
  const data = { results: [] }
  for (const connections of [1, 50, 200]) {
    const pairs = await inTurn(PAIRS, () => measure('willaq', connections), () => measure('node', connections))
    const rate = median(pairs.map((p) => p.a.perSecond / p.b.perSecond))
    const cpu = median(pairs.map((p) => p.b.cpuUs / p.a.cpuUs))
    const of = (side, key) => median(pairs.map((p) => p[side][key]))
    rows.push([connections, Math.round(of('a', 'perSecond')), Math.round(of('b', 'perSecond')), `${rate.toFixed(2)}x`,
      of('a', 'cpuUs').toFixed(2), of('b', 'cpuUs').toFixed(2), `1/${cpu.toFixed(2)}`])
    data.results.push({ connections, rate_ratio: rate, cpu_ratio: cpu, pairs })
  }
  const head = ['connections', 'willaq req/s', 'node req/s', 'ratio', 'willaq CPU us/req', 'node CPU us/req', 'ratio']
  return { table: table(head, rows), data }
}
