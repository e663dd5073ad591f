// SPDX-License-Identifier: MIT
// bullmq_add.mjs MAJOR PORT QUEUE one|concurrent|bulk COUNT PAYLOAD AT_ONCE — adds by BullMQ's Queue: the peer of add.c.
import { queueOf } from '../queue/bullmq.mjs'
import { cpuUs } from '../queue/server.mjs'

const [major, port, name, mode, count, payload, atOnce] = process.argv.slice(2)
const queue = queueOf(major, Number(port), name)
const data = { text: 'x'.repeat(Number(payload) - '{"text":""}'.length) }
const WARM_UP = 1000

const ways = {
  async one(n) {
    for (let i = 0; i < n; i++) await queue.add('bench', data)
  },
  async concurrent(n) {
    let left = n
    const lane = async () => {
      while (left-- > 0) await queue.add('bench', data)
    }
    await Promise.all(Array.from({ length: Number(atOnce) }, lane))
  },
  async bulk(n) {
    for (let left = n; left > 0; left -= atOnce)
      await queue.addBulk(Array.from({ length: Math.min(Number(atOnce), left) }, () => ({ name: 'bench', data })))
  },
}

await queue.waitUntilReady()
await ways[mode](WARM_UP)
console.log('warm')
const cpu = cpuUs(process.pid)
const began = performance.now()
await ways[mode](Number(count))
const seconds = (performance.now() - began) / 1000
console.log(JSON.stringify({ perSecond: count / seconds, cpuUs: (cpuUs(process.pid) - cpu) / count }))
process.exit(0)
