// SPDX-License-Identifier: MIT
// pending_world.mjs — a server that sends, contacts of its account, and what waits there for people.
import { Sender } from './send_world.mjs'

const OWN = 'wq:{default}:'
const DAY_MS = 86_400_000

export class Desk extends Sender {
  people = 0

  static async start(t, options) {
    const sender = await Sender.start(t, options)
    return Object.assign(Object.create(Desk.prototype), sender, { people: 0 })
  }

  // A contact as its account keeps it; the id as the outside has it.
  async contact(fields = {}) {
    const n = ++this.people
    const id = `c${String(n).padStart(20, '0')}`
    const all = { made: Date.now(), rev: 1, last: Date.now(), phone: `+59399100${String(n).padStart(4, '0')}`, window: Date.now() + DAY_MS, ...fields }
    await this.redis.client.do('HSET', `${OWN}con:${id}`, ...Object.entries(all).filter(([, v]) => v !== null).flat().map(String))
    return `${id}.default`
  }

  async add(contact, entry = {}) {
    return this.json('POST', '/api/pending', { contact, ...entry }, 201)
  }

  act(id, act, body = {}, want = act === 'send' ? 202 : 200) {
    return this.json('POST', `/api/pending/${id}/${act}`, body, want)
  }

  list(query = '') {
    return this.json('GET', `/api/pending${query}`)
  }

  one(id) {
    return this.json('GET', `/api/pending/${id}`)
  }
}
