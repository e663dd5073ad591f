// SPDX-License-Identifier: MIT
// queue_support.mjs — a redis-server for tests of queues, and jobs in every state without any library.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, until } from './support.mjs'

export class Redis {
  static async start() {
    const redis = new Redis()
    redis.port = await freePort()
    redis.url = `redis://127.0.0.1:${redis.port}`
    redis.dir = mkdtempSync(join(tmpdir(), 'willaq-test-'))
    redis.child = spawn('redis-server', ['--port', String(redis.port), '--bind', '127.0.0.1', '--save', '', '--dir', redis.dir], { stdio: 'ignore' })
    await until(() => redis.ask('PING') === 'PONG')
    return redis
  }
  stop() {
    this.child.kill('SIGKILL')
    rmSync(this.dir, { recursive: true, force: true })
  }
  ask(...args) {
    const { stdout, stderr } = spawnSync('redis-cli', ['-p', String(this.port), ...args], { encoding: 'utf8' })
    return (stdout + stderr).trim()
  }
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
}
