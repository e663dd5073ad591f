// SPDX-License-Identifier: MIT
// faultproxy.mjs — tests/proxy/faultproxy from a test: what comes between two programs, and does to them what it is told.
//
//   const between = await FaultProxy.start(t, redis.port)
//   await between.set('down blackhole')        tests/proxy/README.md has the words
//   await between.set('pass')
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { BIN, ROOT, freePort } from './support.mjs'

const PLACES = [dirname(BIN), join(ROOT, 'build-asan'), join(ROOT, 'build-bench')]

export class FaultProxy {
  static program = PLACES.map((dir) => join(dir, 'tests', 'proxy', 'faultproxy')).find(existsSync)

  #text = ''
  #answers = [] // who waits for a line

  // Between whoever connects to `port` and `to`, a port of this machine or HOST:PORT.  Gone with the test `t`.
  static async start(t, to, { port, seed = 1, script } = {}) {
    const proxy = new FaultProxy()
    const target = typeof to === 'number' ? `127.0.0.1:${to}` : to
    const args = ['--to', target, '--listen', String(port ?? await freePort()), '--seed', String(seed), ...(script ? [script] : [])]
    if (!FaultProxy.program) throw new Error('no faultproxy: configure the build with -Dtests=true or -Dbench=true')
    proxy.child = spawn(FaultProxy.program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    proxy.child.stdin.on('error', () => {})
    proxy.child.stdout.setEncoding('utf8')
    proxy.child.stdout.on('data', (text) => proxy.#take(text))
    proxy.ended = new Promise((resolve) => {
      proxy.child.on('error', () => resolve())
      proxy.child.on('close', () => resolve())
    })
    proxy.ended.then(() => proxy.#answers.splice(0).forEach(({ reject }) => reject(new Error('faultproxy has ended'))))
    t?.after(() => proxy.stop())
    proxy.port = Number(/:(\d+)$/.exec(await proxy.#line())[1])
    return proxy
  }

  // What Redis is reached by.
  get url() {
    return `redis://127.0.0.1:${this.port}`
  }

  get http() {
    return `http://127.0.0.1:${this.port}`
  }

  #line() {
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }))
  }

  #take(text) {
    const lines = (this.#text + text).split('\n')
    this.#text = lines.pop()
    for (const line of lines) this.#answers.shift()?.resolve(line)
  }

  // Orders, in this order; done once each is in force.
  async set(...orders) {
    for (const order of orders) {
      this.child.stdin.write(`${order}\n`)
      const answer = await this.#line()
      if (answer !== 'ok') throw new Error(`faultproxy ${order}: ${answer}`)
    }
  }

  // {connections, open, resets, cuts, up: {in, out, lost, held, fins, resets}, down: {…}}
  async stats() {
    this.child.stdin.write('stats\n')
    return JSON.parse(await this.#line())
  }

  async stop() {
    this.child.stdin.end()
    await this.ended
  }
}
