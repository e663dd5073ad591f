// SPDX-License-Identifier: MIT
// slow_peers.mjs — a process of its own that keeps a server busy with nothing: `slow_peers.mjs PORT`, then orders on stdin.
//
//   slow N    so many connections, each of which sends a byte of a request every second; answered `slow N` when all are open
//   reset N   so many one after another that begin a request and are reset; answered `reset N`
//   count     answered `count N`, how many of the slow are open
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const port = Number(process.argv[2])
const AT_ONCE = 200
const BYTE_EVERY_MS = 1000
const HEAD = `POST /webhooks/whatsapp HTTP/1.1\r\nHost: a\r\nX-Slow: ${'y'.repeat(5000)}`
const slow = new Set()

function opened() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', resolve)
    socket.sent = 0
    socket.on('error', reject).on('close', () => slow.delete(socket)).resume()
    slow.add(socket)
  })
}

const cut = () => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST / HT')
    socket.resetAndDestroy()
  })
  socket.on('close', resolve).on('error', () => {})
})

async function many(n, one) {
  for (let done = 0; done < n; done += AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, n - done) }, one))
}

const orders = {
  slow: (n) => many(n, opened),
  reset: (n) => many(n, cut),
  count: () => {},
}

// A tenth of them at a time: they do not all come at one moment.
let turn = 0
setInterval(() => {
  turn = (turn + 1) % 10
  let i = 0
  for (const socket of slow) if (i++ % 10 === turn) socket.write(HEAD[socket.sent++ % HEAD.length])
}, BYTE_EVERY_MS / 10)

for await (const line of createInterface({ input: process.stdin })) {
  const [order, n] = line.split(' ')
  await orders[order](Number(n))
  console.log(`${order} ${order === 'count' ? slow.size : n}`)
}
process.exit(0)
