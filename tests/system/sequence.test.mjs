// SPDX-License-Identifier: MIT
// sequence.test.mjs — sequences as people use them: defined with clear errors, versioned, worked to the second, answered.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Desk } from './pending_world.mjs'
import { until } from './support.mjs'

const text = (body) => ({ text: { body } })
const WELCOME = { id: 'welcome', name: 'Welcome', variables: { agent: 'Ana' }, steps: [
  { name: 'hello', message: text('Hello {{first_name}}, this is {{agent}}') },
  { name: 'more', delay: '1s', message: text('Still there, {{name}}?') },
] }
const OWN = 'wq:{default}:'

async function make(desk, definition = WELCOME) {
  return desk.json('POST', '/api/sequences', definition, 201)
}

const enrol = (desk, id, body, want = 200) => desk.json('POST', `/api/sequences/${id}/enrolments`, body, want)
const inside = async (desk, id, query = '') => (await desk.json('GET', `/api/sequences/${id}/enrolments${query}`)).data
// What the provider took, in the order in which it was asked for.
async function sent(desk) {
  const { client } = desk.redis
  const records = []
  for (const key of await client.do('KEYS', `${OWN}msg:*`)) {
    const [data, made, accepted] = await client.do('HMGET', key, 'data', 'made', 'at_accepted')
    if (accepted) records.push([Number(made), JSON.parse(data)])
  }
  return records.sort((a, b) => a[0] - b[0]).map(([, m]) => m.text?.body ?? m.template?.name)
}

test('SEQ-1: what is wrong with a definition is said, and where', async (t) => {
  const desk = await Desk.start(t)
  const wrong = [
    [{ steps: [] }, /^name is missing/],
    [{ name: 'x' }, /^steps is missing/],
    [{ name: 'x', steps: [] }, /^steps is no list of 1 to 100/],
    [{ name: 'x', stpes: [] }, /^stpes is not known; "steps" is/],
    [{ name: 'x', on_answer: 'go', steps: [{ message: text('a') }] }, /^on_answer is none of pause, stop, continue/],
    [{ name: 'x', steps: ['a'] }, /^steps\[0\] is no object/],
    [{ name: 'x', steps: [{}] }, /^steps\[0\]\.message is missing/],
    [{ name: 'x', steps: [{ message: text('a') }, { message: text('a'), delay: 'soon' }] }, /^steps\[1\]\.delay is no time/],
    [{ name: 'x', steps: [{ message: text('') }] }, /^steps\[0\]\.message\.text/],
    [{ name: 'x', steps: [{ message: { text: { body: 'a' }, to: '+593991234567' } }] }, /^steps\[0\]\.message\.to is not for a step to say/],
    [{ name: 'x', steps: [{ message: { image: {} } }] }, /^steps\[0\]\.message\.image/],
    [{ name: 'x', steps: [{ message: text('a'), when_closed: 'template' }] }, /^steps\[0\]\.fallback is missing/],
    [{ name: 'x', steps: [{ message: text('a'), when_closed: 'never' }] }, /^steps\[0\]\.when_closed is none of/],
    [{ name: 'x', steps: [{ message: { use: { template: 'greeting' }, text: 'a' } }] }, /^steps\[0\]\.message\.use is there beside/],
    [{ name: 'x', steps: [{ message: text('Hi {{name') }] }, /^steps\[0\]\.message line 1, column 4/],
    [{ name: 'x', variables: { a: [] }, steps: [{ message: text('a') }] }, /^variables has a value/],
    [{ id: 'a b', name: 'x', steps: [{ message: text('a') }] }, /^id has 1 to 64/],
  ]
  for (const [definition, what] of wrong)
    assert.match((await desk.json('POST', '/api/sequences', definition, 422)).detail, what, JSON.stringify(definition))
  assert.deepEqual((await desk.json('GET', '/api/sequences')).data, [])
  const { definition } = await desk.json('POST', '/api/sequences/check', { name: 'x', steps: [{ delay: 90_000, message: text('a') }, { delay: '1d 12h', message: text('b') }] })
  assert.deepEqual(definition.steps.map(({ delay }) => delay), ['90s', '36h'])
})

