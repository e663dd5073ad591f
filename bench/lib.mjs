// SPDX-License-Identifier: MIT
// lib.mjs — processes, their CPU and memory, medians and tables: what every row needs.
import { spawn, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { connect } from 'node:net'

export { freePort } from '../tests/support/ports.mjs'

const TICKS = 100 // of /proc/PID/stat, per second: USER_HZ of every Linux that Debian supports
const LINES_WAIT_MS = 10000
const TRIAL_PART = 20

// BENCH_TRIAL=1: everything is run and checked, with counts so small that the figures mean nothing.
export const trial = process.env.BENCH_TRIAL === '1'
export const PAIRS = trial ? 1 : 7

export function scaled(n, least = 1) {
  return trial ? Math.max(least, Math.ceil(n / TRIAL_PART)) : n
}

const BUILD = process.env.BENCH_BUILD ?? new URL('../build-bench', import.meta.url).pathname

export function bin(name) {
  return `${BUILD}/${name}`
}

// A trial keeps its figures apart: it must not take the place of real ones.
export function result(name) {
  return bin(`${trial ? 'trial' : 'results'}/${name}`)
}

// Ends what still runs when a row fails, or somebody ends it.
const running = new Set()
export const endAll = () => running.forEach((child) => child.kill('SIGKILL'))
process.on('exit', endAll)
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) process.on(signal, () => process.exit(code))

// Starts a program; `ready` is matched against what it prints; none: it counts as ready at once.  `core` pins it.
export async function start(argv, { ready, core, env = {}, cwd } = {}) {
  const line = core === undefined ? argv : ['taskset', '-c', String(core), ...argv]
  const child = spawn(line[0], line.slice(1), { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  running.add(child)
  child.on('close', () => running.delete(child))
  const match = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${argv[0]} was not ready: ${text}`)), LINES_WAIT_MS)
    const take = (bytes) => {
      text += bytes
      const found = ready?.exec(text)
      if (found) {
        clearTimeout(timer)
        resolve(found)
      }
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('exit', (code) => reject(new Error(`${argv[0]} ended with ${code}: ${text}`)))
    if (!ready) {
      clearTimeout(timer)
      resolve()
    }
  })
  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit')
      child.on('exit', resolve)
      child.kill('SIGTERM')
    })
  const ended = new Promise((resolve) => child.on('close', resolve))
  return { pid: child.pid, match, stop, kill: () => child.kill('SIGKILL'), ended, text: () => text }
}

// User and system time of a process so far, in seconds.
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

// Resident memory in bytes; `anon` leaves out what is mapped from files.
export function memory(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kb = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]) * 1024
  return { rss: kb('VmRSS'), anon: kb('RssAnon') }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

// A, B, A, B …: one warm-up pair that does not count, then `pairs` that do; of one pair, that alone.
export async function inTurn(pairs, runA, runB) {
  const results = []
  for (let i = trial || pairs === 1 ? 0 : -1; i < pairs; i++) {
    const pair = { a: await runA(), b: await runB() }
    if (i >= 0) results.push(pair)
  }
  return results
}

// The same for any number of sides, {name: run}: one result of each name for each round.
export async function inRounds(rounds, sides) {
  const results = []
  for (let i = trial ? 0 : -1; i < rounds; i++) {
    const round = {}
    for (const [name, run] of Object.entries(sides)) round[name] = await run()
    if (i >= 0) results.push(round)
  }
  return results
}

export async function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => socket.destroy(resolve(true)))
    socket.on('error', () => resolve(false))
  })
}

export async function machine() {
  const out = (...argv) => execFileSync(argv[0], argv.slice(1), { encoding: 'utf8' }).trim()
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    versions: [out(bin('willaq'), 'version').split('\n')[0], `node ${process.version}`, `Redis ${/v=(\S+)/.exec(out('redis-server', '--version'))[1]}`, `kernel ${out('uname', '-r')}`].join(', '),
    date: new Date().toISOString(),
  }
}
