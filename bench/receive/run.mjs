// SPDX-License-Identifier: MIT
// run.mjs — a worker of either side that receives what people wrote, and what worker and Redis paid for it.
import { bin, start } from '../lib.mjs'
import { CLIENT_CORE, REDIS_CORE, cpuUs, startRedis } from '../queue/server.mjs'
import { BASE, NUMBER, QUEUE, left, release } from './jobs.mjs'

const READY_MS = 10000
const DRAIN_MS = 120000
const POLL_MS = 10

// Both sides name their keys alike, so that one script puts everybody into a sequence: active, the next step in an hour.
const OWN = 'wq:{default}:'
const ENROL = `
for _, con in ipairs(redis.call('ZRANGE', KEYS[1] .. 'cons:made', 0, -1)) do
  redis.call('HSET', KEYS[1] .. 'enr:' .. con, 'seq', 's1', 'ver', '1', 'at', '1', 'state', 'active', 'made', '1', 'due', ARGV[1], 'rev', '1')
  redis.call('ZADD', KEYS[1] .. 'due:seq', ARGV[1], con)
  redis.call('ZADD', KEYS[1] .. 'seq:s1:in', '1', con)
end
redis.call('HSET', KEYS[1] .. 'seq:s1', 'name', 'one', 'state', 'active', 'ver', '1', 'on_answer', 'pause', 'n:active', redis.call('ZCARD', KEYS[1] .. 'cons:made'))`

function command(side, server, concurrency) {
  if (side === 'willaq')
    return [bin('willaq'), 'worker', '--redis-url', server.url, '--queue', QUEUE, '--concurrency', String(concurrency), '--log-level', 'warn']
  return ['node', new URL('../peers/bullmq_receive.mjs', import.meta.url).pathname, side.replace('bullmq', ''), String(server.port), QUEUE, String(concurrency), OWN]
}

async function until(what, fact, ms) {
  for (const end = performance.now() + ms; ; ) {
    if (await fact()) return
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

// Each message is kept and stands in its person's history, once; everybody has answered his sequence.
async function check(side, server, people, n) {
  const { client } = server
  const [made, total, unread, answered, due, failed] = await Promise.all([client.zcard(`${OWN}cons:made`), client.hget(`${OWN}total`, 'received'),
    client.zcard(`${OWN}cons:unread`), client.hget(`${OWN}seq:s1`, 'n:answered'), client.zcard(`${OWN}due:seq`), client.exists(`${BASE}failed`)])
  let said = 0
  for (const id of await client.zrange(`${OWN}cons:made`, 0, -1)) said += await client.zcard(`${OWN}hist:${id}`)
  if (made !== people || Number(total) !== people + n || said !== people + n || unread !== people || Number(answered) !== people || due || failed)
    throw new Error(`${side}: ${made} people, ${total} counted, ${said} in histories of ${people + n}; ${unread} unread, ${answered} answered, ${due} due, ${failed} failed`)
}

// Everybody's first message, then the measured ones.
export async function receiveAll(side, { from, people, n, concurrency }) {
  const server = await startRedis({ from })
  const worker = await start(command(side, server, concurrency), { core: CLIENT_CORE, env: { WHATSAPP_TOKEN: 'token-of-bench', WHATSAPP_PHONE_NUMBER_ID: NUMBER } })
  await until(worker.text, async () => String(await server.client.client('LIST')).includes(' cmd=bzpopmin '), READY_MS)
  await release(server, 'held:first')
  await until(() => `${side} to meet everybody; ${worker.text()}`, async () => (await left(server)) === 0, DRAIN_MS)
  await server.client.eval(ENROL, 1, OWN, Date.now() + 3600000)
  const before = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  const began = performance.now()
  await release(server, 'held:wait')
  await until(() => `${side} to receive them all; ${worker.text()}`, async () => (await left(server)) === 0, DRAIN_MS)
  const seconds = (performance.now() - began) / 1000
  const after = { redis: server.cpuUs(), worker: cpuUs(worker.pid) }
  if (process.env.BENCH_STATS) console.error(side, n, await server.client.info('commandstats'))
  await check(side, server, people, n)
  await worker.stop()
  await server.stop()
  return { perSecond: n / seconds, redisUs: (after.redis - before.redis) / n, workerUs: (after.worker - before.worker) / n, core: REDIS_CORE }
}
