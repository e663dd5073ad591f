// SPDX-License-Identifier: MIT
// replay.mjs — the same webhooks, jobs and messages each time, worked by programs under callgrind: what one costs each.
//
// Lock-step: one at a time, or twenty that came while the program stood still.  How many travel together is thereby fixed,
// however fast or busy the machine is.
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { RedisClient } from '../system/redis.mjs'
import { freePort, run, until } from '../system/support.mjs'
import { Counted, idle, standStill } from './callgrind.mjs'

const BURST = 20
const SECRET = 'demo-app-secret'
const NUMBER = '100000000000001'
const READY_MS = 60_000
const BODY_BYTES = 700
export const COUNTS = { alone: 400, burst: 1000, jobs: 1500, sends: 150 }
const REDIS = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--hz', '1', '--dynamic-hz', 'no', '--activerehashing', 'no', '--activedefrag', 'no',
  '--hash-max-listpack-value', '4096', '--slowlog-log-slower-than', '-1', '--latency-tracking', 'no', '--jemalloc-bg-thread', 'no']

class World {
  constructor(t, bin) {
    this.t = t
    this.bin = bin
    this.dir = mkdtempSync(join(tmpdir(), 'willaq-cost-'))
    t.after(() => rmSync(this.dir, { recursive: true, force: true }))
  }

  async redis() {
    this.steady = join(this.dir, 'steady.so')
    execFileSync(process.env.CC ?? 'cc', ['-D_GNU_SOURCE', '-O2', '-shared', '-fPIC', '-o', this.steady, new URL('steady.c', import.meta.url).pathname])
    this.port = await freePort()
    this.url = `redis://127.0.0.1:${this.port}`
    this.server = new Counted('redis', ['redis-server', '--port', String(this.port), '--dir', this.dir, ...REDIS],
      { dir: this.dir, t: this.t, env: { LD_PRELOAD: this.steady, MALLOC_CONF: 'narenas:1,dirty_decay_ms:-1,muzzy_decay_ms:-1' }, without: ['serverCron'] })
    this.client = await until(async () => {
      const client = new RedisClient(this.port)
      await client.do('PING')
      return client
    }, READY_MS)
    this.t.after(() => this.client.end())
  }

  start(name, args, env = {}) {
    return new Counted(name, [this.bin, ...args, '--redis-url', this.url, '--log-level', 'warn'], { dir: this.dir, t: this.t, env: { LD_PRELOAD: this.steady, STEADY_SLOWER: '1000', ...env } })
  }

  // What `work` cost each of the two, of `n`.
  async counted(program, n, work) {
    const both = [program, this.server]
    await idle(...both.map((each) => each.pid))
    for (const each of both) each.on()
    await work()
    await idle(...both.map((each) => each.pid))
    const [own, redis] = both.map((each) => perPiece(each.off(), n))
    return { own, redis }
  }
}

const perPiece = (costs, n) => Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, cost / n]))

function webhook(i) {
  const message = { from: `5939${String(i).padStart(8, '0')}`, id: `wamid.${String(i).padStart(12, '0')}`, timestamp: '1781000000', type: 'text', text: { body: '' } }
  const value = { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: NUMBER },
    contacts: [{ profile: { name: 'A name' }, wa_id: message.from }], messages: [message] }
  const all = { object: 'whatsapp_business_account', entry: [{ id: '900100200300401', changes: [{ field: 'messages', value }] }] }
  message.text.body = 'x'.repeat(BODY_BYTES - JSON.stringify(all).length)
  const body = JSON.stringify(all)
  return `POST /webhooks/whatsapp HTTP/1.1\r\nHost: sink\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}\r\n`
    + `Content-Length: ${body.length}\r\n\r\n${body}`
}

class Poster {
  static async open(port) {
    const poster = new Poster()
    poster.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    await new Promise((resolve, reject) => poster.socket.on('connect', resolve).on('error', reject))
    poster.socket.setEncoding('latin1').on('data', (text) => poster.take(text))
    return poster
  }

  // Resolves when the kernel has it all: on the loopback it is at the other side then.
  write(text) {
    this.input = ''
    this.answered = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }))
    return new Promise((resolve) => this.socket.write(text, resolve))
  }

  take(text) {
    this.input += text
    if (!this.input.includes('\r\n\r\n')) return
    if (this.input.startsWith('HTTP/1.1 200 ')) this.resolve()
    else this.reject(new Error(this.input))
  }
}

export async function webhooks(t, bin) {
  const world = new World(t, bin)
  await world.redis()
  const port = await freePort()
  const sink = world.start('sink', ['sink', '--port', String(port), '--webhook-secret', SECRET, '--webhook-verify-token', 'token', '--idle-timeout', '1h'])
  await sink.program.until(/^listening /m, READY_MS)
  const posters = []
  for (let i = 0; i < BURST; i++) posters.push(await Poster.open(port))
  t.after(() => posters.forEach(({ socket }) => socket.destroy()))
  let next = 0
  const alone = async (n) => {
    for (const end = next + n; next < end; ) {
      await posters[0].write(webhook(next++))
      await posters[0].answered
    }
  }
  const bursts = async (n) => {
    for (const end = next + n; next < end; ) {
      await standStill(sink.pid)
      for (const poster of posters) await poster.write(webhook(next++))
      process.kill(sink.pid, 'SIGCONT')
      await Promise.all(posters.map((poster) => poster.answered))
    }
  }
  await alone(BURST)
  await bursts(10 * BURST)
  const one = await world.counted(sink, COUNTS.alone, () => alone(COUNTS.alone))
  const many = await world.counted(sink, COUNTS.burst, () => bursts(COUNTS.burst))
  const posts = Number(await world.client.do('HGET', 'wq:{bull}:sink:counts', 'posts'))
  if (posts !== next) throw new Error(`${posts} jobs of ${next} webhooks`)
  await sink.stop()
  return { 'webhook alone, sink': one.own, 'webhook alone, Redis': one.redis, 'webhook of 20, sink': many.own, 'webhook of 20, Redis': many.redis }
}

