// SPDX-License-Identifier: MIT
// bullmq_send.mjs MAJOR PORT QUEUE CONCURRENCY agent|fetch URL — BullMQ's worker that sends each job as a Cloud API message, as people
// write it: the peer of `willaq worker --queue outbound-messages`, without a ledger and without limits.
import { Agent, request } from 'node:http'
import { bullmq } from '../queue/bullmq.mjs'

const [major, port, queue, concurrencyText, how, url] = process.argv.slice(2)
const concurrency = Number(concurrencyText)
const { Worker } = bullmq(major)
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null }
const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer token-of-bench' }

async function byFetch(body) {
  const answer = await fetch(url, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

function byAgent(body) {
  return new Promise((resolve, reject) => {
    const req = request(url, { method: 'POST', agent, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } }, (res) => {
      let text = ''
      res.on('data', (chunk) => (text += chunk))
      res.on('end', () => resolve({ status: res.statusCode, text }))
    })
    req.on('error', reject)
    req.end(body)
  })
}

const post = how === 'fetch' ? byFetch : byAgent

async function send(job) {
  const { to, content } = job.data
  const body = { messaging_product: 'whatsapp', recipient_type: 'individual', to, biz_opaque_callback_data: job.id, type: 'text', text: { body: content } }
  const { status, text } = await post(JSON.stringify(body))
  if (status !== 200) throw new Error(`the provider answered ${status}: ${text}`)
  return { messageId: JSON.parse(text).messages[0].id }
}

// It takes a while to hold 10,000 jobs: no lock may run out meanwhile.
const worker = new Worker(queue, send, { connection, concurrency, lockDuration: 300000 })
for (const event of ['error', 'failed'])
  worker.on(event, (...told) => {
    console.error(...told)
    process.exit(1)
  })
await worker.waitUntilReady()
console.log('ready')
process.on('SIGTERM', () => process.exit(0))
