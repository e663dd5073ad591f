// SPDX-License-Identifier: MIT
// jobs.mjs — messages as BullMQ adds them to outbound-messages, each to another person; in a snapshot, withheld.
import { queueOf } from '../queue/bullmq.mjs'
import { snapshot } from '../queue/server.mjs'

export const QUEUE = 'outbound-messages'
export const BASE = `bull:${QUEUE}:`
export const KEEP = 1000
export const CONFIG = ['hash-max-listpack-value', '4096']
const CHUNK = 500
const TEXT = 'Your order 4711 is on its way and will be with you tomorrow between 9 and 11. '.repeat(5)

export const phoneOf = (i) => `+593992${String(i).padStart(6, '0')}`

const job = (i) => ({
  name: 'send-message',
  data: { businessId: 'acme', conversationId: `c${i}`, to: phoneOf(i), messageType: 'text', content: TEXT },
  opts: { attempts: 3, backoff: { type: 'exponential', delay: 2000 }, removeOnComplete: KEEP, removeOnFail: KEEP },
})

export function snapshotOf(n) {
  return snapshot(async (server) => {
    const queue = queueOf(5, server.port, QUEUE)
    for (let i = 0; i < n; i += CHUNK) await queue.addBulk(Array.from({ length: Math.min(CHUNK, n - i) }, (_, j) => job(i + j)))
    await queue.close()
    await server.client.rename(`${BASE}wait`, 'held:wait')
    await server.client.del(`${BASE}marker`, `${BASE}events`)
  }, { config: CONFIG })
}

export async function release(server) {
  await server.client.multi().rename('held:wait', `${BASE}wait`).zadd(`${BASE}marker`, 0, '0').exec()
}

// How many wait for anything, or run.
export async function left(server) {
  const answers = await server.client.pipeline().llen(`${BASE}wait`).llen(`${BASE}active`).zcard(`${BASE}prioritized`).zcard(`${BASE}delayed`).exec()
  return answers.reduce((sum, [, n]) => sum + n, 0)
}
