// SPDX-License-Identifier: MIT
// peer.mjs — a process of BullMQ in a soak:  node peer.mjs '{"role": "worker" | "producer", "major": 5, "port": …, …}'
//
// It is meant to be killed at any moment.
import { setTimeout as pause } from 'node:timers/promises'
import { failsAt, nextJob, random } from './plan.mjs'

const { role, major, port, queue, prefix, concurrency = 5, lockMs = 1000, seed = 1, jobs = 100, gapMs = 5 } = JSON.parse(process.argv[2])
const { Queue, Worker } = await import(`bullmq${major}`)
const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }

async function run({ data, attemptsMade }) {
  if (data.ms) await pause(data.ms)
  // 4.x counts an attempt when it starts, later ones when it ends.
  if (failsAt(data, attemptsMade - (major === 4 ? 1 : 0))) throw new Error('as planned')
  return { by: major }
}

if (role === 'worker') {
  const worker = new Worker(queue, run, {
    connection, prefix, concurrency, lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: 50, drainDelay: 1,
  })
  worker.on('error', (error) => console.log(JSON.stringify({ error: error.message })))
  await worker.waitUntilReady()
  console.log('{"ready":true}')
  process.on('SIGTERM', () => worker.close().then(() => process.exit(0)))
} else {
  const target = new Queue(queue, { connection, prefix, streams: { events: { maxLen: 10_000_000 } } })
  const rand = random(seed)
  for (let added = 0; added < jobs;) {
    const several = Math.min(jobs - added, 1 + Math.floor(rand() * 8))
    const batch = Array.from({ length: several }, () => nextJob(rand))
    await (several === 1 ? target.add(batch[0].name, batch[0].data, batch[0].opts) : target.addBulk(batch))
    added += several
    if (gapMs) await pause(rand() * gapMs)
  }
  console.log(JSON.stringify({ added: jobs }))
  await target.close()
  process.exit(0)
}
