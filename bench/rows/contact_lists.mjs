// SPDX-License-Identifier: MIT
// contact_lists.mjs — a page of a list of contacts among 10,000 and among 1,000,000: what it costs, and holds Redis for.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { bin, freePort, median, scaled, start, table } from '../lib.mjs'

export const title = 'a page of 50 contacts, by filters, among 10,000 and 1,000,000'

const SIZES = [scaled(10_000, 1000), scaled(1_000_000, 2000)]
const PAGES = scaled(40, 3)
const WARM_UP = 3 // pages
const CHUNK = 10_000
const KEY = 'bench'
export const settings = { contacts: SIZES, pages: PAGES, page: 50 }

// What each contact has: a rare tag one in 10,000, a common one half of them, a city of 20, an owner of 50, words.
const FILL = `
local own, from, to = 'wq:{default}:', tonumber(ARGV[1]), tonumber(ARGV[2])
for i = from, to do
  local id = string.format('c%020x', i)
  local made, last = 1700000000000 + math.floor(i / 7), 1700000000000 + (i * 7919) % 100000000
  local city, who, word = 'city' .. i % 20, 'agent' .. i % 50, 'name' .. i % 5000
  local tags = i % 2 == 0 and ' common ' or ' other '
  if i % 10000 == 0 then tags = ' rare' .. tags end
  redis.call('HSET', own .. 'con:' .. id, 'made', made, 'rev', 1, 'last', last, 'phone', '+59399' .. 1000000 + i, 'name', word .. ' lead',
    'words', '59399' .. 1000000 + i .. ' ' .. word .. ' lead', 'tags', tags, 'a:city', city, 'assigned', who)
  redis.call('ZADD', own .. 'cons:made', made, id)
  redis.call('ZADD', own .. 'cons:last', last, id)
  redis.call('ZADD', own .. 'cons:a:city=' .. city, made, id)
  redis.call('ZADD', own .. 'cons:to:' .. who, made, id)
  redis.call('ZADD', own .. 'cons:assigned', made, id)
  for tag in string.gmatch(tags, '%S+') do redis.call('ZADD', own .. 'cons:tag:' .. tag, made, id) end
  redis.call('ZADD', own .. 'cons:words', 0, '59399' .. 1000000 + i .. ' ' .. id, 0, word .. ' ' .. id, 0, 'lead ' .. id)
  if i % 100 == 0 then redis.call('ZADD', own .. 'cons:unread', last, id) end
  if i % 10 == 0 then redis.call('ZADD', own .. 'cons:window', 4000000000000, id) end
end`

const LISTS = {
  'contacts, the newest first': 'contacts?',
  'tag of one in 10,000': 'contacts?tag=rare',
  'tag of half, city of one in 20': 'contacts?tag=common&attribute=city%3Dcity4',
  'without a tag, window closed': 'contacts?not_tag=common&window=closed',
  'conversations': 'conversations?',
  'conversations: tag of one in 10,000': 'conversations?tag=rare',
  'conversations: unread, of one agent': 'conversations?unread=true&assigned=agent0',
  'conversations: nobody has both': 'conversations?tag=other&unread=true',
  'by words': 'contacts?q=name77+lea',
  'by a phone': 'contacts?phone=%2B593991000077',
}

async function world(n) {
  const dir = mkdtempSync(join(tmpdir(), 'wq-bench-'))
  const port = await freePort()
  const redis = await start(['redis-server', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', dir, '--slowlog-max-len', '100000'], { ready: /Ready to accept/ })
  const cli = (...args) => execFileSync('redis-cli', ['-p', String(port), ...args.map(String)], { encoding: 'utf8', maxBuffer: 1 << 28 })
  for (let i = 0; i < n; i += CHUNK) cli('EVAL', FILL, 0, i, Math.min(i + CHUNK, n) - 1)
  const server = await start([bin('willaq'), 'serve', '--port', '0', '--redis-url', `redis://127.0.0.1:${port}`, '--api-key', KEY],
    { ready: /listening (http:\/\/\S+)/, env: { WHATSAPP_TOKEN: 'none', WHATSAPP_PHONE_NUMBER_ID: '100000000000001', WILLAQ_GRAPH_URL: 'http://127.0.0.1:1' } })
  const call = async (path) => {
    const res = await fetch(`${server.match[1]}/api/${path}`, { headers: { apikey: KEY } })
    const body = await res.json()
    if (res.status !== 200) throw new Error(`${path}: ${res.status} ${JSON.stringify(body)}`)
    return body
  }
  const end = async () => {
    await server.stop()
    await redis.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  return { cli, call, end }
}

// Pages one behind the other; {ms, longestUs, looked}.
async function walk({ cli, call }, path, pages = PAGES) {
  cli('SLOWLOG', 'RESET')
  cli('CONFIG', 'SET', 'slowlog-log-slower-than', 0)
  const times = []
  let cursor = null
  let seen = 0
  for (let i = 0; i < pages; i++) {
    const began = performance.now()
    const page = await call(`${path}&limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    times.push(performance.now() - began)
    seen += page.data.length
    cursor = page.next_cursor
  }
  cli('CONFIG', 'SET', 'slowlog-log-slower-than', -1)
  const log = cli('--json', 'SLOWLOG', 'GET', '-1')
  const scripts = JSON.parse(log).filter((entry) => /^EVAL/i.test(entry[3][0]) && entry[3].some((word) => String(word).startsWith('wq:{default}:'))).map((entry) => entry[2])
  return { ms: median(times), longestUs: Math.max(...scripts), redisUs: scripts.reduce((a, b) => a + b, 0) / pages, seen }
}

export async function run() {
  const data = { lists: {} }
  for (const n of SIZES) {
    const w = await world(n)
    for (const [name, path] of Object.entries(LISTS)) {
      await walk(w, path, WARM_UP)
      ;(data.lists[name] ??= {})[n] = await walk(w, path)
    }
    await w.end()
  }
  const rows = Object.entries(data.lists).map(([name, by]) => [name, ...SIZES.flatMap((n) => [by[n].ms.toFixed(1), Math.round(by[n].redisUs), by[n].longestUs]), by[SIZES[1]].seen])
  const head = ['list', ...SIZES.flatMap((n) => [`${n}: ms a page`, 'Redis us a page', 'longest script, us']), 'contacts seen']
  return { table: table(head, rows), data }
}
