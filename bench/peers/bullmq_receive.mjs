// SPDX-License-Identifier: MIT
// bullmq_receive.mjs MAJOR PORT QUEUE CONCURRENCY OWN — BullMQ's worker with a processor that receives: contact, message, window,
// sequence and counts by plain commands, what belongs together in one MULTI: the peer of willaq's own.
import { createHash, randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { bullmq } from '../queue/bullmq.mjs'

const [major, port, queue, concurrency, own] = process.argv.slice(2)
const { Worker } = bullmq(major)
const connection = { host: '127.0.0.1', port: Number(port), maxRetriesPerRequest: null }
const redis = new Redis({ ...connection, enableAutoPipelining: true })
const KEEP_S = 2592000
const DAY_MS = 86400000

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 24)

const event = (calls, type, data) => calls.xadd(`${own}out`, 'MAXLEN', '~', 20000, '*', 't', type, 'd', JSON.stringify(data))

async function make(person, phone, name, now) {
  const id = `c${randomBytes(10).toString('hex')}`
  if (!(await redis.hsetnx(person, 'con', id))) return redis.hget(person, 'con')
  const calls = redis.multi()
    .hset(`${own}con:${id}`, 'made', now, 'rev', 1, 'last', now, 'phone', phone, 'name', name)
    .zadd(`${own}cons:made`, now, id)
  for (const word of [phone.slice(1), ...name.toLowerCase().split(' ')]) calls.zadd(`${own}cons:words`, 0, `${word} ${id}`)
  event(calls, 'contact.created', { contact: id })
  await calls.exec()
  return id
}

async function answered(id, now) {
  const [seq, state] = await redis.hmget(`${own}enr:${id}`, 'seq', 'state')
  if (state !== 'active') return
  const calls = redis.multi()
    .hset(`${own}enr:${id}`, 'state', 'answered', 'why', 'the customer answered', 'since', now)
    .hincrby(`${own}seq:${seq}`, 'n:active', -1)
    .hincrby(`${own}seq:${seq}`, 'n:answered', 1)
    .zrem(`${own}due:seq`, id)
  event(calls, 'sequence.answered', { contact: id, sequence: seq })
  await calls.exec()
}

async function receive(job) {
  const { message, contact, sentAt } = job.data
  const now = Date.now(), ends = sentAt + DAY_MS
  const phone = `+${message.from}`, person = `${own}person:${digest(phone)}`, ref = digest(message.id)
  if (!(await redis.hsetnx(`${own}rcv:${ref}`, 'at', sentAt))) return { outcome: 'known' }
  const id = (await redis.hget(person, 'con')) ?? (await make(person, phone, contact.profile.name, now))
  const calls = redis.multi()
    .hset(`${own}rcv:${ref}`, 'con', id, 'type', message.type, 'pid', message.id, 'text', message.text.body)
    .expire(`${own}rcv:${ref}`, KEEP_S)
    .zadd(`${own}hist:${id}`, sentAt, `i${ref}`)
    .zremrangebyrank(`${own}hist:${id}`, 0, -1001)
    .hset(`${own}con:${id}`, 'in_at', sentAt, 'last', sentAt, 'window', ends)
    .hincrby(`${own}con:${id}`, 'unread', 1)
    .hset(person, 'window', ends)
    .zadd(`${own}cons:last`, sentAt, id)
    .zadd(`${own}cons:unread`, sentAt, id)
    .zadd(`${own}cons:window`, ends, id)
    .zadd(`${own}due:win`, ends - 3600000, id)
    .hincrby(`${own}total`, 'received', 1)
    .hincrby(`${own}day:${Math.floor(now / DAY_MS)}`, 'received', 1)
  event(calls, 'conversation.message', { contact: id, message: ref, direction: 'in', type: message.type, at: sentAt })
  await calls.exec()
  await answered(id, now)
  return { outcome: 'received', contact: id }
}

const worker = new Worker(queue, receive, { connection, concurrency: Number(concurrency) })

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
