// SPDX-License-Identifier: MIT
// steady_world.mjs — one server under a load of every kind at once, and what it takes of the machine meanwhile.
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'

import { RedisServer } from './redis.mjs'
import { Sandbox } from './sandbox_world.mjs'
import { Load } from './sink_load.mjs'
import { SECRET, TOKEN, sign, text } from './sink_world.mjs'
import { freePort, start, until } from './support.mjs'

const KEY = 'test-key'
const SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const SEND_EVERY_MS = 250
const BURST = 400 // sends at the beginning, so that there are as many connections as there will ever be
const SENDING = 8 // at once
const PEOPLE = 50
const KEPT = 500
const EVENTS_MAX = 5000
const HISTORY_MAX = 1000 // of one contact
const QUEUE_EVENTS_MAX = 10_000

// What a key that never expires may hold, in all: who is asked first says.
const BOUNDS = [
  [/:hist:#$/, PEOPLE * HISTORY_MAX],
  [/^bull:[a-z-]+:events$/, QUEUE_EVENTS_MAX],
  [/:sub:events$/, EVENTS_MAX],
  [/^bull:[a-z-]+:#/, 25_000], // the fields of jobs that are kept, or wait
  [/./, 2000],
]
const SLACK = 1.2 // streams are cut by whole nodes, histories now and then
const NUMBER = '100000000000001'

// Freed memory goes back at once: what a sanitizer keeps of it would hide a leak for minutes.
export const SETTLED = `${process.env.ASAN_OPTIONS ? `${process.env.ASAN_OPTIONS}:` : ''}quarantine_size_mb=0:thread_local_quarantine_size_kb=0`

// What a process has: {rss} in bytes, {fds}.
export function taken(pid) {
  const rss = 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1])
  return { rss, fds: readdirSync(`/proc/${pid}/fd`).length }
}

// Slope of a line through points [x, y]: the median of those of all pairs, which a single step does not bend.
export function slope(points) {
  const all = []
  for (const [i, [x, y]] of points.entries())
    for (const [x2, y2] of points.slice(i + 1)) all.push((y2 - y) / (x2 - x))
  return all.sort((a, b) => a - b)[all.length >> 1]
}

// What people write to the number that answers them.
class Crowd extends Load {
  request(n) {
    const message = { ...text(`wamid.${this.prefix}${n}`, `5939${String(n % PEOPLE).padStart(8, '0')}`), timestamp: String(Math.floor(Date.now() / 1000)) }
    const value = { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: NUMBER }, messages: [message] }
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '7001', changes: [{ field: 'messages', value }] }] })
    return `POST /webhooks/whatsapp HTTP/1.1\r\nHost: steady\r\nContent-Type: application/json\r\n` +
      `X-Hub-Signature-256: ${sign(body)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }
}

// A subscriber that remembers which messages it was told of, and no more.
class Subscriber {
  told = new Set()

  static async start(t) {
    const s = new Subscriber()
    const server = createServer(async (req, res) => {
      const pieces = []
      for await (const piece of req) pieces.push(piece)
      for (const { data } of JSON.parse(Buffer.concat(pieces)).events) s.told.add(Number(data.message.id.split('.').at(-1)))
      res.end()
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    s.url = `http://127.0.0.1:${server.address().port}/`
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    return s
  }
}

const CENSUS = `
local page = redis.call('SCAN', ARGV[1], 'COUNT', 500)
local size = { list = 'LLEN', zset = 'ZCARD', set = 'SCARD', hash = 'HLEN', stream = 'XLEN', string = 'STRLEN' }
local out = {}
for _, key in ipairs(page[2]) do
  local kind = redis.call('TYPE', key).ok
  if size[kind] then
    out[#out + 1] = { key, kind, kind == 'string' and 1 or redis.call(size[kind], key), redis.call('PTTL', key) }
  end
end
return { page[1], out }`