test('SEQ-1, SEQ-4: versions, their history, and back; who is in it keeps the version', async (t) => {
  const desk = await Desk.start(t)
  const made = await make(desk, { ...WELCOME, steps: [{ delay: '1h', message: text('one') }] })
  assert.deepEqual([made.id, made.version, made.state, made.step_count], ['welcome.default', 1, 'active', 1])
  await desk.json('POST', '/api/sequences', WELCOME, 409)
  const con = await desk.contact({ name: 'Ana' })
  assert.equal((await enrol(desk, 'welcome', { contact: con })).enrolled, 1)
  const changed = await desk.json('PATCH', '/api/sequences/welcome', { name: 'Welcome 2', description: 'better' })
  assert.deepEqual([changed.version, changed.name, changed.definition.description], [2, 'Welcome 2', 'better'])
  assert.equal((await desk.json('PATCH', '/api/sequences/welcome', { name: 'Welcome 2' })).version, 2, 'nothing changed')
  assert.equal((await inside(desk, 'welcome'))[0].version, 1)
  const versions = (await desk.json('GET', '/api/sequences/welcome/versions')).data
  assert.deepEqual(versions.map(({ version, contacts }) => [version, contacts]), [[2, 0], [1, 1]])
  assert.equal((await desk.json('POST', '/api/sequences/welcome/versions/1/restore')).version, 3)
  assert.equal((await desk.json('GET', '/api/sequences/welcome')).name, 'Welcome')
  const move = await desk.json('POST', '/api/sequences/welcome/enrolments/change', { contact: con, do: 'move' })
  assert.deepEqual([move.changed, (await inside(desk, 'welcome'))[0].version], [1, 3])
  const changes = (await desk.json('GET', '/api/sequences/welcome/changes')).data
  assert.deepEqual(changes.map(({ what }) => what), ['restored', 'changed', 'created'])
  await desk.json('GET', '/api/sequences/welcome/versions/9', undefined, 404)
  await desk.json('DELETE', '/api/sequences/welcome', undefined, 409)
  await desk.json('POST', '/api/sequences/welcome/enrolments/change', { contact: con, do: 'stop' })
  await desk.json('DELETE', '/api/sequences/welcome')
  await desk.json('GET', '/api/sequences/welcome', undefined, 404)
})

test('SEQ-1, SEQ-2: steps go out when they are due, with what is known of each person', async (t) => {
  const desk = await Desk.start(t)
  await make(desk)
  const ana = await desk.contact({ name: 'Ana Ruiz' })
  const out = await desk.contact({ name: 'Ben', optout: Date.now() })
  const { data, enrolled } = await enrol(desk, 'welcome', { contacts: [ana, out, 'c00000000000000000099', '+593991112233'] })
  assert.equal(enrolled, 2)
  assert.deepEqual(data.map(({ outcome }) => outcome), ['enrolled', 'opted_out', 'contact_not_found', 'enrolled'])
  assert.equal((await enrol(desk, 'welcome', { contact: ana })).data[0].outcome, 'already_in_it')
  await until(async () => (await sent(desk)).length >= 2)
  assert.deepEqual(await sent(desk), ['Hello Ana, this is Ana', 'Still there, Ana Ruiz?'])
  await until(async () => (await desk.json('GET', '/api/sequences/welcome')).contacts.completed === 2)
  assert.equal((await enrol(desk, 'welcome', { contact: ana })).data[0].outcome, 'been_through_it')
  // The one that was made by its phone never wrote: both steps wait for a person.
  const pending = (await desk.json('GET', '/api/pending?sequence=welcome')).data
  assert.deepEqual(pending.map(({ reason }) => reason), ['variable_missing', 'variable_missing'])
  assert.equal(await desk.redis.client.do('ZCARD', `${OWN}jobs`), 0)
})

