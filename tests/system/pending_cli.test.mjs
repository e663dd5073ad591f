// SPDX-License-Identifier: MIT
// pending_cli.test.mjs — what waits for people, from a terminal: the same as the API tells, and the same rules.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Desk } from './pending_world.mjs'
import { run } from './support.mjs'

test('willaq pending: list, show, counts, take, release, send, skip, done', async (t) => {
  const desk = await Desk.start(t)
  const entry = await desk.add(await desk.contact({ name: 'Ana' }), { text: 'hello' })
  const cli = (...words) => run(['pending', ...words, '--redis-url', desk.redis.url])
  assert.match((await cli('list')).stdout, /Ana/)
  const listed = JSON.parse((await cli('list', '--json')).stdout)
  assert.deepEqual(listed, [await desk.one(entry.id)])
  assert.equal((await cli('take', entry.id, '--by', 'ana')).code, 0)
  const second = await cli('take', entry.id, '--by', 'ben')
  assert.deepEqual([second.code, second.stderr], [1, 'willaq: ana has taken it\n'])
  assert.equal((await cli('release', entry.id, '--by', 'ana')).code, 0)
  assert.match((await cli('counts')).stdout, /by_hand/)
  const sent = await cli('send', entry.id, '--by', 'ana', '--json')
  assert.equal(sent.code, 0, sent.stderr)
  await desk.reached(JSON.parse(sent.stdout).message_id, 'sent', 'delivered', 'read')
  assert.equal((await cli('show', entry.id)).code, 0)
  assert.equal((await cli('done', entry.id, '--by', 'ana')).code, 1)
  assert.equal((await cli('show', 'p1')).code, 1)
  assert.equal((await cli('take')).code, 2)
})
