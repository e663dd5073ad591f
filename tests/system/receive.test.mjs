// SPDX-License-Identifier: MIT
// receive.test.mjs — what people write, from the webhook to contact, message and window; and what is written by other hands.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DAY, HOUR, NUMBER, OWN, World, message, ref } from './receive_world.mjs'
import { until } from './support.mjs'

const PHONE = '+593900000001'
const contacts = (over = {}) => [{ profile: { name: 'Ana Ñandú' }, wa_id: '593900000001', ...over }]

test('CON-1: who writes becomes a contact with a window, a history and a name to be found by, once', async (t) => {
  const world = await World.start(t)
  const one = message({ body: 'hola' })
  await world.receive({ contacts: contacts(), messages: [one] })
  const con = await world.contact(PHONE)
  const at = Number(one.timestamp) * 1000
  assert.deepEqual([con.phone, con.wa_id, con.name, con.words, con.unread], [PHONE, '593900000001', 'Ana Ñandú', '593900000001 ana nandu', '1'])
  assert.deepEqual([con.in_at, con.last, con.window], [at, at, at + DAY].map(String))
  assert.equal((await world.person(PHONE)).window, String(at + DAY), 'the gate of sending knows')
  assert.deepEqual(await world.history(con.id), [`i${ref(one.id)}`])
  const kept = await world.kept(ref(one.id))
  assert.deepEqual([kept.con, kept.text, kept.type, kept.pid, kept.data], [con.id, 'hola', 'text', one.id, undefined])
  assert.equal(await world.do('ZSCORE', `${OWN}due:win`, con.id), String(at + DAY - HOUR), 'it is told an hour before its end')
  assert.equal(await world.do('ZSCORE', `${OWN}cons:words`, `nandu ${con.id}`), '0')
  // The same webhook again, and the same job again by hand.
  await world.receive({ contacts: contacts(), messages: [one] })
  await world.do('DEL', 'wq:{bull}:sink:seen')
  const two = message({ type: 'image', text: undefined, image: { id: '77', mime_type: 'image/jpeg', caption: 'mira' }, context: { id: one.id } })
  await world.receive({ contacts: contacts({ profile: { name: 'Ana B' } }), messages: [two] })
  const again = await world.contact(PHONE)
  assert.deepEqual([again.id, again.unread, again.name, again.words], [con.id, '2', 'Ana B', '593900000001 ana b'])
  assert.deepEqual(await world.history(con.id), [`i${ref(one.id)}`, `i${ref(two.id)}`])
  assert.equal(JSON.parse((await world.kept(ref(two.id))).data).image.id, '77')
  assert.equal(await world.do('ZSCORE', `${OWN}cons:words`, `nandu ${con.id}`), null, 'an old word is none any more')
  assert.equal((await world.hash('total')).received, '2')
  assert.equal((await world.hash('total')).contacts, '1')
})

test('CON-1: an answer pauses the sequence, reverses a block and opens the window; what comes a day late does not', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts(), messages: [message()] })
  const { id } = await world.contact(PHONE)
  await world.enrol(id)
  await world.put(`con:${id}`, { blk: 3, blk_state: 'confirmed', blocked: 1 })
  await world.receive({ contacts: contacts(), messages: [message({ at: Date.now() - 2 * DAY })] })
  assert.equal((await world.hash(`enr:${id}`)).state, 'active', 'it was written before he was in the sequence')
  await world.receive({ contacts: contacts(), messages: [message()] })
  assert.equal((await world.hash(`enr:${id}`)).state, 'answered')
  assert.equal(await world.do('ZSCORE', `${OWN}due:seq`, id), null)
  const con = await world.contact(PHONE)
  assert.deepEqual([con.blk, con.blk_state, con.blocked], [undefined, undefined, undefined])
  assert.equal((await world.history(id)).length, 3)
  assert.match((await world.history(id))[0], /^i/)
})

for (const [args, lanes] of [[[], 1], [['--no-ordered'], 0]])
  test(`ING-11: a server that works what it takes keeps a conversation in order, unless told otherwise (${args})`, async (t) => {
    const world = await World.start(t, { args })
    await world.do('HSET', 'bull:inbound-messages:meta', 'paused', '1')
    await world.post({ contacts: contacts(), messages: [message(), message()] })
    const found = await world.do('KEYS', 'wq:*:lane:inbound-messages:*')
    assert.equal(found.length, lanes)
    if (lanes) assert.equal(await world.do('LLEN', found[0]), 2)
  })

