// SPDX-License-Identifier: MIT
// send_faults_world.mjs — a server that takes messages and webhooks, workers that send and are killed, and the referee of both.
import assert from 'node:assert/strict'

import { told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, Sandbox } from './sandbox_world.mjs'
import { freePort, start, until } from './support.mjs'

const KEY = 'test-key'
const SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const BATCH = 2000 // messages of one call
const LOOK_MAX = 5000 // messages whose states are asked for at once
const SENT = ['sent', 'delivered', 'read']
const DONE = [...SENT, 'parked', 'failed', 'cancelled']

// Short enough for a test, in the order in which they have to be: a request, a lock, the wait for a status.
export const QUICK = ['--send-timeout', '1s', '--send-grace', '5s', '--lock-duration', '1500ms', '--stalled-interval', '500ms']

// Later than a stalled job is found, so that only the ledger keeps it from being sent again; sooner than it is given up.
export const STATUS_DELAY = '3s'

export class Fleet {
  workers = []
  kills = 0
  asked = new Map() // id: class
  accepted = new Map() // id: times; of what the sandbox has told so far
  #cursor = ''

  // One account that nearly nothing limits.  `provider`: a base URL instead of a sandbox's.
  static async start(t, { sandbox = [], args = QUICK, workers = 2, concurrency = 50, serving = 1, redis, redisUrl, provider, limits = {} } = {}) {
    const f = new Fleet()
    Object.assign(f, { t, args, concurrency })
    f.redis = redis ?? await RedisServer.start(t)
    f.redisUrl = redisUrl ?? f.redis.url
    f.port = await freePort()
    f.hooks = `http://127.0.0.1:${f.port}/webhooks/whatsapp`
    if (!provider) f.sandbox = await Sandbox.start(t, sandbox, { url: f.hooks })
    f.server = start(['serve', '--redis-url', f.redisUrl, '--port', String(f.port), '--webhook-secret', SECRET,
      '--webhook-verify-token', 'token', '--send-concurrency', String(serving), ...args], { t, env: f.#env() })
    await f.server.until(/^listening /m)
    await until(async () => (await f.call('GET', '/api/whatsapp/accounts')).status === 200)
    const account = await f.json('POST', '/api/whatsapp/accounts', {
      provider: 'cloud', name: 'Sales', phone_number_id: '100000000000001', access_token: 'token-of-tests', verify: false,
      base_url: provider ?? `${f.sandbox.url}/v24.0`, limits: { per_second: 10_000, burst: 10_000, pair_interval_ms: 0, people_per_day: 0, ...limits },
    }, 201)
    f.account = account.id
    for (let i = 0; i < workers; i++) await f.hire()
    return f
  }

  #env() {
    return { WILLAQ_API_KEY: KEY, WILLAQ_SECRET_KEY: SECRET_KEY }
  }

  // One more worker that sends.
  async hire() {
    const worker = start(['worker', '--redis-url', this.redisUrl, '--queue', 'outbound-messages,message-statuses',
      '--concurrency', String(this.concurrency), ...this.args], { t: this.t, env: this.#env() })
    await worker.until(/working /)
    this.workers.push(worker)
    return worker
  }

  // The oldest one dies at once, and another comes.
  async kill() {
    const worker = this.workers.shift()
    worker.kill('SIGKILL')
    await worker.end()
    this.kills++
    await this.hire()
  }

  call(method, path, body) {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method, headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  async json(method, path, body, want = 200) {
    const answer = await this.call(method, path, body)
    const text = await answer.text()
    assert.equal(answer.status, want, text)
    return JSON.parse(text)
  }

  // Ids of messages that were asked for, of the class that classOf(i) says: each to a person of its own, or to `people` in turn.
  async ask(n, classOf = () => 'strict', people = Infinity) {
    const ids = []
    for (let from = 0; from < n; from += BATCH) {
      const messages = [...Array(Math.min(BATCH, n - from))].map((_, i) => ({
        to: `+5939${String((this.asked.size + i) % people).padStart(8, '0')}`, text: `n ${from + i}`, class: classOf(from + i), account: this.account,
      }))
      const { data } = await this.json('POST', '/api/messages', { messages }, 202)
      data.forEach(({ id }, i) => this.asked.set(id, messages[i].class))
      ids.push(...data.map(({ id }) => id))
    }
    return ids
  }

  show(id) {
    return this.json('GET', `/api/messages/${id}`)
  }

  // What the sandbox has accepted, into `accepted`.  It keeps 262,144 posts: who sends more asks now and then, for those
  // that are `settled` ms old, after which an answer that hung has been given.
  async follow(settled = 0) {
    const end = Date.now() - settled
    for (;;) {
      const { data } = await this.sandbox.json('GET', `/_sandbox/messages?limit=1000${this.#cursor && `&cursor=${this.#cursor}`}`)
      for (const each of data) {
        if (each.at > end) return
        if (each.accepted) {
          const id = each.biz_opaque_callback_data.split('.').slice(3).join('.')
          this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1)
        }
        this.#cursor = String(each.seq)
      }
      if (data.length === 0) return
    }
  }

  // {id: state} of all that was asked for.
  async states(ids = [...this.asked.keys()]) {
    const states = await Promise.all(ids.map((id) => this.redis.do('HGET', `wq:{${this.account}}:msg:${id}`, 'state')))
    return new Map(ids.map((id, i) => [id, states[i]]))
  }

  // All states, once every message has come to an end.
  async ended(ms, ids) {
    let left = [...(ids ?? this.asked.keys())].map((id) => [id])
    return until(async () => {
      const [some, rest] = [left.slice(0, LOOK_MAX), left.slice(LOOK_MAX)]
      const states = await this.states(some.map(([id]) => id))
      left = [...rest, ...[...states].filter(([, state]) => !DONE.includes(state))]
      return left.length === 0 && this.states(ids) // one that had ended may have come further since
    }, ms, 'every message has ended').catch(async (error) => {
      const [id, state] = left[0]
      throw new Error(`${left.length} have not, ${id} is ${state}: ${JSON.stringify(await this.show(id))}`, { cause: error })
    })
  }

  async letters() {
    return this.redis.do('LLEN', 'bull:outbound-messages-dlq:wait')
  }

  // What judge finds, told as the row of the test's title; `done`: what was done to it.
  async referee(states, done = {}) {
    const found = { ...done, ...await this.judge(states) }
    told(this.t, found)
    return found
  }

  // Exact sets: what was asked for, what became of it, what was really accepted.
  async judge(states) {
    const found = { messages: this.asked.size, posts: (await this.sandbox.counts()).posts, kills: this.kills, sent: 0, parked: 0, failed: 0, duplicates: { strict: 0, 'at-least-once': 0 }, lost: 0, parkedThoughSent: 0, sentThoughNot: 0, strangers: 0 }
    await this.follow()
    for (const [id, times] of this.accepted) {
      if (!this.asked.has(id)) found.strangers++
      else if (times > 1) found.duplicates[this.asked.get(id)] += times - 1
    }
    for (const [id, state] of states) {
      const times = this.accepted.get(id) ?? 0
      found[SENT.includes(state) ? 'sent' : state]++
      if (times === 0 && SENT.includes(state)) found.sentThoughNot++
      if (times > 0 && state === 'parked') found.parkedThoughSent++
      if (times === 0 && state !== 'parked' && state !== 'failed') found.lost++
    }
    found.letters = await this.letters()
    return found
  }
}
