// SPDX-License-Identifier: MIT
// sink_faults.test.mjs — `willaq sink` under load while it, its Redis, or what is between them fails.
//
// The referee compares exact sets: each webhook that was answered 200 has one job, each message id one at most.  Counts
// and times are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table, for a release build.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'node:test'

import { AWAY, HEALED_MS } from './away.mjs'
import { LONG, progress, told } from './fault.mjs'
import { FaultProxy } from './faultproxy.mjs'
import { RedisServer } from './redis.mjs'
import { Load, tally } from './sink_load.mjs'
import { Sink, messages } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { run, start, until } from './support.mjs'

const KILLS = LONG ? 200 : 6
const REDIS_KILLS = LONG ? 50 : 3
const RATE = Number(process.env.WILLAQ_RATE ?? (LONG ? 5000 : 800))
const FAULT_RATE = LONG ? 1000 : 300
const AWAY_MS = LONG ? [1000, 5000, 60_000] : [300]
const IMPATIENT = ['--redis-wait', '200ms', '--redis-command-timeout', LONG ? '1s' : '400ms']

// `torn`: Redis brought back the beginning of what it had not taken (ADR 21), in front of what came later; that nothing is lost
// holds all the same, but numbers of jobs and counts are no longer exact.
async function referee(t, redis, load, done, torn = false) {
  const found = await tally(redis, load)
  told(t, { ...done, posts: load.posts, not_200: load.answers, held_per_second: Math.round(found.acknowledged / load.seconds), acknowledged: found.acknowledged, jobs: found.jobs, lost: found.lost, doubled: found.doubled, ...(torn ? { torn_by_redis: true, numbers_without_a_job: found.missing } : {}) })
  assert.equal(found.lost, 0, 'answered 200 and no job')
  assert.ok(found.acknowledged > 0)
  if (torn) return found
  assert.equal(found.doubled, 0, 'two jobs of one message')
  assert.equal(found.missing, 0, 'a number without a job')
  assert.equal(found.waiting, found.jobs, 'jobs that nobody would fetch')
  assert.equal(found.updates - found.known, found.jobs, 'counts that are not true')
  return found
}

test(`R1: killed ${KILLS} times at ${RATE} webhooks a second, nothing answered 200 is lost`, async (t) => {
  const server = await RedisServer.start(t)
  const sink = await Sink.start(t, server)
  const load = new Load(sink.port, { connections: 64, rate: RATE }).start()
  t.after(() => load.abort())
  let up = 0
  for (let i = 0; i < KILLS; i++) {
    const from = load.acknowledged.size
    const since = performance.now()
    // Long enough to be in full swing; then at any moment of it.
    await until(() => load.acknowledged.size > from + RATE / 8)
    await pause(Math.random() * 100)
    sink.program.kill()
    await sink.program.end()
    up += performance.now() - since
    await sink.run()
    progress('R1', i + 1, KILLS)
  }
  await load.stop()
  const found = await referee(t, server, load, { kills: KILLS, offered_per_second: RATE, held_per_second_while_up: Math.round(load.acknowledged.size / (up / 1000)) })
  assert.ok(found.acknowledged >= KILLS * (RATE / 8))
})

test(`R4: Redis is killed ${REDIS_KILLS} times under a sink, and what it had acknowledged is there`, async (t) => {
  const server = await RedisServer.start(t, '--appendonly', 'yes', '--appendfsync', 'always', '--logfile', 'redis.log')
  const sink = await Sink.start(t, server, ...IMPATIENT)
  const load = new Load(sink.port, { connections: 64, rate: RATE }).start()
  t.after(() => load.abort())
  for (let i = 0; i < REDIS_KILLS; i++) {
    const from = load.acknowledged.size
    await until(() => load.acknowledged.size > from + RATE / 8)
    await pause(Math.random() * 100)
    await server.stop()
    await pause(Math.random() * 200)
    await server.run()
    progress('R4', i + 1, REDIS_KILLS)
  }
  await load.stop()
  const torn = readFileSync(join(server.dir, 'redis.log'), 'latin1').includes('MULTI calls can not be nested')
  await referee(t, server, load, { kills_of_redis: REDIS_KILLS, offered_per_second: RATE }, torn)
  assert.ok(sink.program.running)
})

// Under load; `harm` makes the fault and returns what heals it.  Whatever is answered meanwhile is no 200, if `refuses`.
async function harmed(t, what, server, sink, { ms, refuses, many = false }, harm) {
  const load = new Load(sink.port, { rate: FAULT_RATE, prefix: `${what.replaceAll(' ', '_')}.${ms}.` }).start()
  t.after(() => load.abort())
  await until(() => load.acknowledged.size > 20)
  const heal = await harm()
  await until(() => !refuses || load.answers[503] > 0, 15000)
  // What was on its way when it began may still have come back.
  const before = load.acknowledged.size
  await pause(ms)
  const during = load.acknowledged.size - before
  if (refuses) assert.equal(during, 0, `${what}: answered 200 meanwhile`)
  const at = performance.now()
  await heal()
  await until(() => load.acknowledged.size > before + during, HEALED_MS, `${what}: held again`)
  const healed = performance.now() - at
  await until(() => load.acknowledged.size > before + during + 50)
  await load.stop()
  const found = await refereeOf(what, server, load)
  // One of many is told with the others.
  if (!many) told(t, { fault: what, ms, held_meanwhile: during, held_again_after_ms: Math.round(healed), acknowledged: found.acknowledged, not_200: load.answers, lost: found.lost, doubled: found.doubled })
  return { healed, held: load.acknowledged.size }
}