test('SEQ-3: behind a closed window the step waits for a person, and the place moves on', async (t) => {
  const desk = await Desk.start(t)
  const closed = { window: Date.now() - 1000, name: 'Ana' }
  const template = { template: { name: 'hello_world', language: { code: 'en_US' } } }
  const policies = { pending: {}, skip: { when_closed: 'skip' }, fail: { when_closed: 'fail' }, force: { when_closed: 'force' },
    template: { when_closed: 'template', fallback: template } }
  for (const [id, policy] of Object.entries(policies)) {
    await make(desk, { id, name: id, steps: [{ message: text(`free ${id}`), ...policy }, { delay: '1h', message: text('later') }] })
    assert.equal((await enrol(desk, id, { contact: await desk.contact(closed) })).enrolled, 1)
  }
  await until(async () => (await sent(desk)).length >= 2)
  assert.deepEqual((await sent(desk)).sort(), ['free force', 'hello_world'])
  const at = async (id) => (await inside(desk, id)).map(({ state, next_step, steps_sent, steps_skipped }) => [state, next_step, steps_sent, steps_skipped])
  await until(async () => (await at('pending'))[0]?.[1] === 1)
  assert.deepEqual(await at('pending'), [['active', 1, 0, 1]])
  assert.deepEqual(await at('skip'), [['active', 1, 0, 1]])
  assert.deepEqual(await at('force'), [['active', 1, 1, 0]])
  assert.deepEqual(await at('template'), [['active', 1, 1, 0]])
  assert.deepEqual(await at('fail'), [])
  const waiting = (await desk.json('GET', '/api/pending')).data
  assert.deepEqual(waiting.map(({ reason, text: said }) => [reason, said]), [['window_closed', 'free pending']])
  assert.deepEqual(waiting[0].message.text, { body: 'free pending' })
})

test('a paused sequence holds what comes due; people are paused, go on, skip and leave', async (t) => {
  const desk = await Desk.start(t)
  await make(desk)
  await desk.json('POST', '/api/sequences/welcome/pause')
  const con = await desk.contact({ name: 'Ana' })
  await enrol(desk, 'welcome', { contact: con })
  await until(async () => Number(await desk.redis.client.do('ZCARD', `${OWN}seq:welcome:held`)) === 1)
  assert.deepEqual(await sent(desk), [])
  const change = async (what) => (await desk.json('POST', '/api/sequences/welcome/enrolments/change', { contact: con, do: what })).data[0].outcome
  assert.equal(await change('pause'), 'changed')
  assert.equal(await change('pause'), 'unchanged')
  assert.equal((await inside(desk, 'welcome', '?state=paused')).length, 1)
  assert.equal(await change('skip'), 'changed')
  assert.equal((await desk.json('POST', '/api/sequences/welcome/resume')).state, 'active')
  assert.equal(await change('resume'), 'changed')
  await until(async () => (await sent(desk)).length === 1)
  assert.deepEqual(await sent(desk), ['Still there, Ana?'])
  assert.equal(await change('stop'), 'unchanged', 'it has ended')
  await desk.json('POST', '/api/sequences/welcome/archive')
  await enrol(desk, 'welcome', { contact: con }, 409)
})

async function tagged(desk, n, tag) {
  const people = []
  for (let i = 0; i < n; i++) people.push(await desk.contact({ name: `Person ${i}`, tags: ` ${tag} ` }))
  for (const [i, id] of people.entries()) await desk.redis.client.do('ZADD', `${OWN}cons:tag:${tag}`, String(1000 + (i >> 4)), id.split('.')[0])
  return people
}

const done = (desk, id) => until(async () => {
  const run = await desk.json('GET', `/api/sequence-runs/${id}`)
  return run.state === 'done' && run
})

