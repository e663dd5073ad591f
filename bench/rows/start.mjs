// SPDX-License-Identifier: MIT
// start.mjs — from exec to /readyz, and the memory of a server that does nothing (P10).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, median, memory, scaled, start, table } from '../lib.mjs'

export const title = 'start to ready, and RSS idle'

const RUNS = scaled(11, 2)
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
export const settings = { runs: RUNS }

async function untilReady(port) {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
    await answer.text()
    if (answer.status === 200) return
  }
}

async function once(argv) {
  const began = performance.now()
  const server = await start(argv, { ready: LISTENING })
  await untilReady(server.match[1])
  const ready_ms = performance.now() - began
  const { rss } = memory(server.pid)
  await server.stop()
  return { ready_ms, rss }
}

async function several(argv) {
  const runs = []
  for (let i = 0; i < RUNS; i++) runs.push(await once(argv))
  return { ready_ms: median(runs.map((r) => r.ready_ms)), rss: median(runs.map((r) => r.rss)) }
}

export async function run() {
  const dir = mkdtempSync(join(tmpdir(), 'willaq-bench-'))
  const redis = await start(['redis-server', '--port', '0', '--unixsocket', join(dir, 'r.sock'), '--save', ''],
    { ready: /ready to accept|Ready to accept/ })
  const serve = await several([bin('willaq'), 'serve', '--port', '0', '--redis-url', `unix://${join(dir, 'r.sock')}`])
  await redis.stop()
  const dev = await several([bin('willaq'), 'dev', '--port', '0', '--data', join(dir, 'data')])
  rmSync(dir, { recursive: true })
  const row = (name, r) => [name, r.ready_ms.toFixed(0), (r.rss / 1e6).toFixed(1)]
  return {
    table: table(['command', 'ready after, ms (median)', 'RSS, MB'], [row('serve, Redis running', serve), row('dev, Redis and sandbox started', dev)]),
    data: { serve, dev },
  }
}