test('CON-1: late and out of order: moments only move forward, the history is by time', async (t) => {
  const world = await World.start(t)
  const now = Date.now()
  const [late, older, newest] = [now - 26 * HOUR, now - 5 * HOUR, now - HOUR].map((at) => message({ at }))
  await world.receive({ contacts: contacts(), messages: [newest] })
  await world.receive({ contacts: contacts(), messages: [late, older] })
  const con = await world.contact(PHONE)
  const at = Number(newest.timestamp) * 1000
  assert.deepEqual([con.in_at, con.last, con.window, con.unread], [String(at), String(at), String(at + DAY), '3'])
  assert.deepEqual(await world.history(con.id), [late, older, newest].map((m) => `i${ref(m.id)}`))
  // A message that comes so late that its window is over opens none.
  const other = message({ from: '593900000009', at: now - 30 * HOUR })
  await world.receive({ messages: [other] })
  const gone = await world.contact('+593900000009')
  assert.equal(gone.said, 'closed')
  assert.equal(await world.do('ZSCORE', `${OWN}due:win`, gone.id), null)
  // One of tomorrow is of now.
  const soon = message({ from: '593900000008', at: now + 9 * HOUR })
  await world.receive({ messages: [soon] })
  assert.ok(Number((await world.contact('+593900000008')).in_at) <= Date.now() + 1000)
})

test('WIN-1: an advertisement opens a free entry point of 72 hours', async (t) => {
  const world = await World.start(t)
  const one = message({ referral: { source_url: 'https://fb.me/x', source_id: '1', source_type: 'ad', ctwa_clid: 'c' } })
  await world.receive({ contacts: contacts(), messages: [one] })
  assert.equal((await world.contact(PHONE)).fep, String(Number(one.timestamp) * 1000 + 3 * DAY))
  assert.ok((await world.told()).includes('window.opened'))
})

test('CON-0: a person without a phone; the phone comes later; two contacts become one with both histories', async (t) => {
  const world = await World.start(t)
  const byId = message({ from: undefined, from_user_id: 'EC.1' })
  const byPhone = message()
  await world.receive({ contacts: [{ profile: { name: 'Eva', username: 'eva' }, user_id: 'EC.1' }], messages: [byId] })
  const nameless = await world.contact('EC.1')
  assert.deepEqual([nameless.phone, nameless.user_id, nameless.username, nameless.words], [undefined, 'EC.1', 'eva', 'eva'])
  await world.receive({ messages: [byPhone] })
  const second = await world.contact(PHONE)
  assert.notEqual(second.id, nameless.id)
  await world.put(`con:${second.id}`, { tags: ' vip ', optout: 5, 'a:city': 'Quito' })
  await world.do('ZADD', `${OWN}cons:tag:vip`, second.made, second.id)
  await world.enrol(second.id)
  await world.put('pend:p1', { con: second.id, state: 'open' })
  await world.do('SADD', `${OWN}pends:of:${second.id}`, 'p1')
  const both = message({ from_user_id: 'EC.1' })
  await world.receive({ contacts: contacts({ user_id: 'EC.1' }), messages: [both] })
  const one = await world.contact(PHONE)
  assert.equal(one.id, nameless.id, 'the older one stays')
  assert.equal((await world.contact('EC.1')).id, one.id)
  assert.deepEqual([one.phone, one.user_id, one.tags, one['a:city'], one.unread], [PHONE, 'EC.1', ' vip ', 'Quito', '3'])
  assert.deepEqual((await world.history(one.id)).sort(), [byId, byPhone, both].map((m) => `i${ref(m.id)}`).sort())
  assert.equal(await world.do('HGET', `${OWN}con:${second.id}`, 'moved'), one.id)
  assert.equal((await world.person('EC.1')).optout, '5', 'who wanted nothing more under one name wants nothing more')
  assert.equal(await world.do('ZSCORE', `${OWN}cons:tag:vip`, one.id), one.made)
  assert.equal(await world.do('ZSCORE', `${OWN}cons:last`, second.id), null)
  assert.equal((await world.hash(`enr:${one.id}`)).state, 'answered')
  assert.equal((await world.hash('pend:p1')).con, one.id)
  assert.ok((await world.told(one.id)).includes('contact.merged'))
})

