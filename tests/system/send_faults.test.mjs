// SPDX-License-Identifier: MIT
// send_faults.test.mjs — messages on their way while providers, workers, Redis and clocks fail.
//
// The referee compares exact sets: what was asked for, what became of it, and what the sandbox really accepted.  Counts and
// times are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table, for a release build.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { LONG, progress, told } from './fault.mjs'
import { FaultProxy } from './faultproxy.mjs'
import { HOSTILE, Hostile, good, plain } from './hostile_answers.mjs'
import { RedisServer } from './redis.mjs'
import { Sandbox } from './sandbox_world.mjs'
import { Fleet, STATUS_DELAY } from './send_faults_world.mjs'
import { freePort, until } from './support.mjs'

// What a provider does wrong, each to a share of the sends; what hangs outlasts the request, not the wait for a status.
async function misbehave(sandbox, pct) {
  await sandbox.order({ do: 'reset_after', pct, times: 0 })
  await sandbox.order({ do: 'reset_before', pct, times: 0 })
  await sandbox.order({ do: 'close', pct, times: 0 })
  await sandbox.order({ do: 'accept_then_5xx', pct, times: 0 })
  await sandbox.order({ do: 'hang_then_accept', pct, times: 0, latency_ms: 1500 })
}

function exact(found) {
  assert.equal(found.duplicates.strict, 0, 'sent twice')
  assert.deepEqual([found.lost, found.sentThoughNot, found.parkedThoughSent, found.strangers], [0, 0, 0, 0])
  assert.equal(found.letters, found.parked + found.failed, 'a dead letter for each that is not sent')
}

