// SPDX-License-Identifier: MIT
// sink_faults.test.mjs — `willaq sink` under load while it, its Redis, or what is between them fails.
//
// The referee compares exact sets: each webhook that was answered 200 has one job, each message id one at most.  Counts
// and times are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table, for a release build.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import test from 'node:test'

import { RedisServer } from './redis.mjs'
import { Between, Load, tally } from './sink_load.mjs'
import { Sink, messages } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { run, start, until } from './support.mjs'

const LONG = process.env.WILLAQ_LONG === '1'
const KILLS = LONG ? 200 : 6
const RATE = Number(process.env.WILLAQ_RATE ?? (LONG ? 5000 : 800))
const FAULT_RATE = LONG ? 1000 : 300
const AWAY_MS = LONG ? [1000, 5000, 60000] : [300]
const IMPATIENT = ['--redis-wait', '200ms', '--redis-command-timeout', LONG ? '1s' : '400ms']
const HEALED_MS = 5000 // within which a webhook is held again

async function referee(t, what, redis, load) {
  const found = await tally(redis, load)
  const answers = Object.entries(load.answers).map(([why, n]) => `${why}: ${n}`).join(', ') || 'none'
  t.diagnostic(`${what}: ${JSON.stringify(found)}; ${Math.round(found.acknowledged / load.seconds)}/s held in ${load.seconds.toFixed(1)} s, ` +
    `${load.posts} posts; not 200: ${answers}`)
  assert.equal(found.lost, 0, 'answered 200 and no job')
  assert.equal(found.doubled, 0, 'two jobs of one message')
  assert.equal(found.missing, 0, 'a number without a job')
  assert.equal(found.waiting, found.jobs, 'jobs that nobody would fetch')
  assert.equal(found.updates - found.known, found.jobs, 'counts that are not true')
  assert.ok(found.acknowledged > 0)
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
  }
  await load.stop()
  t.diagnostic(`${KILLS} kills; while it ran it held ${Math.round(load.acknowledged.size / (up / 1000))} webhooks/s`)
  const found = await referee(t, 'R1', server, load)
  assert.ok(found.acknowledged >= KILLS * (RATE / 8))
})

// Under load; `harm` makes the fault and returns what heals it.  Whatever is answered meanwhile is no 200, if `refuses`.
async function harmed(t, what, server, sink, { ms, refuses }, harm) {
  const load = new Load(sink.port, { rate: FAULT_RATE, prefix: `${what}.${ms}.` }).start()
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
  t.diagnostic(`${what}, ${ms} ms: ${during} held meanwhile, held again after ${Math.round(healed)} ms`)
  await refereeOf(t, what, server, load)
}

// Of one load of several on the same Redis.
async function refereeOf(t, what, server, load) {
  const found = await tally(server, load)
  t.diagnostic(`${what}: acknowledged ${found.acknowledged}, lost ${found.lost}, doubled ${found.doubled}, posts ${load.posts}, ` +
    `not 200: ${JSON.stringify(load.answers)}; all so far: ${found.jobs} jobs, ${found.known} known`)
  assert.deepEqual([found.lost, found.doubled, found.missing], [0, 0, 0], what)
  assert.equal(found.waiting, found.jobs, what)
  assert.equal(found.updates - found.known, found.jobs, what)
}

test('R8: Redis out of reach in each way, and back', async (t) => {
  const server = await RedisServer.start(t)
  const between = await Between.start(t, server.port)
  const sink = await Sink.start(t, { url: between.url }, ...IMPATIENT)
  for (const ms of AWAY_MS) {
    for (const [mode, refuses] of [['deaf', true], ['mute', true], ['dead', true], ['cut', true], ['half', true], ['drip', false]]) {
      await harmed(t, mode, server, sink, { ms, refuses }, () => {
        between.set(mode)
        return () => between.set('pass')
      })
    }
  }
})

test('R12: a Redis that is slow, and one that is full', async (t) => {
  const server = await RedisServer.start(t)
  const between = await Between.start(t, server.port)
  const sink = await Sink.start(t, { url: between.url })
  for (const ms of AWAY_MS) {
    await harmed(t, 'slow', server, sink, { ms, refuses: false }, () => {
      between.set('slow')
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
