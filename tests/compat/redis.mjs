// SPDX-License-Identifier: MIT
// redis.mjs — a redis-server of our own for a suite, with the client that BullMQ uses.
import { Redis } from 'ioredis'
import { RedisServer as Server } from '../system/redis.mjs'

export { until } from '../system/support.mjs'

export class RedisServer extends Server {
  // A client that never gives up, as BullMQ wants them.
  async connect() {
    const client = new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: null })
    client.on('error', () => {}) // the server may be late, or gone before the client
    await client.ping()
    return client
  }

  disconnect() {
    this.client?.disconnect()
  }
}