const SEED = `
for i = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  local id = string.format('%d', i)
  redis.call('HSET', KEYS[1] .. id, 'name', 'job', 'data', string.format(ARGV[1], i % 1000), 'opts', '{"attempts":0}', 'timestamp', ARGV[4], 'delay', '0', 'priority', '0')
  redis.call('LPUSH', KEYS[1] .. 'held', id)
end
redis.call('SET', KEYS[1] .. 'id', ARGV[3])`

const WORKER = ['--poll-interval', '1m', '--lock-duration', '30m', '--stalled-interval', '1h', '--port', '0']

async function release(client, base) {
  await client.do('EVAL', "redis.call('RENAME', KEYS[1] .. 'held', KEYS[1] .. 'wait') redis.call('ZADD', KEYS[1] .. 'marker', 0, '0')", 1, base)
}

export async function jobs(t, bin) {
  const world = new World(t, bin)
  await world.redis()
  const base = 'bull:cost:'
  const worker = world.start('worker', ['worker', '--noop', '--queue', 'cost', '--concurrency', String(BURST), '--keep-completed', '100', ...WORKER])
  await until(async () => (await world.client.do('CLIENT', 'LIST')).includes(' cmd=bzpopmin '), READY_MS)
  const work = async (from, n, how) => {
    await world.client.do('EVAL', SEED, 1, base, JSON.stringify({ text: 'x'.repeat(100) }), from, from + n - 1, Date.now())
    return how(() => release(world.client, base))
  }
  await work(1, 500, async (go) => {
    await go()
    await idle(worker.pid, world.server.pid)
  })
  const each = await work(501, COUNTS.jobs, (go) => world.counted(worker, COUNTS.jobs, go))
  const kept = await world.client.do('ZREVRANGE', `${base}completed`, 0, 0)
  const active = await world.client.do('LLEN', `${base}active`)
  if (Number(kept[0]) !== 500 + COUNTS.jobs || active !== 0) throw new Error(`${active} jobs are active, the last finished one is ${kept}`)
  await worker.stop()
  return { 'job fetched and finished, worker': each.own, 'job fetched and finished, Redis': each.redis }
}

const SECRET_KEY = '0123456789abcdef'.repeat(4)
const TEXT = 'Your order 4711 is on its way and will be with you tomorrow between 9 and 11. '.repeat(5)

// Takes every message at once; `seen`: how often each person got one.
async function provider(t) {
  const seen = new Map()
  const server = createServer((request, answer) => {
    let text = ''
    request.on('data', (part) => (text += part))
    request.on('end', () => {
      const { to } = JSON.parse(text)
      seen.set(to, (seen.get(to) ?? 0) + 1)
      const id = `wamid.${String(to).padStart(24, '0')}${String(seen.get(to)).padStart(4, '0')}`
      answer.setHeader('Content-Type', 'application/json')
      answer.end(JSON.stringify({ messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to }], messages: [{ id }] }))
    })
  })
  server.keepAliveTimeout = 3_600_000
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close().closeAllConnections())
  return { url: `http://127.0.0.1:${server.address().port}`, seen }
}

// To people who are new, and to the same ones once more; one on its way at a time.
export async function sends(t, bin) {
  const world = new World(t, bin)
  await world.redis()
  const { url, seen } = await provider(t)
  const account = { provider: 'cloud', business: 'acme', name: 'Cost', phone_number_id: NUMBER, access_token: 'token-of-cost', base_url: `${url}/v23.0`, limits: { per_second: 10000, burst: 10000000 } }
  const env = { WILLAQ_SECRET_KEY: SECRET_KEY }
  const made = await run(['account', 'create', '-', '--no-verify', '--json', '--redis-url', world.url], { bin, env, stdin: JSON.stringify(account) })
  if (made.code !== 0) throw new Error(made.stderr)
  const worker = world.start('sender', ['worker', '--queue', 'outbound-messages', '--concurrency', '1', '--keep-completed', '100', ...WORKER], env)
  await until(async () => (await world.client.do('CLIENT', 'LIST')).includes(' cmd=bzpopmin '), READY_MS)
  const base = 'bull:outbound-messages:'
  const data = JSON.stringify({ businessId: 'acme', conversationId: 'c%03d', to: '+593992000%03d', messageType: 'text', content: TEXT }).replace('c%03d', 'c')
  const seed = (from, n) => world.client.do('EVAL', SEED, 1, base, data, from, from + n - 1, Date.now())
  const go = () => release(world.client, base)
  const n = COUNTS.sends
  await seed(900, 50)
  await go()
  await idle(worker.pid, world.server.pid)
  await seed(1000, n)
  const fresh = await world.counted(worker, n, go)
  await seed(2000, n)
  const known = await world.counted(worker, n, go)
  if (seen.size !== n + 50 || [...seen.values()].reduce((sum, each) => sum + each, 0) !== 2 * n + 50) throw new Error(`${seen.size} people got messages of ${n + 50}`)
  await worker.stop()
  return { 'message to somebody new, worker': fresh.own, 'message to somebody new, Redis': fresh.redis, 'message to somebody known, worker': known.own, 'message to somebody known, Redis': known.redis }
}
