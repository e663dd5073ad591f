// SPDX-License-Identifier: MIT
// provider_templates.test.mjs — TPL-3: templates at Meta are looked at, made, deleted, followed by their webhooks, mapped
// to kinds of ours, and what is sent is held against them first.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'

import { Sender } from './send_world.mjs'
import { run, scratch, until } from './support.mjs'

const WABA = '102290129340398'
const body = (text, example) => ({ type: 'BODY', text, ...(example && { example: { body_text: [example] } }) })
const reminder = { name: 'visit_reminder', language: 'es', category: 'UTILITY', components: [body('Hola {{1}}, te esperamos el {{2}} a las cinco.', ['Ana', 'lunes'])] }

async function world(t, options) {
  const w = await Sender.start(t, { env: { WILLAQ_SECRET_KEY: '5'.repeat(64) }, ...options })
  const made = await w.json('POST', '/api/whatsapp/accounts', { provider: 'cloud', name: 'meta', phone_number_id: '100000000000077', waba_id: WABA, access_token: 'token-of-tests', base_url: `${w.sandbox.url}/v24.0` }, 201)
  w.account = made.id
  await until(async () => (await w.call('GET', `/api/templates/provider?account=${w.account}`)).status === 200)
  w.ask = (method, path, data, want) => w.json(method, `/api/templates/provider${path}${path.includes('?') ? '&' : '?'}account=${w.account}`, data, want)
  w.known = async (name) => (await w.ask('GET', '')).data.find((each) => each.name === name)
  w.approved = (name) => until(async () => (await w.known(name))?.status === 'APPROVED')
  return w
}

const send = (w, template, want = 202) => w.json('POST', '/api/messages', { to: '+593991234567', account: w.account, type: 'template', template }, want)
const parameters = (...texts) => texts.map((text) => ({ type: 'text', text }))

test('TPL-3: made, reviewed, told by the webhook, deleted; each refusal of Meta in its own words', async (t) => {
  const w = await world(t)
  await w.json('POST', '/api/subscriptions', { stream: 'told', kinds: ['system'], events: ['template.*'] }, 201)
  const made = await w.ask('POST', '', reminder, 201)
  assert.equal(made.status, 'PENDING')
  assert.match(made.id, /^\d+$/)
  const pending = await w.known('visit_reminder')
  assert.deepEqual([pending.status, pending.parameters, pending.components], ['PENDING', 2, reminder.components])
  const twice = await w.ask('POST', '', reminder, 422)
  assert.equal(twice.code, 'template_refused')
  assert.match(twice.detail, /Already Exists/)
  await w.approved('visit_reminder')
  await w.ask('POST', '', { ...reminder, name: 'rejected_one' }, 201)
  await until(async () => (await w.known('rejected_one')).status === 'REJECTED')
  assert.equal((await w.known('rejected_one')).reason, 'INVALID_FORMAT')
  await w.sandbox.json('POST', '/_sandbox/templates', { name: 'visit_reminder', language: 'es', quality: 'YELLOW' })
  await until(async () => (await w.known('visit_reminder')).quality === 'YELLOW')
  await w.sandbox.json('POST', '/_sandbox/templates', { name: 'visit_reminder', language: 'es', status: 'PAUSED', reason: 'FIRST_PAUSE' })
  await until(async () => (await w.known('visit_reminder')).status === 'PAUSED')
  const told = async () => (await w.redis.client.do('XRANGE', 'told', '-', '+')).map(([, fields]) => JSON.parse(fields.find((each) => each.startsWith('{'))).data)
  await until(async () => (await told()).some(({ status }) => status === 'PAUSED'))
  assert.deepEqual((await told()).find(({ quality }) => quality), { account: w.account, name: 'visit_reminder', language: 'es', quality: 'YELLOW' })
  assert.equal((await w.ask('DELETE', '/visit_reminder?language=de', undefined, 404)).code, 'template_not_found')
  assert.deepEqual(await w.ask('DELETE', '/visit_reminder?language=es'), { deleted: 1 })
  assert.deepEqual((await w.ask('GET', '')).data.map(({ name }) => name), ['rejected_one'])
  assert.equal((await w.ask('DELETE', '/visit_reminder', undefined, 422)).code, 'template_refused')
})

