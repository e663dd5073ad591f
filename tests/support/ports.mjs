// SPDX-License-Identifier: MIT
// ports.mjs — a port for a program of a test; support/port.c keeps the same rule, so that both keep clear of each other.
//
// Below the kernel's range for outgoing connections (net.ipv4.ip_local_port_range begins at 32768): none of those can
// take it while the program is not there yet, or not there for a while.  The UDP port of the same number is held for as
// long as this process lives: it says to every other test that the number is taken.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const [FIRST, COUNT] = [16384, 16384]
const TRIES = 1000

// Resolves to what listens, null when another has the number.
function bound(what, begin) {
  return new Promise((resolve, reject) => {
    what.once('error', (error) => error.code === 'EADDRINUSE' ? resolve(null) : reject(error))
    begin(() => resolve(what))
  })
}

async function take(port) {
  const udp = createSocket('udp4')
  if (!await bound(udp, (done) => udp.bind({ port, address: '127.0.0.1', exclusive: true }, done))) return false
  udp.unref()
  const tcp = createServer()
  if (await bound(tcp, (done) => tcp.listen(port, '127.0.0.1', done))) {
    await new Promise((resolve) => tcp.close(resolve))
    return true
  }
  udp.close()
  return false
}

export async function freePort() {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (await take(port)) return port
  }
  throw new Error(`no free port among ${TRIES} from ${FIRST} on`)
}
