// SPDX-License-Identifier: MIT
// worker.test.mjs — `willaq worker` from outside: a real Redis, signals, kills, and everything that Redis may do to it.
//
// Counts are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { LONG, progress, told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { run, start, until } from './support.mjs'
import { Queue, slowEndpoint } from './worker_world.mjs'

const KILLS = LONG ? 200 : 10
const TERMS = LONG ? 200 : 6
const MARKS = LONG ? 1000 : 30
const IN_FLIGHT = LONG ? 500 : 200
const RESUMED_MS = 4000

function poster(t, redis, endpoint, concurrency, ...more) {
  return start(['worker', '--redis-url', redis.url, '--queue', 'q', '--push', endpoint.url, '--concurrency', `${concurrency}`,
    '--http-connections-max', '500', '--http-connections-per-host-max', '500', ...STEADY, ...more], { t })
}

const QUICK = ['--lock-duration', '1000', '--stalled-interval', '500', '--max-stalled-count', '1000000']

// A busy machine may stop a worker for a second: its locks outlast that.
const STEADY = ['--lock-duration', '3000', '--stalled-interval', '500', '--max-stalled-count', '1000000']

// What a worker had that died is another's within four seconds.
const RESUMING = ['--lock-duration', '2500', '--stalled-interval', '500']

function worker(t, redis, queue, ...more) {
  return start(['worker', '--redis-url', redis.url, '--queue', queue, '--noop', ...more], { t })
}

test('completes jobs of several queues and ends when told', async (t) => {
  const redis = await RedisServer.start(t)
  const queues = ['a', 'b', 'c'].map((name) => new Queue(redis, name))
  for (const queue of queues) await queue.add(300)
  const program = worker(t, redis, 'a,b,c', '--concurrency', '20')
  await program.until(/working +bull:a bull:b bull:c/)
  await program.until(/event=redis_connected .*role=commands client=willaq/)
  for (const { name } of queues) await program.until(new RegExp(`event=redis_connected .*role=blocking client="?bull:${btoa(name)}`))
  for (const queue of queues) {
    await until(async () => (await queue.completed()) === 300)
    assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
    assert.deepEqual(await queue.starts(), { most: 1, sum: 300 })
  }
  const { code } = await program.stop()
  assert.equal(code, 0)
})

test('says what is wrong with what it is asked to do', async () => {
  const cases = [
    [['--noop'], /which queue\?/],
    [['--queue', 'a'], /--push URL .* --noop/],
    [['--queue', 'a,a', '--noop'], /twice/],
    [['--queue', 'a:b', '--noop'], /colon/],
    [['--queue', 'a', '--noop', '--push', 'http://127.0.0.1:1/'], /cannot both/],
    [['--queue', 'a', '--push', 'ftp://x/'], /--push/],
    [['--queue', 'a', '--noop', '--concurrency', '0'], /--concurrency/],
    [['--queue', 'a', '--noop', '--lock-duration', '5'], /--lock-duration/],
    [['--queue', 'a', '--noop', '--keep-completed', 'some'], /--keep-completed/],
  ]
  for (const [args, message] of cases) {
    const { code, stderr } = await run(['worker', ...args])
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, message)
  }
})

test('a dry run shows what is there and takes nothing', async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  await queue.add(30)
  const { code, stdout } = await run(['worker', '--redis-url', redis.url, '--queue', 'q', '--queue', 'other', '--dry-run'])
  assert.equal(code, 0)
  assert.match(stdout, /queue +q\n[^]*jobs +30 waiting, 0 active[^]*id +name[^]*\n1 +job[^]*\n20 +job/)
  assert.match(stdout, /queue +other\n[^]*nothing waits/)
  assert.deepEqual(await queue.census(), { active: 0, wait: 30 })
  assert.equal(await redis.do('EXISTS', 'bull:other:meta', 'bull:q:stalled-check', 'bull:q:active'), 0)
})

test('leaves a queue of Bull 3 alone', async (t) => {
  const redis = await RedisServer.start(t)
  await redis.do('SET', 'bull:old:id', 1)
  await redis.do('LPUSH', 'bull:old:wait', 1)
  await redis.do('HSET', 'bull:old:1', 'name', '__default__', 'data', '{}')
  const { code, stderr } = await worker(t, redis, 'old').end()
  assert.equal(code, 1)
  assert.match(stderr, /Bull 3/)
  assert.equal(await redis.do('LLEN', 'bull:old:wait'), 1)
})

