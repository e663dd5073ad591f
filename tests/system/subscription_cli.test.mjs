// SPDX-License-Identifier: MIT
// subscription_cli.test.mjs — `willaq subscription` and `willaq events`, straight on Redis.
import assert from 'node:assert/strict'
import test from 'node:test'

import { messages, statuses } from './sink_world.mjs'
import { Endpoint, Server, signedBy } from './subscriptions_world.mjs'
import { run, start, until } from './support.mjs'

const KEY_A = '00'.repeat(31) + '0a'

async function world(t) {
  const server = await Server.start(t, '--subscription-private', '--secret-key', KEY_A)
  const cli = (...args) => run([...args, '--redis-url', server.redis.url], { env: { WILLAQ_SECRET_KEY: KEY_A } })
  const subscription = (...args) => cli('subscription', ...args)
  const json = async (...args) => {
    const { code, stdout, stderr } = await subscription(...args, '--json')
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  return { server, cli, subscription, json }
}

test('willaq subscription: made, changed, tried, turned off and on, removed', async (t) => {
  const { server, subscription, json } = await world(t)
  const end = await Endpoint.start(t)
  assert.match((await subscription('list')).stdout, /there are no subscriptions/)
  assert.deepEqual(await json('list'), [])
  const made = await json('create', '--url', end.url, '--kinds', 'message, status', '--description', 'a <b>\x1b[31m')
  assert.match(made.secret, /^whsec_/)
  assert.deepEqual(made.kinds, ['message', 'status'])
  assert.equal(made.sealed, true)
  assert.match((await subscription('list')).stdout, new RegExp(`${made.id} +active +${end.url}`))
  const shown = await subscription('show', made.id)
  assert.match(shown.stdout, /^kinds +\["message","status"\]$/m)
  assert.doesNotMatch(shown.stdout + (await subscription('show', made.id, '--json')).stdout, /whsec_|v1:/)
  assert.doesNotMatch(shown.stdout, /\x1b/, 'what others wrote does not steer the terminal')

  const refused = await subscription('test', made.id)
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /not public/)
  const tested = await subscription('test', made.id, '--subscription-private')
  assert.match(tested.stdout, /^delivered: answered 200/)
  assert.ok(signedBy(end.posts[0], made.secret))
  assert.equal(JSON.parse(end.posts[0].body).type, 'subscription.test')
  end.answer = 503
  assert.match((await subscription('test', made.id, '--subscription-private')).stderr, /not taken: answered 503/)
  end.answer = 200

  const rotated = await json('rotate', made.id)
  assert.notEqual(rotated.secret, made.secret)
  assert.equal((await subscription('test', made.id, '--subscription-private')).code, 0)
  assert.ok([made, rotated].every(({ secret }) => signedBy(end.posts.at(-1), secret)))

  const updated = await json('update', made.id, '--kinds', '', '--batch-size', '2', '--batch-delay', '50ms', '--rate', '100', '--raw', 'false')
  assert.deepEqual([updated.kinds, updated.batch_size, updated.batch_delay_ms, updated.rate, updated.raw], [undefined, 2, 50, 100, false])
  assert.equal((await json('pause', made.id)).state, 'paused')
  assert.equal((await json('resume', made.id)).state, 'active')
  const own = await run(['subscription', 'update', made.id, '--secret', '-', '--redis-url', server.redis.url], { stdin: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n' })
  assert.equal(own.code, 0, own.stderr)
  assert.equal((await subscription('remove', made.id)).code, 2, 'it is asked first')
  assert.equal((await subscription('remove', made.id, '--yes')).stdout, 'removed\n')
  assert.equal((await subscription('remove', made.id, '--yes')).code, 1)
})

test('willaq subscription: deliveries and a replay', async (t) => {
  const { server, subscription, json } = await world(t)
  const end = await Endpoint.start(t)
  const made = await json('create', '--url', end.url, '--kinds', 'message')
  await until(async () => (await server.show(made.id)).worked)
  await server.post(messages(['wamid.1', 'wamid.2', 'wamid.3']))
  await until(() => end.messages.length === 3)
  assert.match((await subscription('replay', made.id, '--since', '1h', '--rate', '1000')).stdout, /^3 events are on the way once more$/m)
  await until(() => end.messages.length === 6)
  await until(async () => (await json('deliveries', made.id)).length === 6)
  const table = await subscription('deliveries', made.id, '--limit', '2')
  assert.equal(table.stdout.trim().split('\n').length, 3)
  assert.match(table.stdout, /delivered +200/)
  assert.equal((await json('replay', made.id, '--since', '1h', '--until', '30m')).events, 0)
})

test('willaq subscription: what cannot be is said, with exit 2; what is not there, with 1', async (t) => {
  const { subscription } = await world(t)
  for (const [args, why] of [
    [['create'], /one of url, queue and stream/],
    [['create', '--url', 'ftp://x/'], /http or https/],
    [['create', '--url', 'http://x/', '--to-queue', 'q'], /one of url, queue and stream/],
    [['create', '--url', 'http://x/', '--rate', 'fast'], /rate is a whole number/],
    [['create', '--url', 'http://x/', '--batch-delay', 'soon'], /--batch-delay takes a time/],
    [['create', '--url', 'http://x/', '--raw', 'maybe'], /raw is true or false/],
    [['create', '--url', 'http://x/', '--order', 'any'], /order is/],
    [['create', '--url', 'http://x/', '--secret', 'v1:0:0'], /a signing secret is base64/],
    [['update', 'sub_none'], /nothing was named/],
    [['show'], /arguments are missing/],
    [['replay', 'sub_none'], /--since tells/],
    [['replay', 'sub_none', '--since', 'then'], /--since takes/],
    [['turn', 'sub_none'], /knows no "turn"/],
  ]) {
    const { code, stderr } = await subscription(...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, why)
  }
  for (const args of [['show'], ['deliveries'], ['update', '--rate', '1'], ['pause'], ['resume'], ['rotate'], ['test'], ['replay', '--since', '1h'], ['remove', '--yes']]) {
    const { code, stderr } = await subscription(args[0], 'sub_none', ...args.slice(1))
    assert.equal(code, 1, args[0])
    assert.match(stderr, /there is no subscription sub_none/)
  }
  const away = await run(['subscription', 'list', '--redis-url', 'redis://127.0.0.1:1'])
  assert.equal(away.code, 1)
  assert.match(away.stderr, /cannot be reached/)
})

test('willaq events: live, filtered, from where it was left, and until Ctrl-C', async (t) => {
  const { server, cli } = await world(t)
  const follow = (...args) => start(['events', '--redis-url', server.redis.url, ...args], { t })
  const all = follow('--json', '--events', 'message.*')
  await until(async () => Number(await server.redis.client.do('EXISTS', 'wq:{bull}:sub:live')) === 1)
  const reads = follow('--events', 'message.read', '--since', '1m') // whenever it begins, it sees what the other does
  await server.post(messages(['wamid.1']))
  await server.post(statuses([['wamid.2', 'sent'], ['wamid.2', 'read']]))
  const lines = () => all.stdout.trim().split('\n').map((line) => JSON.parse(line))
  await all.until(/"message\.read"/)
  assert.deepEqual(lines().map(({ type }) => type), ['message.received', 'message.sent', 'message.read'])
  await reads.until(/message\.read/)
  assert.equal(reads.stdout.trim().split('\n').length, 1)
  assert.match(reads.stdout, /^\d+-\d+ +message\.read +\S+ +\{/)

  const { id } = lines()[0]
  const rest = await cli('events', '--after', id, '--limit', '2', '--json', '--events', 'message.*')
  assert.deepEqual(rest.stdout.trim().split('\n').map((line) => JSON.parse(line).type), ['message.sent', 'message.read'])
  assert.equal((await cli('events', '--since', '1h', '--limit', '3', '--kinds', 'message,status')).stdout.trim().split('\n').length, 3)

  // Connections to Redis are lost, and what came meanwhile is not.
  await server.redis.client.do('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  await until(async () => (await server.post(messages(['wamid.9']))).status === 200)
  await all.until(/wamid\.9/)
  assert.equal(lines().length, 4)
  for (const program of [all, reads]) {
    program.kill('SIGINT')
    assert.equal((await program.end()).code, 0)
  }
  for (const args of [['--since', 'x'], ['--after', 'x'], ['--limit', '0'], ['--since', '1h', '--after', '1-0']]) assert.equal((await cli('events', ...args)).code, 2)
  assert.equal((await run(['events', '--redis-url', 'redis://127.0.0.1:1'])).code, 1)
})
