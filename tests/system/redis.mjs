// SPDX-License-Identifier: MIT
// redis.mjs — a redis-server for a test, and a client that says commands to it.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, until } from './support.mjs'

// Replies as JavaScript has them: text, number, null, array; an error is thrown.
class Replies {
  bytes = Buffer.alloc(0)

  // {value} of the first reply that is whole, or undefined.
  take() {
    const got = this.#at(0)
    if (!got) return undefined
    this.bytes = this.bytes.subarray(got.end)
    return got
  }

  #at(from) {
    const eol = this.bytes.indexOf('\r\n', from)
    if (eol < 0) return undefined
    const line = this.bytes.toString('utf8', from + 1, eol)
    const end = eol + 2
    switch (this.bytes[from]) {
      case 0x2b: // +
        return { value: line, end }
      case 0x2d: // -
        return { value: new Error(line), end }
      case 0x3a: // :
        return { value: Number(line), end }
      case 0x24: { // $
        const n = Number(line)
        if (n < 0) return { value: null, end }
        if (this.bytes.length < end + n + 2) return undefined
        return { value: this.bytes.toString('utf8', end, end + n), end: end + n + 2 }
      }
      default:
        return this.#array(Number(line), end)
    }
  }

  #array(n, end) {
    const value = []
    for (let i = 0; i < n; i++) {
      const got = this.#at(end)
      if (!got) return undefined
      value.push(got.value)
      end = got.end
    }
    return { value: n < 0 ? null : value, end }
  }
}

export class RedisClient {
  #socket
  #waiting = []
  #replies = new Replies()

  constructor(port) {
    this.#socket = connect(port, '127.0.0.1')
    this.#socket.on('data', (bytes) => this.#onData(bytes))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('connection closed')))
  }

  #onData(bytes) {
    this.#replies.bytes = Buffer.concat([this.#replies.bytes, bytes])
    for (let got = this.#replies.take(); got; got = this.#replies.take()) {
      const { resolve, reject } = this.#waiting.shift()
      if (got.value instanceof Error) reject(got.value)
      else resolve(got.value)
    }
  }

  #fail(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  do(...words) {
    const parts = words.map((word) => Buffer.from(String(word)))
    const bytes = [Buffer.from(`*${parts.length}\r\n`)]
    for (const part of parts) bytes.push(Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#socket.write(Buffer.concat(bytes))
    })
  }

  end() {
    this.#socket.destroy()
  }
}

export class RedisServer {
  #ended

  // Started, and gone with the test `t`; without one it is for the caller to stop.
  static async start(t, ...options) {
    const server = await new this().prepare(t, ...options)
    await server.run()
    return server
  }

  // All but the start: it has a port and a folder.
  async prepare(t, ...options) {
    this.dir = mkdtempSync(join(tmpdir(), 'willaq-redis-'))
    this.port = await freePort()
    this.url = `redis://127.0.0.1:${this.port}`
    this.options = options
    t?.after(() => this.end())
    return this
  }

  // Also again, after a stop: port and folder stay.
  async run() {
    const args = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.dir, '--save', '', ...this.options]
    this.child = spawn(...this.command(args.map(String)), { stdio: 'ignore' })
    this.#ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.client = await until(() => this.connect())
  }

  command(args) {
    return ['redis-server', args]
  }

  // A client that was answered once.
  async connect() {
    const client = new RedisClient(this.port)
    try {
      await client.do('PING')
      return client
    } catch (error) {
      client.end()
      throw error
    }
  }

  disconnect() {
    this.client?.end()
  }

  do(...words) {
    return this.client.do(...words)
  }

  // The same at once, and as redis-cli tells it.
  ask(...words) {
    const { stdout, stderr } = spawnSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8' })
    return (stdout + stderr).trim()
  }

  async stop() {
    this.disconnect()
    this.child?.kill('SIGKILL')
    await this.#ended
  }

  // It, and what it wrote.
  async end() {
    await this.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
