// SPDX-License-Identifier: MIT
// idle.mjs — memory of the process for each of 10,000 connections that made one request and now wait (P10).
import { connect } from 'node:net'
import { bin, memory, scaled, start, table } from '../lib.mjs'

export const title = 'user memory per idle keep-alive connection'

const CONNECTIONS = scaled(10000)
const AT_ONCE = 200
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
const REQUEST = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 700\r\n\r\n${'x'.repeat(700)}`
export const settings = { connections: CONNECTIONS }

function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(REQUEST))
    socket.on('error', reject)
    socket.once('data', () => resolve(socket))
  })
}

async function measure(argv) {
  const server = await start(argv, { ready: LISTENING })
  const port = Number(server.match[1])
  const sockets = [await open(port)]
  const before = memory(server.pid)
  while (sockets.length < CONNECTIONS) {
    const batch = Array.from({ length: Math.min(AT_ONCE, CONNECTIONS - sockets.length) }, () => open(port))
    sockets.push(...(await Promise.all(batch)))
  }
  const after = memory(server.pid)
  sockets.forEach((socket) => socket.destroy())
  await server.stop()
  return { idle_rss: before.rss, bytes: (after.anon - before.anon) / (CONNECTIONS - 1) }
}

export async function run() {
  const willaq = await measure([bin('bench/http_noop'), '--port', '0'])
  const node = await measure(['node', new URL('../peers/http_noop.mjs', import.meta.url).pathname])
  const row = (name, r) => [name, Math.round(r.bytes), (r.idle_rss / 1e6).toFixed(1)]
  return {
    table: table(['server', 'bytes per connection', 'RSS before, MB'], [row('willaq', willaq), row('node', node)]),
    data: { willaq, node },
  }
}
