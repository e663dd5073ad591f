// SPDX-License-Identifier: MIT
// bullmq_sink.mjs MAJOR REDIS_PORT add|bulk — a webhook sink as people write it on Node: http, a signature check, BullMQ.
//
// `add` adds each message by itself; `bulk` adds all that came while the last addBulk was on its way.  A message is told
// from those before by its job id, the cheapest way that BullMQ has.  200 only when BullMQ has answered.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { queueOf } from '../queue/bullmq.mjs'

const [major, redisPort, mode] = process.argv.slice(2)
const SECRET = 'bench-secret'
const OPTS = { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: 200, removeOnFail: 100, priority: 10 }
const queue = queueOf(major, Number(redisPort), 'inbound-messages')

function jobs(body) {
  const found = []
  for (const entry of JSON.parse(body).entry)
    for (const { value } of entry.changes)
      for (const message of value.messages ?? [])
        found.push({ name: 'process-message', opts: { ...OPTS, jobId: message.id },
          data: { businessId: entry.id, phoneNumberId: value.metadata.phone_number_id, message, timestamp: Date.now() } })
  return found
}

let waiting = []
let calls = 0
async function flush() {
  if (calls === 2 || waiting.length === 0) return
  calls++
  const batch = waiting
  waiting = []
  try {
    await queue.addBulk(batch.flatMap((each) => each.jobs))
    for (const each of batch) each.resolve()
  } catch (error) {
    for (const each of batch) each.reject(error)
  }
  calls--
  flush()
}

const ways = {
  add: (list) => Promise.all(list.map((job) => queue.add(job.name, job.data, job.opts))),
  bulk: (list) => new Promise((resolve, reject) => {
    waiting.push({ jobs: list, resolve, reject })
    setImmediate(flush)
  }),
}

const server = createServer((request, answer) => {
  const parts = []
  request.on('data', (part) => parts.push(part))
  request.on('end', async () => {
    const body = Buffer.concat(parts)
    const shown = Buffer.from(request.headers['x-hub-signature-256'] ?? '')
    const right = Buffer.from(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`)
    if (shown.length !== right.length || !timingSafeEqual(shown, right)) {
      answer.writeHead(401).end()
      return
    }
    try {
      await ways[mode](jobs(body))
      answer.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"received"}')
    } catch {
      answer.writeHead(503, { 'Retry-After': '1' }).end()
    }
  })
})
await queue.waitUntilReady()
server.listen(0, '127.0.0.1', () => console.log(`listening http://127.0.0.1:${server.address().port}`))
