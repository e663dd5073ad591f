// SPDX-License-Identifier: MIT
// slow_many.test.mjs — R17: webhooks beside thousands who take their time, and beside as many who come and go.
//
// The slow are another process; what is measured here are webhooks at a constant rate, from when each was due.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { LONG, progress, told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, Sink, messages, sign } from './sink_world.mjs'
import { ROOT, until } from './support.mjs'

const SLOW = LONG ? 10_000 : 500
const RESETS = LONG ? 100_000 : 2000
const RATE = LONG ? 500 : 100 // webhooks a second
const SECONDS = LONG ? 20 : 2
const NEAR = { ratio: 2, ms: LONG ? 5 : 2000 } // latencies: within the one or below the other, as machines have it that do something else too
const GROWN_KIB = LONG ? 4096 : 65_536 // a sanitizer keeps what was freed for a while

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length
const residentKib = (pid) => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

class Peers {
  static start(t, port) {
    const peers = new Peers()
    peers.text = ''
    peers.child = spawn(process.execPath, [join(ROOT, 'tests/system/slow_peers.mjs'), String(port)], { stdio: ['pipe', 'pipe', 'inherit'] })
    peers.child.stdout.setEncoding('utf8').on('data', (text) => (peers.text += text))
    t.after(() => peers.child.kill('SIGKILL'))
    return peers
  }

  async order(line, ms = LONG ? 600_000 : 30_000) {
    const from = this.text.length
    this.child.stdin.write(`${line}\n`)
    return Number(/ (\d+)\n/.exec(await until(() => this.text.indexOf('\n', from) >= 0 && this.text.slice(from), ms, line))[1])
  }
}

// The 99th percentile of RATE webhooks a second while `going` is, in ms; no answer but 200.
class Traffic {
  next = 0

  constructor(t, sink) {
    this.sink = sink
    this.agent = new Agent({ keepAlive: true, maxSockets: 50 })
    t.after(() => this.agent.destroy())
  }

  post() {
    const body = messages([`wamid.${this.next++}`])
    const headers = { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body, SECRET), 'Content-Length': Buffer.byteLength(body) }
    return new Promise((resolve, reject) => request(this.sink.url(), { method: 'POST', agent: this.agent, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode))
    }).on('error', reject).end(body))
  }

  async p99(going) {
    const begun = performance.now()
    const taken = []
    const open = []
    let over = false
    going.finally(() => (over = true)).catch(() => {})
    for (let n = 0; !over; n++) {
      const due = begun + (n * 1000) / RATE
      if (due > performance.now()) await pause(due - performance.now())
      open.push(this.post().then((status) => {
        assert.equal(status, 200)
        taken.push(performance.now() - due)
      }))
    }
    await Promise.all([going, ...open])
    taken.sort((a, b) => a - b)
    return { p99: Math.round(taken[Math.ceil(taken.length * 0.99) - 1] * 100) / 100, webhooks: taken.length }
  }

  // The same for a while.
  quiet() {
    return this.p99(new Promise((resolve) => setTimeout(resolve, SECONDS * 1000)))
  }
}

test(`R17: ${SLOW} slow connections, ${RESETS} that are reset: webhooks are as quick, and nothing stays behind`, async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--head-timeout', '10m')
  const { pid } = sink.program
  const traffic = new Traffic(t, sink)
  const peers = Peers.start(t, sink.port)
  const before = descriptors(pid)
  await traffic.quiet() // warm
  const alone = await traffic.quiet()

  await peers.order(`slow ${SLOW}`)
  progress('R17', 'slow connections', SLOW)
  const open = { fds: descriptors(pid), kib: residentKib(pid) }
  const beside = await traffic.quiet()
  const left = await peers.order('count')

  await peers.order('reset 1000') // what the first of them takes is taken once
  const kib = residentKib(pid)
  const resets = await traffic.p99(peers.order(`reset ${RESETS}`))
  await traffic.quiet()
  const after = { fds: descriptors(pid), kib: residentKib(pid) }
  peers.child.kill('SIGKILL')
  traffic.agent.destroy()
  await until(() => descriptors(pid) <= before, 30_000, 'all are closed')

  told(t, { slow: SLOW, of_them_open_to_the_end: left, resets: RESETS, p99_ms: { alone: alone.p99, beside_slow: beside.p99, beside_resets: resets.p99 },
    webhooks: traffic.next, descriptors: { slow: open.fds, after_resets: after.fds, in_the_end: descriptors(pid) }, grown_kib_by_resets: after.kib - kib })
  assert.equal(left, SLOW)
  assert.ok(open.fds >= SLOW)
  const bound = Math.max(alone.p99 * NEAR.ratio, NEAR.ms)
  assert.ok(beside.p99 <= bound && resets.p99 <= bound, 'as quick')
  assert.ok(after.fds <= open.fds + 60, 'descriptors')
  assert.ok(after.kib - kib <= GROWN_KIB, 'memory')
  assert.equal((await sink.counts()).updates, traffic.next)
})
