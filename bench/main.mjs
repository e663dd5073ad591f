// SPDX-License-Identifier: MIT
// main.mjs — runs the rows named on the command line, or all, one after the other.
import { mkdirSync, writeFileSync } from 'node:fs'
import * as contactLists from './rows/contact_lists.mjs'
import * as http from './rows/http.mjs'
import * as idle from './rows/idle.mjs'
import * as queueAdd from './rows/queue_add.mjs'
import * as queueDue from './rows/queue_due.mjs'
import * as queueHeld from './rows/queue_held.mjs'
import * as queueMemory from './rows/queue_memory.mjs'
import * as queueNoop from './rows/queue_noop.mjs'
import * as queuePause from './rows/queue_pause.mjs'
import * as queueRaw from './rows/queue_raw.mjs'
import * as receive from './rows/receive.mjs'
import * as send from './rows/send.mjs'
import * as sendHeld from './rows/send_held.mjs'
import * as sendLimits from './rows/send_limits.mjs'
import * as sendQueue from './rows/send_queue.mjs'
import * as sequenceDue from './rows/sequence_due.mjs'
import * as signatureTiming from './rows/signature_timing.mjs'
import * as slow from './rows/slow.mjs'
import * as start from './rows/start.mjs'
import * as webhook from './rows/webhook.mjs'
import * as webhookLatency from './rows/webhook_latency.mjs'
import * as windows from './rows/windows.mjs'
import { bin, endAll, machine, trial } from './lib.mjs'

const rows = { 'contact-lists': contactLists, http, idle, 'queue-add': queueAdd, 'queue-due': queueDue, 'queue-held': queueHeld, 'queue-memory': queueMemory, 'queue-noop': queueNoop,
  'queue-pause': queuePause, 'queue-raw': queueRaw, receive, send, 'send-held': sendHeld, 'send-limits': sendLimits, 'send-queue': sendQueue, 'sequence-due': sequenceDue,
  'signature-timing': signatureTiming, slow, start, webhook, 'webhook-latency': webhookLatency, windows }
const names = Object.keys(rows)
const groups = { queue: names.filter((name) => name.startsWith('queue-')), sink: names.filter((name) => name.startsWith('webhook')) }
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !rows[name] && !groups[name])

if (unknown.length > 0) {
  console.error(`bench: no row is called ${unknown.join(', ')}; there are ${names.join(', ')}; and queue, sink for all of those`)
  process.exit(2)
}

// "pairs 7; modes {one:{atOnce:1, …"
function settingsLine(settings) {
  const text = (value) => JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')
  return `Settings: ${Object.entries(settings).map(([key, value]) => `${key} ${text(value)}`).join('; ')}.`
}

async function report(name, about) {
  const began = performance.now()
  const { title, settings, run } = rows[name]
  const { table, data } = await run()
  const seconds = Math.round((performance.now() - began) / 1000)
  const notes = [settingsLine(settings), trial && 'A trial: the figures mean nothing.', `Took ${seconds} s.`].filter(Boolean)
  const text = `## ${name}: ${title}\n\n${table}\n\n${notes.join(' ')}\n`
  console.log(text)
  writeFileSync(bin(`results/${name}.md`), `${text}\n${machineLine(about)}\n`)
  writeFileSync(bin(`results/${name}.json`), JSON.stringify({ name, about, trial, seconds, settings, ...data }, null, 1) + '\n')
}

function machineLine({ cpu, cores, versions, date }) {
  return `Machine: ${cpu}, ${cores} cores; ${versions}; ${date}`
}

const about = await machine()
console.log(`${machineLine(about)}\n`)
mkdirSync(bin('results'), { recursive: true })
const list = wanted.length > 0 ? [...new Set(wanted.flatMap((name) => groups[name] ?? name))] : names
let failed = 0
for (const name of list)
  await report(name, about).catch((error) => {
    failed++
    endAll()
    console.error(`## ${name}: failed\n\n${error.stack}\n`)
  })
process.exit(failed ? 1 : 0)
