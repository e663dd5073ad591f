// SPDX-License-Identifier: MIT
// pending.test.mjs — what waits for people: listed by priority, taken by one, sent once, and told of as it happens.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Description } from './openapi.mjs'
import { Desk } from './pending_world.mjs'
import { until } from './support.mjs'

const ids = ({ data }) => data.map(({ id }) => id)

test('SEQ-3: what waits is listed by priority and age, filtered, counted, page by page', async (t) => {
  const desk = await Desk.start(t)
  const [ana, ben] = [await desk.contact({ name: 'Ana' }), await desk.contact({ assigned: 'carla' })]
  const late = await desk.add(ana, { reason: 'window_closed', priority: 8, text: 'late' })
  const first = await desk.add(ben, { reason: 'call_back', priority: 1, note: 'wants a call' })
  const second = await desk.add(ana, { reason: 'window_closed', priority: 1, message: { type: 'text', text: { body: 'second' } } })
  assert.equal(late.contact.name, 'Ana')
  assert.equal(late.contact.id, ana)
  assert.equal(late.contact.window_open, true)
  assert.equal(first.note, 'wants a call')
  assert.deepEqual(second.message, { type: 'text', text: { body: 'second' } })
  assert.deepEqual(ids(await desk.list()), [first.id, second.id, late.id])
  assert.deepEqual(ids(await desk.list('?reason=window_closed')), [second.id, late.id])
  assert.deepEqual(ids(await desk.list('?assigned=carla')), [first.id])
  assert.deepEqual(ids(await desk.list(`?contact=${ana}`)), [second.id, late.id])
  assert.deepEqual(ids(await desk.list('?state=taken')), [])
  assert.deepEqual(ids(await desk.list('?account=default&sequence=none')), [])
  for (const query of ['?', `?contact=${ana}&`]) {
    const want = query === '?' ? [first.id, second.id, late.id] : [second.id, late.id]
    const seen = []
    let cursor
    do {
      const page = await desk.list(`${query}limit=1${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...ids(page))
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen, want)
  }
  await desk.act(late.id, 'take', { by: 'ana' })
  assert.deepEqual(ids(await desk.list('?by=ana&state=taken')), [late.id])
  const counts = await desk.json('GET', '/api/pending/counts')
  assert.deepEqual({ ...counts, oldest_at: 0 }, { total: 3, open: 2, taken: 1, oldest_at: 0, by_priority: [2, 0, 0, 0, 0, 0, 0, 1, 0, 0], by_reason: { window_closed: 2, call_back: 1 } })
  assert.equal(counts.oldest_at, late.created_at)
  await desk.act(late.id, 'done', { by: 'ana' })
  await desk.act(first.id, 'skip', { by: 'ben', note: 'has called' })
  assert.deepEqual(ids(await desk.list()), [second.id])
  assert.deepEqual((await desk.json('GET', '/api/pending/counts')).by_reason, { window_closed: 1 })
  const skipped = await desk.one(first.id)
  assert.deepEqual([skipped.state, skipped.by, skipped.note], ['skipped', 'ben', 'has called'])
})

test('many of the same moment: no page loses one, none comes twice, also when the one before is gone', async (t) => {
  const desk = await Desk.start(t)
  const contact = await desk.contact()
  const [con] = contact.split('.')
  const made = Date.now()
  const { client } = desk.redis
  const all = Array.from({ length: 60 }, (_, i) => `p${String(i).padStart(20, '0')}`)
  for (const id of all) {
    await client.do('HSET', `wq:{default}:pend:${id}`, 'con', con, 'why', 'x', 'priority', '5', 'made', String(made), 'ends', String(made + 1e9), 'state', 'open')
    await client.do('ZADD', 'wq:{default}:pends', String(5e13 + made), id)
  }
  const seen = []
  let cursor = ''
  do {
    const page = await desk.list(`?limit=7${cursor && `&cursor=${cursor}`}`)
    seen.push(...ids(page).map((id) => id.split('.')[0]))
    cursor = page.next_cursor
    if (cursor) await client.do('ZREM', 'wq:{default}:pends', seen.at(-1))
  } while (cursor)
  assert.deepEqual(seen, all)
})

test('two at once: one takes it, the other is told who has it; who took it gives it back', async (t) => {
  const desk = await Desk.start(t)
  const entry = await desk.add(await desk.contact(), { text: 'hello' })
  const answers = await Promise.all(['ana', 'ben', 'carla', 'dora'].map((by) => desk.call('POST', `/api/pending/${entry.id}/take`, { by })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409])
  const [got] = await Promise.all(answers.filter(({ status }) => status === 200).map((answer) => answer.json()))
  const other = got.by === 'ana' ? 'ben' : 'ana'
  const told = await desk.act(entry.id, 'take', { by: other }, 409)
  assert.deepEqual([told.code, told.detail], ['pending_taken', `${got.by} has taken it`])
  for (const act of ['send', 'skip', 'done']) assert.equal((await desk.act(entry.id, act, { by: other }, 409)).code, 'pending_taken')
  assert.ok((await desk.act(entry.id, 'take', { by: got.by, minutes: 60 })).taken_until > got.taken_until)
  const open = await desk.act(entry.id, 'release', { by: got.by })
  assert.deepEqual([open.state, open.by, open.taken_until], ['open', null, null])
  assert.equal((await desk.act(entry.id, 'release', { by: got.by }, 409)).code, 'pending_open')
  await desk.act(entry.id, 'done', { by: other })
  assert.equal((await desk.act(entry.id, 'take', { by: 'ana' }, 409)).code, 'pending_ended')
})

test('sent by two at once: one message goes out, and the sequence of events says so', async (t) => {
  const desk = await Desk.start(t)
  await desk.json('POST', '/api/subscriptions', { stream: 'told', kinds: ['system'], events: ['pending.*'] }, 201)
  const contact = await desk.contact()
  const entry = await desk.add(contact, { text: 'hello', reason: 'window_closed', priority: 2 })
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => desk.call('POST', `/api/pending/${entry.id}/send`, { by: i % 2 ? 'ana' : 'ben' })))
  const sent = await Promise.all(answers.filter(({ status }) => status === 202).map((answer) => answer.json()))
  assert.ok(answers.every(({ status }) => status === 202 || status === 409), String(answers.map(({ status }) => status)))
  assert.ok(sent.length >= 1)
  assert.equal(new Set(sent.map(({ message_id }) => message_id)).size, 1)
  const id = sent[0].message_id
  const { message } = await desk.reached(id, 'sent', 'delivered', 'read')
  assert.equal(message.text.body, 'hello')
  assert.equal((await desk.accepted())[id], 1)
  const shown = await desk.one(entry.id)
  assert.deepEqual([shown.state, shown.message_id], ['sent', id])
  assert.equal((await desk.act(entry.id, 'send', { by: 'ana' }, 409)).code, 'pending_ended')
  const told = async () => (await desk.redis.client.do('XRANGE', 'told', '-', '+')).map(([, fields]) => JSON.parse(fields.find((each) => each.startsWith('{'))))
  await until(async () => (await told()).length === 3)
  assert.deepEqual((await told()).map(({ type }) => type), ['pending.added', 'pending.taken', 'pending.sent'])
  assert.deepEqual((await told())[0].data, { contact, account: 'default', id: entry.id, reason: 'window_closed', priority: 2 })
  assert.equal((await told())[2].data.by, shown.by)
})

test('what can not go says why before anything is sent, and the entry waits on', async (t) => {
  const desk = await Desk.start(t)
  const closed = await desk.add(await desk.contact({ window: Date.now() - 1000 }), { text: 'hello' })
  const out = await desk.add(await desk.contact({ optout: Date.now() }), { text: 'hello' })
  const blocked = await desk.add(await desk.contact({ blocked: Date.now() }), { text: 'hello' })
  const nobody = await desk.add(await desk.contact({ phone: null }), { text: 'hello' })
  const empty = await desk.add(await desk.contact(), { note: 'call' })
  const code = async ({ id }, body, want = 409) => (await desk.act(id, 'send', { by: 'ana', ...body }, want)).code
  assert.equal(await code(closed), 'window_closed')
  assert.equal(await code(out), 'opted_out')
  assert.equal(await code(blocked), 'blocked')
  assert.equal(await code(nobody, { force: true }), 'no_address')
  assert.equal(await code(empty, {}, 422), 'invalid_message')
  assert.equal(await code(empty, { text: 'x'.repeat(4097) }, 422), 'invalid_message')
  assert.equal(await code(empty, { message: { type: 'text' } }, 422), 'invalid_message')
  assert.equal(await code(empty, { message: { use: 'greeting' } }, 422), 'invalid_message')
  assert.equal(await code(empty, { message: {}, text: 'x' }, 422), 'invalid_message')
  for (const { id } of [closed, out, blocked, nobody, empty]) assert.equal((await desk.one(id)).state, 'open')
  const template = { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } }
  const { message_id: first } = await desk.act(closed.id, 'send', { by: 'ana', message: template })
  assert.equal((await desk.show(first)).message.type, 'template')
  const { message_id: forced } = await desk.act(out.id, 'send', { by: 'ana', force: true })
  assert.equal((await desk.show(forced)).message.force, true)
  await desk.act(empty.id, 'send', { by: 'ana', text: 'written by hand' })
  assert.deepEqual(ids(await desk.list()).sort(), [blocked.id, nobody.id].sort())
})

test('a contact without phone is written to by its other names', async (t) => {
  const desk = await Desk.start(t)
  const by = async (names) => {
    const { id } = await desk.add(await desk.contact({ phone: null, ...names }), { text: 'hello' })
    return (await desk.show((await desk.act(id, 'send')).message_id)).message.to
  }
  assert.equal(await by({ wa_id: '593991234567' }), '+593991234567')
  assert.equal(await by({ user_id: 'EC.7001234567890' }), 'EC.7001234567890')
})

test('bad input is refused, with what is wrong', async (t) => {
  const desk = await Desk.start(t)
  const contact = await desk.contact()
  const { id } = await desk.add(contact, { text: 'hello' })
  for (const [body, status, says] of [
    [{}, 422, /contact is the id/], [{ contact: 'c1' }, 422, /contact is the id/], [{ contact: 'c0.default' }, 404, /no such contact/],
    [{ contact, reason: 'Bad Reason' }, 422, /reason is a word/], [{ contact, reason: 7 }, 422, /reason is a word/],
    [{ contact, priority: 0 }, 422, /priority/], [{ contact, priority: 11 }, 4, /priority/], [{ contact, text: 5 }, 422, /text must be/],
    [{ contact, message: [] }, 422, /message is an object/], [{ contact, message: { type: 'text', text: { body: '' } } }, 422, /message\.text/],
    [{ contact, text: 'x'.repeat(5000) }, 422, /4096/], [{ contact, note: 'x'.repeat(1001) }, 422, /note/], [{ contact, whose: 1 }, 4, /whose/],
  ]) {
    const answer = await desk.call('POST', '/api/pending', body)
    const problem = await answer.json()
    assert.ok(status === 4 ? answer.status >= 400 && answer.status < 500 : answer.status === status, `${JSON.stringify(body)}: ${answer.status}`)
    assert.match(problem.detail, says)
  }
  for (const [act, body] of [['take', { by: '' }], ['take', { by: 'a\nb' }], ['take', { by: 'x'.repeat(101) }], ['take', { minutes: 0 }], ['take', { minutes: 1441 }], ['take', { who: 'ana' }], ['done', { note: 5 }], ['send', { force: 'yes' }]]) {
    const { status } = await desk.call('POST', `/api/pending/${id}/${act}`, body)
    assert.ok(status === 422 || status === 400, `${act} ${JSON.stringify(body)}: ${status}`)
  }
  for (const bad of ['p1', `p${'0'.repeat(20)}`, `p${'0'.repeat(20)}.`, `p${'0'.repeat(20)}.default`, `m${'0'.repeat(20)}.default`, `p${'0'.repeat(20)}.${'a'.repeat(65)}`]) {
    assert.equal((await desk.call('GET', `/api/pending/${bad}`)).status, 404, bad)
    assert.equal((await desk.call('POST', `/api/pending/${bad}/send`, { text: 'x' })).status, 404, bad)
  }
  for (const query of ['?state=sent', '?limit=0', '?limit=201', '?cursor=x', '?cursor=1-', `?cursor=1-${'p'.repeat(50)}`]) assert.equal((await desk.call('GET', `/api/pending${query}`)).status, 400, query)
})

test('what was taken and not ended is anybody\'s again, and what nobody cares for expires', async (t) => {
  const desk = await Desk.start(t)
  const taken = await desk.add(await desk.contact(), { text: 'taken' })
  const old = await desk.add(await desk.contact(), { text: 'old' })
  await desk.act(taken.id, 'take', { by: 'ana' })
  const past = String(Date.now() - 1)
  const key = ({ id }) => id.split('.')[0]
  await desk.redis.client.do('HSET', `wq:{default}:pend:${key(taken)}`, 'lease', past)
  await desk.redis.client.do('HSET', `wq:{default}:pend:${key(old)}`, 'ends', past)
  for (const each of [taken, old]) await desk.redis.client.do('ZADD', 'wq:{default}:due:pend', past, key(each))
  await until(async () => (await desk.one(taken.id)).state === 'open' && (await desk.one(old.id)).state === 'expired')
  assert.deepEqual(await desk.json('GET', '/api/pending/counts').then(({ total, taken: n }) => [total, n]), [1, 0])
})

test('answers are as /openapi.json tells', async (t) => {
  const desk = await Desk.start(t)
  const url = `http://127.0.0.1:${desk.port}`
  const description = await Description.of(url)
  const entry = await desk.add(await desk.contact({ name: 'Ana' }), { text: 'hello' })
  for (const path of ['/api/pending', '/api/pending/counts', `/api/pending/${entry.id}`]) {
    const operation = description.operations.find((each) => each.method === 'get' && each.path === path.replace(entry.id, '{id}'))
    const { schema } = operation.responses['200'].content['application/json']
    assert.deepEqual(description.problems(schema, await desk.json('GET', path)), [])
  }
})
