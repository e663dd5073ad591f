// SPDX-License-Identifier: MIT
// sequence_due.mjs — what a step of a sequence that is due costs with few and with many others waiting (P9).
import { PAIRS, bin, freePort, inTurn, median, scaled, start, table } from '../lib.mjs'
import { CLIENT_CORE, startRedis } from '../queue/server.mjs'

export const title = 'cost of a due sequence step beside 10,000 and 1,000,000 that are not'

const LATER = [scaled(10000), scaled(1000000)]
const DUE = scaled(10000)
const OWN = 'wq:{default}:'
const CHUNK = 5000
const WORKED_MS = 120000
const FAR = '4102444800000' // in ms: nobody waits for it
export const settings = { pairs: PAIRS, later: LATER, due: DUE }

// Contacts in a sequence of two steps: the first is due at that moment, the second in a day.
const FILL = `
local own, first, last, due = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
for i = first, last do
  local con = string.format('c%020d', i)
  redis.call('HSET', own .. 'con:' .. con, 'made', 1, 'rev', 1, 'phone', '+5939' .. string.format('%08d', i), 'name', 'Ana', 'window', '4102444800000')
  redis.call('HSET', own .. 'enr:' .. con, 'seq', 's', 'ver', 1, 'at', 0, 'made', 1, 'state', 'active', 'why', '', 'since', 1, 'by', 'bench', 'rev', 1, 'steps', 0, 'skipped', 0, 'due', due)
  redis.call('ZADD', own .. 'due:seq', due, con)
  redis.call('ZADD', own .. 'seq:s:in', i, con)
end`

async function enrol({ client }, first, n, due) {
  for (let at = first; at < first + n; at += CHUNK) await client.eval(FILL, 0, OWN, at, Math.min(at + CHUNK, first + n) - 1, due)
}

async function fill(server, later) {
  const { client } = server
  const step = JSON.stringify({ message: { text: { body: 'Hello {{name}}' } } })
  const rounds = PAIRS + 1
  await client.zadd(`${OWN}seqs`, 1, 's')
  await client.hset(`${OWN}seq:s`, 'name', 'S', 'state', 'active', 'ver', 1, 'low', 1, 'made', 1, 'on_answer', 'pause', 'n:active', rounds * DUE + later, 'v:1', rounds * DUE + later)
  await client.hset(`${OWN}seq:s:1`, 'steps', 2, 'head', '{}', 'spec', '{}', 'delay:0', 0, 'step:0', step, 'delay:1', 86400000, 'step:1', step)
  await client.hset('bull:outbound-messages:meta', 'paused', 1) // the jobs are added, and wait
  await enrol(server, 1, later, FAR)
}

// Each round has people of its own; those of the last one, whose second step is due in a day, wait no more.
async function work(server, later, round) {
  const { client } = server
  await client.zremrangebyscore(`${OWN}due:seq`, '-inf', `(${FAR}`)
  await enrol(server, later + 1 + round * DUE, DUE, '1000')
  const made = async () => Number(await client.hget(`${OWN}total`, 'queued'))
  const last = await made()
  const port = await freePort()
  const before = server.cpuUs()
  const program = await start([bin('willaq'), 'serve', '--redis-url', server.url, '--port', String(port)], {
    core: CLIENT_CORE, env: { WILLAQ_API_KEY: 'bench', WHATSAPP_TOKEN: 'token', WHATSAPP_PHONE_NUMBER_ID: '100000000000001', WILLAQ_GRAPH_URL: 'http://127.0.0.1:1/v24.0' },
  })
  const end = performance.now() + WORKED_MS
  for (;;) {
    const [queued, jobs] = (await client.pipeline().hget(`${OWN}total`, 'queued').zcard(`${OWN}jobs`).exec()).map((a) => Number(a[1]))
    if (queued >= last + DUE && jobs === 0) break
    if (performance.now() > end) throw new Error(`${queued - last} of ${DUE} are made, ${jobs} jobs not added: ${program.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const redisUs = (server.cpuUs() - before) / DUE
  await program.stop()
  if ((await made()) !== last + DUE) throw new Error(`${(await made()) - last} messages for ${DUE} steps`)
  return { redisUs }
}

export async function run() {
  const servers = await Promise.all(LATER.map(() => startRedis()))
  for (const [i, later] of LATER.entries()) await fill(servers[i], later)
  const rounds = LATER.map(() => 0)
  const pairs = await inTurn(PAIRS, ...LATER.map((later, i) => () => work(servers[i], later, rounds[i]++)))
  for (const server of servers) await server.stop()
  const ratio = median(pairs.map((p) => p.b.redisUs / p.a.redisUs))
  const row = ['willaq', median(pairs.map((p) => p.a.redisUs)).toFixed(1), median(pairs.map((p) => p.b.redisUs)).toFixed(1), `${ratio.toFixed(2)}x`]
  return { table: table(['side', `Redis CPU us/due step, ${LATER[0]} others`, `${LATER[1]} others`, 'ratio'], [row]), data: { ratio, pairs } }
}
