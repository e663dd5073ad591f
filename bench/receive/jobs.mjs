// SPDX-License-Identifier: MIT
// jobs.mjs — what people wrote, as the sink adds it to inbound-messages; in a snapshot, withheld: a first message of each,
// and then many of all of them in turn.
import { queueOf } from '../queue/bullmq.mjs'
import { snapshot } from '../queue/server.mjs'

export const QUEUE = 'inbound-messages'
export const BASE = `bull:${QUEUE}:`
export const KEEP = 1000
export const NUMBER = '100000000000001'
const CHUNK = 500
const TEXT = 'Good morning, is the flat in the old town still to be had? I could come and see it on Friday. '.repeat(2)

const opts = { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: KEEP, removeOnFail: KEEP }

const job = (i, person, began) => {
  const from = `593992${String(person).padStart(6, '0')}`
  const at = began + i
  return {
    name: 'process-message',
    data: {
      businessId: '7001', phoneNumberId: NUMBER,
      message: { from, id: `wamid.HBgMNTkzOTkyMDAwMDAxFQIAEhggQjE4${String(i).padStart(12, '0')}AA==`, timestamp: String(Math.floor(at / 1000)), type: 'text', text: { body: TEXT } },
      timestamp: at, contact: { profile: { name: `Person ${person}` }, wa_id: from }, provider: 'cloud', sentAt: at, conversation: `cloud:${NUMBER}:phone:${from}`,
    },
    opts,
  }
}

// `people` first messages in held:first, `n` more in held:wait.
export function snapshotOf(people, n) {
  const began = Date.now() - n - people - 60000
  return snapshot(async (server) => {
    const queue = queueOf(5, server.port, QUEUE)
    const add = async (first, count, held) => {
      for (let i = 0; i < count; i += CHUNK)
        await queue.addBulk(Array.from({ length: Math.min(CHUNK, count - i) }, (_, j) => job(first + i + j, (first + i + j) % people, began)))
      await server.client.rename(`${BASE}wait`, held)
    }
    await add(0, people, 'held:first')
    await add(people, n, 'held:wait')
    await queue.close()
    await server.client.del(`${BASE}marker`, `${BASE}events`)
  })
}

export async function release(server, held) {
  await server.client.multi().rename(held, `${BASE}wait`).zadd(`${BASE}marker`, 0, '0').exec()
}

export async function left(server) {
  const answers = await server.client.pipeline().llen(`${BASE}wait`).llen(`${BASE}active`).zcard(`${BASE}prioritized`).zcard(`${BASE}delayed`).exec()
  return answers.reduce((sum, [, count]) => sum + count, 0)
}
