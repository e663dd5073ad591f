// SPDX-License-Identifier: MIT
// subscription_secrets.test.mjs — what signs posts lies sealed in Redis; keys that come, change and are wrong.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'

import { messages } from './sink_world.mjs'
import { Endpoint, Server, signedBy } from './subscriptions_world.mjs'
import { run, scratch, start, until } from './support.mjs'

const [A, B] = ['0a', '0b'].map((byte) => byte.repeat(32))
const options = (keys) => ['--subscription-private', ...(keys ? ['--secret-key', keys] : [])]

// The same server, with other keys.
async function again(server, keys) {
  assert.equal((await server.programs.pop().stop()).code, 0)
  return server.run(...options(keys))
}

test('TOK-1 for subscriptions: a key that comes, changes, and is wrong', async (t) => {
  const server = await Server.start(t, ...options(''))
  const end = await Endpoint.start(t)
  const made = await server.subscribe({ url: end.url, kinds: ['message'] })
  await server.subscribe({ url: end.url, kinds: ['status'] })
  const stored = () => server.redis.client.do('HGET', `wq:{bull}:sub:of:${made.id}`, 'spec')
  let n = 0
  const delivers = async () => {
    end.posts.length = 0
    await server.post(messages([`wamid.${n++}`]))
    await until(() => end.posts.length === 1)
    assert.ok(signedBy(end.posts[0], made.secret))
  }

  await delivers()
  assert.match(await stored(), /whsec_/)
  assert.equal((await server.show(made.id)).sealed, false)
  const [first] = server.programs
  await first.until(/secrets_in_the_clear.*WILLAQ_SECRET_KEY/)
  assert.equal(first.stderr.match(/secrets_in_the_clear/g).length, 1, 'said once')

  // A key is given: all are sealed by whoever works them.
  await again(server, A)
  await until(async () => (await server.show(made.id)).sealed)
  assert.doesNotMatch(await stored(), /whsec_/)
  await delivers()
  const underA = await stored()

  // It is changed: the new one in front seals anew, and then the old one may go.
  await again(server, `${B},${A}`)
  await until(async () => (await stored()) !== underA)
  await delivers()
  await again(server, B)
  await delivers()

  // A wrong one, and none: nothing is posted unsigned, nothing is given up, and it is said what to do.
  for (const keys of [A, '']) {
    const program = await again(server, keys)
    await program.until(/subscription_secret_shut.*WILLAQ_SECRET_KEY/)
    end.posts.length = 0
    await server.post(messages([`wamid.${n}`]))
    await until(async () => (await server.api('GET', `/subscriptions/${made.id}/deliveries?limit=1`)).body.data[0].outcome === 'held')
    const [row] = (await server.api('GET', `/subscriptions/${made.id}/deliveries?limit=1`)).body.data
    assert.match(row.why, /its secret: .*WILLAQ_SECRET_KEY/)
    const tested = await server.api('POST', `/subscriptions/${made.id}/test`)
    assert.deepEqual([tested.status, tested.body.delivered], [200, false])
    assert.match(tested.body.why, /WILLAQ_SECRET_KEY/)
    assert.equal(end.posts.length, 0)
    n++
  }
  await again(server, B)
  await server.api('POST', `/subscriptions/${made.id}/resume`)
  await until(() => end.posts.length === 2)
  assert.ok(end.posts.every((post) => signedBy(post, made.secret)))

  // What somebody has laid hands on does not open.
  const spoiled = (await stored()).replace(/v1:([0-9a-f]+):..../, 'v1:$1:AAAA')
  await server.redis.client.do('HSET', `wq:{bull}:sub:of:${made.id}`, 'spec', spoiled)
  assert.match((await server.api('POST', `/subscriptions/${made.id}/test`)).body.why, /not what was sealed/)
})

test('a key that is none stops the start, and is not shown', async () => {
  const done = await run(['serve', '--secret-key', 'hunter2'])
  assert.equal(done.code, 2)
  assert.match(done.stderr, /a key has 64 hex digits/)
  assert.doesNotMatch(done.output, /hunter2/)
  const shown = await run(['config', '--secret-key', A])
  assert.doesNotMatch(shown.output, /0a0a/)
})

test('willaq dev makes a key, keeps it, and says when it cannot be used', async (t) => {
  const dir = join(scratch(t), 'data')
  const dev = start(['dev', '--port', '0', '--data', dir], { t })
  await dev.until(/^ready /m)
  assert.equal((await dev.stop()).code, 0)
  const key = readFileSync(join(dir, 'secret-key'), 'utf8')
  assert.match(key, /^[0-9a-f]{64}\n$/)
  assert.doesNotMatch(dev.output, new RegExp(key.trim()))
  writeFileSync(join(dir, 'secret-key'), 'short\n')
  const spoiled = await run(['dev', '--port', '0', '--data', dir])
  assert.equal(spoiled.code, 1)
  assert.match(spoiled.stderr, /secret-key cannot be used: a key has 64 hex digits/)
})
