// SPDX-License-Identifier: MIT
// plain_queue.mjs — a redis-server, and BullMQ's keys written and read there by plain commands, without any library.
import { RedisServer } from './redis.mjs'
import { until } from './support.mjs'

export class QueueRedis extends RedisServer {
  // Jobs named by their ids, as an older producer left them.
  seed(queue, place, ids, fields = {}) {
    const base = `bull:${queue}:`
    this.ask('HSET', `${base}meta`, 'opts.maxLenEvents', '10000')
    for (const id of ids) {
      const job = { name: 'job', data: '{"n":1}', opts: '{"attempts":3}', timestamp: '1700000000000', delay: '0', priority: '0', ...fields }
      this.ask('HSET', base + id, ...Object.entries(job).flat())
      if (place === 'wait' || place === 'paused' || place === 'active') this.ask('LPUSH', base + place, id)
      else this.ask('ZADD', base + place, '1700000000000', id)
    }
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
