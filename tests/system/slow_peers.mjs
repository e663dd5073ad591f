// SPDX-License-Identifier: MIT
// slow_peers.mjs — a process of its own that keeps a server busy with nothing: `slow_peers.mjs PORT`, then orders on stdin.
//
//   slow N    so many connections, each of which sends a byte of a request every second; answered `slow N` when all are open
//   reset N RATE   so many that begin a request and are reset, RATE a second: as many as can be would take the cores from
//                  whom they are a test of; answered `reset N`
//   count     answered `count N`, how many of the slow are open
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

const port = Number(process.argv[2])
const AT_ONCE = 200
const PACE_MS = 5
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

async function atOnce(n, one) {
  for (let done = 0; done < n; done += AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, n - done) }, one))
}

async function atRate(n, rate, one) {
  const begun = performance.now()
  const all = []
  while (all.length < n) {
    for (let due = Math.min(n, ((performance.now() - begun) * rate) / 1000); all.length < due;) all.push(one())
    await pause(PACE_MS)
  }
  await Promise.all(all)
}

const orders = {
  slow: (n) => atOnce(n, opened),
  reset: (n, rate) => atRate(n, rate, cut),
  count: () => {},
}

// A hundredth of them at a time: they do not all come at one moment.
const PARTS = 100
let turn = 0
setInterval(() => {
  turn = (turn + 1) % PARTS
  let i = 0
  for (const socket of slow) if (i++ % PARTS === turn) socket.write(HEAD[socket.sent++ % HEAD.length])
}, BYTE_EVERY_MS / PARTS)

for await (const line of createInterface({ input: process.stdin })) {
  const [order, n, rate] = line.split(' ')
  await orders[order](Number(n), Number(rate))
  console.log(`${order} ${order === 'count' ? slow.size : n}`)
}
process.exit(0)
