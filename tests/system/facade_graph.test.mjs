// SPDX-License-Identifier: MIT
// facade_graph.test.mjs — code that was written for Meta's Graph API, with another address and another token.
import Client from '@great-detail/whatsapp'
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KEY, NUMBER, Sender } from './send_world.mjs'
import { until } from './support.mjs'

const TO = '593991234567'
const kapso = (world, key = KEY) => new WhatsAppClient({ accessToken: key, baseUrl: `http://127.0.0.1:${world.port}`, graphVersion: 'v24.0' })
const greatDetail = (world, key = KEY) => new Client({ prefixUrl: `http://127.0.0.1:${world.port}`, request: { headers: { Authorization: `Bearer ${key}` }, retry: 0 } })

test('OUT-10: two client libraries of Meta\'s API send through us by another base address and token', async (t) => {
  const world = await Sender.start(t)
  const first = await kapso(world).messages.sendText({ phoneNumberId: NUMBER, to: TO, body: 'hello' })
  assert.deepEqual(first.contacts, [{ input: TO, waId: TO }])
  const second = await greatDetail(world).message.createMessage({ phoneNumberID: NUMBER, to: '+593 99 123 4568', type: 'text', text: { body: 'hello' } }).json()
  assert.deepEqual(second, { messaging_product: 'whatsapp', contacts: [{ input: '+593 99 123 4568', wa_id: '593991234568' }], messages: second.messages })
  const ids = [first, second].map(({ messages: [{ id }] }) => id)
  for (const id of ids) {
    assert.match(id, /^m[0-9a-f]{27}\.default$/)
    const seen = await world.reached(id, 'read')
    assert.match(seen.provider_message_id, /^wamid\./)
  }
  assert.deepEqual(await world.accepted(), { [ids[0]]: 1, [ids[1]]: 1 })
})

const TEXT = { messaging_product: 'whatsapp', to: TO, type: 'text', text: { body: 'hello' } }
const MESSAGES = `/v24.0/${NUMBER}/messages`
const long = 'x'.repeat(4097)

// What is posted, and what Meta would say to it: status, code, and what the details have to name.
const REFUSED = [
  ['no JSON', '{', 400, 100, /cannot be read/],
  ['no object', '[]', 400, 100, /an object/],
  ['nothing', '', 400, 131009, /the body is no JSON object/],
  ['no product', {}, 400, 131008, /^messaging_product is missing/],
  ['another product', { ...TEXT, messaging_product: 'sms' }, 400, 131009, /^messaging_product is not whatsapp/],
  ['no recipient', { ...TEXT, to: undefined }, 400, 131008, /^to is missing/],
  ['no phone', { ...TEXT, to: '12' }, 400, 131009, /^to .*7 to 15 digits/],
  ['an unknown kind of recipient', { ...TEXT, recipient_type: 'crowd' }, 400, 131009, /^recipient_type /],
  ['an unknown type', { ...TEXT, type: 'poll' }, 400, 131009, /^type is none of text, image/],
  ['no content', { ...TEXT, text: undefined }, 400, 131008, /^text is missing/],
  ['too long a text', { ...TEXT, text: { body: long } }, 400, 131009, /^text.body is longer than 4096/],
  ['too long a caption', { ...TEXT, type: 'image', image: { link: 'https://example.com/a.png', caption: long } }, 400, 131009, /^image.caption .*1024/],
  ['media without an address', { ...TEXT, type: 'image', image: {} }, 400, 131008, /^image\.link is missing/],
  ['an answer to nothing', { ...TEXT, context: {} }, 400, 131008, /^context.message_id is missing/],
  ['another status', { messaging_product: 'whatsapp', status: 'delivered', message_id: 'wamid.A' }, 400, 131009, /^status is not read/],
  ['nothing that was read', { messaging_product: 'whatsapp', status: 'read' }, 400, 131008, /^message_id is missing/],
  ['too large a body', { ...TEXT, text: { body: 'x'.repeat(1 << 20) } }, 413, 100, /./],
]

