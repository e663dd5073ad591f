// SPDX-License-Identifier: MIT
// send.test.mjs — messages through the whole of it: asked for, sent, followed, refused, held, killed.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { told } from './fault.mjs'
import { Sender } from './send_world.mjs'
import { run, until } from './support.mjs'

test('OUT-1, OUT-8: asked for, sent once, and followed to the end', async (t) => {
  const world = await Sender.start(t)
  const id = await world.send({ reference: 'order 7' })
  const seen = await world.reached(id, 'read')
  assert.equal(seen.ledger, 'sent')
  assert.equal(seen.attempts, 1)
  assert.match(seen.provider_message_id, /^wamid\./)
  assert.deepEqual(seen.timeline.map((each) => each.event), ['queued', 'accepted', 'sent', 'delivered', 'read'])
  assert.equal(seen.price.category, 'service')
  assert.deepEqual(await world.accepted(), { [id]: 1 })
  assert.equal((await world.call('GET', '/api/messages/m1.default')).status, 404)
})

test('OUT-1: jobs in the shapes that producers write, and one that nobody can read', async (t) => {
  const world = await Sender.start(t)
  await world.add({ businessId: 'b', conversationId: 'c', to: '+593991000001', messageType: 'text', content: 'one' })
  await world.add({ instanceName: '100000000000001', recipientPhone: '593991000002', messageType: 'text', content: { text: 'two' } })
  await until(async () => Object.keys(await world.accepted()).length === 2)
  const { id } = await world.add({ to: '+593991000001', messageType: 'text', content: '' }, { attempts: 5 })
  await until(async () => (await world.json('GET', '/api/dlq/outbound-messages/letters')).data.length === 1)
  const job = await world.json('GET', `/api/queues/outbound-messages/jobs/${id}`)
  assert.equal(job.state, 'failed')
  assert.match(job.failed_reason, /content/)
  assert.equal(job.attempts_made, 1)
})

test('API-1: an Idempotency-Key is one message, also when it is asked for at the same time', async (t) => {
  const world = await Sender.start(t)
  const key = { 'idempotency-key': 'order-7' }
  const ids = await Promise.all([...Array(8)].map(() => world.send({}, key)))
  assert.equal(new Set(ids).size, 1)
  await world.reached(ids[0], 'accepted', 'sent', 'delivered', 'read')
  assert.deepEqual(await world.accepted(), { [ids[0]]: 1 })
  const other = await world.json('POST', '/api/messages', { to: '+593991234567', text: 'another' }, 422, key)
  assert.equal(other.code, 'idempotency_key_used')
})

test('OUT-4: many at once, and one bad among them changes nothing', async (t) => {
  const world = await Sender.start(t)
  const many = [...Array(300)].map((_, i) => ({ to: `+5939920${String(i).padStart(5, '0')}`, text: `n ${i}`, bulk: true }))
  const bad = await world.json('POST', '/api/messages', { messages: [...many, { to: '+593991234567', text: 'x'.repeat(4097) }] }, 422)
  assert.match(bad.detail, /messages\[300\]\.text.* 4096/)
  assert.equal((await world.json('GET', '/api/queues/outbound-messages')).counts.prioritized, 0)
  const { data } = await world.json('POST', '/api/messages', { messages: many }, 202)
  assert.equal(new Set(data.map((each) => each.id)).size, 300)
  await until(async () => Object.keys(await world.accepted()).length === 300, 30_000)
  assert.ok(Object.values(await world.accepted()).every((times) => times === 1))
})

