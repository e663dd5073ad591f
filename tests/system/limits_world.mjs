// SPDX-License-Identifier: MIT
// limits_world.mjs — accounts whose provider is a referee: it takes every request, keeps when each came for which number,
// and refuses what it is told to; or a sandbox; and several processes that send.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'

import { RedisServer } from './redis.mjs'
import { freePort, run, start, until } from './support.mjs'

export const KEY = 'test-key'
const SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const SEND = /^\/v[\d.]+\/(\d+)\/messages$|^\/message\/\w+\/([^/]+)$/

// One number at the referee: what came, and what it does about it.
class Number_ {
  came = [] // {at, to, ok}
  refuse = () => undefined // (at, to) → {status, code, after} of a refusal

  accepted() {
    return this.came.filter((each) => each.ok)
  }
}

export class Referee {
  numbers = new Map()
  ids = 0

  static async start(t) {
    const referee = new Referee()
    referee.server = createServer((request, response) => referee.#take(request, response))
    await new Promise((resolve) => referee.server.listen(0, '127.0.0.1', resolve))
    referee.url = `http://127.0.0.1:${referee.server.address().port}`
    t?.after(() => referee.stop())
    return referee
  }

  stop() {
    this.server.closeAllConnections()
    this.server.close()
  }

  number(id) {
    if (!this.numbers.has(id)) this.numbers.set(id, new Number_())
    return this.numbers.get(id)
  }

  #take(request, response) {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      const at = performance.now()
      const match = SEND.exec(request.url)
      const say = (status, body, headers = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end(JSON.stringify(body))
      }
      if (!match) return say(404, { error: { message: 'no such route', code: 100 } })
      const body = JSON.parse(Buffer.concat(pieces))
      const number = this.number(match[1] ?? match[2])
      const to = `+${(body.to ?? body.number).replace('+', '')}`
      const no = number.refuse(at, to)
      number.came.push({ at, to, ok: !no, text: body.text?.body ?? body.text })
      if (no) {
        return say(no.status ?? 400, no.code ? { error: { message: `(#${no.code}) refused`, type: 'OAuthException', code: no.code } } : {},
          no.after === undefined ? {} : { 'retry-after': String(no.after) })
      }
      const id = `wamid.${this.ids++}`
      if (match[2]) return say(201, { key: { remoteJid: `${to.slice(1)}@s.whatsapp.net`, fromMe: true, id }, status: 'PENDING' })
      say(200, { messaging_product: 'whatsapp', contacts: [{ input: to, wa_id: to.slice(1) }], messages: [{ id, message_status: 'accepted' }] })
    })
  }
}

// The most that came within any `ms` of these moments, which are in order.
export function densest(moments, ms) {
  let most = 0
  for (let from = 0, to = 0; to < moments.length; to++) {
    while (moments[to] - moments[from] >= ms) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}

// How much of its rate a number used in its best `best` seconds of the `seconds` from then on: 1 is all of it.
export function share(number, from, seconds, best) {
  let most = 0
  for (let s = 0; s + best <= seconds; s += 0.5) {
    const begin = from + s * 1000
    const n = number.came.filter(({ at }) => at >= begin && at < begin + best * 1000).length
    most = Math.max(most, n / (number.limits.per_second * best))
  }
  return most
}

// The best pace over at least `ms` of these moments, which are in order: messages a second.
export function sustained(moments, ms) {
  let best = 0
  for (let from = 0, to = 0; to < moments.length; to++) {
    while (moments[to] - moments[from + 1] >= ms) from++
    const took = moments[to] - moments[from]
    if (took >= ms) best = Math.max(best, (to - from) / took * 1000)
  }
  return best
}

export class Limited {
  accounts = []
  processes = []

  // `sandbox`: it is the provider, and keeps what came.
  static async start(t, { processes = 3, args = [], sandbox } = {}) {
    const world = new Limited()
    world.t = t
    world.redis = await RedisServer.start(t)
    world.referee = sandbox ? undefined : await Referee.start(t)
    world.provider = sandbox ?? world.referee
    world.port = await freePort()
    for (let i = 0; i < processes; i++) {
      world.processes.push(start(['serve', '--redis-url', world.redis.url, '--port', String(i ? await freePort() : world.port), ...args], {
        t, env: { WILLAQ_API_KEY: KEY, WILLAQ_SECRET_KEY: SECRET_KEY, WILLAQ_GRAPH_URL: world.provider.url },
      }))
    }
    for (const each of world.processes) await each.until(/^listening /m)
    await until(async () => (await world.call('GET', '/api/whatsapp/accounts')).status === 200)
    return world
  }

  call(method, path, body) {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method, headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  async json(method, path, body, want = 200) {
    const answer = await this.call(method, path, body)
    const text = await answer.text()
    assert.equal(answer.status, want, text)
    return JSON.parse(text)
  }

  // Its number at the referee, with `id` of the account.
  async account(spec = {}) {
    const n = String(100000000000001 + this.accounts.length)
    const evolution = spec.provider === 'evolution'
    const made = await this.json('POST', '/api/whatsapp/accounts', {
      provider: 'cloud', name: `number ${n}`, verify: false, state: 'ACTIVE',
      ...(evolution ? { instance: n, api_key: 'key-of-tests', base_url: this.provider.url } : { phone_number_id: n, access_token: 'token-of-tests' }), ...spec,
    }, 201)
    const number = this.referee?.number(n) ?? new Number_()
    number.at = n
    number.id = made.id
    number.limits = made.limits
    number.n = this.accounts.push(number)
    return number
  }

  // `n` messages of an account, each to another person unless told otherwise; their ids.
  async send(number, n, more = {}) {
    const ids = []
    for (let from = 0; from < n; from += 5000) {
      const messages = Array.from({ length: Math.min(5000, n - from) }, (_, i) => ({
        account: number.id, to: `+593${90 + number.n}${String(number.people = (number.people ?? 0) + 1).padStart(7, '0')}`, text: `n ${from + i}`, ...more,
      }))
      const { data } = await this.json('POST', '/api/messages', { messages }, 202)
      ids.push(...data.map((each) => each.id))
    }
    return ids
  }

  // When Redis granted each message, by its own clock; of an account whose cap makes it keep them.
  async granted(number) {
    return (await this.redis.client.do('LRANGE', `wq:{${number.id}}:sends`, 0, -1)).map(Number)
  }

  show(id) {
    return this.json('GET', `/api/messages/${id}`)
  }

  field(number, key, field) {
    return this.redis.client.do('HGET', `wq:{${number.id}}:${key}`, field)
  }
}

export { run, until }
