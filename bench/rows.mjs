// SPDX-License-Identifier: MIT
// rows.mjs — every row there is, and about how many minutes it takes on two cores.
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

export const rows = {
  'contact-lists': { ...contactLists, minutes: 4 },
  http: { ...http, minutes: 3 },
  idle: { ...idle, minutes: 1 },
  'queue-add': { ...queueAdd, minutes: 3 },
  'queue-due': { ...queueDue, minutes: 2 },
  'queue-held': { ...queueHeld, minutes: 4 },
  'queue-memory': { ...queueMemory, minutes: 3 },
  'queue-noop': { ...queueNoop, minutes: 4 },
  'queue-pause': { ...queuePause, minutes: 2 },
  'queue-raw': { ...queueRaw, minutes: 3 },
  receive: { ...receive, minutes: 2 },
  send: { ...send, minutes: 4 },
  'send-held': { ...sendHeld, minutes: 4 },
  'send-limits': { ...sendLimits, minutes: 2 },
  'send-queue': { ...sendQueue, minutes: 4 },
  'sequence-due': { ...sequenceDue, minutes: 3 },
  'signature-timing': { ...signatureTiming, minutes: 1 },
  slow: { ...slow, minutes: 1 },
  start: { ...start, minutes: 1 },
  webhook: { ...webhook, minutes: 8 },
  'webhook-latency': { ...webhookLatency, minutes: 2 },
  windows: { ...windows, minutes: 3 },
}