// Of one load of several on the same Redis.
async function refereeOf(what, server, load) {
  const found = await tally(server, load)
  assert.deepEqual([found.lost, found.doubled, found.missing], [0, 0, 0], what)
  assert.equal(found.waiting, found.jobs, what)
  assert.equal(found.updates - found.known, found.jobs, what)
  return found
}

test('R8: Redis out of reach in each way, and back', async (t) => {
  const server = await RedisServer.start(t)
  const between = await FaultProxy.start(t, server.port)
  const sink = await Sink.start(t, { url: between.url }, ...IMPATIENT)
  let longest = 0
  let acknowledged = 0
  for (const ms of AWAY_MS) {
    for (const { what, orders, dark } of AWAY) {
      const { healed, held } = await harmed(t, what, server, sink, { ms, refuses: dark, many: true }, async () => {
        await between.set(...orders)
        return () => between.set('pass')
      })
      longest = Math.max(longest, healed)
      acknowledged += held
    }
  }
  told(t, { for: 'sink', ways: AWAY.length * AWAY_MS.length, acknowledged, lost: 0, doubled: 0, healed_ms: Math.round(longest) })
})

// Each connection is befallen by none, some or all of them, and ends within a few webhooks.
const ON_THE_WAY = ['up reset after 900 pct 20', 'up cut after 2100 pct 20', 'down reset after 40 pct 20', 'down cut after 150 pct 20', 'up slice 11 pct 30',
  'down slice 3 pct 30', 'latency 10 jitter 40', 'up bandwidth 40000 pct 20', 'down slow-close 200 pct 50']

test('R8: what comes between Meta and the sink: of webhooks that break off in either direction each is held once', async (t) => {
  const server = await RedisServer.start(t)
  const sink = await Sink.start(t, server)
  const proxy = await FaultProxy.start(t, sink.port)
  await proxy.set(...ON_THE_WAY.map((order) => `new ${order}`))
  // Else those that the dice spared would soon be the only ones.
  const load = new Load(proxy.port, { rate: FAULT_RATE, turnover: 20 }).start()
  t.after(() => load.abort())
  await until(() => load.acknowledged.size > (LONG ? 100_000 : 500) && load.answers.cut > 50, LONG ? 600_000 : 20_000)
  await proxy.set('new pass')
  await load.stop()
  const { connections, resets, cuts } = await proxy.stats()
  const { known } = await referee(t, server, load, { connections, resets, cuts })
  assert.ok(known > 0, 'some were held, and posted again')
})

test('R12: a Redis that is slow, and one that is full', async (t) => {
  const server = await RedisServer.start(t)
  const between = await FaultProxy.start(t, server.port)
  const sink = await Sink.start(t, { url: between.url })
  for (const ms of AWAY_MS) {
    await harmed(t, 'slow', server, sink, { ms, refuses: false }, async () => {
      await between.set('latency 300')
      return () => between.set('pass')
    })
    await harmed(t, 'full', server, sink, { ms, refuses: true }, async () => {
      await server.do('CONFIG', 'SET', 'maxmemory', '1')
      return () => server.do('CONFIG', 'SET', 'maxmemory', '0')
    })
  }
})

test('R12: a Redis that throws data away is not begun with', async (t) => {
  const lax = await RedisServer.start(t, '--maxmemory', '100mb', '--maxmemory-policy', 'volatile-lru')
  const args = ['sink', '--redis-url', lax.url, '--port', '0', '--webhook-secret', 's', '--webhook-verify-token', 't']
  const refused = await run(args)
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /throws data away .*volatile-lru.*noeviction/)
  const allowed = start([...args, '--redis-eviction-allowed'], { t })
  await allowed.until(/redis_evicts/)
  assert.equal((await allowed.stop()).code, 0)
  await lax.do('CONFIG', 'SET', 'maxmemory', '0') // nothing is ever thrown away
  const sink = await Sink.start(t, lax)
  assert.equal((await sink.post(messages(['wamid.A']))).status, 200)
  told(t, { policy: 'volatile-lru', exit_code: refused.code })
})

// A redis-server that may write so many bytes into one file: a disk that is full behind them.
class SmallDisk extends RedisServer {
  static BYTES = 400 * 1024

