// SPDX-License-Identifier: MIT
// serve.test.mjs — `willaq serve` as a black box: its pages, its Redis that comes and goes, its refusals, its end.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { request, Agent } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { RedisServer } from './redis.mjs'
import { run, start, until } from './support.mjs'

const LISTENING = /listening (http:\/\/\S+)/

async function startServe(args, env) {
  const server = start(['serve', '--port', '0', ...args], { env })
  server.url = (await server.until(LISTENING))[1]
  return server
}

const status = async (url) => (await fetch(url)).status

// Requests without end on 20 connections, until one is refused.  `torn`: answers that began and broke off.
function startLoad(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const load = { answered: 0, torn: 0 }
  const one = () => new Promise((resolve) =>
    request(`${url}/livez`, { agent }, (answer) => {
      answer.on('error', () => load.torn++).on('close', () => resolve(true)).on('end', () => load.answered++).resume()
    }).on('error', () => resolve(false)).end())
  const loop = async () => {
    while (await one());
  }
  const loops = Promise.all(Array.from({ length: 20 }, loop))
  load.end = () => loops.then(() => agent.destroy())
  return load
}

// A connection that had one answer and sent half of a second request; finish() sends the other half, `rest` is the
// text that came for it.
async function takenRequest(url) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.setEncoding('latin1').on('data', (piece) => (text += piece))
  const closed = new Promise((resolve, reject) => socket.on('error', reject).on('close', resolve))
  closed.catch(() => {})
  socket.write(`GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\nHo`)
  await until(() => /\r\n\r\n.*ok/is.test(text))
  const first = text.length
  return { finish: () => socket.write('st: a\r\n\r\n'), rest: closed.then(() => text.slice(first)) }
}

describe('willaq serve', () => {
  let redis // stopped, but where a test runs it
  before(async () => {
    redis = await new RedisServer().prepare()
  })
  after(() => redis.end())

  test('Redis absent at start: told, 503, and ready without a restart once it is there', async () => {
    const server = await startServe(['--redis-url', redis.url])
    const answer = await fetch(`${server.url}/readyz`)
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers.get('retry-after')) > 0)
    const { checks } = await answer.json()
    assert.equal(checks.redis.ok, false)
    assert.ok(checks.redis.why.length > 0)
    assert.equal(await status(`${server.url}/livez`), 200)
    await server.until(/event=redis_away .*127\.0\.0\.1/)
    await redis.run()
    await until(async () => (await status(`${server.url}/readyz`)) === 200)
    await redis.stop()
    await until(async () => (await status(`${server.url}/readyz`)) === 503)
    await redis.run()
    await until(async () => (await status(`${server.url}/readyz`)) === 200)
    await redis.stop()
    assert.equal((await server.stop()).code, 0)
  })

  test('its pages: live, health, metrics, description, problems', async () => {
    const server = await startServe(['--redis-url', redis.url])
    for (const path of ['/livez', '/healthz']) assert.deepEqual(await (await fetch(server.url + path)).json(), { status: 'ok' })
    assert.equal((await (await fetch(`${server.url}/health`)).json()).status, 'not ready')
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    for (const name of ['willaq_loop_lag_seconds_bucket', 'process_resident_memory_bytes', 'willaq_build_info'])
      assert.match(metrics, new RegExp(`^${name}`, 'm'))
    const openapi = await (await fetch(`${server.url}/openapi.json`)).json()
    assert.equal(openapi.openapi, '3.1.0')
    assert.ok(openapi.paths['/readyz'].get.summary)
    const none = await fetch(`${server.url}/no/such`)
    assert.equal(none.status, 404)
    assert.equal(none.headers.get('content-type'), 'application/problem+json')
    const problem = await none.json()
    for (const key of ['type', 'title', 'status', 'code']) assert.ok(problem[key], key)
    const wrong = await fetch(`${server.url}/livez`, { method: 'POST' })
    assert.equal(wrong.status, 405)
    assert.match(wrong.headers.get('allow'), /GET/)
    assert.ok(wrong.headers.get('x-request-id'))
    assert.equal((await server.stop()).code, 0)
  })

  test('wrong starts: one sentence and exit 2', async () => {
    const url = await run(['serve', '--redis-url', 'http://127.0.0.1'])
    assert.equal(url.code, 2)
    assert.match(url.stderr, /redis-url/)
    const host = await run(['serve', '--port', '0', '--host', '192.0.2.1'])
    assert.equal(host.code, 2)
    assert.match(host.stderr, /^willaq: .*192\.0\.2\.1/m)
    const file = await run(['serve', '--env-file', join(redis.dir, 'none')])
    assert.equal(file.code, 2)
    assert.match(file.stderr, /none/)
    const server = await startServe(['--redis-url', redis.url])
    const taken = await run(['serve', '--port', new URL(server.url).port])
    assert.equal(taken.code, 2)
    assert.match(taken.stderr, /^willaq: 127\.0\.0\.1:\d+ is taken by another program: .*--port$/m)
    assert.equal((await server.stop()).code, 0)
  })

  test('a Unix socket beside the port', async () => {
    const path = join(redis.dir, 'willaq.sock')
    const server = await startServe(['--redis-url', redis.url, '--unix-socket', path])
    const code = await new Promise((resolve, reject) =>
      request({ socketPath: path, path: '/livez' }, (answer) => resolve(answer.resume().statusCode)).on('error', reject).end())
    assert.equal(code, 200)
    assert.equal((await server.stop()).code, 0)
  })

  test('one thread under load, with a Redis whose name needs resolving', async () => {
    await redis.run()
    const server = await startServe(['--redis-url', `redis://localhost:${redis.port}`])
    const agent = new Agent({ keepAlive: true, maxSockets: 50 })
    let answered = 0
    const one = () => new Promise((resolve, reject) =>
      request(`${server.url}/readyz`, { agent }, (answer) => answer.resume().on('end', () => resolve(answered++))).on('error', reject).end())
    await until(async () => (await status(`${server.url}/readyz`)) === 200)
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, one))
      assert.equal(readdirSync(`/proc/${server.pid}/task`).length, 1)
    }
    assert.equal(answered, 1000)
    agent.destroy()
    await redis.stop()
    assert.equal((await server.stop()).code, 0)
  })

  test('SIGTERM under load: every request that was taken is answered', async () => {
    const server = await startServe(['--redis-url', redis.url])
    const load = startLoad(server.url)
    await until(() => load.answered > 500)
    // The second request's first half came with the first request, so its bytes were read: it was taken.
    const taken = await Promise.all(Array.from({ length: 20 }, () => takenRequest(server.url)))
    const stopped = server.stop()
    await until(async () => (await status(`${server.url}/livez`).catch(() => 'closed')) === 'closed')
    for (const one of taken)
      one.finish()
    for (const one of taken)
      assert.match(await one.rest, /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n.*\{"status":"ok"\}$/is)
    assert.equal((await stopped).code, 0)
    await load.end()
    assert.equal(load.torn, 0)
  })
})
