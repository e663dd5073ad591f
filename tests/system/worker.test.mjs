// SPDX-License-Identifier: MIT
// worker.test.mjs — `willaq worker` from outside: a real Redis, signals, kills, and everything that Redis may do to it.
//
// Counts are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { RedisServer } from './redis.mjs'
import { run, start, until } from './support.mjs'

const LONG = process.env.WILLAQ_LONG === '1'
const KILLS = LONG ? 200 : 10
const TERMS = LONG ? 200 : 6
const MARKS = LONG ? 1000 : 30

const ADD = `
for i = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  redis.call('HSET', ARGV[1] .. i, 'name', 'job', 'data', '{"i":' .. i .. '}', 'opts', ARGV[4], 'timestamp', 1,
    'delay', 0, 'priority', 0)
  redis.call('LPUSH', ARGV[1] .. 'wait', i)
end
redis.call('SET', ARGV[1] .. 'id', ARGV[3])
redis.call('HSET', ARGV[1] .. 'meta', 'opts.maxLenEvents', 10000)
return ARGV[5] == 'marked' and redis.call('ZADD', ARGV[1] .. 'marker', 0, '0') or redis.call('DEL', ARGV[1] .. 'marker')`

const ATTEMPTS = `
local most, sum = 0, 0
for _, id in ipairs(redis.call('ZRANGE', ARGV[1] .. 'completed', 0, -1)) do
  local n = tonumber(redis.call('HGET', ARGV[1] .. id, 'ats'))
  most = math.max(most, n)
  sum = sum + n
end
return {most, sum}`

class Queue {
  added = 0

  constructor(redis, name) {
    this.redis = redis
    this.name = name
    this.base = `bull:${name}:`
  }

  async add(n, opts = {}, marker = 'marked') {
    const first = this.added + 1
    this.added += n
    await this.redis.do('EVAL', ADD, 0, this.base, first, this.added, JSON.stringify(opts), marker)
  }

  completed() {
    return this.redis.do('ZCARD', this.base + 'completed')
  }

  // Every job that was added stands in exactly one place.
  async census() {
    const { base, redis } = this
    const places = [
      ...(await redis.do('LRANGE', base + 'wait', 0, -1)),
      ...(await redis.do('LRANGE', base + 'active', 0, -1)),
      ...(await redis.do('ZRANGE', base + 'completed', 0, -1)),
      ...(await redis.do('ZRANGE', base + 'failed', 0, -1)),
    ]
    assert.equal(places.length, this.added, 'jobs in all')
    assert.equal(new Set(places).size, this.added, 'no job twice')
    return { active: await redis.do('LLEN', base + 'active'), wait: await redis.do('LLEN', base + 'wait') }
  }

  async starts() {
    const [most, sum] = await this.redis.do('EVAL', ATTEMPTS, 0, this.base)
    return { most, sum }
  }
}

// Jobs are posted to it, and it answers `ms` later.  posts: how often each id came.
async function slowEndpoint(t, ms) {
  const endpoint = { posts: new Map(), total: 0, open: 0 }
  const server = createServer((request, response) => {
    const id = request.headers['x-willaq-job']
    endpoint.posts.set(id, (endpoint.posts.get(id) ?? 0) + 1)
    endpoint.total++
    endpoint.open++
    response.on('close', () => endpoint.open--)
    request.resume()
    setTimeout(() => response.end('null'), ms)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  endpoint.url = `http://127.0.0.1:${server.address().port}/`
  return endpoint
}

function poster(t, redis, endpoint, concurrency) {
  return start(['worker', '--redis-url', redis.url, '--queue', 'q', '--push', endpoint.url, '--concurrency', `${concurrency}`,
    '--http-connections-max', '500', '--http-connections-per-host-max', '500', ...STEADY], { t })
}

const QUICK = ['--lock-duration', '1000', '--stalled-interval', '500', '--max-stalled-count', '1000000']

// A busy machine may stop a worker for a second: its locks outlast that.
const STEADY = ['--lock-duration', '3000', '--stalled-interval', '500', '--max-stalled-count', '1000000']

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
  for (let round = 0; round < MARKS / queues.length; round++)
    await Promise.all(queues.map(async (queue) => {
      await pause(Math.random() * 50)
      const added = queue.add(1, {}, Math.random() < 0.5 ? 'marked' : 'unmarked')
      await Promise.all([added, redis.do('DEL', queue.base + 'marker')])
      await until(async () => (await queue.completed()) === queue.added, 2000)
    }))
})

test(`R2: nothing is lost when a worker is killed (${KILLS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  const concurrency = 200
  for (let kill = 0; kill < KILLS; kill++) {
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
  assert.ok(sum - queue.added <= KILLS * concurrency, `${sum - queue.added} runs more than jobs`)
})

test(`R20: SIGTERM under load loses nothing and runs nothing twice (${TERMS} times)`, async (t) => {
  const redis = await RedisServer.start(t)
  const queue = new Queue(redis, 'q')
  for (let term = 0; term < TERMS; term++) {
    const before = await queue.completed()
    await queue.add(3000)
    const program = worker(t, redis, 'q', '--concurrency', '100')
    await until(async () => (await queue.completed()) > before + 50)
    const { code } = await program.stop(10_000)
    assert.equal(code, 0)
    assert.equal((await queue.census()).active, 0, 'nothing is left behind')
  }
  worker(t, redis, 'q', '--concurrency', '100')
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  assert.equal(await redis.do('XLEN', queue.base + 'events') > 0, true)
  assert.equal((await redis.do('KEYS', queue.base + '*:lock')).length, 0)
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
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
})

test('R2: what was in flight when a worker was killed runs again, and nothing else does', async (t) => {
  const redis = await RedisServer.start(t)
  const endpoint = await slowEndpoint(t, 200)
  const queue = new Queue(redis, 'q')
  const kills = LONG ? 50 : 3
  const concurrency = 200
  await queue.add((kills + 1) * 500)
  for (let kill = 0; kill < kills; kill++) {
    const before = endpoint.total
    const program = poster(t, redis, endpoint, concurrency)
    await until(() => endpoint.total > before + concurrency && endpoint.open > 20)
    program.kill('SIGKILL')
    await program.end()
  }
  poster(t, redis, endpoint, concurrency)
  await until(async () => (await queue.completed()) === queue.added, 60_000)
  assert.deepEqual(await queue.census(), { active: 0, wait: 0 })
  assert.equal(endpoint.posts.size, queue.added, 'each job was posted')
  const again = endpoint.total - queue.added
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
