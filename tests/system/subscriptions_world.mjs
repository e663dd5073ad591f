// SPDX-License-Identifier: MIT
// subscriptions_world.mjs — endpoints that keep what they were posted, and the API of subscriptions.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'

import { RedisServer } from './redis.mjs'
import { SECRET, TOKEN, sign } from './sink_world.mjs'
import { freePort, start, until } from './support.mjs'

export const KEY = 'a key of the api'

// An endpoint: answers what `answer` says (a status, or a function of the request that may be async).
export class Endpoint {
  posts = []

  static async start(t, answer = 200) {
    const e = new Endpoint()
    e.answer = answer
    e.server = createServer((req, res) => e.#take(req, res))
    await new Promise((resolve) => e.server.listen(0, '127.0.0.1', resolve))
    e.port = e.server.address().port
    t.after(() => {
      e.server.closeAllConnections()
      e.server.close()
    })
    return e
  }

  async #take(req, res) {
    const pieces = []
    try {
      for await (const piece of req) pieces.push(piece)
    } catch {
      return // it broke off
    }
    if (!req.complete) return
    const post = { headers: req.headers, body: Buffer.concat(pieces).toString(), at: Date.now(), path: req.url }
    this.posts.push(post)
    const said = typeof this.answer === 'function' ? await this.answer(post, this.posts.length) : this.answer
    const { status, headers } = typeof said === 'number' ? { status: said } : said
    res.writeHead(status, headers)
    res.end()
  }

  get url() {
    return `http://127.0.0.1:${this.port}/hook`
  }

  // Ids of the messages that were posted, as often as they were.
  get messages() {
    return this.posts.flatMap(({ body }) => {
      const data = JSON.parse(body)
      return (data.events ?? [data]).map((event) => event.data?.message?.id).filter(Boolean)
    })
  }
}

// Whether a post is signed by this secret, by the Standard Webhooks convention.
export function signedBy(post, secret) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = post.headers
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const want = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${post.body}`).digest('base64')}`
  return signatures.split(' ').includes(want)
}

export class Server {
  env // of its programs, beside what they have anyway

  static async start(t, ...options) {
    const s = new this()
    s.t = t
    s.redis = await RedisServer.start(t)
    s.programs = []
    await s.run(...options)
    return s
  }

  // One more process on the same Redis.
  async run(...options) {
    const port = await freePort()
    // What comes in stays in its queue: what becomes of people would be events as well.
    const program = start(['serve', '--no-receive', '--redis-url', this.redis.url, '--port', String(port), '--api-key', KEY, '--webhook-secret',
      SECRET, '--webhook-verify-token', TOKEN, ...(options.length ? options : ['--subscription-private'])], { t: this.t, env: this.env })
    await program.until(/^listening /m)
    this.programs.push(program)
    this.port = port
    return program
  }

  post(body) {
    return fetch(`http://127.0.0.1:${this.port}/webhooks/whatsapp`, {
      method: 'POST', body, headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body) },
    })
  }

  async api(method, path, body) {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api${path}`, {
      method, headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }

  // A subscription that is worked by some process.
  async subscribe(wish) {
    const made = await this.api('POST', '/subscriptions', wish)
    if (made.status !== 201) throw new Error(JSON.stringify(made))
    await until(async () => (await this.show(made.body.id)).worked)
    return made.body
  }

  async show(id) {
    return (await this.api('GET', `/subscriptions/${id}`)).body
  }
}