// They mostly wait, so they wait together.
describe('messages on their way', { concurrency: LONG ? 1 : 4 }, () => {
  test('R6: a provider that goes wrong in five ways while workers are killed', async (t) => {
    const total = Number(process.env.WILLAQ_SENDS ?? (LONG ? 60_000 : 400))
    const fleet = await Fleet.start(t, { sandbox: ['--idle-timeout', '1s', '--latency', '100ms', '--status-delay', STATUS_DELAY], concurrency: LONG ? 20 : 5 }) // no more than the sandbox can tell statuses of
    await misbehave(fleet.sandbox, LONG ? 1 : 2)
    const asked = fleet.ask(total, (i) => (i % 2 ? 'at-least-once' : 'strict'))
    const posted = async () => (await fleet.sandbox.counts()).posts
    for (let before = 0; before < total * 0.9;) {
      await pause(LONG ? 5000 : 200 + Math.random() * 200)
      await fleet.kill()
      await fleet.follow(10_000)
      before = await until(async () => await posted() > before && posted(), 60_000, 'it goes on')
      progress('R6', before, total)
    }
    await asked
    const states = await fleet.ended(LONG ? 600_000 : 60_000)
    const found = await fleet.referee(states)
    exact(found)
    assert.ok(found.duplicates['at-least-once'] <= Math.floor(total / 2 / 100_000), 'at most 10 of a million')
    assert.ok(found.kills >= 3 && found.parked > 0)
  })

  test('R3: workers are killed while a provider takes its time', async (t) => {
    const kills = Number(process.env.WILLAQ_KILLS ?? (LONG ? 200 : 3))
    const args = ['--send-timeout', '4s', '--send-grace', '6s', '--lock-duration', '1500ms', '--stalled-interval', '500ms']
    const fleet = await Fleet.start(t, { sandbox: ['--latency', '50ms', '--status-delay', STATUS_DELAY], args, concurrency: 30 })
    for (const ms of [500, 1000, 2000]) await fleet.sandbox.order({ do: 'hang_then_accept', pct: 30, times: 0, latency_ms: ms })
    while (fleet.kills < kills) {
      progress('R3', fleet.kills, kills)
      const { posts } = await fleet.sandbox.counts()
      await fleet.ask(60)
      await until(async () => (await fleet.sandbox.counts()).posts >= posts + 20, 60_000, 'it goes on')
      await fleet.kill()
    }
    exact(await fleet.referee(await fleet.ended(120_000), { latency_ms: '50 to 2,000' }))
  })

  test('R4: Redis is killed while messages are taken and sent; what it had acknowledged is there', async (t) => {
    const kills = LONG ? 50 : 2
    const redis = await RedisServer.start(t, '--appendonly', 'yes', '--appendfsync', 'always')
    const fleet = await Fleet.start(t, { redis, sandbox: ['--latency', '100ms', '--status-delay', STATUS_DELAY], concurrency: 20 })
    let going = true
    const asking = (async () => {
      while (going) await fleet.ask(5).then(() => pause(50), () => pause(50))
    })()
    for (let i = 0; i < kills; i++) {
      const before = (await fleet.sandbox.counts()).posts
      await until(async () => (await fleet.sandbox.counts()).posts >= before + 30, 60_000, 'it goes on')
      await redis.stop()
      await pause(Math.random() * 300)
      await redis.run()
      progress('R4', i + 1, kills)
    }
    going = false
    await asking
    const states = await fleet.ended(LONG ? 600_000 : 120_000)
    const found = await fleet.referee(states, { kills_of_redis: kills })
    assert.equal(found.duplicates.strict, 0)
    assert.deepEqual([found.lost, found.sentThoughNot, found.parkedThoughSent], [0, 0, 0])
    assert.ok(Math.max(...fleet.accepted.values()) === 1, 'nor one that was asked for and never acknowledged')
  })

  test('R20: SIGTERM while it sends: nothing is lost and nothing sent twice', async (t) => {
    const terms = LONG ? 200 : 3
    const fleet = await Fleet.start(t, { sandbox: ['--latency', '100ms', '--status-delay', STATUS_DELAY], workers: 1, concurrency: 20 })
    let slowest = 0
    for (let i = 0; i < terms; i++) {
      const { posts } = await fleet.sandbox.counts()
      await fleet.ask(60)
      await until(async () => (await fleet.sandbox.counts()).posts >= posts + 20, 60_000, 'it goes on')
      const worker = fleet.workers.shift()
      const asked = performance.now()
      assert.equal((await worker.stop()).code, 0)
      slowest = Math.max(slowest, Math.round(performance.now() - asked))
      await fleet.hire()
      progress('R20', i + 1, terms)
    }
    const found = await fleet.referee(await fleet.ended(120_000), { terms, slowest_exit_ms: slowest })
    exact(found)
    assert.equal(found.sent, found.messages)
    assert.ok(slowest < 10_000)
  })

  // Two connections, so that most wait between claim and request: those must not go out when it comes to itself again.
  test('R7: a worker that was stopped sends nothing after its lease', async (t) => {
    for (const ms of LONG ? [10_000, 35_000, 90_000] : [6000]) {
      const fleet = await Fleet.start(t, {
        sandbox: ['--latency', '100ms', '--status-delay', '50ms'], workers: 1, concurrency: 40,
        args: ['--send-grace', '1s', '--lock-duration', '1s', '--stalled-interval', '500ms', '--http-connections-per-host-max', '2'],
      })
      await fleet.ask(80, () => 'at-least-once')
      await until(async () => (await fleet.sandbox.counts()).posts >= 6)
      const [stopped] = fleet.workers
      stopped.child.kill('SIGSTOP')
      await fleet.hire()
      const end = performance.now() + ms
      await fleet.ended(60_000)
      await until(() => performance.now() > end, ms + 1000)
      stopped.child.kill('SIGCONT')
      await stopped.until(/event=job_lock_lost/)
      await stopped.stop()
      const found = await fleet.referee(await fleet.states(), { stopped_ms: ms })
      exact(found)
      assert.equal(found.duplicates['at-least-once'], 0, 'sent after its lease')
      assert.equal(found.sent, 80)
    }
  })

  // A power cut: what Redis wrote to its file within the last second is gone.
  async function cutOff(redis, ms) {
    const dir = join(redis.dir, 'appendonlydir')
    const file = join(dir, readdirSync(dir).find((name) => name.endsWith('.incr.aof')))
    const { size } = statSync(file)
    await pause(ms)
    await redis.stop()
    truncateSync(file, size)
    await redis.run()
  }

  // What it had lost was told by somebody, and nothing went out twice.
  async function nothingTwice(fleet, fault) {
    const states = await fleet.ended(60_000)
    const seen = fleet.workers.map(({ stderr }) => Number(/event=redis_lost_writes .*sends=(\d+)/.exec(stderr)?.[1] ?? 0))
    exact(await fleet.referee(states, { fault, sends_that_redis_had_lost: seen }))
    assert.ok(Math.max(...seen) >= 5)
  }

  const STEADY = { sandbox: ['--latency', '100ms', '--status-delay', STATUS_DELAY], concurrency: 5 }

  test('R5: Redis comes back without its last second: nothing is sent twice, and the loss is told', async (t) => {
    const redis = await RedisServer.start(t, '--appendonly', 'yes', '--appendfsync', 'everysec')
    const fleet = await Fleet.start(t, { redis, ...STEADY })
    await fleet.ask(250)
    const begun = await until(async () => (await fleet.sandbox.counts()).posts >= 50 && fleet.sandbox.counts())
    await cutOff(redis, 1000)
    assert.ok((await fleet.sandbox.counts()).posts > begun.posts + 20, 'it was in full swing')
    await nothingTwice(fleet, 'last second cut off')
  })

  test('R5: a replica takes over that lags behind: nothing is sent twice, and the loss is told', async (t) => {
    const [primary, replica] = [await RedisServer.start(t), await RedisServer.start(t)]
    const between = await FaultProxy.start(t, primary.port)
    const link = await FaultProxy.start(t, primary.port)
    await replica.do('REPLICAOF', '127.0.0.1', link.port)
    await until(async () => (await replica.do('INFO', 'replication')).includes('master_link_status:up'))
    const fleet = await Fleet.start(t, { redis: primary, redisUrl: between.url, ...STEADY })
    await fleet.ask(250)
    const { posts } = await until(async () => (await fleet.sandbox.counts()).posts >= 50 && fleet.sandbox.counts())
    await link.set('down blackhole')
    await until(async () => (await fleet.sandbox.counts()).posts > posts + 40)
    await between.set('reset')
    await primary.stop()
    await replica.do('REPLICAOF', 'NO', 'ONE')
    fleet.redis = replica
    await between.set(`to 127.0.0.1:${replica.port}`, 'pass')
    await nothingTwice(fleet, 'lagging replica takes over')
  })

  // 20 people, some of whom get several messages: each gets them in the order in which they were asked for.
  test('a provider that is down: what waits is kept, in order, and does not come back all at once', async (t) => {
    const [people, each, perSecond] = [20, 5, 40]
    const port = await freePort()
    const fleet = await Fleet.start(t, { provider: `http://127.0.0.1:${port}/v24.0`, workers: 0, serving: 50, limits: { per_second: perSecond, burst: 1 } })
    const again = async () => Number(/^willaq_sends_total\{outcome="again"\} (\d+)/m.exec(await (await fleet.call('GET', '/metrics')).text())[1])
    await fleet.ask(people * each, () => 'strict', people)
    await until(async () => await again() >= 5)
    const began = await again()
    await pause(LONG ? 600_000 : 6000)
    const tries = await again() - began
    assert.ok(tries <= 60 + (LONG ? 30 : 4), `${tries} tries while it was down`)
    const waiting = await fleet.states()
    assert.deepEqual([...new Set(waiting.values())], ['queued'])
    fleet.sandbox = await Sandbox.start(t, ['--port', String(port)], { url: fleet.hooks })
    const found = await fleet.referee(await fleet.ended(90_000))
    exact(found)
    assert.equal(found.sent, people * each)
    const posts = await fleet.sandbox.messages('?limit=1000')
    for (const to of new Set(posts.map((one) => one.to))) {
      const order = posts.filter((one) => one.to === to).map(({ body }) => Number(body.text.body.split(' ')[1]))
      assert.deepEqual(order, [...order].sort((a, b) => a - b), `in order to ${to}`)
    }
    const most = Math.max(...posts.map(({ at }) => posts.filter((one) => one.at >= at && one.at < at + 1000).length))
    t.diagnostic(`down: ${tries} tries meanwhile, at most ${most} sends within a second afterwards`)
    assert.ok(most <= perSecond * 1.25)
  })
})

