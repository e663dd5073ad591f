// SPDX-License-Identifier: MIT
// main.mjs — runs the rows named on the command line, or all, one after the other.
import { mkdirSync, writeFileSync } from 'node:fs'
import * as http from './rows/http.mjs'
import * as idle from './rows/idle.mjs'
import * as queueAdd from './rows/queue_add.mjs'
import * as queueDue from './rows/queue_due.mjs'
import * as queueHeld from './rows/queue_held.mjs'
import * as queueMemory from './rows/queue_memory.mjs'
import * as queueNoop from './rows/queue_noop.mjs'
import * as queuePause from './rows/queue_pause.mjs'
import * as queueRaw from './rows/queue_raw.mjs'
import * as send from './rows/send.mjs'
import * as slow from './rows/slow.mjs'
import * as start from './rows/start.mjs'
import { bin, machine } from './lib.mjs'

const rows = { http, idle, 'queue-add': queueAdd, 'queue-due': queueDue, 'queue-held': queueHeld, 'queue-memory': queueMemory, 'queue-noop': queueNoop,
  'queue-pause': queuePause, 'queue-raw': queueRaw, send, slow, start }
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !rows[name])

if (unknown.length > 0) {
  console.error(`bench: no row is called ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}`)
  process.exit(2)
}
const about = await machine()
console.log(`machine: ${about.cpu}, ${about.cores} cores; ${about.versions}\n`)
mkdirSync(bin('results'), { recursive: true })
for (const name of wanted.length > 0 ? wanted : Object.keys(rows)) {
  const result = await rows[name].run()
  console.log(`## ${name}: ${rows[name].title}\n\n${result.table}\n`)
  writeFileSync(bin(`results/${name}.json`), JSON.stringify({ name, about, ...result.data }, null, 1) + '\n')
}
