// SPDX-License-Identifier: MIT
// limits_r10.test.mjs — R10: of 20 accounts over three processes the provider slows some down.  The others stay at their
// rates and their replies as quick as before; those are stopped for as long as they were told, and come back.
//
// One fleet is looked at twice: while nobody is refused, and while some are.  All have a backlog of bulk; each of the others
// is asked for replies beside it, and their time-to-accept is what counts: of a backlog it says only how long that is.
// Here Meta's waits are 2 s, rates those of the best four seconds, and latencies may double or take a second, as machines have
// it that do something else too.  WILLAQ_LONG=1: the waits of docs/verdicts.md, rates over all of the time, the bounds of R10.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { LONG, told } from './fault.mjs'
import { Limited, densest, sustained, until } from './limits_world.mjs'
import { Sandbox } from './sandbox_world.mjs'
import { scratch } from './support.mjs'

const OTHERS = 16
const BURST = 4
const LEAD_MS = 1000 // until the buckets are empty
const PHASE_MS = LONG ? 100_000 : 5000
const SPARE_MS = 3000 // a busy machine may take so much longer to show a whole rate
const SPAN_MS = LONG ? PHASE_MS - 1000 : 4000
const REPLY_EVERY_MS = 500 // of each account
const REFUSED_EVERY_MS = 2000 // the provider takes one of the slowed in so long
const SHORT_WAIT = { action: 'slow', waitMs: 2000 }
const LATE_MS = LONG ? 1000 : 2000 // of whoever was told a moment
const ON_ITS_WAY_MS = 1000 // sent before the refusal was known to all
const NEAR = { ratio: LONG ? 1.1 : 2, ms: LONG ? 10 : 1000 } // latencies: within the one or below the other

// Whom the provider refuses, how it says so, and how long that is to stop them.
const slowed = [
  { limit: { status: 429, code: 4 }, told_ms: LONG ? 60_000 : SHORT_WAIT.waitMs },
  { limit: {}, told_ms: LONG ? 5000 : SHORT_WAIT.waitMs }, // 130429
  { limit: { per: 'all' }, told_ms: LONG ? 60_000 : SHORT_WAIT.waitMs }, // 80007
  { limit: {}, provider: 'evolution', told_ms: 5000 }, // 429
]

const p99 = (values) => values.sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1]

class Fleet {
  posts = [] // what the sandbox saw, in order
  replies = [] // {key, asked, phase}
  cursor = 0
  total = 0

  static async start(t) {
    const fleet = new Fleet()
    fleet.sandbox = await Sandbox.start(t)
    const verdicts = join(scratch(t), 'verdicts.json')
    writeFileSync(verdicts, JSON.stringify({ cloud: { 4: SHORT_WAIT, 130429: SHORT_WAIT, 80007: SHORT_WAIT } }))
    fleet.world = await Limited.start(t, { sandbox: fleet.sandbox, args: LONG ? [] : ['--verdicts', verdicts] })
    const account = (i, spec) => fleet.world.account({ limits: { per_second: 4 + (i % 3) / 2, burst: BURST, per_day: 100_000, jitter_ms: 0 }, ...spec })
    fleet.others = []
    for (let i = 0; i < OTHERS; i++) fleet.others.push(await account(i))
    fleet.slowed = []
    for (const each of slowed) fleet.slowed.push(await account(fleet.slowed.length, each.provider && { provider: each.provider, profile: 'off' }))
    return fleet
  }

  async send(number, n, more) {
    this.total += n
    await this.world.send(number, Math.ceil(n), more)
  }

  // Each of the others keeps busy to the end; the slowed have something left when they may go again.
  async backlog() {
    const bulk = (number, ms, less = 0) => this.send(number, Math.ceil(number.limits.per_second * ms / 1000) - less, { bulk: true })
    const replies = Math.floor(2 * PHASE_MS / REPLY_EVERY_MS)
    await Promise.all([
      ...this.others.map((number) => bulk(number, LEAD_MS + 2 * PHASE_MS + SPARE_MS, replies)),
      ...this.slowed.map((number) => bulk(number, LEAD_MS + PHASE_MS + SPARE_MS + 2000, -PHASE_MS / REFUSED_EVERY_MS)),
    ])
  }

  // Reads what the sandbox saw since.
  async look() {
    for (;;) {
      const page = await this.sandbox.json('GET', `/_sandbox/messages?limit=1000&cursor=${this.cursor}`)
      for (const { seq, at, accepted, number, to, code } of page.data) {
        this.posts.push({ at, accepted, number, to, code })
        this.cursor = seq
      }
      if (!page.next_cursor) return this.posts
    }
  }

  of(number) {
    return this.posts.filter((post) => post.number === number.at)
  }

  share(number, phase) {
    const moments = this.of(number).filter(({ at, accepted }) => accepted && at >= phase.from && at < phase.to).map(({ at }) => at)
    return sustained(moments, SPAN_MS) / number.limits.per_second
  }

  // The others are asked for replies in turn, by the clock; over when that is, and their rates were seen.
  async phase(name) {
    const phase = { name, from: Date.now(), to: Infinity, asked: [] }
    const reply = async (number) => {
      const asked = Date.now()
      const sending = this.send(number, 1)
      phase.asked.push({ key: `${number.at} ${person(number, number.people)}`, asked })
      await sending
    }
    const going = []
    for (let n = 0; n < PHASE_MS / REPLY_EVERY_MS * OTHERS; n++) {
      await until(() => Date.now() - phase.from >= n * REPLY_EVERY_MS / OTHERS)
      going.push(reply(this.others[n % OTHERS]))
    }
    await Promise.all(going)
    await until(async () => await this.look() && this.others.every((number) => this.share(number, phase) >= 0.98), SPARE_MS).catch(() => {})
    phase.to = Date.now()
    return phase
  }

