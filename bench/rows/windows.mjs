// SPDX-License-Identifier: MIT
// windows.mjs — what a window that closes costs with few and with many others open (P9), and the longest script (P12).
import { PAIRS, bin, inTurn, median, scaled, start, table } from '../lib.mjs'
import { CLIENT_CORE, startRedis } from '../queue/server.mjs'

export const title = 'cost of a window that closes beside 10,000 and 1,000,000 that are open'

const LATER = [scaled(10000), scaled(1000000)]
const DUE = scaled(10000)
const WORKED_MS = 120000
const SLOW_US = 200
const OWN = 'wq:{default}:'
export const settings = { pairs: PAIRS, later: LATER, due: DUE }

// Contacts `from` … `to`; the windows of the first `due` of them ended a second ago, the others end in a day.
const FILL = `
local now, own = tonumber(ARGV[3]), ARGV[5]
for i = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local id = string.format('c%020x', i)
  local ends = i < tonumber(ARGV[4]) and now - 1000 or now + 86400000 + i
  redis.call('HSET', own .. 'con:' .. id, 'made', now, 'rev', 1, 'phone', '+5939' .. i, 'al', string.format('%024x', i),
    'last', now, 'window', ends, 'said', i < tonumber(ARGV[4]) and 'closing' or '')
  redis.call('ZADD', own .. 'cons:window', ends, id)
  redis.call('ZADD', own .. 'due:win', i < tonumber(ARGV[4]) and ends or ends - 3600000, id)
end`

async function fill({ client }, first, end) {
  const STEP = 1000
  for (let i = first; i < end; i += STEP) await client.eval(FILL, 0, i, Math.min(i + STEP, end) - 1, Date.now(), DUE, OWN)
}

// Those of the last round close once more.
async function close(server, later) {
  await server.client.call('SLOWLOG', 'RESET')
  await server.client.del(`${OWN}out`)
  await fill(server, 0, DUE)
  const before = server.cpuUs()
  const worker = await start([bin('willaq'), 'worker', '--queue', 'outbound-messages', '--redis-url', server.url, '--log-level', 'warn'],
    { core: CLIENT_CORE, env: { WHATSAPP_TOKEN: 'x', WHATSAPP_PHONE_NUMBER_ID: '123456789' } })
  const end = performance.now() + WORKED_MS
  for (;;) {
    const [due, waiting] = (await server.client.pipeline().zcard(`${OWN}due:win`).xlen(`${OWN}out`).exec()).map((a) => a[1])
    if (due === later && waiting === 0) break
    if (performance.now() > end) throw new Error(`${due - later} of ${DUE} are still open, ${waiting} events wait: ${worker.text()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const redisUs = (server.cpuUs() - before) / DUE
  await worker.stop()
  const slow = (await server.client.call('SLOWLOG', 'GET', '-1')).filter((entry) => entry[3][0].toLowerCase() === 'evalsha').map((entry) => entry[2])
  if ((await server.client.hget(`${OWN}con:c${'0'.repeat(20)}`, 'said')) !== 'closed') throw new Error('the first is not told to have closed')
  if ((await server.client.zcard(`${OWN}cons:window`)) !== later) throw new Error('others were closed as well')
  return { redisUs, longest_us: Math.max(SLOW_US, ...slow) }
}

export async function run() {
  const servers = await Promise.all(LATER.map(() => startRedis({ config: ['slowlog-log-slower-than', SLOW_US, 'slowlog-max-len', 10000] })))
  for (const [i, later] of LATER.entries()) await fill(servers[i], DUE, DUE + later)
  const [few, many] = LATER.map((later, i) => () => close(servers[i], later))
  const pairs = await inTurn(PAIRS, few, many)
  for (const server of servers) await server.stop()
  const ratio = median(pairs.map((p) => p.b.redisUs / p.a.redisUs))
  const row = ['willaq', median(pairs.map((p) => p.a.redisUs)).toFixed(1), median(pairs.map((p) => p.b.redisUs)).toFixed(1), `${ratio.toFixed(2)}x`,
    String(Math.max(...pairs.flatMap((p) => [p.a.longest_us, p.b.longest_us])))]
  return {
    table: table(['side', `Redis CPU us/window that closes, ${LATER[0]} others`, `${LATER[1]} others`, 'ratio', 'longest script us'], [row]),
    data: { ratio, pairs },
  }
}