test('CON-0: a phone that went over to somebody else is no bridge between two people', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts({ user_id: 'EC.1' }), messages: [message({ from_user_id: 'EC.1' })] })
  await world.receive({ contacts: contacts({ user_id: 'EC.2', profile: { name: 'Bea' } }), messages: [message({ from_user_id: 'EC.2' })] })
  const [first, second] = [await world.contact('EC.1'), await world.contact('EC.2')]
  assert.notEqual(first.id, second.id)
  assert.equal((await world.contact(PHONE)).id, second.id)
  assert.equal(first.phone, undefined)
  assert.equal((await world.history(first.id)).length, 1)
})

test('CON-0: ids and numbers that change are other names of the same person, in whatever order they come', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts({ user_id: 'EC.1' }), messages: [message({ from_user_id: 'EC.1' })] })
  const { id } = await world.contact('EC.1')
  const update = { contacts: contacts({ user_id: 'EC.1' }), user_id_update: [{ wa_id: '593900000001', user_id: { previous: 'EC.1', current: 'EC.9' }, timestamp: '1781009960' }] }
  await world.receive(update, 'user_id_update')
  assert.equal((await world.contact('EC.9')).id, id)
  assert.equal((await world.contact('EC.9')).user_id, 'EC.9')
  await world.receive({ messages: [{ from: '593900000001', from_user_id: 'EC.9', id: 'wamid.sys', timestamp: '1781009970', type: 'system', system: { body: 'changed', type: 'user_changed_number', wa_id: '593900000077' } }] })
  const moved = await world.contact('+593900000077')
  assert.deepEqual([moved.id, moved.phone], [id, '+593900000077'])
  assert.equal(moved.unread, '1', 'a notice is nothing to be read')
  // The message under a new id overtakes what tells of it.
  const next = message({ from: '593900000077', from_user_id: 'EC.10' })
  await world.receive({ messages: [next] })
  assert.notEqual(await world.who('EC.10'), id)
  await world.receive({ user_id_update: [{ wa_id: '593900000077', user_id: { previous: 'EC.9', current: 'EC.10' }, timestamp: '1781009980' }] }, 'user_id_update')
  assert.equal(await world.who('EC.10'), id)
  assert.equal(await world.who('+593900000077'), id)
  assert.ok((await world.history(id)).includes(`i${ref(next.id)}`))
})

test('CON-3: BAJA and ALTA by the customer, whatever case and accents; a late STOP does not undo a newer ALTA', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts(), messages: [message({ body: 'I will stop by tomorrow' })] })
  assert.equal((await world.contact(PHONE)).optout, undefined)
  await world.receive({ contacts: contacts(), messages: [message({ body: ' ¡Baja! ', at: Date.now() - 60_000 })] })
  const { id, optout } = await world.contact(PHONE)
  assert.ok(optout)
  assert.equal((await world.person(PHONE)).optout, optout)
  assert.equal(await world.do('ZCARD', `${OWN}cons:optout`), 1)
  await world.receive({ contacts: contacts(), messages: [message({ body: 'ALTA' })] })
  await world.receive({ contacts: contacts(), messages: [message({ body: 'stop', at: Date.now() - 30_000 })] })
  assert.equal((await world.contact(PHONE)).optout, undefined)
  assert.equal((await world.person(PHONE)).optout, undefined)
  assert.deepEqual((await world.told(id)).filter((type) => type.startsWith('contact.opted')), ['contact.opted_out', 'contact.opted_in'])
})