  latency(phase) {
    const accepted = new Map(this.posts.filter((post) => post.accepted).map((post) => [`${post.number} ${post.to}`, post.at]))
    return p99(phase.asked.map(({ key, asked }) => accepted.get(key) - asked))
  }
}

const person = (number, n) => `593${90 + number.n}${String(n).padStart(7, '0')}`

async function refuse(fleet) {
  for (const [i, { limit, provider = 'cloud' }] of slowed.entries())
    await fleet.sandbox.json('POST', '/_sandbox/limits', { every_ms: REFUSED_EVERY_MS, burst: 1, ...limit, match: { provider, number: fleet.slowed[i].at } }, 201)
}

// One person is told to wait; the number is one of the others.
async function refusePair(fleet) {
  const number = fleet.others[0]
  const to = person(number, (number.people ?? 0) + 1)
  await fleet.sandbox.order({ match: { number: number.at, to: `+${to}` }, do: 'error', code: 131056 })
  await fleet.send(number, 1)
  return { number, to }
}

function checkOthers(t, fleet, phases) {
  for (const phase of phases) {
    const shares = fleet.others.map((number) => fleet.share(number, phase))
    phase.share = Math.round(Math.min(...shares) * 1000) / 10
    t.diagnostic(`${phase.name}: the others at ${(Math.min(...shares) * 100).toFixed(1)} to ${(Math.max(...shares) * 100).toFixed(1)} % of their rates`)
  }
  const [before, during] = phases.map((phase) => fleet.latency(phase))
  t.diagnostic(`replies of the others: p99 ${before} ms before, ${during} ms while some are refused`)
  const low = phases.filter((phase) => phase.share < 98).map(({ name, share }) => `${name}: ${share} %`)
  told(t, { accounts: OTHERS + slowed.length, refused: slowed.length, least_percent_of_limit: phases.map(({ share }) => share), p99_before_ms: before, p99_during_ms: during })
  assert.deepEqual(low, [])
  assert.ok(during <= Math.max(before * NEAR.ratio, NEAR.ms), `p99 ${during} ms, ${before} ms before`)
}

async function checkNeverAbove(fleet) {
  for (const number of [...fleet.others, ...fleet.slowed]) {
    const granted = await fleet.world.granted(number)
    for (const seconds of [1, 2, 5, 10]) {
      const most = densest(granted, seconds * 1000)
      assert.ok(most <= number.limits.per_second * seconds + BURST + 1, `${most} granted within ${seconds} s, at ${number.limits.per_second}/s`)
    }
  }
}

// Between a refusal and the end of its wait nothing came but what was on its way, and after it something.
function checkStops(t, fleet, lifted) {
  for (const [i, { told_ms: told, limit, provider }] of slowed.entries()) {
    const posts = fleet.of(fleet.slowed[i])
    const refused = posts.filter((post) => !post.accepted)
    assert.ok(refused.length > 0)
    let longest = 0
    for (const { at } of refused) {
      const early = posts.find((post) => post.at > at + ON_ITS_WAY_MS && post.at < at + told - 50)
      assert.equal(early, undefined, `came ${early?.at - at} ms after a refusal for ${told} ms`)
      const next = posts.find((post) => post.at >= at + told - 50)
      if (next) longest = Math.max(longest, next.at - at)
    }
    t.diagnostic(`${JSON.stringify({ provider, ...limit })}: ${refused.length} refused, stopped at most ${longest} ms`)
    assert.ok(longest <= told * 1.25 + LATE_MS, `stopped for ${longest} ms`)
    assert.ok(posts.some((post) => post.accepted && post.at > lifted), 'never came back')
  }
}

function checkPair(t, fleet, { number, to }) {
  const [refused, accepted] = fleet.of(number).filter((post) => post.to === to)
  assert.deepEqual([refused.code, accepted.accepted], [131056, true])
  const waited = accepted.at - refused.at
  t.diagnostic(`131056: that person waited ${waited} ms`)
  assert.ok(waited >= 3950 && waited <= 5000 + LATE_MS, `${waited} ms`)
}

test('R10: of 20 accounts some are refused: the others keep rate and latency, nobody is stopped for longer than told', async (t) => {
  const fleet = await Fleet.start(t)
  await fleet.backlog()
  const begun = Date.now()
  await until(() => Date.now() - begun > LEAD_MS)
  const before = await fleet.phase('before')
  await refuse(fleet)
  const pair = await refusePair(fleet)
  const during = await fleet.phase('refused')
  await fleet.sandbox.call('DELETE', '/_sandbox/limits')
  const lifted = Date.now()
  await until(async () => (await fleet.sandbox.counts()).accepted >= fleet.total, 180_000, 'all to be accepted')
  t.diagnostic(`all ${fleet.total} accepted ${Date.now() - lifted} ms after the last refusal could come`)
  await fleet.look()

  await checkNeverAbove(fleet)
  checkOthers(t, fleet, [before, during])
  checkStops(t, fleet, lifted)
  checkPair(t, fleet, pair)
  const people = fleet.posts.filter((post) => post.accepted).map((post) => `${post.number} ${post.to}`)
  assert.equal(people.length, fleet.total, 'each once')
  assert.equal(new Set(people).size, fleet.total, 'each person')
})
