// SPDX-License-Identifier: MIT
// support.mjs — what the tests of the whole binary share: running it, waiting for facts, free ports, scratch folders.
//
// The program under test is $WILLAQ_BIN, build-asan/willaq without it.  Its environment is made here, never inherited:
// what the machine at hand has set must not decide a test.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export { freePort } from '../support/ports.mjs'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const BIN = process.env.WILLAQ_BIN ?? join(ROOT, 'build-asan', 'willaq')

const RUN_MS = 30_000 // for a command to end
const UNTIL_MS = 20_000 // for a fact to come true
const STOP_MS = 30_000 // from SIGTERM to the end
const POLL_MS = 20
const OUTPUT_MAX_CHARS = 16 * 1024 * 1024
const INHERITED = ['PATH', 'HOME', 'LANG', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS']

function environment(extra) {
  const env = {}
  for (const name of INHERITED) if (process.env[name] !== undefined) env[name] = process.env[name]
  return { ...env, ...extra }
}

// True when `fn` (may be async) gave something true within `ms`; what it gave is the result.  Throws otherwise: the
// last error of `fn`, if that is what kept it from coming true.
export async function until(fn, ms = UNTIL_MS, what = fn.toString()) {
  const end = performance.now() + ms // whatever a test makes of Date
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

// A running program.  opts: env (added to a clean one), cwd, bin, stdin (text).
export class Program {
  stdout = ''
  stderr = ''
  code = null // exit code, once it has ended
  signal = null

  constructor(args, opts = {}) {
    this.args = args
    this.child = spawn(opts.bin ?? BIN, args, {
      cwd: opts.cwd,
      env: environment(opts.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.pid = this.child.pid
    this.child.stdin.on('error', () => {}) // it need not read
    this.child.stdin.end(opts.stdin ?? '')
    for (const name of ['stdout', 'stderr']) {
      this.child[name].setEncoding('utf8')
      this.child[name].on('data', (text) => {
        this[name] += text
        if (this[name].length > OUTPUT_MAX_CHARS) this.child.kill('SIGKILL')
      })
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => {
        this.code = code
        this.signal = signal
        resolve(this)
      })
    })
    this.ended.catch(() => {}) // told to whoever waits
  }

  get output() {
    return this.stdout + this.stderr
  }

  get running() {
    return this.code === null && this.signal === null
  }

  describe() {
    const end = this.running ? 'running' : `ended with ${this.signal ?? this.code}`
    return `willaq ${this.args.join(' ')} (${end})\n${this.stdout}\n${this.stderr}`
  }

  // The match, once stdout or stderr has it; throws at once when the program ends without.
  async until(regex, ms = UNTIL_MS) {
    const found = () => regex.exec(this.stdout) ?? regex.exec(this.stderr)
    await until(() => found() || !this.running, ms, `${regex} from ${this.describe()}`)
    const match = found()
    if (!match) throw new Error(`${regex} never came from ${this.describe()}`)
    return match
  }

  kill(signal = 'SIGKILL') {
    if (this.running) this.child.kill(signal)
  }

  // Waits for the end; kills and throws after `ms`.
  async end(ms = RUN_MS) {
    let timer
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        this.kill()
        reject(new Error(`not ended after ${ms} ms: ${this.describe()}`))
      }, ms)
    })
    try {
      return await Promise.race([this.ended, late])
    } finally {
      clearTimeout(timer)
    }
  }

  // SIGTERM and the end; gives {code, signal, stdout, stderr}.  Fine when it has ended already.
  async stop(ms = STOP_MS) {
    this.kill('SIGTERM')
    return this.end(ms)
  }
}

// Runs to the end: {code, signal, stdout, stderr}.
export function run(args, opts = {}) {
  return new Program(args, opts).end(opts.timeout ?? RUN_MS)
}

// Starts and leaves running.  With opts.t, the test's context, it is killed when the test ends.
export function start(args, opts = {}) {
  const program = new Program(args, opts)
  opts.t?.after(async () => {
    program.kill()
    await program.end().catch(() => {})
  })
  return program
}

// An empty folder that goes with the test `t`.
export function scratch(t) {
  const dir = mkdtempSync(join(tmpdir(), 'willaq-test-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

// Cuts a connection.  One that is shutting down is closed instead: Node's process never ends after a reset of such.
export function reset(socket) {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
