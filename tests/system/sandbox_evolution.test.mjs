// SPDX-License-Identifier: MIT
// sandbox_evolution.test.mjs — `willaq sandbox` as an Evolution API: sends, errors, instances, webhooks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CUSTOMER, INSTANCE, Receiver, Sandbox } from './sandbox_world.mjs'

const JID = `${CUSTOMER}@s.whatsapp.net`
const start = async (t, args = ['--status-delay', '50ms']) => {
  const receiver = await Receiver.start(t)
  const base = receiver.url.replace('whatsapp', 'evolution')
  return { receiver, base, sandbox: await Sandbox.start(t, ['--evolution-webhook', base, ...args]) }
}

test('a text is taken; send.message and its acks come with the key of the instance', async (t) => {
  const { receiver, base, sandbox } = await start(t)
  const { status, body } = await sandbox.evolution('message/sendText', { number: CUSTOMER, text: 'Su cita quedó confirmada' })
  assert.equal(status, 201)
  assert.match(body.key.id, /^3EB0[0-9A-F]{18}$/)
  assert.deepEqual([body.key.remoteJid, body.key.fromMe, body.status, body.message, body.messageType], [JID, true, 'PENDING', { conversation: 'Su cita quedó confirmada' }, 'conversation'])
  const got = await receiver.has(4)
  assert.deepEqual(got.map(({ body }) => [body.event, body.data.status]), [['send.message', 'PENDING'], ['messages.update', 'SERVER_ACK'], ['messages.update', 'DELIVERY_ACK'], ['messages.update', 'READ']])
  for (const each of got) {
    assert.equal(each.url, `${base}/${INSTANCE.name}`)
    assert.deepEqual([each.body.instance, each.body.apikey, each.body.destination], [INSTANCE.name, INSTANCE.key, each.url])
    assert.equal(each.headers.apikey, undefined)
  }
  assert.deepEqual(got[0].body.data, body)
  assert.deepEqual([got[1].body.data.keyId, got[1].body.data.remoteJid, got[1].body.data.instanceId], [body.key.id, JID, body.instanceId])
  await sandbox.json('PATCH', '/_sandbox/settings', { evolution_webhook_key: 'of the header' })
  await sandbox.evolution('message/sendText', { number: CUSTOMER, text: 'x' })
  assert.equal((await receiver.has(8))[7].headers.apikey, 'of the header')
})

test('every kind, and signals', async (t) => {
  const { sandbox } = await start(t)
  const link = 'https://example.com/a'
  const rows = [
    ['sendMedia', { mediatype: 'image', media: link, caption: 'c' }, 'image', 'imageMessage'],
    ['sendMedia', { mediatype: 'document', media: 'aGVsbG8=', fileName: 'a.pdf' }, 'document', 'documentMessage'],
    ['sendWhatsAppAudio', { audio: link }, 'audio', 'audioMessage'],
    ['sendSticker', { sticker: link }, 'sticker', 'stickerMessage'],
    ['sendLocation', { latitude: -2, longitude: -79.9, name: 'n', address: 'a' }, 'location', 'locationMessage'],
    ['sendContact', { contact: [{ fullName: 'f', phoneNumber: '+5939' }] }, 'contacts', 'contactMessage'],
    ['sendReaction', { number: undefined, key: { id: 'x', remoteJid: JID, fromMe: false }, reaction: '👍' }, 'reaction', 'reactionMessage'],
    ['sendPoll', { name: 'p', selectableCount: 1, values: ['a', 'b'] }, 'poll', 'pollCreationMessageV3'],
    ['sendList', { title: 't', footerText: 'f', buttonText: 'b', sections: [{ title: 's', rows: [] }] }, 'interactive', 'listMessage'],
    ['sendButtons', { title: 't', buttons: [{ type: 'reply', displayText: 'd', id: '1' }] }, 'interactive', 'interactiveMessage'],
  ]
  for (const [op, body, type, messageType] of rows) {
    const answer = await sandbox.evolution(`message/${op}`, { number: CUSTOMER, ...body })
    assert.deepEqual([answer.status, answer.body.messageType], [201, messageType], op)
    const kept = (await sandbox.messages()).at(-1)
    assert.deepEqual([kept.type, kept.to], [type, CUSTOMER], op)
  }
  assert.equal((await sandbox.evolution('chat/markMessageAsRead', { readMessages: [{ remoteJid: JID, fromMe: false, id: 'x' }] })).status, 201)
  assert.equal((await sandbox.evolution('chat/sendPresence', { number: CUSTOMER, delay: 5, presence: 'composing' })).status, 201)
  const { accepted, outcomes } = await sandbox.counts()
  assert.deepEqual([accepted, outcomes.receipt], [rows.length, 2])
})

