// SPDX-License-Identifier: MIT
// redis.mjs — a redis-server of our own for a suite: on a free port, without a disk, gone with us.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'

const START_MS = 10_000
const POLL_MS = 10
const END_MS = 5_000

// True when `fn` gave something true within `ms`; the clock of the machine, whatever Date says.
export async function until(fn, ms, what = fn.toString()) {
  const end = performance.now() + ms
  let error
  for (;;) {
    try {
      error = undefined
      const result = await fn()
      if (result) return result
    } catch (e) {
      error = e
    }
    if (performance.now() >= end) throw new Error(`not within ${ms} ms: ${what}`, { cause: error })
    await pause(POLL_MS)
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

export class RedisServer {
  static async start() {
    const server = new RedisServer()
    server.dir = mkdtempSync(join(tmpdir(), 'willaq-compat-'))
    server.port = await freePort()
    const args = ['--port', server.port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', server.dir]
    server.child = spawn('redis-server', args.map(String), { stdio: 'ignore' })
    server.ended = new Promise((resolve) => server.child.on('exit', resolve))
    server.url = `redis://127.0.0.1:${server.port}`
    server.client = server.connect()
    await until(() => server.client.ping(), START_MS, 'redis-server answers')
    return server
  }

  // A client that never gives up, as BullMQ wants them.
  connect(options = {}) {
    const client = new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: null, ...options })
    client.on('error', () => {}) // the server may be late, or gone before the client
    return client
  }

  async stop() {
    this.client.disconnect()
    this.child.kill('SIGTERM')
    const late = setTimeout(() => this.child.kill('SIGKILL'), END_MS)
    await this.ended
    clearTimeout(late)
    rmSync(this.dir, { recursive: true, force: true })
  }
}
