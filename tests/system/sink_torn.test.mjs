// SPDX-License-Identifier: MIT
// sink_torn.test.mjs — a turn of the sink that Redis' file holds only the beginning of, at every place where it can be cut.
//
// Redis 7.0 leaves a transaction without its end in the file when the cut lies within a command. It does not apply it then,
// but at its next start, in front of what came later (docs/adr/0021-torn-transactions.md).
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { LONG, told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { Sink, messages } from './sink_world.mjs'
import { until } from './support.mjs'
import { DURABLE, again, emptied, torn } from './torn.mjs'

const JOBS = `local n = 0
for id = 1, tonumber(redis.call('GET', KEYS[1] .. 'id')) do
  local data = redis.call('HGET', KEYS[1] .. id, 'data')
  if data and string.find(data, ARGV[1], 1, true) and redis.call('ZSCORE', KEYS[1] .. 'prioritized', id) then n = n + 1 end
end
return n`

test('R4: a turn of the sink that is torn in Redis\' file loses nothing', async (t) => {
  const server = await RedisServer.start(t, ...DURABLE)
  const sink = await Sink.start(t, server, '--redis-wait', '200ms', '--redis-command-timeout', '1s')
  const post = (id) => until(async () => (await sink.post(messages([id]))).status === 200, 5000, `${id} held`)
  const lost = []
  let ends = 2, doubled = 0, cuts = 0
  // In its first command and in the last, which tells what was seen, and some between; the end itself is what ADR 21 leaves.
  for (let at = 1; at < ends; at += LONG || at === ends - 1 ? 1 : Math.min(4, ends - 1 - at)) {
    cuts++
    await emptied(server)
    await post(`wamid.before${at}`)
    await post(`wamid.torn${at}`)
    ends = await torn(server, at) - 1
    assert.equal(await server.do('EVAL', JOBS, '1', 'bull:inbound-messages:', `wamid.torn${at}"`), 0, 'nothing of it is there')
    await post(`wamid.behind${at}`)
    await again(server)
    await post(`wamid.torn${at}`)
    for (const name of ['before', 'torn', 'behind']) {
      const jobs = await server.do('EVAL', JOBS, '1', 'bull:inbound-messages:', `wamid.${name}${at}"`)
      if (jobs === 0) lost.push(`${name}, cut ${at} of ${ends}`)
      if (jobs > 1) doubled++
    }
  }
  assert.ok(ends >= 8, `${ends} commands of a turn were seen`)
  told(t, { torn_at: cuts, lost: lost.length, doubled })
  assert.deepEqual(lost, [], 'answered 200 and no job')
})