test(`R9: a job starts within two seconds whatever becomes of the marker (${MARKS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const queues = Array.from({ length: 10 }, (_, i) => new Queue(redis, `q${i}`))
  worker(t, redis, queues.map((q) => q.name).join(','), '--concurrency', '5')
  for (const queue of queues) {
    await queue.add(1)
    await until(async () => (await queue.completed()) === 1)
  }
  let slowest = 0
  for (let round = 0; round < MARKS / queues.length; round++) {
    await Promise.all(queues.map(async (queue) => {
      await pause(Math.random() * 50)
      const added = queue.add(1, {}, Math.random() < 0.5 ? 'marked' : 'unmarked')
      const begun = performance.now()
      await Promise.all([added, redis.do('DEL', queue.base + 'marker')])
      await until(async () => (await queue.completed()) === queue.added, 5000)
      slowest = Math.max(slowest, Math.round(performance.now() - begun))
    }))
    progress('R9', (round + 1) * queues.length, MARKS)
  }
  told(t, { markers_deleted: MARKS, slowest_start_ms: slowest })
  assert.ok(slowest < 2000)
})

test(`R2: nothing is lost when a worker is killed (${KILLS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  const concurrency = IN_FLIGHT
  for (let kill = 0; kill < KILLS; kill++) {
    progress('R2', kill, KILLS)
    const before = await queue.completed()
    await queue.add(2000)
    const program = worker(t, redis, 'q', '--concurrency', `${concurrency}`, ...QUICK)
    await until(async () => (await queue.completed()) > before + 100)
    program.kill('SIGKILL')
    await program.end()
  }
  worker(t, redis, 'q', '--concurrency', `${concurrency}`, ...QUICK)
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
  const { sum } = await queue.starts()
  told(t, { kills: KILLS, in_flight: concurrency, jobs: queue.added, completed: await queue.completed(), run_again: sum - queue.added })
  assert.ok(sum - queue.added <= KILLS * concurrency, `${sum - queue.added} runs more than jobs`)
})

test(`R20: SIGTERM under load loses nothing and runs nothing twice (${TERMS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  let slowest = 0
  for (let term = 0; term < TERMS; term++) {
    progress('R20', term, TERMS)
    const before = await queue.completed()
    await queue.add(3000)
    const program = worker(t, redis, 'q', '--concurrency', '100')
    await until(async () => (await queue.completed()) > before + 50)
    const asked = performance.now()
    const { code } = await program.stop(10_000)
    slowest = Math.max(slowest, Math.round(performance.now() - asked))
    assert.equal(code, 0)
    assert.equal((await queue.census()).active, 0, 'nothing is left behind')
  }
  worker(t, redis, 'q', '--concurrency', '100')
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  const { sum } = await queue.starts() // what was fetched ahead and handed back counts as started
  told(t, { terms: TERMS, jobs: queue.added, completed: await queue.completed(), handed_back: sum - queue.added, slowest_exit_ms: slowest })
  assert.ok(sum - queue.added <= TERMS * 100)
  assert.equal(await redis.do('XLEN', queue.base + 'events') > 0, true)
  assert.equal((await redis.do('KEYS', queue.base + '*:lock')).length, 0)
})

test(`R20: SIGTERM while jobs are posted: each is posted once (${TERMS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const endpoint = await slowEndpoint(t, 100)
  const queue = new Queue(redis, 'q')
  let slowest = 0
  for (let term = 0; term < TERMS; term++) {
    progress('R20', term, TERMS)
    const before = endpoint.total
    await queue.add(100)
    const program = poster(t, redis, endpoint, 50)
    await until(() => endpoint.total > before + 60 && endpoint.open > 5)
    const asked = performance.now()
    assert.equal((await program.stop(10_000)).code, 0)
    slowest = Math.max(slowest, Math.round(performance.now() - asked))
    assert.equal((await queue.census()).active, 0, 'nothing is left behind')
  }
  poster(t, redis, endpoint, 50)
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  told(t, { terms: TERMS, jobs: queue.added, posts: endpoint.total, slowest_exit_ms: slowest })
  assert.equal(endpoint.total, queue.added)
  assert.equal(endpoint.posts.size, queue.added)
})

test('R7: a worker that was stopped finishes nothing that is not its own any more', async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  await queue.add(20_000)
  const first = worker(t, redis, 'q', '--concurrency', '500', ...QUICK)
  await until(async () => (await queue.completed()) > 500)
  first.kill('SIGSTOP')
  const second = worker(t, redis, 'q', '--concurrency', '500', ...QUICK)
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  await second.stop()
  await queue.add(500)
  first.kill('SIGCONT')
  await until(async () => (await queue.completed()) === queue.added, 20_000)
  told(t, { stopped_with: 500, jobs: queue.added, completed: await queue.completed() })
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
})

test('R2: what was in flight when a worker was killed runs again, and nothing else does', async (t) => {
  const redis = await RedisServer.start(t)
  const endpoint = await slowEndpoint(t, 200)
  const queue = new Queue(redis, 'q')
  const kills = LONG ? KILLS : 2
  const concurrency = IN_FLIGHT
  let [program, next] = [poster(t, redis, endpoint, concurrency, ...RESUMING), null]
  let resumed = 0
  for (let kill = 0; kill < kills; kill++) {
    progress('R2', kill, kills)
    const before = endpoint.total
    await queue.add(4 * concurrency)
    await until(() => endpoint.total > before + concurrency && endpoint.open > 20)
    next = poster(t, redis, endpoint, concurrency, ...RESUMING)
    await next.until(/working /)
    program.kill('SIGKILL')
    await program.end()
    // What nobody has is what it had: those that the other one takes are renewed, these are posted again.
    const killed = performance.now()
    const held = await redis.do('LRANGE', queue.base + 'active', 0, -1)
    const completed = async (id) => (await redis.do('ZSCORE', queue.base + 'completed', id)) !== null
    const open = async () => (await Promise.all(held.map(completed))).every(Boolean)
    await until(open, 20_000, 'all that was in flight is completed')
    resumed = Math.max(resumed, ...held.map((id) => Math.round(endpoint.last.get(id) - killed)))
    program = next
  }
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
  assert.equal(endpoint.posts.size, queue.added, 'each job was posted')
  const again = endpoint.total - queue.added
  told(t, { kills, in_flight: concurrency, jobs: queue.added, posts: endpoint.total, posted_again: again, resumed_within_ms: resumed })
  assert.ok(again > 0 && resumed <= RESUMED_MS, `resumed after ${resumed} ms`)
  assert.ok(again <= kills * concurrency, `${again} posts more than jobs`)
})

test('R7: a worker that was stopped posts nothing after its lease', async (t) => {
  const redis = await RedisServer.start(t)
  const endpoint = await slowEndpoint(t, 300)
  const queue = new Queue(redis, 'q')
  await queue.add(60)
  const first = poster(t, redis, endpoint, 20)
  await until(() => endpoint.open === 20)
  first.kill('SIGSTOP')
  const second = poster(t, redis, endpoint, 20)
  await until(async () => (await queue.completed()) === queue.added, 30_000)
  const posted = endpoint.total
  first.kill('SIGCONT')
  await first.until(/job_lock_lost/)
  const { code } = await first.stop()
  assert.equal(code, 0)
  told(t, { stopped_with: 20, jobs: queue.added, posts_after_lease: endpoint.total - posted })
  assert.equal(endpoint.total, posted, 'not one post more')
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
  await second.stop()
})

test('R23: scripts flushed, a busy server, no memory, a replica: it waits and goes on', async (t) => {
  const redis = await RedisServer.start(t, '--busy-reply-threshold', '50')
  const queue = new Queue(redis, 'q')
  const program = worker(t, redis, 'q', '--concurrency', '50')
  const finish = async (what) => {
    await until(async () => (await queue.completed()) === queue.added, 20_000, what)
  }
  for (let i = 0; i < 5; i++) {
    await queue.add(2000)
    await redis.do('SCRIPT', 'FLUSH')
    await finish('after SCRIPT FLUSH')
  }
  await queue.add(2000)
  await redis.do('EVAL', `local t = redis.call('TIME')[1] + 1 while redis.call('TIME')[1] + 0 < t do end`, 0)
  await finish('after BUSY')
  await queue.add(5000)
  await redis.do('CONFIG', 'SET', 'maxmemory', '1')
  await pause(300)
  await redis.do('CONFIG', 'SET', 'maxmemory', '0')
  await finish('after OOM')
  await queue.add(5000)
  await redis.do('REPLICAOF', '127.0.0.1', '1')
  await program.until(/worker_waits.*READONLY|READONLY/)
  await redis.do('REPLICAOF', 'NO', 'ONE')
  await finish('after READONLY')
  await queue.add(5000)
  await redis.do('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await finish('after lost connections')
  told(t, { faults: 'SCRIPT FLUSH, BUSY, OOM, READONLY, connections killed', jobs: queue.added, completed: await queue.completed() })
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
})

test('goes on after Redis was away', async (t) => {
  const redis = await RedisServer.start(t, '--appendonly', 'yes', '--appendfsync', 'always')
  const queue = new Queue(redis, 'q')
  await queue.add(5000)
  worker(t, redis, 'q', '--concurrency', '50', ...QUICK)
  await until(async () => (await queue.completed()) > 500)
  await redis.stop()
  await pause(500)
  await redis.run()
  await until(async () => (await queue.completed()) === queue.added, 30_000)
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
})
