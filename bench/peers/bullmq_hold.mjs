// SPDX-License-Identifier: MIT
// bullmq_hold.mjs MAJOR PORT QUEUE IN_FLIGHT FINISHES AT_ONCE REDIS_PID — BullMQ's worker as hold.c does it.
import { bullmq } from '../queue/bullmq.mjs'
import { cpuUs } from '../queue/server.mjs'

const [major, port, queue, ...numbers] = process.argv.slice(2)
const [inFlight, finishes, atOnce, redisPid] = numbers.map(Number)
const { Worker } = bullmq(major)
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null }
const held = []
let left = finishes
let before

function tell() {
  const n = finishes || 1
  console.log(JSON.stringify({ redisUs: (cpuUs(redisPid) - before.redis) / n, cpuUs: (cpuUs(process.pid) - before.own) / n, rss: process.memoryUsage.rss() }))
  process.exit(0)
}

function turn() {
  if (held.length < inFlight) return
  if (!before) {
    console.log('held')
    before = { redis: cpuUs(redisPid), own: cpuUs(process.pid) }
  }
  if (left === 0) return tell()
  const n = Math.min(left, atOnce)
  left -= n
  for (let i = 0; i < n; i++) {
    const at = Math.floor(Math.random() * held.length)
    const end = held[at]
    held[at] = held.at(-1)
    held.pop()
    end(null)
  }
}

const hold = () =>
  new Promise((resolve) => {
    held.push(resolve)
    setImmediate(turn)
  })
// It takes a while to get there: no lock may run out meanwhile.
const worker = new Worker(queue, hold, { connection, concurrency: inFlight, lockDuration: 300000 })
worker.on('error', (error) => {
  console.error(error)
  process.exit(1)
})