test('SEQ-1, SEQ-4: all of a tag begin it; what was before every change of many can be had back', async (t) => {
  const desk = await Desk.start(t)
  const people = await tagged(desk, 250, 'lead')
  await make(desk, { id: 'slow', name: 'Slow', steps: [{ delay: '1d', message: text('a') }] })
  await make(desk, { id: 'other', name: 'Other', steps: [{ delay: '1d', message: text('b') }] })
  await enrol(desk, 'other', { contact: people[0] })
  const all = await desk.json('POST', '/api/sequences/slow/bulk', { do: 'enrol', tag: 'lead', reason: 'spring' }, 202)
  const enrolled = await done(desk, all.id)
  assert.deepEqual([enrolled.looked, enrolled.changed, enrolled.what, enrolled.reason], [250, 249, 'enrol', 'spring'])
  await desk.json('PATCH', '/api/sequences/slow', { steps: [{ delay: '2d', message: text('c') }] })
  const moved = await done(desk, (await desk.json('POST', '/api/sequences/slow/bulk', { do: 'move' }, 202)).id)
  assert.equal(moved.changed, 249)
  assert.deepEqual((await desk.json('GET', '/api/sequences/slow/versions')).data.map(({ contacts }) => contacts), [249, 0])
  const paused = await done(desk, (await desk.json('POST', '/api/sequences/slow/bulk', { do: 'pause' }, 202)).id)
  assert.equal(paused.changed, 249)
  const stopped = await done(desk, (await desk.json('POST', '/api/sequences/slow/bulk', { do: 'stop' }, 202)).id)
  assert.deepEqual([stopped.changed, (await inside(desk, 'slow')).length], [249, 0])
  const back = await done(desk, (await desk.json('POST', `/api/sequence-runs/${stopped.id}/undo`, undefined, 202)).id)
  assert.deepEqual([back.changed, back.undoes], [249, stopped.id])
  const { contacts } = await desk.json('GET', '/api/sequences/slow')
  assert.deepEqual([contacts.paused, contacts.active, contacts.stopped], [249, 0, 249])
  assert.equal((await desk.json('GET', '/api/sequence-runs?limit=2')).data.length, 2)
  await desk.json('POST', '/api/sequence-runs/nothing/undo', undefined, 404)
  await desk.json('POST', '/api/sequences/slow/bulk', { do: 'enrol' }, 422)
})

test('SEQ-4: what is exported is imported; one that is wrong is named, and nothing is changed; and back', async (t) => {
  const desk = await Desk.start(t)
  await make(desk)
  await make(desk, { id: 'two', name: 'Two', on_answer: 'stop', again: true, steps: [{ delay: '3d', message: { image: { link: 'https://example.com/a.png' } } }] })
  const out = await desk.json('GET', '/api/sequences/export')
  assert.deepEqual(out.sequences.map(({ id }) => id), ['welcome', 'two'])
  const { sequences } = structuredClone(out)
  sequences[0].name = 'Welcome, changed'
  const wrong = [...sequences, { id: 'three', name: 'Three', steps: [{ message: text('a') }, { delay: '3 moons', message: text('b') }] }]
  assert.match((await desk.json('POST', '/api/sequences/import', { sequences: wrong }, 422)).detail, /^sequences\[2\]\.steps\[1\]\.delay is no time.*nothing was imported$/)
  assert.match((await desk.json('POST', '/api/sequences/import', { sequences: [...sequences, sequences[0]] }, 422)).detail, /^sequences\[2\]\.id is that of sequences\[0\] too/)
  assert.deepEqual(await desk.json('GET', '/api/sequences/export'), out)
  const { data, run } = await desk.json('POST', '/api/sequences/import', { sequences: [...sequences, { ...sequences[1], id: 'three' }] })
  assert.deepEqual(data, [{ id: 'welcome', version: 2 }, { id: 'two', version: 1 }, { id: 'three', version: 1 }])
  await done(desk, (await desk.json('POST', `/api/sequence-runs/${run}/undo`, undefined, 202)).id)
  const back = await desk.json('GET', '/api/sequences/export')
  assert.deepEqual(back.sequences.slice(0, 2), out.sequences)
  assert.equal((await desk.json('GET', '/api/sequences/three')).state, 'archived')
})