test('OUT-4: scheduled, put off, and taken back', async (t) => {
  const world = await Sender.start(t)
  const soon = await world.send({ scheduledAt: Date.now() + 60_000 })
  const never = await world.send({ scheduledAt: Date.now() + 60_000 })
  await world.json('POST', `/api/messages/${never}/cancel`)
  await world.json('PATCH', `/api/messages/${soon}`, { scheduledAt: Date.now() + 300 })
  await world.reached(soon, 'read')
  assert.equal((await world.show(never)).state, 'cancelled')
  assert.equal((await world.json('POST', `/api/messages/${soon}/cancel`, undefined, 409)).code, 'too_late')
  assert.equal((await world.json('PATCH', `/api/messages/${soon}`, { scheduledAt: 'tomorrow' }, 422)).code, 'invalid_moment')
  assert.deepEqual(await world.accepted(), { [soon]: 1 })
})

test('WIN-5: in quiet hours templates and bulk wait, and nothing else does', async (t) => {
  const world = await Sender.start(t, { env: { WILLAQ_SECRET_KEY: '00'.repeat(32) } })
  const clock = (ms) => new Date(Date.now() + ms).toISOString().slice(11, 16)
  const quiet = { from: clock(-3_600_000), until: clock(7_200_000), zone: 'UTC' }
  const account = await world.json('POST', '/api/whatsapp/accounts', { provider: 'cloud', name: 'by night', phone_number_id: '100000000000002',
    access_token: 'token-of-tests', base_url: `${world.sandbox.url}/v24.0`, quiet, verify: false, state: 'ACTIVE' }, 201)
  const send = (message) => world.send({ account: account.id, ...message })
  const template = { type: 'template', text: undefined, template: { name: 'hello_world', language: { code: 'en_US' } } }
  const bulk = await send({ bulk: true })
  const begins = await send({ ...template, to: '+593991234568' })
  const rest = [await send({ to: '+593991234569' }), await send({ ...template, to: '+593991234570', priority: 'critical' }),
    await send({ to: '+593991234571', bulk: true, force: true })]
  for (const id of rest) await world.reached(id, 'sent', 'delivered', 'read')
  for (const id of [bulk, begins]) await until(async () => Number(await world.redis.do('HGET', `wq:{${account.id}}:msg:${id}`, 'next')) > Date.now() + 3_600_000)
  await world.json('PATCH', `/api/whatsapp/accounts/${account.id}`, { quiet: { ...quiet, zone: 'Middle/Earth' } }, 400)
  assert.deepEqual(Object.keys(await world.accepted()).sort(), [...rest].sort())
})

test('OUT-5: what passes is tried again, what does not is dropped with its reason', async (t) => {
  const world = await Sender.start(t)
  await world.sandbox.order({ match: { to: '+593991000001' }, do: 'error', code: 1, status: 400 })
  await world.sandbox.order({ match: { to: '+593991000002' }, do: 'error', code: 131026 })
  await world.sandbox.order({ match: { to: '+593991000003' }, do: 'error', code: 131047 })
  const [again, drop, closed] = await Promise.all(['1', '2', '3'].map((n) => world.send({ to: `+59399100000${n}` })))
  const sent = await world.reached(again, 'read')
  assert.equal(sent.attempts, 2)
  assert.ok(sent.timeline.some((each) => each.event === 'again'))
  assert.equal((await world.reached(drop, 'failed')).error.code, 131026)
  assert.equal((await world.reached(closed, 'failed')).error.code, 131047)
  assert.deepEqual(await world.accepted(), { [again]: 1 })
})

test('TOK-1, OUT-5: a bad token holds the account alone, and what waits goes out with a new one', async (t) => {
  const world = await Sender.start(t)
  await world.sandbox.order({ do: 'error', code: 190 })
  const id = await world.send()
  await until(async () => (await world.redis.client.do('HGET', 'wq:{default}:state', 'hold')) === '-1')
  const second = await world.send({ to: '+593991000009' })
  await until(async () => (await world.show(second)).state === 'queued')
  assert.deepEqual(await world.accepted(), {})
  assert.equal((await world.show(id)).error.code, 190)
  await world.program.stop()
  assert.ok(!world.program.stderr.includes('token-of-tests'))
  world.env = { WHATSAPP_TOKEN: 'a-new-token' }
  await world.run()
  assert.equal((await world.reached(id, 'read')).attempts, 2)
  await world.reached(second, 'read')
  assert.deepEqual(await world.accepted(), { [id]: 1, [second]: 1 })
})