test('all pages are looked at, and what Meta no longer tells of is gone', async (t) => {
  const w = await world(t)
  const graph = (method, path, data) => fetch(`${w.sandbox.url}/v24.0/${WABA}/message_templates${path}`, { method, headers: { authorization: 'Bearer x', 'content-type': 'application/json' }, body: data && JSON.stringify(data) }).then((r) => r.json())
  for (let i = 0; i < 130; i++) await graph('POST', '', { ...reminder, name: `t${String(i).padStart(3, '0')}` })
  assert.equal((await w.ask('GET', '')).synced_at, null)
  assert.deepEqual(await w.ask('POST', '/sync'), { known: 130 })
  const names = []
  let cursor
  do {
    const page = await w.ask('GET', `?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    names.push(...page.data.map(({ name }) => name))
    cursor = page.next_cursor
  } while (cursor)
  assert.equal(new Set(names).size, 130)
  assert.ok((await w.ask('GET', '')).synced_at > 0)
  for (const name of ['t000', 't129']) await graph('DELETE', `?name=${name}`)
  assert.deepEqual(await w.ask('POST', '/sync'), { known: 128 })
  assert.ok(!await w.known('t000'))
  assert.equal((await graph('GET', '?after=nonsense')).error.code, 131059)
})

test('what is sent is held against the template first: nothing is kept of what could not be', async (t) => {
  const w = await world(t)
  const template = (name, components = [], code = 'es') => ({ name, language: { code }, components })
  // Before any look nothing is known, and nothing is refused.
  await send(w, template('never_seen'))
  const image = { name: 'with_image', language: 'es', category: 'MARKETING', components: [{ type: 'HEADER', format: 'IMAGE' }, body('Mira esto.'), { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Sí' }, { type: 'URL', text: 'Ver', url: 'https://example.com/{{1}}' }] }] }
  const named = { name: 'by_name', language: 'es', category: 'UTILITY', components: [body('Hola {{nombre}}, gracias.', ['Ana'])] }
  for (const each of [reminder, image, named]) await w.ask('POST', '', each, 201)
  for (const each of [reminder, image, named]) await until(async () => { await w.ask('POST', '/sync'); return (await w.known(each.name)).status === 'APPROVED' })
  const refused = async (wish, says) => {
    const { code, detail } = await send(w, wish, 422)
    assert.equal(code, 'invalid_message')
    assert.match(detail, says)
  }
  await refused(template('none'), /template\.name is none that the provider knows/)
  await refused(template('visit_reminder', [], 'de'), /template\.name is none/)
  await refused(template('visit_reminder'), /the body takes 2 parameters, and 0 are given/)
  await refused(template('visit_reminder', [{ type: 'body', parameters: parameters('Ana') }]), /the body takes 2 parameters, and 1 is given/)
  await refused(template('visit_reminder', [{ type: 'body', parameters: parameters('a', 'b') }, { type: 'header', parameters: parameters('x') }]), /no header/)
  await refused(template('with_image'), /header takes one parameter, of type IMAGE/)
  const header = { type: 'header', parameters: [{ type: 'image', image: { link: 'https://example.com/a.jpg' } }] }
  await refused(template('with_image', [header]), /button 1 takes one parameter/)
  const button = (index) => ({ type: 'button', sub_type: 'url', index, parameters: parameters('x') })
  await refused(template('with_image', [header, button('1'), button('2')]), /has 2 buttons/)
  await refused(template('by_name', [{ type: 'body', parameters: parameters('Ana') }]), /need a parameter_name: "nombre"/)
  await send(w, template('visit_reminder', [{ type: 'body', parameters: parameters('Ana', 'lunes') }]))
  await send(w, template('with_image', [header, button('1')]))
  await send(w, template('by_name', [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'nombre', text: 'Ana' }] }]))
  const before = Number(await w.redis.client.do('HGET', `wq:{${w.account}}:total`, 'queued'))
  const many = [template('visit_reminder', [{ type: 'body', parameters: parameters('a', 'b') }]), template('visit_reminder')].map((each) => ({ to: '+593991234567', account: w.account, template: each }))
  assert.match((await w.json('POST', '/api/messages', { messages: many }, 422)).detail, /^messages\[1\]\.template/)
  assert.equal(Number(await w.redis.client.do('HGET', `wq:{${w.account}}:total`, 'queued')), before)
  await w.sandbox.json('POST', '/_sandbox/templates', { name: 'visit_reminder', language: 'es', status: 'DISABLED' })
  await until(async () => (await w.known('visit_reminder')).status === 'DISABLED')
  await refused(many[0].template, /is not approved: it is DISABLED/)
})

test('a kind of ours is mapped to an approved one, with its variables in their order', async (t) => {
  const w = await world(t)
  await w.ask('POST', '', reminder, 201)
  const map = (path, data, want = 200) => w.ask('PUT', `/mappings/${path}`, data, want)
  const wish = { name: 'visit_reminder', parameters: ['name', 'date'] }
  assert.match((await map('viewing_reminder/es', wish, 422)).detail, /not approved: PENDING/)
  await w.approved('visit_reminder')
  assert.match((await map('viewing_reminder/es', { ...wish, parameters: ['name'] }, 422)).detail, /takes 2, and 1 are named/)
  assert.match((await map('viewing_reminder/es', { ...wish, name: 'other' }, 404)).detail, /no such template/)
  assert.match((await map('viewing_reminder/es', { ...wish, parameters: [1, 2] }, 422)).detail, /variables' names/)
  assert.match((await map('Viewing/es', wish, 404)).detail, /a kind is/)
  const mapping = { kind: 'viewing_reminder', language: 'es', template: { name: 'visit_reminder', language: 'es' }, parameters: ['name', 'date'] }
  assert.deepEqual(await map('viewing_reminder/es', wish), mapping)
  assert.deepEqual((await w.ask('GET', '/mappings')).data, [mapping])
  assert.equal((await w.call('DELETE', `/api/templates/provider/mappings/viewing_reminder/es?account=${w.account}`)).status, 200)
  assert.deepEqual((await w.ask('GET', '/mappings')).data, [])
})

// Somebody whose window is closed, known by account and name.
async function closed(w, phone, name = 'Ana') {
  const contact = await w.json('POST', '/api/contacts', { account: w.account, phone, name }, 201)
  const own = `wq:{${w.account}}:`, past = String(Date.now() - 1000)
  await w.redis.client.do('HSET', `${own}con:${contact.id.split('.')[0]}`, 'window', past)
  await w.redis.client.do('HSET', `${own}person:${createHash('sha256').update(phone).digest('hex').slice(0, 24)}`, 'window', past)
  return contact
}

test('TPL-3: outside of its window a text of ours is said by the template that stands for its kind', async (t) => {
  const w = await world(t)
  await w.ask('POST', '', reminder, 201)
  await w.approved('visit_reminder')
  const posted = async () => (await w.sandbox.json('GET', '/_sandbox/messages?limit=100')).data.map(({ body: b }) => b.template ?? b.text)
  const use = { template: 'viewing_reminder', language: 'es_EC', variables: { name: 'Ana\n  María', date: '2026-12-01T10:00' } }
  const phones = ['+593990000001', '+593990000002', '+593990000003', '+593990000004', '+593990000005', '+593990000006']
  const people = []
  for (const phone of phones) people.push(await closed(w, phone))
  const ask = (i, change = {}, wish = use) => w.json('POST', '/api/messages', { to: phones[i], account: w.account, use: wish, whenClosed: 'template', ...change }, 202)
  const parked = ({ id }) => w.reached(id, 'parked')
  const waiting = async (i) => (await w.json('GET', `/api/pending?account=${w.account}`)).data.find(({ contact }) => contact.id === people[i].id)?.reason

  await parked(await ask(0))
  assert.equal(await waiting(0), 'template_unmapped')
  await w.ask('PUT', '/mappings/viewing_reminder/es', { name: 'visit_reminder', parameters: ['name', 'date | date "day"'] })
  const { id } = await ask(1)
  await w.reached(id, 'sent', 'delivered', 'read')
  const template = { name: 'visit_reminder', language: { code: 'es' }, components: [{ type: 'body', parameters: parameters('Ana María', '1 de diciembre') }] }
  assert.deepEqual(await posted(), [template])
  assert.deepEqual((await w.show(id)).message.use, use)

  // A variable without a value, and a template that Meta pauses: a person does it, and is told why.
  await parked(await ask(2, {}, { ...use, template: 'greeting', variables: {} }))
  assert.equal(await waiting(2), 'template_unmapped')
  await w.ask('PUT', '/mappings/greeting/en', { name: 'visit_reminder', language: 'es', parameters: ['name', 'nobody_says'] })
  await parked(await ask(3, {}, { ...use, template: 'greeting', variables: { name: 'Ana' } }))
  assert.equal(await waiting(3), 'template_unfit')

  // A step of a sequence is filled from the contact and from what the sequence says.
  const sequence = await w.json('POST', `/api/sequences?account=${w.account}`, { id: 'visits', name: 'Visits', variables: { date: '2026-12-24T10:00' },
    steps: [{ message: { use: { template: 'viewing_reminder', language: 'es' } }, when_closed: 'template' }] }, 201)
  await w.json('POST', `/api/sequences/${sequence.id}/enrolments?account=${w.account}`, { contact: people[4].id })
  await until(async () => (await posted()).length === 2)
  assert.deepEqual((await posted())[1].components, [{ type: 'body', parameters: parameters('Ana', '24 de diciembre') }])

  await w.sandbox.json('POST', '/_sandbox/templates', { name: 'visit_reminder', language: 'es', status: 'PAUSED' })
  await until(async () => (await w.known('visit_reminder')).status === 'PAUSED')
  assert.match(JSON.stringify(await parked(await ask(5))), /stands for viewing_reminder is PAUSED, not approved/)
  assert.equal(await waiting(5), 'template_not_approved')
  assert.equal((await posted()).length, 2)
})

test('the same from a terminal: looked at, made, mapped, deleted', async (t) => {
  const w = await world(t)
  const env = { WILLAQ_SECRET_KEY: '5'.repeat(64) }
  const cli = (...words) => run(['template', 'provider', ...words, '--account', 'meta', '--redis-url', w.redis.url], { env })
  const good = async (...words) => { const r = await cli(...words); assert.equal(r.code, 0, r.stderr); return r.stdout }
  const bad = async (says, ...words) => { const r = await cli(...words); assert.notEqual(r.code, 0); assert.match(r.stderr, says) }
  const file = join(scratch(t), 'reminder.json')
  await writeFile(file, JSON.stringify(reminder))
  assert.match(await good('create', file), /^\d+ PENDING/)
  await bad(/not approved: PENDING/, 'map', 'viewing_reminder', 'es', 'visit_reminder', '--parameters', '["name","date"]')
  await w.approved('visit_reminder')
  assert.match(await good('sync'), /^1 known/)
  assert.match(await good('list'), /visit_reminder +es +APPROVED +UTILITY/)
  assert.deepEqual(JSON.parse(await good('show', 'visit_reminder'))[0].components, reminder.components)
  await bad(/none of that name/, 'show', 'other')
  await bad(/takes 2, and 0 are named/, 'map', 'viewing_reminder', 'es', 'visit_reminder')
  await bad(/list of the variables/, 'map', 'viewing_reminder', 'es', 'visit_reminder', '--parameters', '[1]')
  assert.match(await good('map', 'viewing_reminder', 'es', 'visit_reminder', '--parameters', '["name","date"]'), /viewing_reminder +es +/)
  assert.deepEqual((await w.ask('GET', '/mappings')).data[0].parameters, ['name', 'date'])
  assert.equal(JSON.parse(await good('mappings', '--json'))[0].template.name, 'visit_reminder')
  assert.deepEqual(JSON.parse(await good('unmap', 'viewing_reminder', 'es', '--json')), [])
  assert.match(await good('remove', 'visit_reminder'), /^1 deleted/)
  await bad(/Meta|refuse|exist|found|known/i, 'remove', 'visit_reminder')
  await bad(/willaq template provider list/, 'nonsense')
})

test('bad wishes are refused before Meta is asked; an account without a WABA says so; Meta away is 502', async (t) => {
  const w = await world(t)
  for (const [change, says] of [
    [{ name: 'Bad Name' }, /^name /], [{ language: 'x' }, /^language /], [{ category: 'OTHER' }, /^category /], [{ components: [] }, /^components /],
    [{ components: [{ type: 'FOOTER', text: 'x' }] }, /no BODY/], [{ components: [body('{{1}} hola', ['x'])] }, /begins with a variable/],
    [{ components: [body('hola {{1}}', ['x'])] }, /ends with a variable/], [{ components: [body('hola {{1}}{{2}} ya', ['x', 'y'])] }, /side by side/],
    [{ components: [body('hola {{1}} ya')] }, /example/], [{ components: [body('x'.repeat(1025))] }, /1 to 1024/], [{ components: [{ type: 'HEADER', text: 'x'.repeat(61) }, body('x')] }, /60/],
    [{ components: [{ type: 'WHAT' }, body('x')] }, /a type is/],
  ]) {
    const { code, detail } = await w.ask('POST', '', { ...reminder, ...change }, 422)
    assert.equal(code, 'invalid_template')
    assert.match(detail, says)
  }
  assert.equal((await w.json('POST', '/api/templates/provider/sync?account=default', undefined, 409)).code, 'no_waba')
  const away = await w.json('POST', '/api/whatsapp/accounts', { provider: 'cloud', name: 'away', phone_number_id: '100000000000078', waba_id: WABA, access_token: 'x', base_url: 'http://127.0.0.1:1/v24.0', verify: false }, 201)
  await until(async () => (await w.call('POST', `/api/templates/provider/sync?account=${away.id}`)).status === 502)
})
