// SPDX-License-Identifier: MIT
// steady.test.mjs — R24: under a constant load of every kind, nothing grows: memory, descriptors, streams and lists.
//
// A line is fitted through what was seen after a warm-up; what it grew by must stay below the noise of pages, so that
// with the number of messages the bytes that one may leave behind shrink.  WILLAQ_LONG=1 takes an hour, WILLAQ_SECONDS
// as long as it says, WILLAQ_RATE as many webhooks a second.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { LONG, progress, told } from './fault.mjs'
import { Steady, slope } from './steady_world.mjs'

const SECONDS = Number(process.env.WILLAQ_SECONDS ?? (LONG ? 3600 : 18))
const WEBHOOKS = Number(process.env.WILLAQ_RATE ?? (LONG ? 100 : 150)) // a second
const SENDS = Math.ceil(WEBHOOKS / 4)
const EVERY_MS = LONG ? 5000 : 250
const WARM = 0.4 // of the time
const GROWN_MAX = LONG ? 2 << 20 : 1 << 20 // bytes
const FDS_GROWN_MAX = 8
const REDIS_BYTES_MAX = LONG ? 3000 : 8000 // of one message: its record; at first also what fills up to its bound

// What the line through them grew by, from the first to the last.
function grown(samples, of) {
  const [first, last] = [samples[0].at, samples.at(-1).at]
  return slope(samples.map((sample) => [sample.at - first, of(sample)])) * (last - first)
}

test(`R24: ${SECONDS} s under load: nothing grows`, { timeout: (SECONDS + 240) * 1000 }, async (t) => {
  const steady = await Steady.start(t, { webhooks: WEBHOOKS, sends: SENDS })
  const samples = []
  steady.begin()
  for (const end = performance.now() + SECONDS * 1000; performance.now() < end;) {
    await pause(EVERY_MS)
    samples.push(await steady.sample())
    progress('R24', Math.round(performance.now() / 1000), `${SECONDS} s`)
  }
  const unbounded = await steady.unbounded()
  const { failed } = await steady.settle()
  const seen = samples.slice(Math.floor(samples.length * WARM))
  const messages = seen.at(-1).done - seen[0].done
  const found = {
    seconds: Math.round((seen.at(-1).at - samples[0].at) / 1000), webhooks: steady.load.acknowledged.size, sends: steady.asked, measured: messages,
    server_bytes: Math.round(grown(seen, (s) => s.server.rss)), worker_bytes: Math.round(grown(seen, (s) => s.worker.rss)),
    server_fds: Math.round(grown(seen, (s) => s.server.fds)), worker_fds: Math.round(grown(seen, (s) => s.worker.fds)),
    redis_bytes_each: Math.round(grown(seen, (s) => s.redis) / messages), unbounded: unbounded.length, failed,
  }
  t.diagnostic(`resident at the end: server ${seen.at(-1).server.rss >> 20} MiB, worker ${seen.at(-1).worker.rss >> 20} MiB; ` +
    `${(found.server_bytes / messages).toFixed(1)} and ${(found.worker_bytes / messages).toFixed(1)} bytes a message`)
  told(t, found)
  assert.ok(messages > SECONDS * (1 - WARM) * WEBHOOKS / 4, `only ${messages} messages`)
  assert.equal(steady.refused, 0)
  assert.equal(failed, 0)
  assert.ok(steady.heard > messages * 100, 'somebody listened')
  for (const who of ['server', 'worker']) {
    assert.ok(found[`${who}_bytes`] <= GROWN_MAX, `the ${who} grew by ${found[`${who}_bytes`]} bytes over ${messages} messages`)
    assert.ok(found[`${who}_fds`] <= FDS_GROWN_MAX, `the ${who} has ${found[`${who}_fds`]} descriptors more`)
  }
  assert.ok(found.redis_bytes_each <= REDIS_BYTES_MAX)
  assert.deepEqual(unbounded, [])
  assert.equal((await steady.worker.stop()).code, 0)
  assert.equal((await steady.server.stop()).code, 0)
})
