// SPDX-License-Identifier: MIT
// faultproxy.test.mjs — each thing that the fault proxy does to a connection, seen from both of its ends.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { FaultProxy } from './faultproxy.mjs'
import { reset, run, scratch, until } from './support.mjs'

const BIG = 4 * 1024 * 1024
const BOUND_MS = 15_000

// One end: what it got, when, and how it ended ("fin", a code, or not yet).
class End {
  text = ''
  got = 0
  pieces = 0
  how

  constructor(socket) {
    this.socket = socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      this.first ??= performance.now()
      this.pieces++
      this.got += text.length
      if (this.got < 4096) this.text += text
    })
    socket.on('end', () => (this.how ??= 'fin'))
    socket.on('error', ({ code }) => {
      this.how ??= code
      this.error = code
    })
  }

  say(text) {
    this.said = performance.now()
    this.socket.write(text)
  }

  heard(text) {
    return until(() => this.text === text, BOUND_MS, `${JSON.stringify(text)}, not ${JSON.stringify(this.text)}`)
  }

  // A reset right behind bytes is an end to Node; who then speaks learns better.
  async ended(how) {
    await until(() => this.how, BOUND_MS, how)
    if (how === 'fin' || this.how === 'ECONNREFUSED') return assert.equal(this.how, how)
    if (this.how === 'fin') this.say('really?')
    await until(() => this.error === 'ECONNRESET' || this.error === 'EPIPE', BOUND_MS, `${how}, not ${this.how}`)
  }
}

class Pair {
  servers = []

  static async start(t, options) {
    const pair = new Pair()
    pair.t = t
    const server = createServer({ allowHalfOpen: true }, (socket) => pair.servers.push(new End(socket)))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      for (const { socket } of pair.servers) socket.destroy()
      server.close()
    })
    pair.proxy = await FaultProxy.start(t, server.address().port, options)
    return pair
  }

  // A client whose connection has reached the server, unless `alone`.
  async client({ alone = false } = {}) {
    const client = new End(connect({ port: this.proxy.port, host: '127.0.0.1', allowHalfOpen: true }))
    this.t.after(() => client.socket.destroy())
    if (alone) return { client }
    const n = this.servers.length
    await until(() => this.servers.length > n)
    return { client, server: this.servers.at(-1) }
  }
}

const world = async (t, options) => {
  const pair = await Pair.start(t, options)
  return { pair, proxy: pair.proxy, ...await pair.client() }
}

// Nothing comes while the proxy is asked about it some times over.
async function silence(proxy, end) {
  const before = end.got
  await proxy.set('wait 60')
  assert.equal(end.got, before)
  assert.equal(end.how, undefined)
}