// A refusal in Meta's words, as its clients take it apart.
async function assertRefused(answer, status, code, details) {
  const { error } = await answer.json()
  assert.equal(answer.status, status, JSON.stringify(error))
  assert.equal(answer.headers.get('content-type'), 'application/json')
  assert.equal(error.code, code, JSON.stringify(error))
  assert.match(error.error_data.details, details)
  assert.equal(error.fbtrace_id, answer.headers.get('x-request-id'))
  assert.ok(error.message && ['OAuthException', 'GraphMethodException'].includes(error.type))
  return error
}

test('OUT-10: what is wrong is told as Meta tells it, and nothing is queued', async (t) => {
  const world = await Sender.start(t)
  const post = (path, body, headers) => fetch(`http://127.0.0.1:${world.port}${path}`, {
    method: 'POST', headers: { authorization: `Bearer ${KEY}`, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  for (const [what, body, status, code, details] of REFUSED) await t.test(what, async () => assertRefused(await post(MESSAGES, body), status, code, details))
  await assertRefused(await post(MESSAGES, TEXT, { authorization: 'Bearer another' }), 401, 190, /not an API key/)
  await assertRefused(await post(MESSAGES, TEXT, { authorization: '' }), 401, 190, /show an API key/)
  await assertRefused(await post(`/v24/${NUMBER}/messages`, TEXT), 400, 2500, /v24\.0/)
  const missing = await assertRefused(await post('/v24.0/100000000000002/messages', TEXT), 400, 100, /phone number id/)
  assert.equal(missing.error_subcode, 33)
  await assertRefused(await post(MESSAGES, TEXT, { 'idempotency-key': 'k'.repeat(257) }), 400, 100, /Idempotency-Key/)
  const { counts } = await world.json('GET', '/api/queues/outbound-messages')
  assert.deepEqual(Object.values(counts).filter((n) => n > 0), [])
  await assert.rejects(kapso(world, 'another').messages.sendText({ phoneNumberId: NUMBER, to: TO, body: 'hello' }), { code: 190, httpStatus: 401 })
})

test('OUT-10: an Idempotency-Key is one message; reading and typing are done and told', async (t) => {
  const world = await Sender.start(t)
  const send = (body, key, want) => world.json('POST', MESSAGES, body, want, { 'idempotency-key': key })
  const all = await Promise.all([...Array(4)].map(() => send(TEXT, 'order-7')))
  assert.equal(new Set(all.map(({ messages: [{ id }] }) => id)).size, 1)
  assert.match((await send({ ...TEXT, to: '593991234568' }, 'order-7', 400)).error.error_data.details, /another body/)
  const read = { phoneNumberId: NUMBER, messageId: 'wamid.HBgL' }
  assert.deepEqual(await kapso(world).messages.markRead(read), { success: true })
  assert.deepEqual(await kapso(world).messages.markRead({ ...read, typingIndicator: { type: 'text' } }), { success: true })
  await until(async () => (await world.sandbox.counts()).outcomes.receipt === 2)
  assert.equal(Object.keys(await world.accepted()).length, 1)
})

test('ACC-3, OUT-10: a key of a business sends from its own numbers alone, and a viewer not at all', async (t) => {
  const world = await Sender.start(t, { env: { WILLAQ_SECRET_KEY: '0a'.repeat(32) } })
  const key = async (business, role) => (await world.json('POST', '/api/keys', { business, role }, 201)).key
  for (const business of ['clinica', 'tienda']) {
    await world.json('POST', '/api/businesses', { id: business }, 201)
    await world.json('POST', '/api/whatsapp/accounts', { provider: 'cloud', name: 'main', business, access_token: 'EAAB', verify: false,
      phone_number_id: business === 'clinica' ? '200000000000001' : '200000000000002', base_url: `${world.sandbox.url}/v24.0` }, 201)
  }
  const send = async (business, role, phoneNumberId) => kapso(world, await key(business, role)).messages.sendText({ phoneNumberId, to: TO, body: 'hello' })
  const { messages: [{ id }] } = await send('clinica', 'agent', '200000000000001')
  assert.match(id, /^m/)
  await assert.rejects(send('clinica', 'agent', '200000000000002'), { code: 100 })
  await assert.rejects(send('clinica', 'agent', NUMBER), { code: 100 })
  await assert.rejects(send('clinica', 'viewer', '200000000000001'), { code: 10, httpStatus: 403 })
  await world.reached(id, 'accepted', 'sent', 'delivered', 'read')
  assert.equal((await world.show(id)).message.businessId, 'clinica')
})

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('OUT-10, MED-2: a file is uploaded, looked up, fetched and deleted through us, with the account\'s own token', async (t) => {
  const world = await Sender.start(t)
  const { media, messages, phoneNumbers } = kapso(world)
  const { id } = await media.upload({ phoneNumberId: NUMBER, type: 'image/png', file: new Blob([PNG], { type: 'image/png' }), fileName: 'a.png' })
  assert.match(id, /^\d+$/)
  const seen = await media.get({ mediaId: id, phoneNumberId: NUMBER })
  assert.equal(seen.mimeType, 'image/png')
  assert.equal(seen.url, `http://127.0.0.1:${world.port}/v24.0/${id}/file?phone_number_id=${NUMBER}`)
  const bytes = await media.download({ mediaId: id, phoneNumberId: NUMBER, auth: 'always' })
  assert.deepEqual(Buffer.from(bytes), PNG)
  const sent = await messages.sendImage({ phoneNumberId: NUMBER, to: TO, image: { id, caption: 'Hoy' } })
  await world.reached(sent.messages[0].id, 'read')
  assert.deepEqual(await media.delete({ mediaId: id, phoneNumberId: NUMBER }), { success: true })
  await assert.rejects(media.get({ mediaId: id }), { code: 100, httpStatus: 400 })
  assert.equal((await world.json('GET', `/v24.0/${NUMBER}`)).id, NUMBER)
  assert.ok(phoneNumbers)
  assert.ok(!world.program.stderr.includes('token-of-tests'))
})

test('OUT-10: files that cannot be passed on, and ids that are no files', async (t) => {
  const world = await Sender.start(t)
  const ask = (method, path, body, headers) => fetch(`http://127.0.0.1:${world.port}${path}`, { method, headers: { authorization: `Bearer ${KEY}`, ...headers }, body })
  const form = (type, bytes = PNG) => {
    const all = new FormData()
    all.set('messaging_product', 'whatsapp')
    all.set('type', type)
    all.set('file', new Blob([bytes], { type }), 'a')
    return all
  }
  await assertRefused(await ask('POST', `/v24.0/${NUMBER}/media`, '{}', { 'content-type': 'application/json' }), 400, 131008, /^file is missing: .*multipart/)
  await assertRefused(await ask('POST', '/v24.0/1/media', form('image/png')), 400, 100, /phone number id/)
  // What the provider itself refuses is told as it told it.
  const strange = await (await ask('POST', `/v24.0/${NUMBER}/media`, form('image/tiff'))).json()
  assert.equal(strange.error.code, 100)
  assert.match(strange.error.error_data.details, /supported type/)
  await assertRefused(await ask('GET', '/v24.0/me'), 400, 100, /no file/)
  await assertRefused(await ask('DELETE', `/v24.0/${NUMBER}`), 400, 100, /is no file/)
  await assertRefused(await ask('GET', '/v24.0/123?phone_number_id=9'), 400, 100, /phone number id/)
  await assertRefused(await ask('DELETE', '/v24.0/123', undefined, { authorization: 'Bearer no' }), 401, 190, /not an API key/)
  await world.sandbox.program.stop()
  const away = await ask('GET', '/v24.0/123')
  assert.equal(away.headers.get('retry-after'), '1')
  await assertRefused(away, 503, 131016, /provider did not answer/)
})
