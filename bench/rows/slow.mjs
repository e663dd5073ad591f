// SPDX-License-Identifier: MIT
// slow.mjs — R17: real traffic beside 10,000 connections that send a byte now and then, and beside 100,000 that come
// and reset at once; descriptors and memory before and after.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { bin, memory, scaled, start, table, trial } from '../lib.mjs'

export const title = 'real traffic beside slow and beside resetting connections (R17)'

const SLOW = scaled(10000)
const RESETS = scaled(100000)
const AT_ONCE = 200
const SECONDS = trial ? 1 : 5
const BYTE_EVERY_MS = 1000
const LISTENING = /listening http:\/\/127\.0\.0\.1:(\d+)/
const HEAD = `GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: ${'y'.repeat(1000)}`
export const settings = { slow: SLOW, resets: RESETS, seconds: SECONDS }

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length

// Milliseconds at the 99th percentile of 50 busy connections.
function p99(port) {
  const out = execFileSync('taskset', ['-c', '1', 'wrk', '-t1', '-c50', `-d${SECONDS}s`, '--latency', `http://127.0.0.1:${port}/livez`], { encoding: 'utf8' })
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(out)
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(out)
  return Number(number) * { us: 0.001, ms: 1, s: 1000 }[unit]
}

class Slow {
  constructor(port) {
    this.sent = 0
    this.cut = 0
    this.socket = connect(port, '127.0.0.1')
    this.opened = new Promise((resolve, reject) => this.socket.on('connect', resolve).on('error', reject))
    this.socket.on('close', () => (this.closed = true)).resume()
  }

  tick() {
    if (!this.closed) this.socket.write(HEAD[this.sent++])
  }
}

async function openSlow(port) {
  const all = []
  while (all.length < SLOW) {
    const batch = Array.from({ length: AT_ONCE }, () => new Slow(port))
    await Promise.all(batch.map((s) => s.opened))
    batch.forEach((s) => s.tick())
    all.push(...batch)
  }
  return all
}

async function resetMany(port) {
  const one = () =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('GET / HT')
        socket.resetAndDestroy()
      })
      socket.on('close', resolve).on('error', () => {})
    })
  for (let done = 0; done < RESETS; done += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, one))
}

export async function run() {
  const server = await start([bin('willaq'), 'serve', '--port', '0', '--head-timeout', '60s', '--log-level', 'error'], { ready: LISTENING, core: 0 })
  const port = Number(server.match[1])
  const alone = p99(port)
  const before = { fds: descriptors(server.pid), anon: memory(server.pid).anon }

  // wrk blocks this process: its slow connections stand still meanwhile, open and half sent, as slow as can be.
  const slow = await openSlow(port)
  slow.forEach((s) => s.tick())
  const during = { fds: descriptors(server.pid), anon: memory(server.pid).anon }
  const besideSlow = p99(port)
  await new Promise((resolve) => setTimeout(resolve, BYTE_EVERY_MS))
  const alive = slow.filter((s) => !s.closed).length
  slow.forEach((s) => s.socket.destroy())
  await resetMany(port)
  const besideResets = p99(port)
  const after = { fds: descriptors(server.pid), anon: memory(server.pid).anon }
  await server.stop()

  const data = { alive, p99_ms: { alone, besideSlow, afterResets: besideResets }, before, during, after }
  const mb = (bytes) => (bytes / 1e6).toFixed(1)
  return {
    table: table(['when', 'p99 of real traffic, ms', 'descriptors', 'memory, MB'], [
      ['alone', alone.toFixed(2), before.fds, mb(before.anon)],
      [`beside ${alive} slow connections`, besideSlow.toFixed(2), during.fds, mb(during.anon)],
      [`after ${RESETS} connects and resets`, besideResets.toFixed(2), after.fds, mb(after.anon)],
    ]),
    data,
  }
}