describe('fault proxy', { concurrency: 6 }, () => {
  test('passes bytes and both ends on, in both directions', async (t) => {
    const { proxy, client, server } = await world(t)
    client.say('ping')
    await server.heard('ping')
    client.socket.end()
    await server.ended('fin')
    server.say('pong')
    await client.heard('pong')
    server.socket.end()
    await client.ended('fin')
    const stats = await until(async () => (await proxy.stats()).open === 0 && proxy.stats())
    assert.deepEqual(stats, { connections: 1, open: 0, resets: 0, cuts: 0,
      up: { in: 4, out: 4, lost: 0, held: 0, fins: 1, resets: 0 }, down: { in: 4, out: 4, lost: 0, held: 0, fins: 1, resets: 0 } })
  })

  test('passes a reset on', async (t) => {
    const { proxy, client, server } = await world(t)
    reset(client.socket)
    await server.ended('ECONNRESET')
    assert.equal((await proxy.stats()).up.resets, 1)
    const other = await world(t)
    reset(other.server.socket)
    await other.client.ended('ECONNRESET')
  })

  test('holds back what is more than it keeps, and delivers all of it', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('up blackhole')
    client.say('x'.repeat(BIG))
    await until(async () => (await proxy.stats()).up.held === 256 * 1024)
    await silence(proxy, server)
    assert.equal((await proxy.stats()).up.held, 256 * 1024)
    await proxy.set('pass')
    await until(() => server.got === BIG)
    assert.equal((await proxy.stats()).up.lost, 0)
  })

  test('latency, with jitter, in order', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('down latency 120 jitter 60')
    client.say('up is as it was')
    await server.heard('up is as it was')
    server.say('a')
    server.socket.write('b')
    await until(() => client.got === 2)
    assert.equal(client.text, 'ab')
    assert.ok(client.first - server.said >= 118, `${client.first - server.said} ms`)
  })

  test('bandwidth', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('up bandwidth 20000')
    client.say('x'.repeat(6000))
    await until(() => server.got === 6000)
    const ms = performance.now() - client.said
    assert.ok(ms >= 250, `${ms} ms for 6000 bytes at 20000 a second`)
  })

  test('one byte at a time', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('both slice 1 every 20000')
    client.say('abcdefghij')
    await server.heard('abcdefghij')
    assert.ok(performance.now() - client.said >= 170, 'ten bytes, 20 ms apart')
    await proxy.set('slice 100 every 20000')
    server.say('x'.repeat(1000))
    await until(() => client.got === 1000)
    assert.ok(performance.now() - server.said >= 170, 'ten slices')
    await proxy.set('slice 1')
    server.say('x'.repeat(3000))
    await until(() => client.got === 4000)
    assert.ok(client.pieces >= 2, 'it is not all one')
  })

  test('a blackhole hides bytes, ends and resets of one direction until it is healed', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('up blackhole')
    client.say('dark')
    server.say('light')
    await client.heard('light')
    reset(client.socket)
    await silence(proxy, server)
    await proxy.set('pass')
    await server.heard('dark')
    await server.ended('ECONNRESET')
  })

  test('what is lost is lost', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('up lose')
    client.say('gone')
    await until(async () => (await proxy.stats()).up.lost === 4)
    await proxy.set('pass')
    client.say('here')
    await server.heard('here')
  })

  test('a limit lets so many through and keeps the rest', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('down limit 3')
    server.say('abcdef')
    await client.heard('abc')
    await silence(proxy, client)
    await proxy.set('down pass')
    await client.heard('abcdef')
  })

  for (const [order, how] of [['reset', 'ECONNRESET'], ['cut', 'fin']]) {
    test(`${order}: at once, after bytes that arrive, and when the first comes`, async (t) => {
      const { pair, proxy, client, server } = await world(t)
      await proxy.set(`old ${order}`)
      await Promise.all([client.ended(how), server.ended(how)])
      await proxy.set(`down ${order} after 5`)
      const second = await pair.client()
      second.client.say('a request')
      await second.server.heard('a request')
      second.server.say('answer')
      await second.client.ended(how)
      assert.equal(second.client.text, 'answe')
      await second.server.ended(how)
      await proxy.set('pass', `up ${order} after 0`)
      const third = await pair.client()
      third.server.say('before')
      await third.client.heard('before')
      third.client.say('x')
      await Promise.all([third.client.ended(how), third.server.ended(how)])
      assert.equal(third.server.got, 0)
      await proxy.set('pass', `new ${order}`)
      await (await pair.client({ alone: true })).client.ended(how)
      assert.equal((await proxy.stats())[order === 'cut' ? 'cuts' : 'resets'], 4)
    })
  }

  test('an end that is passed on late', async (t) => {
    const { proxy, client, server } = await world(t)
    await proxy.set('slow-close 150')
    const at = performance.now()
    client.socket.end('bye')
    await server.heard('bye')
    await server.ended('fin')
    assert.ok(performance.now() - at >= 148)
  })

  test('a timeout holds all up and cuts', async (t) => {
    const { proxy, client, server } = await world(t)
    const at = performance.now()
    await proxy.set('timeout 120')
    client.say('into the dark')
    await Promise.all([client.ended('fin'), server.ended('fin')])
    assert.ok(performance.now() - at >= 115)
    assert.equal(server.got, 0)
  })

  test('half open: the server knows, the client does not, and learns it when it speaks afterwards', async (t) => {
    const { pair, proxy, client, server } = await world(t)
    await proxy.set('half-open')
    await server.ended('fin')
    client.say('anybody?')
    const { client: later } = await pair.client({ alone: true })
    later.say('hello')
    await silence(proxy, client)
    assert.equal(pair.servers.length, 1)
    await proxy.set('pass')
    await client.ended('ECONNRESET')
    await until(() => pair.servers.length === 2)
    await pair.servers[1].heard('hello')
  })

  test('refuses, and listens again on the same port', async (t) => {
    const { pair, proxy, client, server } = await world(t)
    await proxy.set('refuse')
    await (await pair.client({ alone: true })).client.ended('ECONNREFUSED')
    client.say('still there')
    await server.heard('still there')
    await proxy.set('refuse', 'pass')
    const second = await pair.client()
    second.client.say('again')
    await second.server.heard('again')
  })

  test('a server that is not there resets the client; another may take its place', async (t) => {
    const pair = await Pair.start(t)
    const { proxy } = pair
    await proxy.set('to 127.0.0.1:1')
    await (await pair.client({ alone: true })).client.ended('ECONNRESET')
    const other = await Pair.start(t)
    await proxy.set(`to localhost:${other.proxy.port}`)
    const { client } = await pair.client({ alone: true })
    client.say('moved')
    await until(() => other.servers.length === 1)
    await other.servers[0].heard('moved')
  })

  test('befalls new or old connections, a share of them, or so many', async (t) => {
    const { pair, proxy, client, server } = await world(t, { seed: 7 })
    await proxy.set('new up reset after 0 times 2')
    client.say('old ones are spared')
    await server.heard('old ones are spared')
    for (let i = 0; i < 3; i++) {
      const one = await pair.client()
      one.client.say('x')
      if (i < 2) await one.client.ended('ECONNRESET')
      else await one.server.heard('x')
    }
    await proxy.set('pass', 'new up blackhole pct 50')
    const many = await Promise.all(Array.from({ length: 40 }, () => pair.client({ alone: true })))
    await until(() => pair.servers.length === 44)
    for (const each of many) each.client.say('y')
    await until(async () => (await proxy.stats()).up.in === 19 + 3 + 40)
    const { held } = (await proxy.stats()).up
    t.diagnostic(`${held} of 40 held up`)
    assert.ok(held >= 8 && held <= 32)
  })

  test('orders of a script, later ones, and some that are none', async (t) => {
    const dir = scratch(t)
    const file = join(dir, 'orders')
    writeFileSync(file, '# at first all is well\nat 2000 up blackhole\nwait 80\ndown latency 1')
    const { proxy, client, server } = await world(t, { script: file })
    client.say('early')
    await server.heard('early')
    await proxy.set('wait 2000')
    client.say('late')
    await silence(proxy, server)
    for (const [order, why] of [['nonsense', /no such order/], ['latency', /number/], ['slice 0', /one byte/], ['cut now', /last word/],
      ['pct 5', /no such/], ['lose pct 101', /pct/], ['to nowhere', /HOST:PORT/], ['reset after x', /number/]])
      await assert.rejects(proxy.set(order), why)
    writeFileSync(file, 'nonsense\n')
    const { code, stderr } = await run(['--to', '127.0.0.1:1', file], { bin: FaultProxy.program })
    assert.equal(code, 2)
    assert.match(stderr, /no such order/)
    for (const args of [[], ['--to', 'nowhere'], ['--to', '127.0.0.1:1', '--what']])
      assert.equal((await run(args, { bin: FaultProxy.program })).code, 2)
  })
})
