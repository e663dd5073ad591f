// SPDX-License-Identifier: MIT
// sequence_cli.test.mjs — one person's place in a sequence, changed from a terminal.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { RedisServer } from './redis.mjs'
import { run, scratch } from './support.mjs'

test('SEQ-4: one person is paused, goes on, skips, is moved and leaves', async (t) => {
  const dir = scratch(t)
  const redis = await RedisServer.start(t)
  const sequence = (args) => run(['sequence', ...args], { env: { REDIS_URL: redis.url }, cwd: dir })
  const done = async (args) => {
    const ended = await sequence(args)
    assert.equal(ended.code, 0, `${args}: ${ended.stderr}`)
    return ended.stdout
  }
  const write = (...bodies) => writeFileSync(join(dir, 's.json'), JSON.stringify({ name: 'S', steps: bodies.map((body) => ({ delay: '1d', message: { text: { body } } })) }))
  write('one', 'two')
  await done(['create', 's', 's.json'])
  await done(['enrol', 's', '+593991234567'])
  const person = async () => JSON.parse(await done(['people', 's', '--json']))[0]
  const [con] = JSON.stringify(await person()).match(/c[0-9a-f]{20}\.default/)
  const change = (what, ...more) => done(['person', con, what, ...more])
  const state = async () => { const { state: now, next_step: at, version } = await person(); return [now, at, version] }
  assert.deepEqual(await state(), ['active', 0, 1])
  assert.match(await change('pause', '--reason', 'on holiday'), /^changed/)
  assert.match(await change('pause'), /^unchanged/)
  assert.deepEqual([...await state(), (await person()).reason], ['paused', 0, 1, 'on holiday'])
  await change('skip')
  await change('resume')
  assert.deepEqual(await state(), ['active', 1, 1])
  write('one', 'two', 'three')
  await done(['update', 's', 's.json'])
  await change('move')
  assert.deepEqual(await state(), ['active', 1, 2])
  assert.match(await change('stop'), /^changed/)
  assert.equal(await person(), undefined)
  for (const [args, code, why] of [[[con, 'dance'], 2, /what\? pause/], [[con, 'stop', '--reason', 'x'.repeat(129)], 2, /up to 128 bytes/], [['c00000000000000000000.default', 'stop'], 1, /no such contact/], [[con], 2, /./]]) {
    const ended = await sequence(['person', ...args])
    assert.equal(ended.code, code, `${args}: ${ended.stderr}`)
    assert.match(ended.stderr, why)
  }
})