  command(args) {
    return ['sh', ['-c', `trap '' XFSZ; ulimit -S -f ${SmallDisk.BYTES / 512}; exec redis-server "$@"`, 'sh', ...args]]
  }
}

test('R12: a disk that is full under the append-only file', async (t) => {
  const server = await SmallDisk.start(t, '--appendonly', 'yes', '--appendfsync', 'everysec', '--auto-aof-rewrite-percentage', '0')
  const sink = await Sink.start(t, server, '--webhook-log-body=false')
  await harmed(t, 'disk', server, sink, { ms: AWAY_MS[0], refuses: true }, () => {
    return () => execFileSync('prlimit', ['--pid', String(server.child.pid), '--fsize=unlimited'])
  })
  assert.match(await server.do('INFO', 'persistence'), /aof_last_write_status:ok/)
  assert.match(sink.program.stderr, /sink_holds_nothing.*MISCONF/)
  assert.match(sink.program.stderr, /sink_holds_again/)
})

test('R23: Redis does not carry scripts out: flushed, busy, loading, a replica, too few replicas, no room for clients', async (t) => {
  const server = await RedisServer.start(t, '--enable-debug-command', 'yes', '--lua-time-limit', '50')
  const sink = await Sink.start(t, server, ...IMPATIENT)
  const ms = AWAY_MS[0]
  await harmed(t, 'flushed', server, sink, { ms, refuses: false }, async () => {
    for (let i = 0; i < 20; i++) await server.do('SCRIPT', 'FLUSH')
    return () => server.do('SCRIPT', 'FLUSH')
  })
  await harmed(t, 'busy', server, sink, { ms, refuses: true }, async () => {
    const other = await server.connect()
    other.do('EVAL', 'while true do end', '0').catch(() => {})
    t.after(() => other.end())
    return () => server.do('SCRIPT', 'KILL')
  })
  await harmed(t, 'readonly', server, sink, { ms, refuses: true }, async () => {
    await server.do('CONFIG', 'SET', 'replica-serve-stale-data', 'yes')
    await server.do('REPLICAOF', '127.0.0.1', '1')
    return () => server.do('REPLICAOF', 'NO', 'ONE')
  })
  await harmed(t, 'misconf', server, sink, { ms, refuses: true }, async () => {
    await server.do('CONFIG', 'SET', 'min-replicas-to-write', '1')
    return () => server.do('CONFIG', 'SET', 'min-replicas-to-write', '0')
  })
  await harmed(t, 'maxclients', server, sink, { ms, refuses: true }, async () => {
    await server.do('CONFIG', 'SET', 'maxclients', '1')
    const clients = await server.do('CLIENT', 'LIST')
    for (const [, id] of clients.matchAll(/^id=(\d+) .* name=willaq/gm)) await server.do('CLIENT', 'KILL', 'ID', id)
    return () => server.do('CONFIG', 'SET', 'maxclients', '1000')
  })
  await harmed(t, 'loading', server, sink, { ms: 0, refuses: false }, async () => {
    await server.do('CONFIG', 'SET', 'key-load-delay', '100')
    const reloaded = server.do('DEBUG', 'RELOAD')
    return () => reloaded
  })
})

const tasks = (pid) => readdirSync(`/proc/${pid}/task`).length

// The most tasks that a process had, seen every few milliseconds from a process of its own: ours is busy.
class Watch {
  static SCRIPT = 'max=0; while n=$(ls /proc/$1/task 2>/dev/null | wc -l); [ $n -gt 0 ]; do [ $n -gt $max ] && max=$n; ' +
    'i=$((i+1)); echo $i $max; done'

  constructor(t, pid) {
    this.child = spawn('sh', ['-c', Watch.SCRIPT, 'sh', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
    this.child.stdout.setEncoding('utf8')
    this.child.stdout.on('data', (text) => {
      const [looks, most] = text.trim().split('\n').at(-1).split(' ')
      Object.assign(this, { looks: Number(looks), most: Number(most) })
    })
    t.after(() => this.child.kill('SIGKILL'))
  }
}

test('one thread, under load, with names to be resolved on every side', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  await server.subscribe({ url: `http://localhost:${end.port}/hook`, kinds: ['message'] })
  await server.programs[0].stop() // it was there to subscribe: whoever is left delivers
  const sink = await Sink.start(t, { url: `redis://localhost:${server.redis.port}` }, '--subscription-private')
  const watch = new Watch(t, sink.program.pid)
  const self = new Watch(t, process.pid) // Node has several: what is looked for can be seen
  const load = new Load(sink.port, { rate: RATE }).start()
  t.after(() => load.abort())
  await until(() => end.posts.length > 200 && load.acknowledged.size > 2 * RATE && watch.looks > 100)
  await load.stop()
  t.diagnostic(`${watch.looks} looks, ${load.acknowledged.size} webhooks, ${end.posts.length} delivered`)
  assert.ok(self.most > 1 && tasks(process.pid) > 1)
  assert.equal(watch.most, 1)
  assert.equal(tasks(sink.program.pid), 1)
})