export class Steady {
  static async start(t, { webhooks, sends }) {
    const s = new Steady()
    Object.assign(s, { t, sends, asked: 0, refused: 0, heard: 0 })
    s.redis = await RedisServer.start(t)
    s.port = await freePort()
    s.subscriber = await Subscriber.start(t)
    s.sandbox = await Sandbox.start(t, ['--latency', '20ms', '--status-delay', '50ms'], { url: `http://127.0.0.1:${s.port}/webhooks/whatsapp` })
    const common = ['--redis-url', s.redis.url, '--send-timeout', '5s']
    const env = { WILLAQ_API_KEY: KEY, WILLAQ_SECRET_KEY: SECRET_KEY, ASAN_OPTIONS: SETTLED }
    s.server = start(['serve', ...common, '--port', String(s.port), '--webhook-secret', SECRET, '--webhook-verify-token', TOKEN,
      '--subscription-private', '--send-concurrency', String(SENDING), '--webhook-log-max', String(KEPT), '--events-max', String(EVENTS_MAX)], { t, env })
    await s.server.until(/^listening /m)
    await until(async () => (await s.call('GET', '/readyz')).status === 200)
    s.worker = start(['worker', ...common, '--keep-completed', String(KEPT), '--queue', 'outbound-messages,message-statuses,inbound-messages', '--concurrency', String(SENDING)], { t, env })
    await s.worker.until(/working /)
    s.account = (await s.json('POST', '/api/whatsapp/accounts', {
      provider: 'cloud', name: 'Sales', phone_number_id: NUMBER, access_token: 'token-of-tests', verify: false,
      base_url: `${s.sandbox.url}/v24.0`, limits: { per_second: 10_000, burst: 10_000, pair_interval_ms: 0, people_per_day: 0 },
    })).id
    await s.json('POST', '/api/subscriptions', { url: s.subscriber.url, kinds: ['message'], batch_size: 20, batch_delay_ms: 200, in_flight: 2 })
    s.load = new Crowd(s.port, { connections: 16, rate: webhooks, prefix: 'steady.' })
    t.after(() => s.load.abort())
    return s
  }

  call(method, path, body) {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method, headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body),
    })
  }

  async json(method, path, body) {
    const answer = await this.call(method, path, body)
    const text = await answer.text()
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return JSON.parse(text)
  }

  begin() {
    this.load.start()
    this.#ask(BURST)
    this.timer = setInterval(() => this.#ask(), SEND_EVERY_MS)
    this.aborter = new AbortController()
    this.reader = this.#listen().catch(() => {})
    this.t.after(() => this.end())
  }

  // One call at a time: what could not be asked for meanwhile is left out.
  async #ask(n = Math.round((this.sends * SEND_EVERY_MS) / 1000)) {
    if (this.asking) return
    this.asking = true
    const messages = Array.from({ length: n }, (_, i) => ({
      to: `+5939${String((this.asked + i) % PEOPLE).padStart(8, '0')}`, text: `n ${this.asked + i}`, account: this.account,
    }))
    this.asked += n
    const answer = await this.call('POST', '/api/messages', { messages }).catch(() => undefined)
    if (answer?.status !== 202) this.refused += n
    await answer?.text().catch(() => {})
    this.asking = false
  }

  // Who listens goes and comes again.
  async #listen() {
    while (!this.aborter.signal.aborted) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/api/events`, { headers: { authorization: `Bearer ${KEY}` }, signal: this.aborter.signal })
      const until = performance.now() + 2000
      for await (const piece of answer.body) {
        this.heard += piece.length
        if (performance.now() > until) break
      }
    }
  }

  async sample() {
    const memory = await this.redis.do('INFO', 'memory')
    return {
      at: performance.now(), server: taken(this.server.pid), worker: taken(this.worker.pid), redis: Number(/used_memory:(\d+)/.exec(memory)[1]),
      done: this.load.acknowledged.size + this.asked,
    }
  }

  // {name: {kind, keys, members, lasting}} of all keys; digits and ids in a name are one, `lasting` those that never expire.
  async census() {
    const found = {}
    for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
      const [next, keys] = await this.redis.do('EVAL', CENSUS, '0', cursor)
      cursor = next
      for (const [key, kind, members, ttl] of keys) {
        const name = key.replace(/wamid\.[^:]*|[a-z]{0,3}_?[0-9a-f]{12,}|\d+/g, '#')
        const one = (found[name] ??= { kind, keys: 0, members: 0, lasting: 0 })
        one.keys++
        one.members += members
        if (ttl < 0) one.lasting++
      }
    }
    return found
  }

  // Those that hold more than they ever should.
  async unbounded() {
    return Object.entries(await this.census()).filter(([name, { lasting, members }]) => {
      const [, most] = BOUNDS.find(([pattern]) => pattern.test(name))
      return lasting > 0 && members > most * SLACK
    })
  }

  // Nothing more is begun; done when all that was begun is at its end.
  async settle() {
    this.end()
    await this.load.stop()
    await until(() => this.subscriber.told.size === this.load.acknowledged.size, 60_000, 'the subscriber was told of all')
    for (const queue of ['inbound-messages', 'outbound-messages', 'message-statuses']) {
      for (const [place, size] of [['wait', 'LLEN'], ['active', 'LLEN'], ['prioritized', 'ZCARD'], ['delayed', 'ZCARD']])
        await until(async () => await this.redis.do(size, `bull:${queue}:${place}`) === 0, 60_000, `${queue} has nothing ${place}`)
    }
    return { failed: await this.redis.do('ZCARD', 'bull:inbound-messages:failed') + await this.redis.do('ZCARD', 'bull:outbound-messages:failed') }
  }

  end() {
    clearInterval(this.timer)
    this.aborter?.abort()
  }
}