test('CON-1, CON-3: an answer and a STOP in the second of what they are an answer to count, for providers tell whole seconds', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts(), messages: [message()] })
  const { id } = await world.contact(PHONE)
  const at = Date.now()
  const made = at - at % 1000 + 999
  await world.enrol(id, { made })
  await world.put(`con:${id}`, { optin: made })
  await world.receive({ contacts: contacts(), messages: [message({ body: 'stop', at: at - 1000 })] })
  assert.equal((await world.hash(`enr:${id}`)).state, 'active', 'it was written in the second before')
  assert.equal((await world.contact(PHONE)).optout, undefined)
  await world.receive({ contacts: contacts(), messages: [message({ body: 'stop', at })] })
  assert.equal((await world.hash(`enr:${id}`)).state, 'answered')
  assert.ok((await world.contact(PHONE)).optout)
})

test('a person who stops marketing gets none, and may resume it', async (t) => {
  const world = await World.start(t)
  const told = (value, at) => world.receive({ user_preferences: [{ wa_id: '593900000001', category: 'marketing_messages', value, detail: 'x', timestamp: at }] }, 'user_preferences')
  await told('stop', 1781009000)
  assert.ok(Number((await world.person(PHONE)).no_marketing) > Date.now() + 365 * DAY)
  await told('resume', 1781009001)
  assert.equal((await world.person(PHONE)).no_marketing, undefined)
})

test('CON-2: an echo is a manual send: nothing waits for a person any more, and the sequence goes on; our own is none', async (t) => {
  const world = await World.start(t)
  await world.receive({ contacts: contacts(), messages: [message({ at: Date.now() - 5000 })] })
  const { id } = await world.contact(PHONE)
  await world.enrol(id, { state: 'answered' })
  await world.put('pend:p1', { con: id, state: 'open', priority: 1, why: 'window_closed' })
  await world.do('SADD', `${OWN}pends:of:${id}`, 'p1')
  await world.do('ZADD', `${OWN}pends`, 1, 'p1')
  const echo = (over) => ({ ...message(over), from: '15550001', to: '593900000001' })
  await world.do('SET', `${OWN}pid:wamid.ours`, 'm1')
  await world.receive({ message_echoes: [{ ...echo(), id: 'wamid.ours' }] }, 'smb_message_echoes')
  assert.equal((await world.history(id)).length, 1)
  const old = echo({ at: Date.now() - HOUR })
  await world.receive({ message_echoes: [old] }, 'smb_message_echoes')
  assert.equal((await world.hash(`enr:${id}`)).state, 'answered', 'it was written before the customer answered')
  const by = echo()
  await world.receive({ message_echoes: [by] }, 'smb_message_echoes')
  assert.equal((await world.hash('pend:p1')).state, 'done')
  assert.equal((await world.hash(`enr:${id}`)).state, 'active')
  assert.ok(await world.do('ZSCORE', `${OWN}due:seq`, id))
  const con = await world.contact(PHONE)
  assert.deepEqual([con.out_at, con.unread], [String(Number(by.timestamp) * 1000), undefined])
  assert.deepEqual((await world.history(id)).map((m) => m[0]), ['m', 'i', 'm'])
  assert.equal(con.window, String(Number(con.in_at) + DAY), 'a person of ours opens no window')
  assert.equal((await world.hash('total')).manual, '2')
})

test('a history is imported with everybody in it, and changes nothing but the past', async (t) => {
  const world = await World.start(t)
  const at = Date.now() - 90 * DAY
  const threads = Array.from({ length: 30 }, (_, p) => ({ id: String(593900001000 + p), messages: Array.from({ length: 15 }, (_, i) => ({ ...message({ at: at + i * 60_000, from: i % 2 ? '15550001' : String(593900001000 + p) }), id: `wamid.h${p}.${i}`, ...(i % 2 ? { to: String(593900001000 + p) } : {}), history_context: { status: 'READ' } })) }))
  await world.receive({ history: [{ metadata: { phase: 0, chunk_order: 1, progress: 50 }, threads }] }, 'history')
  for (const p of [0, 13, 29]) {
    const con = await world.contact(`+${593900001000 + p}`)
    const history = await world.history(con.id)
    assert.equal(history.length, 15)
    assert.deepEqual(history.map((m) => m[0]).join(''), 'imimimimimimimi')
    assert.deepEqual([con.window, con.unread, con.last], [undefined, undefined, String(Math.floor(at / 1000) * 1000 + 14 * 60_000)])
  }
  assert.equal(await world.do('ZCARD', `${OWN}cons:made`), 30)
  assert.equal(await world.do('ZCARD', `${OWN}cons:unread`), 0)
})