test('every refusal has the shape of Evolution', async (t) => {
  const { sandbox } = await start(t)
  const text = { number: CUSTOMER, text: 'x' }
  const words = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found' }
  const rows = [
    ['no key', 'message/sendText', text, 401, 'Unauthorized', { key: '' }],
    ['an empty text', 'message/sendText', { ...text, text: '' }, 400, [['The "text" cannot be empty']]],
    ['no number', 'message/sendText', { text: 'x' }, 400, [['The "number" cannot be empty']]],
    ['an unknown media type', 'message/sendMedia', { number: CUSTOMER, media: 'https://x', mediatype: 'gif' }, 400, [['mediatype is not one of enum values: image,document,video,audio']]],
    ['no address', 'message/sendLocation', { number: CUSTOMER, latitude: 1, longitude: 2, name: 'n' }, 400, [['The "name" and "address" cannot be empty']]],
    ['no such route', 'message/sendNothing', text, 404, ['Cannot POST here']],
  ]
  for (const [what, op, body, status, message, where] of rows) {
    const answer = await sandbox.evolution(op, body, where)
    assert.equal(answer.status, status, what)
    assert.deepEqual(answer.body, { status, error: words[status], response: { message } }, what)
  }
  await sandbox.order({ match: { provider: 'evolution' }, do: 'error', code: 400001 })
  assert.deepEqual((await sandbox.evolution('message/sendText', text)).body.response.message, [{ jid: JID, exists: false, number: CUSTOMER }])
  await sandbox.order({ match: { provider: 'evolution' }, do: 'error', code: 400010 })
  const disguised = await sandbox.evolution('message/sendText', text)
  assert.deepEqual([disguised.status, disguised.body], [200, { error: true, message: '[object Object]' }])
  await sandbox.order({ do: 'error', times: 1 })
  assert.equal((await sandbox.evolution('message/sendText', text)).status, 500)
})

test('an instance that is closed; a webhook of its own; a failed ack; an echo', async (t) => {
  const { receiver, base, sandbox } = await start(t, ['--reply', '100'])
  const text = { number: CUSTOMER, text: 'x' }
  const state = async () => (await sandbox.evolution('instance/connectionState', undefined, { method: 'GET' })).body.instance.state
  assert.equal(await state(), 'open')
  await sandbox.json('PATCH', `/_sandbox/instances/${INSTANCE.name}`, { state: 'close' }, 204)
  assert.equal(await state(), 'close')
  const closed = await sandbox.evolution('message/sendText', text)
  assert.deepEqual([closed.status, closed.body.response.message], [400, ['Error: Connection Closed']])
  await sandbox.json('PATCH', `/_sandbox/instances/${INSTANCE.name}`, { state: 'open' }, 204)
  const own = `${base}/of/its/own`
  assert.equal((await sandbox.evolution('webhook/set', { webhook: { enabled: true, url: own } })).status, 201)
  assert.equal((await sandbox.evolution('webhook/find', undefined, { method: 'GET' })).body.url, own)
  assert.equal((await sandbox.evolution('webhook/set', { webhook: { enabled: true, url: 'x' } })).status, 400)
  await sandbox.evolution('message/sendText', text)
  const got = await receiver.has(5)
  assert.ok(got.every(({ url }) => url === own))
  const { body: { data } } = got.find(({ body }) => body.event === 'messages.upsert')
  assert.deepEqual([data.key.fromMe, data.key.remoteJid, data.message], [false, JID, { conversation: 'x' }])
  await sandbox.order({ do: 'status_failed' })
  await sandbox.evolution('message/sendText', text)
  assert.ok((await receiver.has(7)).some(({ body }) => body.data.status === 'ERROR'))
})
