// SPDX-License-Identifier: MIT
// send_events.test.mjs — what becomes of messages is told to whoever subscribed, each once, also by who comes later.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Sender } from './send_world.mjs'
import { until } from './support.mjs'

// Events of ours that a stream was given, in order: [{type, account, data}].
async function subscribe(world) {
  await world.json('POST', '/api/subscriptions', { stream: 'told', kinds: ['system'], events: ['message.*', 'account.*'] }, 201)
  return async () => (await world.redis.client.do('XRANGE', 'told', '-', '+')).map(([, fields]) => JSON.parse(fields.find((each) => each.startsWith('{'))))
}

const metric = async (world, name) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await (await world.call('GET', '/metrics')).text())?.[1])

test('OUT-8: queued, accepted and how far it came, with the caller\'s reference; refused and taken back too', async (t) => {
  const world = await Sender.start(t)
  const told = await subscribe(world)
  await world.sandbox.order({ match: { to: '+593991000002' }, do: 'error', code: 131026 })
  const id = await world.send({ reference: 'order 7' })
  const bad = await world.send({ to: '+593991000002', reference: 'order 8' })
  const never = await world.send({ scheduledAt: Date.now() + 60_000 })
  await world.json('POST', `/api/messages/${never}/cancel`)
  assert.equal((await world.reached(id, 'read')).reference, 'order 7')
  await world.reached(bad, 'failed')
  let events = []
  const of = (message) => events.filter(({ data }) => data.id === message)
  const ended = { [id]: 'read', [bad]: 'failed', [never]: 'cancelled' }
  await until(async () => {
    events = await told()
    return Object.entries(ended).every(([each, state]) => of(each).some(({ data }) => data.state === state))
  })
  // Statuses may overtake each other: those that come too late tell nothing new.
  const path = [['message.queued', 'queued'], ['message.accepted', 'accepted'], ['message.updated', 'sent'], ['message.updated', 'delivered'], ['message.updated', 'read']].map(String)
  const seen = of(id).map(({ type, data }) => String([type, data.state]))
  assert.deepEqual(seen, path.filter((each) => seen.includes(each)))
  assert.deepEqual([seen[0], seen.at(-1)], [path[0], path[4]])
  assert.ok(of(id).every(({ data }) => data.reference === 'order 7' && data.account === 'default'))
  assert.match(of(id).at(-1).data.messageId, /^wamid\./)
  assert.deepEqual(of(bad).map(({ type }) => type), ['message.queued', 'message.failed'])
  assert.equal(of(bad)[1].data.code, 131026)
  assert.deepEqual(of(never).map(({ type }) => type), ['message.queued', 'message.cancelled'])
  assert.ok(!JSON.stringify(events).includes('59399'), 'no phone number')
  await until(async () => await world.redis.client.do('XLEN', 'wq:{default}:out') === 0)
})

test('OUT-8: taken, and no status for too long: told once, and counted', async (t) => {
  const world = await Sender.start(t, { sandbox: ['--status-delay', '10m'], args: ['--send-unconfirmed', '1s'] })
  const told = await subscribe(world)
  const ids = [await world.send(), await world.send({ to: '+593991000002' })]
  const unconfirmed = () => told().then((all) => all.filter(({ type }) => type === 'message.unconfirmed').map(({ data }) => data.id))
  await until(async () => (await unconfirmed()).length === 2)
  assert.deepEqual((await unconfirmed()).sort(), ids.sort())
  assert.equal(await metric(world, 'willaq_messages_unconfirmed_total'), 2)
  const shown = await world.show(ids[0])
  assert.equal(shown.state, 'accepted')
  assert.ok(shown.unconfirmed_at > shown.accepted_at)
  await world.send({ to: '+593991000003' })
  await until(async () => (await unconfirmed()).length === 3)
  assert.equal(await world.redis.client.do('ZCARD', 'wq:{default}:unconfirmed'), 0)
})

test('OUT-8: two processes, one of them killed: each event once, in order, and what nobody told is told later', async (t) => {
  const world = await Sender.start(t, { args: ['--processes', '2'] })
  const told = await subscribe(world)
  const many = [...Array(250)].map((_, i) => ({ to: `+5939940${String(i).padStart(5, '0')}`, text: `n ${i}` }))
  const { data } = await world.json('POST', '/api/messages', { messages: many }, 202)
  await until(async () => Object.keys(await world.accepted()).length >= 50)
  world.program.child.kill('SIGKILL')
  await world.program.ended
  await world.run()
  await until(async () => Object.keys(await world.accepted()).length >= 249, 60_000)
  const events = await until(async () => {
    const all = await told()
    return all.filter(({ type }) => type === 'message.queued').length >= 250 && await world.redis.client.do('XLEN', 'wq:{default}:out') === 0 && all
  }, 60_000)
  const names = events.map(({ type, data: { id, state } }) => `${id} ${type} ${state}`)
  assert.equal(new Set(names).size, names.length, 'each once')
  for (const { id } of data) assert.equal(events.find((each) => each.data.id === id).type, 'message.queued')
})

test('OUT-5: an outage uses up no attempt of the job; an account that is held is told', async (t) => {
  const world = await Sender.start(t)
  const told = await subscribe(world)
  await world.sandbox.order({ do: 'error', code: 2, status: 400, times: 3 })
  const { id, attempts } = await world.reached(await world.send(), 'read')
  assert.equal(attempts, 4)
  assert.equal((await world.json('GET', `/api/queues/outbound-messages/jobs/${id}`)).attempts_made, 1)
  await world.sandbox.order({ do: 'error', code: 190, times: 1 })
  await world.send({ to: '+593991000002' })
  await until(async () => (await told()).some(({ type, data }) => type === 'account.held' && data.account === 'default'))
  await world.json('POST', '/api/whatsapp/accounts/default/release')
  await until(async () => (await told()).some(({ type }) => type === 'account.released'))
})

test('nobody subscribed: nothing is kept for later', async (t) => {
  const world = await Sender.start(t)
  await world.reached(await world.send(), 'read')
  await until(async () => await world.redis.client.do('XLEN', 'wq:{default}:out') === 0)
  assert.equal(await world.redis.client.do('EXISTS', 'wq:{bull}:sub:events'), 0)
})
