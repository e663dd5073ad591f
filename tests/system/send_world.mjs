// SPDX-License-Identifier: MIT
// send_world.mjs — a Redis, a sandbox for its referee, and servers that send through it; its webhooks come back to the first.
import assert from 'node:assert/strict'

import { RedisServer } from './redis.mjs'
import { INSTANCE, SECRET, Sandbox, TWILIO } from './sandbox_world.mjs'
import { freePort, start, until } from './support.mjs'

export const KEY = 'test-key'
export const NUMBER = '100000000000001'

export class Sender {
  accounts = { default: 'default' } // their ids, by name

  // `all`: accounts at Evolution and Twilio beside Meta's, called "evolution" and "twilio".
  static async start(t, { sandbox = [], args = [], env = {}, redis, all = false } = {}) {
    const world = new Sender()
    world.t = t
    world.redis = redis ?? await RedisServer.start(t)
    world.port = await freePort()
    world.args = args
    world.env = env
    const hooks = `http://127.0.0.1:${world.port}/webhooks`
    const others = ['--evolution-webhook', `${hooks}/evolution`, '--twilio-webhook', `${hooks}/twilio`]
    world.sandbox = await Sandbox.start(t, [...(all ? others : []), ...sandbox], { url: `${hooks}/whatsapp` })
    if (all) world.env = { ...world.others(), ...env }
    await world.run()
    if (all) await world.addAccounts()
    return world
  }

  others() {
    return { WILLAQ_SECRET_KEY: '5'.repeat(64), WILLAQ_EVOLUTION_WEBHOOK_KEY: INSTANCE.key, WILLAQ_TWILIO_WEBHOOK_TOKEN: TWILIO.token }
  }

  // The sandbox is asked whether their credentials are good.
  async addAccounts() {
    const at = { base_url: this.sandbox.url }
    for (const account of [
      { provider: 'evolution', name: 'evolution', instance: INSTANCE.name, api_key: INSTANCE.key, profile: 'off', ...at },
      { provider: 'twilio', name: 'twilio', account_sid: TWILIO.sid, auth_token: TWILIO.token, number: TWILIO.number, ...at },
    ]) {
      const { id, state } = await this.json('POST', '/api/whatsapp/accounts', account, 201)
      assert.equal(state, 'ACTIVE')
      this.accounts[account.name] = id
    }
  }

  async run() {
    this.program = start(['serve', '--redis-url', this.redis.url, '--port', String(this.port), '--webhook-secret', SECRET,
      '--webhook-verify-token', 'token', ...this.args], {
      t: this.t,
      env: { WILLAQ_API_KEY: KEY, WHATSAPP_TOKEN: 'token-of-tests', WHATSAPP_PHONE_NUMBER_ID: NUMBER,
        WILLAQ_GRAPH_URL: `${this.sandbox.url}/v24.0`, ...this.env },
    })
    await this.program.until(/^listening /m)
    await until(async () => (await this.call('GET', '/readyz')).status === 200)
  }

  call(method, path, body, headers = {}) {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method, headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  }

  async json(method, path, body, want = 200, headers) {
    const answer = await this.call(method, path, body, headers)
    const text = await answer.text()
    assert.equal(answer.status, want, text)
    return JSON.parse(text)
  }

  // The id of a message that was asked for.
  async send(message, headers) {
    return (await this.json('POST', '/api/messages', { to: '+593991234567', text: 'hello', ...message }, 202, headers)).id
  }

  show(id) {
    return this.json('GET', `/api/messages/${id}`)
  }

  // The record, once its state is one of these.
  reached(id, ...states) {
    let seen
    return until(async () => {
      seen = await this.show(id)
      return states.includes(seen.state) && seen
    }, 30_000, `${id} ${states}`).catch((error) => { throw new Error(`${error.message}: ${JSON.stringify(seen)}`) })
  }

  // What the sandbox accepted, by the message's id of ours: {id: times}.
  async accepted() {
    const times = {}
    let cursor = ''
    for (;;) {
      const page = await this.sandbox.json('GET', `/_sandbox/messages?accepted=true&limit=1000${cursor && `&cursor=${cursor}`}`)
      for (const each of page.data) {
        const id = (each.biz_opaque_callback_data ?? each.biz ?? '').split('.').slice(3).join('.')
        times[id] = (times[id] ?? 0) + 1
      }
      if (!page.next_cursor) return times
      cursor = page.next_cursor
    }
  }

  add(data, opts = {}) {
    return this.json('POST', '/api/queues/outbound-messages/jobs', { name: 'send-message', data, opts }, 201)
  }
}
