// SPDX-License-Identifier: MIT
// plain_queue.mjs — a redis-server of a test's own, and BullMQ's keys written and read by plain commands.
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { freePort, scratch, until } from './support.mjs'

// One reply at `at` of `bytes`: [value, where the next begins], null when it is not all there.
function parse(bytes, at) {
  const end = bytes.indexOf('\r\n', at)
  if (end < 0) return null
  const line = bytes.toString('utf8', at + 1, end)
  const kind = String.fromCharCode(bytes[at])
  if (kind === '+') return [line, end + 2]
  if (kind === '-') return [new Error(line), end + 2]
  if (kind === ':') return [Number(line), end + 2]
  const n = Number(line)
  if (n < 0) return [null, end + 2]
  if (kind === '$') return bytes.length < end + 4 + n ? null : [bytes.toString('utf8', end + 2, end + 2 + n), end + 4 + n]
  const items = []
  let next = end + 2
  for (let i = 0; i < n; i++) {
    const item = parse(bytes, next)
    if (!item) return null
    items.push(item[0])
    next = item[1]
  }
  return [items, next]
}

export class Redis {
  #bytes = Buffer.alloc(0)
  #waiting = []

  constructor(port, socket) {
    this.port = port
    this.url = `redis://127.0.0.1:${port}`
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      for (let reply; this.#waiting.length && (reply = parse(this.#bytes, 0)); ) {
        const [value, used] = reply
        this.#bytes = this.#bytes.subarray(used)
        const { resolve, reject } = this.#waiting.shift()
        value instanceof Error ? reject(value) : resolve(value)
      }
    })
    socket.on('error', () => {})
  }

  // Starts one for the test `t`.
  static async start(t) {
    const port = await freePort()
    const dir = scratch(t)
    const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir], { stdio: 'ignore' })
    t.after(() => server.kill('SIGKILL'))
    const socket = await until(
      () =>
        new Promise((resolve, reject) => {
          const s = connect(port, '127.0.0.1', () => resolve(s))
          s.on('error', reject)
        }),
    )
    t.after(() => socket.destroy())
    return new Redis(port, socket)
  }

  do(...args) {
    const parts = args.map((arg) => Buffer.from(String(arg)))
    this.socket.write(Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...parts.flatMap((p) => [Buffer.from(`$${p.length}\r\n`), p, Buffer.from('\r\n')])]))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  // A plain job, as a producer leaves it.
  async add(queue, id, { name = 'job', data = {}, opts = {}, fields = [] } = {}) {
    const base = `bull:${queue}:`
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    await this.do('HSET', base + 'meta', 'opts.maxLenEvents', 10000)
    await this.do('HSET', base + id, 'name', name, 'data', text, 'opts', JSON.stringify({ attempts: 0, ...opts }), 'timestamp', Date.now(), 'delay', 0, 'priority', 0, ...fields)
    await this.do('XADD', base + 'events', '*', 'event', 'added', 'jobId', id, 'name', name)
    await this.do('LPUSH', base + 'wait', id)
    await this.do('ZADD', base + 'marker', 0, '0')
  }

  // Its hash and the set it is in.
  async job(queue, id) {
    const base = `bull:${queue}:`
    let state
    for (const set of ['completed', 'failed', 'delayed']) if ((await this.do('ZSCORE', base + set, id)) !== null) state = set
    const flat = await this.do('HGETALL', base + id)
    const hash = Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]))
    return { ...hash, state }
  }

  async ended(queue, id, state, ms) {
    return until(async () => {
      const hash = await this.job(queue, id)
      return hash.state === state && hash
    }, ms, `${queue}:${id} ${state}`)
  }
}
