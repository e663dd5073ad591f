// SPDX-License-Identifier: MIT
// contacts_cli.test.mjs — `willaq contact`: the same as the API does, from a terminal.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { RedisServer } from './redis.mjs'
import { run, scratch } from './support.mjs'

test('contacts from a terminal', async (t) => {
  const redis = await RedisServer.start(t)
  const dir = scratch(t)
  const contact = (args, opts = {}) => run(['contact', ...args], { env: { REDIS_URL: redis.url }, cwd: dir, ...opts })
  const done = async (args, opts) => {
    const r = await contact(args, opts)
    assert.equal(r.code, 0, `${args}: ${r.stderr}`)
    return r.stdout
  }
  const json = async (args, opts) => JSON.parse(await done([...args, '--json'], opts))

  const ana = await json(['create', '-'], { stdin: '{"phone":"+593991234567","name":"Ana","tags":["lead"]}' })
  assert.match(ana.id, /^c[0-9a-f]{20}\.default$/)
  assert.match((await contact(['create', '-'], { stdin: '{"phone":"593991234567"}' })).stderr, new RegExp(`${ana.id} has one of these names`))
  assert.equal((await json(['create', '-', '--upsert'], { stdin: '{"phone":"593991234567","language":"es"}' })).id, ana.id)
  for (const [args, want] of [[['create', '-'], 2], [['show', 'x'], 1], [['show', 'c00.default'], 1], [['list', '--limit', '0'], 2], [['list', '--window', 'x'], 2], [['tag', ana.id], 2], [['erase', ana.id], 1], [['import', 'none.csv'], 1], [['import', 'none.xml'], 2], [['opt-out'], 2]]) {
    const r = await contact(args, { stdin: '{"name":"nobody"}' })
    assert.equal(r.code, want, `${args}: ${r.stderr}`)
    assert.match(r.stderr, /^willaq: /)
  }
  assert.deepEqual((await json(['tag', ana.id, '--tag', 'vip,quito', '--not-tag', 'lead'])).tags, ['quito', 'vip'])
  assert.equal((await json(['assign', ana.id, 'eva'])).assigned, 'eva')
  assert.equal((await json(['assign', ana.id, 'none'])).assigned, undefined)
  assert.equal((await json(['opt-out', ana.id, '--reason', 'said so'])).opt_out_reason, 'said so')
  assert.equal((await json(['opt-in', ana.id])).opted_out, false)
  assert.equal((await json(['read', ana.id])).unread, 0)
  assert.equal((await json(['update', ana.id, '-'], { stdin: '{"name":"Ana Vega"}' })).name, 'Ana Vega')
  await done(['note', ana.id, 'wants a garden'])
  assert.equal((await json(['notes', ana.id]))[0].text, 'wants a garden')
  assert.match(await done(['show', ana.id]), /Ana Vega/)
  assert.match(await done(['messages', ana.id]), /nothing was said yet/)
  assert.equal((await json(['export', ana.id])).contact.name, 'Ana Vega')

  writeFileSync(join(dir, 'bad.csv'), 'phone,name\n+593990000001,A\nnone,B\n')
  const bad = await contact(['import', 'bad.csv'])
  assert.equal(bad.code, 1)
  assert.match(bad.stderr, /line 3: phone is no phone number.*1 of 2 lines are wrong, and nothing was changed/)
  writeFileSync(join(dir, 'good.csv'), `phone,name,tags\n${Array.from({ length: 300 }, (_, i) => `+59398${1000000 + i},Lead ${i},bulk`).join('\n')}\n`)
  assert.match(await done(['import', 'good.csv', '--dry-run']), /^300 lines: 0 contacts/)
  assert.match(await done(['import', 'good.csv']), /^300 lines: 300 contacts created, 0 updated/)
  assert.match(await done(['import', 'good.csv']), /^300 lines: 0 contacts created, 300 updated/)
  let cursor
  const seen = new Set()
  do {
    const page = await json(['list', '--tag', 'bulk', '--limit', '100', ...(cursor ? ['--cursor', cursor] : [])])
    for (const c of page.data) seen.add(c.id)
    cursor = page.next_cursor
  } while (cursor)
  assert.equal(seen.size, 300)
  assert.match(await done(['list', '--q', 'vega']), /Ana Vega/)
  assert.match(await done(['conversations']), /Ana Vega|next ones/)
  assert.match(await done(['erase', ana.id, '--yes', '--reason', 'asked']), /erased/)
  assert.match((await contact(['show', ana.id])).stderr, /there is no such contact/)
})
