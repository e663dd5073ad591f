// SPDX-License-Identifier: MIT
// fill.mjs — many jobs at once: one that BullMQ itself wrote, copied under other ids.
//
// Copies wait in lists of their own under `held:` until release() shows them to the workers, all in one step.
import { queueOf } from './bullmq.mjs'

export const PREFIX = 'bull'
export const QUEUE = 'bench'
export const BASE = `${PREFIX}:${QUEUE}:`
const CHUNK = 1000
const CALLS_AT_ONCE = 100
const SLOTS_PER_MS = 4096

const COPY = `
local fields = redis.call('HGETALL', KEYS[1])
local first, last, kind, due, spread = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local ids = {}
for id = first, last do
  local text = string.format('%d', id)
  redis.call('HSET', ARGV[1] .. text, unpack(fields))
  if kind == 'wait' then
    ids[#ids + 1] = text
  else
    redis.call('ZADD', KEYS[2], due * ${SLOTS_PER_MS} + math.floor((id - first) * spread), text)
  end
end
if kind == 'wait' then redis.call('LPUSH', KEYS[2], unpack(ids)) end
redis.call('SET', ARGV[1] .. 'id', last)
`

// The first job is BullMQ's; its copies are like it in all but the id.
async function template(server, { data, opts = {}, major = 5 }) {
  const queue = queueOf(major, server.port, QUEUE)
  const job = await queue.add('bench', data, opts)
  await queue.close()
  const key = `${BASE}${job.id}`
  await server.client.rename(key, 'held:template')
  await server.client.del(`${BASE}wait`, `${BASE}delayed`, `${BASE}prioritized`, `${BASE}marker`, `${BASE}events`, `${BASE}id`)
}

// Ids first … last.  `due`: milliseconds at which they are due; undefined: they wait.
async function copies(server, first, last, key, due) {
  let calls = server.client.pipeline()
  for (let id = first; id <= last; id += CHUNK) {
    const end = Math.min(id + CHUNK - 1, last)
    calls.eval(COPY, 2, 'held:template', key, BASE, id, end, due === undefined ? 'wait' : 'delayed', due ?? 0, 1)
    if (calls.length < CALLS_AT_ONCE) continue
    await calls.exec()
    calls = server.client.pipeline()
  }
  await calls.exec()
}

export async function fillWaiting(server, n, job) {
  await template(server, job)
  await copies(server, 1, n, 'held:wait')
  await server.client.del('held:template')
}

// `later` jobs that are far off, then `due` ones whose time came a second ago.
export async function fillDelayed(server, { later, due }, job) {
  await template(server, { ...job, opts: { ...job.opts, delay: 1 } })
  await copies(server, 1, later, `${BASE}delayed`, Date.now() + 86400000)
  await copies(server, later + 1, later + due, `${BASE}delayed`, Date.now() - 1000)
  await server.client.del('held:template')
}

export async function release(server) {
  await server.client.multi().rename('held:wait', `${BASE}wait`).zadd(`${BASE}marker`, 0, '0').exec()
}

// Resolves when nothing waits and nothing runs.
export async function drained(server, ms) {
  const end = performance.now() + ms
  for (;;) {
    const [waiting, active, prioritized] = (await server.client.pipeline().llen(`${BASE}wait`).llen(`${BASE}active`)
      .zcard(`${BASE}prioritized`).exec()).map((answer) => answer[1])
    if (waiting + active + prioritized === 0) return
    if (performance.now() > end) throw new Error(`after ${ms} ms ${waiting} jobs wait and ${active} are active`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