test('SEQ-1, CON-2: an answer pauses; what a person sends by hand goes on with it', async (t) => {
  const desk = await Desk.start(t)
  await make(desk, { id: 'leads', name: 'Leads', steps: [{ message: text('first') }, { delay: '1h', message: text('second') }] })
  const phone = '+593991112233'
  await desk.sandbox.json('POST', '/_sandbox/inbound', { from: phone.slice(1), text: 'Hi' }, 201)
  const con = await until(async () => (await desk.json('GET', '/api/contacts')).data[0]?.id)
  assert.equal((await enrol(desk, 'leads', { contact: phone })).data[0].contact, con, 'by its phone, the one that wrote')
  await until(async () => (await sent(desk)).length === 1)
  // Moments of a provider are whole seconds: what came in the second in which it began is no answer.
  const [{ enrolled_at: began }] = await inside(desk, 'leads')
  await until(() => Date.now() > began + 1000)
  await desk.sandbox.json('POST', '/_sandbox/inbound', { from: phone.slice(1), text: 'Tell me more' }, 201)
  const [paused] = await until(async () => { const all = await inside(desk, 'leads', '?state=answered'); return all.length && all })
  assert.deepEqual([paused.next_step, paused.reason, paused.due_at], [1, 'the customer answered', null])
  const { id } = await desk.add(con, { text: 'by hand' })
  await desk.act(id, 'send', { by: 'ana' })
  const [on] = await until(async () => { const all = await inside(desk, 'leads', '?state=active'); return all.length && all })
  assert.equal(on.next_step, 1)
  assert.ok(on.due_at > Date.now())
})

test('steps of business hours wait for them', async (t) => {
  const desk = await Desk.start(t, { all: true })
  const { default: account } = desk.accounts
  const never = new Date(Date.now() + 3 * 86_400_000).getUTCDay()
  const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][never]
  const id = desk.accounts.evolution
  assert.ok(account)
  await desk.json('PATCH', `/api/whatsapp/accounts/${id}`, { hours: { zone: 'UTC', week: { [day]: '09:00-18:00' } } })
  await desk.json('POST', `/api/sequences?account=${id}`, { id: 'hours', name: 'Hours', hours: 'business', steps: [{ message: text('a') }] }, 201)
  // Another process may know the account as it was for a second.
  const due = await until(async () => {
    await desk.json('POST', `/api/sequences/hours.${id}/enrolments`, { contact: '+593991112233', again: true })
    const [one] = (await desk.json('GET', `/api/sequences/hours.${id}/enrolments`)).data
    return one?.reason === 'outside_hours' && one.due_at
  })
  const open = new Date(due)
  assert.deepEqual([open.getUTCDay(), open.getUTCHours(), open.getUTCMinutes()], [never, 9, 0])
})

test('who turns out to be somebody else stays in the sequence, once; who is erased is in none', async (t) => {
  const desk = await Desk.start(t)
  const { client } = desk.redis
  await make(desk, { id: 'slow', name: 'Slow', steps: [{ delay: '1d', message: text('a') }] })
  const [old, young, younger] = [await desk.contact({ made: 1 }), await desk.contact({ made: 2 }), await desk.contact({ made: 3 })]
  assert.equal((await enrol(desk, 'slow', { contacts: [young, younger] })).enrolled, 2)
  const [{ due_at: due }] = (await inside(desk, 'slow')).filter(({ contact }) => JSON.stringify(contact).includes(young))
  const counts = async () => {
    const { contacts } = await desk.json('GET', '/api/sequences/slow')
    return [contacts.active, contacts.stopped, Number(await client.do('ZCARD', `${OWN}due:seq`)), (await inside(desk, 'slow')).length]
  }
  const rev = async (id) => Number(await client.do('HGET', `${OWN}enr:${id.split('.')[0]}`, 'rev'))
  const before = await rev(young)
  await desk.json('POST', `/api/contacts/${old}/merge`, { with: young })
  assert.deepEqual(await counts(), [2, 0, 2, 2])
  assert.ok(await rev(old) > before, 'whoever decides its step now decides of somebody who is no more')
  assert.equal(Number(await client.do('ZSCORE', `${OWN}due:seq`, old.split('.')[0])), due)
  await desk.json('POST', `/api/contacts/${old}/merge`, { with: younger })
  assert.deepEqual(await counts(), [1, 1, 1, 1])
  await desk.json('DELETE', `/api/contacts/${old}?reason=asked`)
  assert.deepEqual(await counts(), [0, 2, 0, 0])
  assert.deepEqual(await client.do('KEYS', `${OWN}enr:*`), [])
})