test('an edit, and one that is taken back', async (t) => {
  const world = await World.start(t)
  const [one, two] = [message({ body: 'uno' }), message({ body: 'dos' })]
  await world.receive({ contacts: contacts(), messages: [one, two] })
  await world.receive({ contacts: contacts(), messages: [
    { ...message(), type: 'edit', edit: { original_message_id: one.id, message: { type: 'text', text: { body: 'UNO' } } } },
    { ...message(), type: 'revoke', revoke: { original_message_id: two.id } },
  ] })
  const { id } = await world.contact(PHONE)
  assert.deepEqual([(await world.kept(ref(one.id))).text, (await world.kept(ref(two.id))).text], ['UNO', undefined])
  assert.equal((await world.history(id)).length, 2)
})

const addJob = (world, data, timestamp = 1781000000000) => world.do('EVAL', `
    local id = redis.call('INCR', KEYS[1])
    redis.call('HSET', KEYS[2] .. id, 'name', 'process-message', 'data', ARGV[1], 'opts', '{"attempts":3}', 'timestamp', ARGV[2], 'delay', '0', 'priority', '0')
    redis.call('LPUSH', KEYS[3], id)
    redis.call('ZADD', KEYS[4], 0, '0')
    return id`, 4, 'bull:inbound-messages:id', 'bull:inbound-messages:', 'bull:inbound-messages:wait', 'bull:inbound-messages:marker', data, timestamp)

test('a message that is there before its account waits for it, for a moment', async (t) => {
  const world = await World.start(t, { env: { WILLAQ_SECRET_KEY: '5'.repeat(64) } })
  const number = '100000000000002'
  const id = await addJob(world, JSON.stringify({ phoneNumberId: number, message: message() }), Date.now())
  await until(async () => (await world.do('ZSCORE', 'bull:inbound-messages:delayed', id)) !== null)
  const made = await fetch(`http://127.0.0.1:${world.port}/api/whatsapp/accounts`, {
    method: 'POST', headers: { authorization: 'Bearer test-key' },
    body: JSON.stringify({ provider: 'cloud', name: 'new', phone_number_id: number, access_token: 'x', verify: false }),
  })
  assert.equal(made.status, 201, await made.text())
  await until(async () => (await world.do('ZSCORE', 'bull:inbound-messages:completed', id)) !== null)
  assert.equal(await world.do('HGET', `bull:inbound-messages:${id}`, 'atm'), '1', 'no attempt was used up')
})

test('what is no message fails once, with a sentence; a number of nobody can be retried from the dead letters', async (t) => {
  const world = await World.start(t)
  const add = (data) => addJob(world, data)
  const failed = async (data, why) => {
    const id = await add(data)
    await until(async () => (await world.do('ZSCORE', 'bull:inbound-messages:failed', id)) !== null, undefined, data)
    assert.match(await world.do('HGET', `bull:inbound-messages:${id}`, 'failedReason'), why)
    assert.equal(await world.do('HGET', `bull:inbound-messages:${id}`, 'atm'), '1')
  }
  await failed('[1]', /not those of a message/)
  await failed('{"message":7}', /not those of a message/)
  await failed('{"phoneNumberId":"9","message":{"from":"1","id":"x","type":"text"}}', /no account has the number/)
  // A producer that knows no more than the four.
  const one = message({ from: '593900000005' })
  const id = await add(JSON.stringify({ businessId: 'b', phoneNumberId: NUMBER, message: one, timestamp: Date.now() }))
  await until(async () => (await world.do('ZSCORE', 'bull:inbound-messages:completed', id)) !== null)
  const done = JSON.parse(await world.do('HGET', `bull:inbound-messages:${id}`, 'returnvalue'))
  assert.deepEqual(done, { outcome: 'received', contact: `${await world.who('+593900000005')}.default` })
  // Nobody: neither phone nor id.
  const nobody = await add(JSON.stringify({ phoneNumberId: NUMBER, message: { id: 'w', type: 'text', timestamp: '1781000000' } }))
  await until(async () => (await world.do('ZSCORE', 'bull:inbound-messages:completed', nobody)) !== null)
})
