// SPDX-License-Identifier: MIT
// bullmq_worker.mjs MAJOR PORT QUEUE CONCURRENCY — BullMQ's worker with a processor that does nothing: the peer of `willaq worker --noop`.
import { bullmq } from '../queue/bullmq.mjs'

const [major, port, queue, concurrency] = process.argv.slice(2)
const { Worker } = bullmq(major)
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null }
const worker = new Worker(queue, async () => null, { connection, concurrency: Number(concurrency) })

worker.on('error', (error) => {
  console.error(error)
  process.exit(1)
})
worker.on('failed', (job, error) => {
  console.error(error)
  process.exit(1)
})
await worker.waitUntilReady()
console.log('ready')
process.on('SIGTERM', () => process.exit(0))
