// SPDX-License-Identifier: MIT
// push.test.mjs — a worker that posts its jobs: what is posted, what each answer does, and endpoints that misbehave.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { describe, test } from 'node:test'
import { QueueRedis } from './plain_queue.mjs'
import { freePort, run, start, until } from './support.mjs'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OLDER = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'

// An endpoint that keeps what it was sent; `answer(body, res, n)` answers the n-th request.
async function endpoint(t, answer, port = 0) {
  const seen = []
  const server = createServer((req, res) => {
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      seen.push({ headers: req.headers, method: req.method, url: req.url, text, body: JSON.parse(text), at: Date.now() })
      answer(seen.at(-1).body, res, seen.length)
    })
  })
  let connections = 0
  server.on('connection', () => connections++)
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, server, url: `http://127.0.0.1:${server.address().port}/work?x=1`, connections: () => connections }
}

function worker(t, redis, queue, url, ...more) {
  const env = more.at(-1)?.env
  const args = env ? more.slice(0, -1) : more
  return start(['worker', '--redis-url', redis.url, '--queue', queue, '--push', url, ...args], { t, env })
}

describe('push', { concurrency: 2 }, () => {
  test('posts a job as the contract says', async (t) => {
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, (_, res) => res.end('{"done":true}'))
    const raw = '{"big":12345678901234567890, "f":1.0,"é":"\\u00e9"}'
    await redis.add('q', 'plain', { name: 'greet', data: raw, opts: { attempts: 3, kl: 5 } })
    await redis.add('q', 'a b/é%', { fields: ['parentKey', 'bull:up:9', 'parent', '{"id":"9","queueKey":"bull:up"}', 'atm', 2, 'ats', 4] })
    const w = worker(t, redis, 'q', at.url, '--concurrency', '1')
    const job = await redis.ended('q', 'plain', 'completed')
    await redis.ended('q', 'a b/é%', 'completed')
    assert.equal(job.returnvalue, '{"done":true}')
    assert.equal(at.seen.length, 2)

    const [first, second] = at.seen
    assert.equal(first.method, 'POST')
    assert.equal(first.url, '/work?x=1')
    assert.equal(first.headers['content-type'], 'application/json')
    assert.equal(first.headers['x-willaq-queue'], 'q')
    assert.equal(first.headers['x-willaq-job'], 'plain')
    assert.equal(first.headers['x-willaq-attempt'], '1')
    assert.equal(first.headers['webhook-id'], undefined)
    assert.deepEqual(Object.keys(first.body), ['queue', 'id', 'name', 'data', 'opts', 'timestamp', 'attemptsMade', 'attemptsStarted', 'token'])
    assert.ok(first.text.includes(`"data":${raw},`), 'data byte for byte')
    assert.deepEqual(first.body.opts, { attempts: 3, keepLogs: 5 })
    assert.equal(first.body.timestamp, Number(job.timestamp))
    assert.deepEqual([first.body.queue, first.body.id, first.body.name, first.body.attemptsMade, first.body.attemptsStarted], ['q', 'plain', 'greet', 0, 1])
    assert.ok(first.body.token.length >= 16)

    assert.equal(decodeURIComponent(second.headers['x-willaq-job']), 'a b/é%')
    assert.equal(second.headers['x-willaq-attempt'], '3')
    assert.equal(second.body.attemptsMade, 2)
    assert.equal(second.body.attemptsStarted, 5)
    assert.deepEqual(second.body.parent, { id: '9', queueKey: 'bull:up' })
    assert.equal((await w.stop()).code, 0)
  })

  // name of the job → its answers, in turn; the last again
  const rows = {
    'json': { answers: [[200, {}, '[1,2]']], state: 'completed', returnvalue: '[1,2]' },
    'text': { answers: [[200, {}, 'all "well"']], state: 'completed', value: 'all "well"' },
    'empty': { answers: [[204, {}, '']], state: 'completed', returnvalue: 'null' },
    'bytes': { answers: [[200, {}, Buffer.from([0x61, 0xff, 0x62])]], state: 'completed', returnvalue: '"a\ufffdb"' },
    'busy 429': { answers: [[429, { 'Retry-After': '1' }, ''], [200, {}, '1']], state: 'completed', posts: 2, made: '1', waits: 900 },
    'busy 503 by date': { answers: [[503, () => ({ 'Retry-After': new Date(Date.now() + 2000).toUTCString() }), ''], [200, {}, '1']], state: 'completed', posts: 2, made: '1', waits: 900 },
    'later': { answers: [[200, { 'X-Willaq-Delay': '300' }, 'x'], [200, {}, '7']], state: 'completed', posts: 2, made: '1', waits: 290, returnvalue: '7' },
    'never later': { answers: [[200, { 'X-Willaq-Delay': 'x' }, '']], state: 'failed', reason: /X-Willaq-Delay/ },
    'again 500': { answers: [[500, {}, ''], [408, {}, ''], [425, {}, ''], [429, {}, ''], [200, {}, '1']], opts: { attempts: 5 }, state: 'completed', posts: 5, made: '5' },
    'attempts used up': { answers: [[502, {}, '{"message":"m"}']], opts: { attempts: 2, backoff: { type: 'fixed', delay: 50 } }, state: 'failed', posts: 2, made: '2', reason: /^m$/ },
    'for good': { answers: [[400, {}, '{"detail":"d","message":"m"}']], opts: { attempts: 9 }, state: 'failed', posts: 1, made: '1', reason: /^d$/ },
    'stack': { answers: [[422, {}, '{"error":{"message":"e","stack":"E: e\\n at f"}}']], state: 'failed', posts: 1, reason: /^e$/, stack: ['E: e\n at f'] },
    'status line': { answers: [[404, {}, '<html>']], state: 'failed', reason: /^HTTP 404 Not Found$/ },
    'redirect': { answers: [[302, { Location: '/other' }, '']], opts: { attempts: 9 }, state: 'failed', posts: 1, reason: /302/ },
    'reset': { answers: [null, [200, {}, '1']], opts: { attempts: 2 }, state: 'completed', posts: 2, made: '2' },
  }

  test('does with each answer what the contract says', async (t) => {
    const redis = await QueueRedis.start(t)
    const posts = {}
    const at = await endpoint(t, ({ name }, res) => {
      posts[name] = (posts[name] ?? []).concat(Date.now())
      const row = rows[name]
      const answer = row.answers[Math.min(posts[name].length, row.answers.length) - 1]
      if (!answer) return res.destroy()
      const [status, headers, body] = answer
      res.writeHead(status, typeof headers === 'function' ? headers() : headers).end(body)
    })
    for (const [name, row] of Object.entries(rows)) await redis.add('q', `id-${name}`, { name, opts: row.opts })
    worker(t, redis, 'q', at.url, '--concurrency', '20')
    for (const [name, row] of Object.entries(rows)) {
      const job = await redis.ended('q', `id-${name}`, row.state)
      if (row.returnvalue) assert.equal(job.returnvalue, row.returnvalue, name)
      if (row.value) assert.equal(JSON.parse(job.returnvalue), row.value, name)
      if (row.reason) assert.match(job.failedReason, row.reason, name)
      if (row.stack) assert.deepEqual(JSON.parse(job.stacktrace), row.stack, name)
      if (row.made) assert.equal(job.atm, row.made, name)
      assert.equal(posts[name].length, row.posts ?? 1, name)
      if (row.waits) assert.ok(posts[name][1] - posts[name][0] >= row.waits, `${name}: ${posts[name][1] - posts[name][0]}`)
    }
  })

  test('signs with every secret', async (t) => {
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, (_, res, n) => res.writeHead(n === 1 ? 500 : 200).end())
    await redis.add('q', '1', { data: { say: 'hé' }, opts: { attempts: 2 } })
    worker(t, redis, 'q', at.url, { env: { WILLAQ_PUSH_SECRET: `${SECRET},${OLDER}` } })
    await redis.ended('q', '1', 'completed')
    for (const { headers, text } of at.seen) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
      const sum = (secret) => `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(signed).digest('base64')}`
      assert.equal(headers['webhook-signature'], `${sum(SECRET)} ${sum(OLDER)}`)
      assert.ok(Math.abs(Date.now() / 1000 - headers['webhook-timestamp']) < 60)
    }
    assert.equal(at.seen[0].headers['webhook-id'], at.seen[1].headers['webhook-id'])
    assert.match(at.seen[0].headers['webhook-id'], /^msg_[0-9a-f]{32}$/)
  })

  test('refuses a secret that is none', async () => {
    const done = await run(['worker', '--redis-url', 'redis://127.0.0.1:1', '--queue', 'q', '--push', 'http://127.0.0.1:1', '--push-secret', 'whsec_!'])
    assert.notEqual(done.code, 0)
    assert.match(done.stderr, /--push-secret/)
  })

  test('leaves an endpoint alone that is gone, and finds it again', async (t) => {
    const JOBS = 60
    const redis = await QueueRedis.start(t)
    const port = await freePort()
    for (let i = 0; i < JOBS; i++) await redis.add('q', `j${i}`, { opts: { attempts: 3 } })
    worker(t, redis, 'q', `http://127.0.0.1:${port}/`, '--concurrency', '5')
    const used = async () => {
      let sum = 0
      for (let i = 0; i < JOBS; i++) sum += Number((await redis.do('HGET', `bull:q:j${i}`, 'atm')) ?? 0)
      return sum
    }
    await until(async () => (await used()) >= 5)
    const from = Date.now()
    await until(() => Date.now() - from > 1500, 5000, 'a while without the endpoint')
    assert.ok((await used()) <= 12, `attempts used while it is gone: ${await used()}`)
    const at = await endpoint(t, (_, res) => res.end(), port)
    await until(async () => (await redis.do('ZCARD', 'bull:q:completed')) === JOBS, 20_000)
    assert.equal(at.seen.length, JOBS, 'one post each')
    assert.equal(await redis.do('EXISTS', 'bull:q:failed'), 0)
  })

  test('cuts off an endpoint that does not answer', async (t) => {
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, ({ name }, res, n) => {
      if (name === 'drips') {
        res.writeHead(200)
        const timer = setInterval(() => res.write('.'), 20)
        res.on('close', () => clearInterval(timer))
      } else if (n > 2) res.end('"well"')
    })
    await redis.add('q', 'silent', { name: 'silent' })
    await redis.add('q', 'drips', { name: 'drips' })
    worker(t, redis, 'q', at.url, '--push-timeout', '400ms')
    for (const id of ['silent', 'drips']) assert.match((await redis.ended('q', id, 'failed')).failedReason, /no answer within 400 ms/)
    await redis.add('q', 'next')
    assert.equal((await redis.ended('q', 'next', 'completed')).returnvalue, '"well"')
  })

  test('a job that takes longer than it may has failed an attempt', async (t) => {
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, (_, res, n) => n > 2 && res.end())
    await redis.add('q', '1', { opts: { attempts: 3 } })
    worker(t, redis, 'q', at.url, '--job-timeout', '300ms')
    const job = await redis.ended('q', '1', 'completed')
    assert.equal(job.atm, '3')
    assert.equal(at.seen.length, 3)
    assert.match(job.failedReason, /time is over/)
  })

  test('gives back what it holds when it is stopped', async (t) => {
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, () => {})
    await redis.add('q', '1')
    const w = worker(t, redis, 'q', at.url, '--drain-timeout', '1s')
    await until(() => at.seen.length === 1)
    assert.equal((await w.stop()).code, 0)
    assert.equal(await redis.do('LLEN', 'bull:q:wait'), 1)
    assert.equal(await redis.do('HGET', 'bull:q:1', 'atm'), null)
  })

  // Answers nobody before `n` are there.
  async function atOnce(t, n) {
    const waiting = []
    const at = await endpoint(t, (_, res) => {
      waiting.push(res)
      if (waiting.length >= n) for (const one of waiting.splice(0)) one.end()
    })
    return at
  }

  test('has as many posts out as jobs at once', async (t) => {
    const JOBS = 300
    const redis = await QueueRedis.start(t)
    const at = await atOnce(t, JOBS)
    for (let i = 0; i < JOBS / 2; i++) await Promise.all([redis.add('q', `j${i}`), redis.add('r', `j${i}`)])
    const w = worker(t, redis, 'q,r', at.url, '--concurrency', `${JOBS / 2}`)
    for (const queue of ['q', 'r']) await until(async () => (await redis.do('ZCARD', `bull:${queue}:completed`)) === JOBS / 2)
    assert.equal(at.connections(), JOBS)
    assert.doesNotMatch(w.stderr, /push_held_up/)
  })

  test('says so when it may not', async (t) => {
    const JOBS = 20
    const redis = await QueueRedis.start(t)
    const at = await atOnce(t, 7)
    for (let i = 0; i < JOBS; i++) await redis.add('q', `j${i}`)
    const w = worker(t, redis, 'q', at.url, '--concurrency', `${JOBS}`, '--http-connections-per-host-max', '7', '--push-timeout', '60s')
    await until(() => at.seen.length === JOBS)
    assert.equal(at.connections(), 7)
    assert.match(w.stderr, /push_held_up setting=http-connections-per-host-max is=7 needs=20/)
  })

  test('uses its connections again', async (t) => {
    const JOBS = 200
    const redis = await QueueRedis.start(t)
    const at = await endpoint(t, (_, res) => res.end())
    for (let i = 0; i < JOBS; i++) await redis.add('q', `j${i}`)
    worker(t, redis, 'q', at.url, '--concurrency', '4')
    await until(async () => (await redis.do('ZCARD', 'bull:q:completed')) === JOBS)
    assert.equal(at.seen.length, JOBS)
    assert.ok(at.connections() <= 8, `${at.connections()} connections`)
  })

  const HEAD = 'HTTP/1.1 200 OK\r\n'
  const hostile = {
    'huge': { text: `${HEAD}Content-Length: 2000000\r\n\r\n`, fill: 2_000_000, state: 'failed', reason: /too large/ },
    'endless': { text: `${HEAD}Connection: close\r\n\r\n`, fill: Infinity, state: 'failed', reason: /too large/ },
    'endless head': { text: HEAD, fill: Infinity, line: 'X-A: b\r\n', state: 'failed', reason: /too large/ },
    'huge failure': { text: 'HTTP/1.1 400 No\r\nConnection: close\r\n\r\n', fill: 3_000_000, state: 'failed', reason: /HTTP 400/ },
    'not HTTP': { text: 'SSH-2.0-x\r\n\r\n', close: true, state: 'failed', reason: /no answer/ },
    'nothing': { text: '', close: true, state: 'failed', reason: /no answer/ },
    'half a body': { text: `${HEAD}Content-Length: 10\r\n\r\nabc`, close: true, state: 'failed', reason: /no answer/ },
    'deep': { text: `${HEAD}Content-Length: 2000\r\n\r\n${'['.repeat(2000)}`, close: true, state: 'completed' },
    'zero bytes': { text: `${HEAD}Content-Length: 3\r\n\r\na\0b`, close: true, state: 'completed', returnvalue: '"a\\u0000b"' },
  }
  for (const [name, row] of Object.entries(hostile)) {
    test(`outlives an answer that is ${name}`, async (t) => {
      const redis = await QueueRedis.start(t)
      const sockets = new Set()
      const server = createTcpServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.once('data', () => {
          socket.write(row.text)
          let left = row.fill ?? 0
          const pour = () => {
            while (left > 0 && !socket.destroyed) {
              const piece = row.line ? row.line.repeat(1000) : 'x'.repeat(Math.min(left, 65536))
              left -= piece.length
              if (!socket.write(piece)) return socket.once('drain', pour)
            }
            if (row.close) socket.end()
          }
          pour()
        })
      })
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
      t.after(() => {
        for (const s of sockets) s.destroy()
        server.close()
      })
      await redis.add('q', '1')
      worker(t, redis, 'q', `http://127.0.0.1:${server.address().port}/`)
      const job = await redis.ended('q', '1', row.state)
      if (row.reason) assert.match(job.failedReason, row.reason)
      if (row.returnvalue) assert.equal(job.returnvalue, row.returnvalue)
    })
  }
})
