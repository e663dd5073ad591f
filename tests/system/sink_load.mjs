// SPDX-License-Identifier: MIT
// sink_load.mjs — many webhooks a second, posted as Meta does: again, until they are answered 200; and what became of them.
import { connect } from 'node:net'

import { messages, sign } from './sink_world.mjs'

const RETRY_MS = 10 // before a webhook is posted again that was not answered 200
const TICK_MS = 4

const NAME = 'wamid.'
const HEAD = 'POST /webhooks/whatsapp HTTP/1.1\r\nHost: sink\r\nContent-Type: application/json\r\n'

// A connection that has one webhook in flight.
class Poster {
  constructor(load) {
    this.load = load
  }

  post(id) {
    this.id = id
    this.again()
  }

  again() {
    if (this.load.aborted) return
    if (!this.socket) this.open()
    this.input = ''
    this.load.posts++
    this.socket.write(this.load.request(this.id))
  }

  open() {
    const socket = (this.socket = connect({ port: this.load.port, host: '127.0.0.1', noDelay: true }))
    socket.setEncoding('latin1')
    socket.on('error', () => {})
    socket.on('data', (text) => this.take(text))
    socket.on('close', () => {
      if (this.socket !== socket) return
      this.socket = undefined
      if (this.id !== undefined) this.later('cut')
    })
  }

  take(text) {
    this.input += text
    const head = this.input.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.input)?.[1] ?? 0)
    if (this.input.length < head + 4 + length) return
    const status = Number(this.input.slice(9, 12))
    if (/\r\nconnection: close/i.test(this.input.slice(0, head))) this.close()
    if (status !== 200) this.later(status)
    else this.load.held(this)
  }

  later(why) {
    this.load.count(why)
    setTimeout(() => this.again(), RETRY_MS)
  }

  close() {
    this.socket?.destroy()
    this.socket = undefined
  }
}

export class Load {
  acknowledged = new Set() // numbers of webhooks that were answered 200
  answers = {} // statuses other than 200, and connections that were cut, by how often
  posts = 0
  next = 0
  aborted = false

  // At most `rate` webhooks a second are begun, over `connections`; each of these ends after `turnover` webhooks (0: never).
  constructor(port, { connections = 32, rate = 1000, prefix = '', turnover = 0 } = {}) {
    Object.assign(this, { port, rate, prefix, turnover })
    this.posters = Array.from({ length: connections }, () => new Poster(this))
    this.idle = [...this.posters]
  }

  start() {
    this.started = performance.now()
    this.timer = setInterval(() => this.tick(), TICK_MS)
    return this
  }

  request(n) {
    const body = messages([`${NAME}${this.prefix}${n}`])
    return `${HEAD}X-Hub-Signature-256: ${sign(body)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }

  // What could not be begun in time is not made up for in a rush.
  tick() {
    const now = performance.now()
    const due = ((now - (this.ticked ?? this.started)) * this.rate) / 1000 + (this.left ?? 0)
    const n = Math.min(Math.floor(due), this.rate / 10)
    this.ticked = now
    this.left = due - Math.floor(due)
    for (let i = 0; i < n && this.idle.length && !this.ending; i++) this.idle.pop().post(this.next++)
  }

  held(poster) {
    this.acknowledged.add(poster.id)
    this.last = performance.now()
    poster.id = undefined
    poster.held = (poster.held ?? 0) + 1
    if (this.turnover && poster.held % this.turnover === 0) poster.close()
    this.idle.push(poster)
    this.drained?.()
  }

  count(why) {
    this.answers[why] = (this.answers[why] ?? 0) + 1
  }

  // No further webhook is begun; done when each that was begun is answered 200.
  async stop(ms = 30000) {
    this.ending = true
    clearInterval(this.timer)
    const end = performance.now() + ms
    while (this.idle.length < this.posters.length) {
      if (performance.now() > end) {
        this.abort()
        throw new Error(`${this.posters.length - this.idle.length} webhooks were not answered 200 within ${ms} ms`)
      }
      await new Promise((resolve) => {
        this.drained = resolve
        setTimeout(resolve, 100)
      })
    }
    this.seconds = (performance.now() - this.started) / 1000
    for (const poster of this.posters) poster.close()
  }

  abort() {
    this.aborted = this.ending = true
    clearInterval(this.timer)
    for (const poster of this.posters) poster.close()
  }
}

const IDS_OF_JOBS = `local ids = {}
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local data = redis.call('HGET', KEYS[1] .. n, 'data')
  ids[#ids + 1] = data and string.match(data, '"id":"wamid%.([^"]*)"') or ''
end
return ids`

// Exact: {acknowledged, jobs, lost, doubled, missing, waiting, known}.
export async function tally(redis, load, queue = 'inbound-messages') {
  const last = Number((await redis.do('GET', `bull:${queue}:id`)) ?? 0)
  const seen = new Map()
  let missing = 0 // numbers that were given to no job
  for (let from = 1; from <= last; from += 1000) {
    for (const id of await redis.do('EVAL', IDS_OF_JOBS, '1', `bull:${queue}:`, String(from), String(Math.min(last, from + 999)))) {
      if (id === '') missing++
      else seen.set(id, (seen.get(id) ?? 0) + 1)
    }
  }
  const doubled = [...seen.values()].filter((n) => n > 1).length
  const lost = [...load.acknowledged].filter((n) => !seen.has(`${load.prefix}${n}`)).length
  const waiting = await redis.do('ZCARD', `bull:${queue}:prioritized`)
  const counts = await redis.do('HMGET', 'wq:{bull}:sink:counts', 'posts', 'updates', 'known')
  const [posts, updates, known] = counts.map(Number)
  return { acknowledged: load.acknowledged.size, jobs: seen.size, lost, doubled, missing, waiting, posts, updates, known }
}
