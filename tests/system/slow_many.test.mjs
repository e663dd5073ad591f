// SPDX-License-Identifier: MIT
// slow_many.test.mjs — R17: webhooks beside thousands who take their time, and beside as many who come and go.
//
// The slow are another process; what is measured are webhooks at a constant rate, from when each was due.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { LONG, progress, told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, Sink } from './sink_world.mjs'
import { ROOT, start, until } from './support.mjs'

const SLOW = LONG ? 10_000 : 500
const RESETS = LONG ? 100_000 : 2000
const RESETS_RATE = 2000 // of them a second
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

// The 99th percentile of RATE webhooks a second while `going` is, in ms, from when each was due; no answer but 200.
async function p99(t, sink, going, seed) {
  const bench = start(['bench', 'webhook', '--url', sink.url(), '--secret', SECRET, '--rate', String(RATE), '--connections', '50', '--duration', '10m',
    '--warm-up', '0s', '--seed', String(seed), '--quiet', '--json'], { t })
  await going
  bench.kill('SIGINT')
  const { stdout, stderr } = await bench.end()
  const { counts, latency_us } = JSON.parse(stdout)
  assert.equal(counts.ok, counts.begun, stderr)
  return { p99: latency_us.p99 / 1000, webhooks: counts.ok }
}

// What of a long latency is the server's own: how many turns its loop took, and of them over a millisecond.
async function turns(sink) {
  const text = await (await fetch(sink.url('/metrics'))).text()
  const upTo = (le) => Number(text.match(new RegExp(`^willaq_loop_turn_seconds_bucket\\{le="${le}"\\} (\\d+)`, 'm'))[1])
  return { all: upTo('\\+Inf'), over_1_ms: upTo('\\+Inf') - upTo('0\\.001') }
}

test(`R17: ${SLOW} slow connections, ${RESETS} that are reset: webhooks are as quick, and nothing stays behind`, async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--head-timeout', '10m')
  const { pid } = sink.program
  let webhooks = 0
  const traffic = async (going = pause(SECONDS * 1000)) => {
    const part = await p99(t, sink, going, webhooks + 1) // of its own seed: no message comes twice
    webhooks += part.webhooks
    return part.p99
  }
  const peers = Peers.start(t, sink.port)
  const before = descriptors(pid)
  await traffic() // warm
  const alone = await traffic()

  await peers.order(`slow ${SLOW}`)
  progress('R17', 'slow connections', SLOW)
  const open = { fds: descriptors(pid), kib: residentKib(pid) }
  const beside = await traffic()
  const left = await peers.order('count')

  await peers.order(`reset 1000 ${RESETS_RATE}`) // what the first of them takes is taken once
  const kib = residentKib(pid)
  const resets = await traffic(peers.order(`reset ${RESETS} ${RESETS_RATE}`))
  await traffic()
  const after = { fds: descriptors(pid), kib: residentKib(pid) }
  peers.child.kill('SIGKILL')
  await until(() => descriptors(pid) <= before, 30_000, 'all are closed')

  told(t, { slow: SLOW, of_them_open_to_the_end: left, resets: RESETS, resets_per_second: RESETS_RATE, p99_ms: { alone, beside_slow: beside, beside_resets: resets },
    webhooks, turns_of_the_loop: await turns(sink), descriptors: { slow: open.fds, after_resets: after.fds, in_the_end: descriptors(pid) }, grown_kib_by_resets: after.kib - kib })
  assert.equal(left, SLOW)
  assert.ok(open.fds >= SLOW)
  const bound = Math.max(alone * NEAR.ratio, NEAR.ms)
  assert.ok(beside <= bound && resets <= bound, 'as quick')
  assert.ok(after.fds <= open.fds + 60, 'descriptors')
  assert.ok(after.kib - kib <= GROWN_KIB, 'memory')
  assert.equal((await sink.counts()).updates, webhooks)
})
