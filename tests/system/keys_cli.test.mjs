// SPDX-License-Identifier: MIT
// keys_cli.test.mjs — businesses and keys from a terminal: what they open, and what they do no more.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from './accounts_world.mjs'
import { run, until } from './support.mjs'

test('CLI-1, ACC-3: a business and its key made, rotated, revoked and removed', async (t) => {
  const world = await World.start(t)
  const cli = (...args) => run([...args, '--redis-url', world.redis.url])
  const opens = (key, status) => until(async () => (await world.call('GET', '/api/businesses', { key })).status === status)

  assert.equal((await cli('business', 'list')).stdout, 'there are no businesses\n')
  assert.equal((await cli('business', 'create', 'acme', '--name', 'Acme')).stdout, 'created\n')
  assert.match((await cli('business', 'create', 'acme')).stderr, /there is a business of that id/)
  assert.equal((await cli('business', 'rename', 'acme', '--name', 'Acme Ltd')).code, 0)
  assert.match((await cli('business', 'list')).stdout, /acme +Acme Ltd/)
  assert.match((await cli('business', 'create', 'a b')).stderr, /1 to 64 of/)

  const made = await cli('key', 'create', '--business', 'acme', '--role', 'viewer', '--name', 'reports')
  assert.equal(made.code, 0, made.stderr)
  const [key, id] = [made.stdout.trim(), made.stderr.trim()]
  await opens(key, 200)
  assert.deepEqual((await world.call('GET', '/api/businesses', { key })).body.data.map((each) => each.id), ['acme'])
  assert.match((await cli('key', 'list')).stdout, new RegExp(`${id} +viewer +acme +reports`))
  const [listed] = JSON.parse((await cli('key', 'list', '--business', 'acme', '--json')).stdout)
  assert.deepEqual([listed.id, listed.role, listed.business, listed.key], [id, 'viewer', 'acme', undefined])
  assert.match((await cli('business', 'remove', 'acme')).stderr, /0 accounts and 1 keys/)

  const other = JSON.parse((await cli('key', 'rotate', id, '--json')).stdout)
  assert.equal(other.id, id)
  await opens(other.key, 200)
  await opens(key, 401)
  const third = await world.call('POST', `/api/keys/${id}/rotate`)
  assert.equal(third.status, 200)
  await opens(third.body.key, 200)
  await opens(other.key, 401)
  assert.equal((await world.call('POST', '/api/keys/key_none/rotate')).status, 404)

  assert.equal((await cli('key', 'revoke', id)).stdout, 'revoked\n')
  await opens(third.body.key, 401)
  assert.match((await cli('key', 'revoke', id)).stderr, /no such key/)
  assert.match((await cli('key', 'rotate', id)).stderr, /no such key/)
  assert.equal((await cli('key', 'create', '--role', 'root')).code, 2)
  assert.match((await cli('key', 'create', '--role', 'agent', '--business', 'nobody')).stderr, /no such business/)
  assert.equal((await cli('business', 'remove', 'acme')).stdout, 'removed\n')
})