test('CON-3: who opted out at the provider gets nothing more', async (t) => {
  const world = await Sender.start(t)
  await world.sandbox.order({ do: 'error', code: 131050 })
  await world.reached(await world.send(), 'failed')
  const id = await world.send()
  await until(async () => (await world.json('GET', '/api/queues/outbound-messages')).counts.failed === 2)
  assert.deepEqual(await world.accepted(), {})
  await world.reached(await world.send({ force: true }), 'read')
  assert.equal((await world.show(id)).attempts, 0)
})

// Statuses come later than a stalled job is found, so that only the ledger keeps it from being sent again.
test('R3: kill -9 while it sends: in the strict class nothing is sent twice, and every message ends', async (t) => {
  const world = await Sender.start(t, { sandbox: ['--latency', '300ms', '--status-delay', '4s'], args: ['--send-concurrency', '20', '--send-grace', '3s', '--lock-duration', '2s', '--stalled-interval', '1s'] })
  const many = [...Array(150)].map((_, i) => ({ to: `+5939930${String(i).padStart(5, '0')}`, text: `n ${i}` }))
  const { data } = await world.json('POST', '/api/messages', { messages: many }, 202)
  for (let kill = 0; kill < 3; kill++) {
    const before = (await world.sandbox.counts()).posts
    await until(async () => (await world.sandbox.counts()).posts >= before + 10)
    world.program.child.kill('SIGKILL')
    await world.program.ended
    await world.run()
  }
  const states = await until(async () => {
    const all = await Promise.all(data.map(({ id }) => world.show(id)))
    return all.every((each) => ['read', 'parked', 'failed'].includes(each.state)) && all
  }, 120_000, 'every message has ended')
  const accepted = await world.accepted()
  assert.deepEqual(Object.entries(accepted).filter(([, times]) => times > 1), [])
  for (const each of states) if (each.state === 'read') assert.equal(accepted[each.id], 1)
  const count = (state) => states.filter((each) => each.state === state).length
  told(t, { kills: 3, messages: many.length, read: count('read'), parked: count('parked'), failed: count('failed'), sent_twice: 0 })
})

test('CLI-1: willaq send queues a message, follows it, and says what is wrong with another', async (t) => {
  const world = await Sender.start(t)
  const sent = await run(['send', '--redis-url', world.redis.url, '--to', '+593991234567', 'hello'])
  assert.equal(sent.code, 0, sent.stderr)
  const [id, ...states] = sent.stdout.trim().split('\n')
  assert.match(id, /^m[0-9a-f]{27}\.default$/)
  assert.ok(['delivered', 'read'].includes(states.at(-1)), sent.stdout)
  const shown = await run(['send', '--redis-url', world.redis.url, '--json', '--message', '{"to":"+593991234568","image":{"link":"https://example.com/a.png"}}'])
  assert.equal(JSON.parse(shown.stdout).message.image.link, 'https://example.com/a.png')
  const bad = await run(['send', '--redis-url', world.redis.url, '--to', '12', 'hello'])
  assert.equal(bad.code, 2)
  assert.match(bad.stderr, /to is no phone number/)
  assert.equal((await run(['send'])).code, 2)
})

test('OUT-3: says so when fewer connections are allowed than messages are sent at once', async (t) => {
  const world = await Sender.start(t, { args: ['--send-concurrency', '80', '--http-connections-per-host-max', '7'] })
  assert.match(world.program.stderr, /sends_held_up setting=http-connections-per-host-max is=7 needs=80/)
  const plain = await Sender.start(t, { args: ['--send-concurrency', '500'], redis: world.redis })
  assert.doesNotMatch(plain.program.stderr, /sends_held_up/)
})