const residentKb = (pid) => Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])

test(`R11: ${HOSTILE.length} answers that mean harm`, async (t) => {
  const person = (i) => `5939${String(i).padStart(8, '0')}`
  const provider = await Hostile.start(t, HOSTILE.length, (to) => HOSTILE[Number(to.slice(4))] ?? { answer: plain(good('wamid.afterwards')) })
  const fleet = await Fleet.start(t, { provider: provider.url, workers: 1, args: ['--send-timeout', '3s', '--send-grace', '1s'], concurrency: 100 })
  const before = residentKb(fleet.workers[0].pid)
  const ids = await fleet.ask(HOSTILE.length)
  const shown = await until(async () => {
    const all = await Promise.all(ids.map((id) => fleet.show(id)))
    return all.every(({ state }) => ['accepted', 'parked', 'failed'].includes(state)) && all
  }, 60_000, 'every message has an end')
  const said = (which) => HOSTILE.map(({ what }, i) => `${what}: ${which(i)}`)
  assert.deepEqual(said((i) => shown[i].state), said((i) => HOSTILE[i].want))
  assert.deepEqual(said((i) => provider.posts.get(person(i))), said(() => 1), 'each was sent once')
  const most = Math.max(...provider.written.values())
  const grown = residentKb(fleet.workers[0].pid) - before
  told(t, { answers: HOSTILE.length, right_verdicts: HOSTILE.filter(({ want }, i) => shown[i].state === want).length, most_kib_of_an_answer: most >> 10, grown_mib: grown >> 10 })
  assert.ok(most < 16 << 20)
  assert.ok(grown < 64 << 10)
  const [after] = await fleet.ask(1)
  await until(async () => (await fleet.show(after)).state === 'accepted', 60_000)
  assert.equal((await fleet.show(after)).provider_message_id, 'wamid.afterwards')
})
