// SPDX-License-Identifier: MIT
// accounts_world.mjs — a server with accounts, providers that say what they are told to, and callers with keys.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'

import { Description } from './openapi.mjs'
import { RedisServer } from './redis.mjs'
import { freePort, start, until } from './support.mjs'

export const ADMIN = 'the key of the settings'
export const SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
export const TOKEN = 'EAABsecret-token-that-nobody-may-see-1234'

// Providers at one address: Graph knows 100000000000001 …, Evolution the instance "ventas", Twilio one account.
export class Providers {
  asked = []
  quality = 'GREEN'

  static async start(t) {
    const p = new Providers()
    p.server = createServer((req, res) => p.#answer(req, res))
    await new Promise((resolve) => p.server.listen(0, '127.0.0.1', resolve))
    p.url = `http://127.0.0.1:${p.server.address().port}`
    t.after(() => {
      p.server.closeAllConnections()
      p.server.close()
    })
    return p
  }

  #answer(req, res) {
    this.asked.push({ path: req.url, headers: req.headers })
    const { status, body } = this.down ? { status: 503, body: {} } : this.#judge(req)
    res.writeHead(status, { 'Content-Type': 'application/json' })
    res.end(JSON.stringify(body))
  }

  #judge({ url, headers }) {
    const graph = /^\/v23\.0\/(\d+)\?fields=/.exec(url)
    if (graph) {
      if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { error: { message: 'Error validating access token', type: 'OAuthException', code: 190 } } }
      if (!graph[1].startsWith('1000')) return { status: 400, body: { error: { message: 'Unsupported get request.', type: 'GraphMethodException', code: 100, error_subcode: 33 } } }
      return { status: 200, body: { id: graph[1], display_phone_number: '+593 99 123 4567', verified_name: 'Acme', quality_rating: this.quality, throughput: { level: 'STANDARD' }, whatsapp_business_manager_messaging_limit: 'TIER_2K' } }
    }
    if (url.startsWith('/instance/connectionState/')) {
      if (url !== '/instance/connectionState/ventas%20uno') return { status: 404, body: { status: 404 } }
      return headers.apikey === TOKEN ? { status: 200, body: { instance: { instanceName: 'ventas uno', state: 'close' } } } : { status: 401, body: {} }
    }
    const sid = /^\/2010-04-01\/Accounts\/(AC[0-9a-f]{32})\.json$/.exec(url)
    if (!sid) return { status: 404, body: {} }
    const good = headers.authorization === `Basic ${Buffer.from(`${sid[1]}:${TOKEN}`).toString('base64')}`
    return good ? { status: 200, body: { sid: sid[1], status: 'active' } } : { status: 401, body: { code: 20003, message: 'Authenticate' } }
  }
}

export class World {
  texts = [] // of every answer

  static async start(t, { env = {}, options = [], secretKey = SECRET_KEY } = {}) {
    const w = new World()
    w.t = t
    w.providers = await Providers.start(t)
    w.redis = await RedisServer.start(t)
    await w.run({ env, options, secretKey })
    return w
  }

  async run({ env = {}, options = [], secretKey = SECRET_KEY } = {}) {
    this.port = await freePort()
    this.program = start(['serve', '--redis-url', this.redis.url, '--port', String(this.port), '--api-key', ADMIN, '--graph-url', this.providers.url,
      '--twilio-api-url', this.providers.url, '--log-level', 'debug', ...options], { t: this.t, env: { ...(secretKey && { WILLAQ_SECRET_KEY: secretKey }), ...env } })
    await this.program.until(/^listening /m)
    this.description = await Description.of(`http://127.0.0.1:${this.port}`)
    await until(async () => (await this.call('GET', '/api/whatsapp/accounts')).status === 200)
  }

  // {status, body}; every answer is checked against what the server says of itself.
  async call(method, path, { body, key = ADMIN } = {}) {
    const res = await fetch(`http://127.0.0.1:${this.port}${path}`, { method, headers: { Authorization: `Bearer ${key}`, ...(body && { 'Content-Type': 'application/json' }) }, body: body && JSON.stringify(body) })
    const text = await res.text()
    this.texts.push(text)
    const answer = { status: res.status, body: text ? JSON.parse(text) : undefined }
    assert.deepEqual(this.description.answerProblems?.(method, path, answer.status, answer.body) ?? [], [], `${method} ${path}`)
    return answer
  }

  async create(body, key) {
    const { status, body: account } = await this.call('POST', '/api/whatsapp/accounts', { body, key })
    assert.equal(status, 201, JSON.stringify(account))
    return account
  }

  async key(wish, by) {
    const { status, body } = await this.call('POST', '/api/keys', { body: wish, key: by })
    assert.equal(status, 201, JSON.stringify(body))
    await until(async () => (await this.call('GET', '/api/whatsapp/accounts', { key: body.key })).status !== 401)
    return body
  }

  // All that Redis holds, as text.
  async dump() {
    const client = this.redis.client
    const out = []
    for (const name of await client.do('KEYS', '*')) {
      const type = await client.do('TYPE', name)
      const read = { string: ['GET', name], hash: ['HGETALL', name], list: ['LRANGE', name, '0', '-1'], zset: ['ZRANGE', name, '0', '-1', 'WITHSCORES'], set: ['SMEMBERS', name], stream: ['XRANGE', name, '-', '+'] }[type]
      out.push(name, JSON.stringify(await client.do(...read)))
    }
    return out.join('\n')
  }
}

export const cloud = (n = 1, more = {}) => ({ provider: 'cloud', name: `Sales ${n}`, phone_number_id: `10000000000000${n}`, access_token: TOKEN, ...more })
