// SPDX-License-Identifier: MIT
// dlq_world.mjs — dead letters for tests: seeded by plain commands, or of jobs that a real worker failed for good.
import { createServer } from 'node:http'
import { QueueRedis } from './plain_queue.mjs'
import { start, until } from './support.mjs'

export const HOSTILE = '\x1b[2J\x1b]0;x\x07\u009b31m\x7f"\u2028='

export class DeadRedis extends QueueRedis {
  // Letters of `queue`, the oldest first: {id, name, data, reason, at, job, attempts, opts}.
  async letters(queue, list) {
    const base = `bull:${queue}-dlq:`
    await this.do('HSET', `${base}meta`, 'opts.maxLenEvents', 10000)
    for (const { id, name = 'job', data = {}, reason = 'no luck', at = Date.now(), job = `job-${id}`, attempts = 3, opts = { attempts: 3 } } of list) {
      const dlq = { queue, id: job, failedReason: reason, attemptsMade: attempts, stacktrace: [`Error: ${reason}\n    at work`], failedAt: at, opts }
      const text = typeof data === 'string' ? data : JSON.stringify({ ...data, dlq })
      await this.do('HSET', base + id, 'name', name, 'data', text, 'opts', '{"attempts":0}', 'timestamp', at, 'delay', 0, 'priority', 0)
      await this.do('LPUSH', `${base}wait`, id)
    }
  }

  async many(queue, n, of = () => ({})) {
    await this.letters(queue, Array.from({ length: n }, (_, i) => ({ id: String(i + 1), ...of(i) })))
  }

  left(queue) {
    return this.do('LLEN', `bull:${queue}-dlq:wait`)
  }

  async ids(queue) {
    return (await this.do('LRANGE', `bull:${queue}-dlq:wait`, 0, -1)).reverse()
  }

  waiting(queue) {
    return this.do('LLEN', `bull:${queue}:wait`)
  }

  async data(queue, id) {
    return JSON.parse(await this.do('HGET', `bull:${queue}:${id}`, 'data'))
  }
}

// An endpoint that refuses for good until it is told better, and the worker that posts to it.
export async function failingWorker(t, redis, queue) {
  const at = { refuses: true, bodies: [] }
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    const body = JSON.parse(text)
    at.bodies.push(body)
    res.writeHead(at.refuses ? 422 : 200)
    res.end(at.refuses ? JSON.stringify({ error: { message: `no ${body.name} today`, stack: 'Error: today\n    at work' } }) : '{"fine":true}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  at.worker = start(['worker', '--redis-url', redis.url, '--queue', queue, '--push', `http://127.0.0.1:${server.address().port}/`], { t })
  at.dead = (n) => until(async () => (await redis.left(queue)) === n, undefined, `${n} dead letters of ${queue}`)
  return at
}
