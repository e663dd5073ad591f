// SPDX-License-Identifier: MIT
// torn.mjs — a Redis whose file holds only the beginning of its last transaction (docs/adr/0021-torn-transactions.md).
import { readFileSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always']

const folder = (server) => join(server.dir, 'appendonlydir')

// The file that grows, and where the commands of its last transaction begin.
function lastTransaction(server) {
  const file = join(folder(server), readdirSync(folder(server)).find((name) => name.endsWith('.incr.aof')))
  const text = readFileSync(file, 'latin1')
  const from = text.lastIndexOf('*1\r\n$5\r\nMULTI\r\n')
  return { file, starts: [...text.slice(from).matchAll(/\*\d+\r\n\$\d+\r\n[A-Z]+\r\n/g)].map((found) => from + found.index) }
}

// It begins with nothing in it.
export async function emptied(server) {
  await server.stop()
  rmSync(folder(server), { recursive: true })
  await server.run()
}

// It is killed, and begun with its last transaction cut within command `at`.  How many that has; the first is MULTI, the last EXEC.
export async function torn(server, at) {
  await server.stop()
  const { file, starts } = lastTransaction(server)
  truncateSync(file, starts[at] + 6)
  await server.run()
  return starts.length
}

export async function again(server) {
  await server.stop()
  await server.run()
}
