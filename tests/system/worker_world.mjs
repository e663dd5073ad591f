// SPDX-License-Identifier: MIT
// worker_world.mjs — a queue of plain jobs and where each of them is, and an endpoint that takes its time with them.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'

const ADD = `
for i = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  redis.call('HSET', ARGV[1] .. i, 'name', 'job', 'data', '{"i":' .. i .. '}', 'opts', ARGV[4], 'timestamp', 1,
    'delay', 0, 'priority', 0)
  redis.call('LPUSH', ARGV[1] .. 'wait', i)
end
redis.call('SET', ARGV[1] .. 'id', ARGV[3])
redis.call('HSET', ARGV[1] .. 'meta', 'opts.maxLenEvents', 10000)
return ARGV[5] == 'marked' and redis.call('ZADD', ARGV[1] .. 'marker', 0, '0') or redis.call('DEL', ARGV[1] .. 'marker')`

const ATTEMPTS = `
local most, sum = 0, 0
for _, id in ipairs(redis.call('ZRANGE', ARGV[1] .. 'completed', 0, -1)) do
  local n = tonumber(redis.call('HGET', ARGV[1] .. id, 'ats'))
  most = math.max(most, n)
  sum = sum + n
end
return {most, sum}`

export class Queue {
  added = 0

  constructor(redis, name) {
    this.redis = redis
    this.name = name
    this.base = `bull:${name}:`
  }

  async add(n, opts = {}, marker = 'marked') {
    const first = this.added + 1
    this.added += n
    await this.redis.do('EVAL', ADD, 0, this.base, first, this.added, JSON.stringify(opts), marker)
  }

  completed() {
    return this.redis.do('ZCARD', this.base + 'completed')
  }

  // Every job that was added stands in exactly one place.
  async census() {
    const { base, redis } = this
    const places = [
      ...(await redis.do('LRANGE', base + 'wait', 0, -1)),
      ...(await redis.do('LRANGE', base + 'active', 0, -1)),
      ...(await redis.do('ZRANGE', base + 'completed', 0, -1)),
      ...(await redis.do('ZRANGE', base + 'failed', 0, -1)),
    ]
    assert.equal(places.length, this.added, 'jobs in all')
    assert.equal(new Set(places).size, this.added, 'no job twice')
    return { active: await redis.do('LLEN', base + 'active'), wait: await redis.do('LLEN', base + 'wait') }
  }

  async starts() {
    const [most, sum] = await this.redis.do('EVAL', ATTEMPTS, 0, this.base)
    return { most, sum }
  }
}

// Jobs are posted to it, and it answers `ms` later.  posts: how often each id came.
export async function slowEndpoint(t, ms) {
  const endpoint = { posts: new Map(), last: new Map(), total: 0, open: 0 }
  const server = createServer((request, response) => {
    const id = request.headers['x-willaq-job']
    endpoint.posts.set(id, (endpoint.posts.get(id) ?? 0) + 1)
    endpoint.last.set(id, performance.now())
    endpoint.total++
    endpoint.open++
    response.on('close', () => endpoint.open--)
    request.resume()
    setTimeout(() => response.end('null'), ms)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  endpoint.url = `http://127.0.0.1:${server.address().port}/`
  return endpoint
}
