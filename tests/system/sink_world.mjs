// SPDX-License-Identifier: MIT
// sink_world.mjs — signed webhooks of Meta's, and a sink to post them to.
import { createHmac } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { ROOT, freePort, start } from './support.mjs'

export const SECRET = 'demo-app-secret'
export const TOKEN = 'a token'
export const SAMPLES = join(ROOT, 'tests', 'samples')

export const sign = (body, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

// Samples of what Meta posts; the rest of that folder is what it answers, and what is sent to it.
export function cloudSamples() {
  const names = readdirSync(join(SAMPLES, 'cloud')).filter((name) => !/^(rest|request)_/.test(name))
  return names.map((name) => ({ name, body: readFileSync(join(SAMPLES, 'cloud', name)) }))
}

const value = (number, more) => ({ messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: number }, ...more })
const webhook = (values) => JSON.stringify({
  object: 'whatsapp_business_account',
  entry: [{ id: '7001', changes: values.map((each) => ({ field: 'messages', value: each })) }],
})

export const text = (id, from = '593900000001') => ({ from, id, timestamp: '1781000000', type: 'text', text: { body: `text ${id}` } })
export const messages = (ids, number = '9001') => webhook([value(number, { messages: ids.map((id) => text(id)) })])
export const statuses = (pairs) => webhook([value('9001', { statuses: pairs.map(([id, status]) => ({ id, status, timestamp: '1781000001', recipient_id: '593900000001' })) })])

export class Sink {
  static async start(t, server, ...options) {
    const sink = new Sink()
    sink.server = server
    sink.port = await freePort()
    sink.args = ['sink', '--redis-url', server.url, '--port', String(sink.port), '--webhook-secret', SECRET, '--webhook-verify-token', TOKEN, ...options]
    sink.t = t
    await sink.run()
    return sink
  }

  async run() {
    this.program = start(this.args, { t: this.t })
    await this.program.until(/^listening /m)
    return this
  }

  url(path = '/webhooks/whatsapp') {
    return `http://127.0.0.1:${this.port}${path}`
  }

  post(body, { secret = SECRET, path, headers } = {}) {
    return fetch(this.url(path), {
      method: 'POST', body, headers: headers ?? { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body, secret) },
    })
  }

  // {posts, updates, known} of all sinks of this Redis.
  async counts() {
    const flat = await this.server.client.do('HGETALL', 'wq:{bull}:sink:counts')
    const counts = { posts: 0, updates: 0, known: 0 }
    for (let i = 0; i < flat.length; i += 2) counts[flat[i]] = Number(flat[i + 1])
    return counts
  }

  // Data of all jobs that a queue ever got and still has, by their number.
  async jobs(queue = 'inbound-messages') {
    const last = Number(await this.server.client.do('GET', `bull:${queue}:id`) ?? 0)
    const jobs = []
    for (let id = 1; id <= last; id++) jobs.push(await this.server.client.do('HGET', `bull:${queue}:${id}`, 'data'))
    return jobs.map((data) => JSON.parse(data))
  }
}
