// SPDX-License-Identifier: MIT
// server.mjs — a redis-server per measurement: on a free port, pinned, from a snapshot, without a disk to write to.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort, start } from '../lib.mjs'

const READY = /Ready to accept connections/
export const REDIS_CORE = 0
export const CLIENT_CORE = 1

// Processor time of a process so far in microseconds, to the nanosecond and over all its threads.
export function cpuUs(pid) {
  let ns = 0
  for (const task of readdirSync(`/proc/${pid}/task`))
    ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
  return ns / 1000
}

// What a row leaves behind when it fails.
const folders = new Set()
process.on('exit', () => folders.forEach((dir) => rmSync(dir, { recursive: true, force: true })))

function newFolder() {
  const dir = mkdtempSync(join(tmpdir(), 'willaq-bench-'))
  folders.add(dir)
  return dir
}

// `from`: a folder with dump.rdb in it.  `config`: further settings, as ['hash-max-listpack-value', '4096'].
export async function startRedis({ from, config = [] } = {}) {
  const dir = from ?? newFolder()
  const port = await freePort()
  const settings = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir]
  for (let i = 0; i < config.length; i += 2) settings.push(`--${config[i]}`, config[i + 1])
  const child = await start(['redis-server', ...settings.map(String)], { ready: READY, core: REDIS_CORE })
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
  client.on('error', () => {}) // it ends before its client does
  const stop = async () => {
    client.disconnect()
    await child.stop()
    if (from) return
    rmSync(dir, { recursive: true, force: true })
    folders.delete(dir)
  }
  return { dir, port, pid: child.pid, url: `redis://127.0.0.1:${port}`, client, cpuUs: () => cpuUs(child.pid), stop }
}

// Runs `make` on an empty server once; servers can then start from the folder that it returns.
export async function snapshot(make, { config } = {}) {
  const dir = newFolder()
  const server = await startRedis({ from: dir, config })
  await make(server)
  await server.client.save()
  await server.stop()
  return dir
}
