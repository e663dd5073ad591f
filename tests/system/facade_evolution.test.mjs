// SPDX-License-Identifier: MIT
// facade_evolution.test.mjs — code that was written for Evolution API, with another address and another key.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { EvolutionNode } from './evolution_node.mjs'
import { KEY, NUMBER, Sender } from './send_world.mjs'

const TO = '593991234567'
const JID = `${TO}@s.whatsapp.net`
const LINK = 'https://cdn.example.com/a'
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const evolution = (world, { key = KEY, instance = 'default' } = {}) => new EvolutionNode(`http://127.0.0.1:${world.port}`, key, instance)

test('OUT-10: n8n\'s node for Evolution sends through us by another address and key', async (t) => {
  const world = await Sender.start(t)
  const sent = await evolution(world).execute('messages-api', 'send-text', { remoteJid: TO, messageText: 'hello' })
  assert.deepEqual(sent, {
    key: { remoteJid: JID, fromMe: true, id: sent.key.id }, status: 'PENDING', message: { conversation: 'hello' },
    messageType: 'conversation', messageTimestamp: sent.messageTimestamp, instanceId: 'default', source: 'unknown',
  })
  assert.ok(Math.abs(sent.messageTimestamp - Date.now() / 1000) < 60)
  const seen = await world.reached(sent.key.id, 'read')
  assert.match(seen.provider_message_id, /^wamid\./)
  assert.deepEqual(await world.accepted(), { [sent.key.id]: 1 })
})

// What each operation of the node makes of a form, and what of that is sent.
const KINDS = [
  ['send-image', { media: `${LINK}.jpg`, caption: 'Hoy' }, 'imageMessage', { image: { link: `${LINK}.jpg`, caption: 'Hoy' } }],
  ['send-video', { media: `${LINK}.mp4` }, 'videoMessage', { video: { link: `${LINK}.mp4` } }],
  ['send-audio', { media: `${LINK}.mp3` }, 'audioMessage', { audio: { link: `${LINK}.mp3` } }],
  ['send-document', { media: `${LINK}.pdf`, fileName: 'a.pdf' }, 'documentMessage', { document: { link: `${LINK}.pdf`, filename: 'a.pdf' } }],
  ['send-image', { media: PNG, mimetype: 'image/png' }, 'imageMessage', { image: {} }],
  ['send-contact', { contacts: { contactValues: [{ fullName: 'Ana', wuid: TO, phoneNumber: `+${TO}` }] } }, 'contactMessage', { contacts: [{ name: { formatted_name: 'Ana' } }] }],
  ['send-reaction', { messageId: 'wamid.X', fromMe: false, reaction: '👍' }, 'reactionMessage', { reaction: { message_id: 'wamid.X', emoji: '👍' } }],
  ['send-list', {
    title: 'Citas', description: 'Elija', buttonText: 'Ver',
    sections: { sectionValues: [{ title: 'Hoy', rows: { rowValues: [{ title: '10:00', rowId: 'a' }] } }] },
  }, 'listMessage', { interactive: { type: 'list', body: { text: 'Elija' } } }],
  ['send-buttons', { title: 'Citas', description: '¿Viene?', buttons: { buttonValues: [{ type: 'reply', displayText: 'Sí', id: 'si' }] } }, 'buttonsMessage', { interactive: { type: 'button' } }],
]

// Whether all of `part` is in `whole`.
const holds = (whole, part) => (part && typeof part === 'object' ? Object.entries(part).every(([key, value]) => holds(whole?.[key], value)) : whole === part)

test('OUT-10: every kind that the node sends arrives as its own', async (t) => {
  const world = await Sender.start(t)
  for (const [i, [operation, values, type, want]] of KINDS.entries()) {
    const number = `59399100000${i}`
    const sent = await evolution(world).execute('messages-api', operation, { remoteJid: number, ...values })
    assert.equal(sent.messageType, type, operation)
    assert.ok(sent.message[type], operation)
    const seen = await world.reached(sent.key.id, 'accepted', 'sent', 'delivered', 'read')
    assert.equal(seen.message.to, `+${number}`)
    assert.ok(holds(seen.message, want), JSON.stringify(seen.message))
  }
})

test('OUT-10: reading and typing', async (t) => {
  const world = await Sender.start(t)
  const read = await evolution(world).execute('chat-api', 'read-messages', { remoteJid: JID, fromMe: false, messageId: 'wamid.HBgL' })
  assert.deepEqual(read, { message: 'Read messages', read: 'success' })
})

// The route, its body, and what has to be said of it.
const REFUSED = [
  ['sendText', '{', /cannot be read/],
  ['sendText', '', /the body is no JSON object/],
  ['sendText', {}, /^text is missing/],
  ['sendText', { text: '' }, /^text is empty/],
  ['sendText', { text: 'x'.repeat(4097) }, /^text is longer than 4096/],
  ['sendText', { number: undefined, text: 'x' }, /^number is missing/],
  ['sendText', { number: '12', text: 'x' }, /^number .*7 to 15 digits/],
  ['sendMedia', { mediatype: 'image' }, /^media is missing/],
  ['sendMedia', { mediatype: 'gif', media: `${LINK}.gif` }, /^mediatype is none of/],
  ['sendMedia', { mediatype: 'image', media: 'no address' }, /^media is /],
  ['sendWhatsAppAudio', {}, /^audio is missing/],
  ['sendPtv', {}, /^video is missing/],
  ['sendSticker', {}, /^sticker is missing/],
  ['sendLocation', { latitude: 100, longitude: 1 }, /^latitude .*-90 to 90/],
  ['sendContact', {}, /^contact is missing/],
  ['sendContact', { contact: [{}] }, /^contact\[0\]\.fullName is missing/],
  ['sendReaction', { reaction: '👍' }, /^key is missing/],
  ['sendList', { buttonText: 'x' }, /^description is missing/],
  ['sendButtons', { title: 'a', description: 'b', buttons: [{ type: 'pix' }] }, /^buttons\[0\]\.type is neither reply nor url/],
  ['sendPoll', { name: 'a', selectableCount: 1, values: ['a', 'b'] }, /polls and statuses/],
  ['sendStatus', { type: 'text', content: 'x', allContacts: true }, /polls and statuses/],
]

test('OUT-10: what is wrong is told as Evolution tells it, and nothing is queued', async (t) => {
  const world = await Sender.start(t)
  const post = async (path, body, headers) => {
    const answer = await fetch(`http://127.0.0.1:${world.port}${path}`, {
      method: 'POST', headers: { apikey: KEY, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const told = await answer.json()
    assert.equal(told.status, answer.status)
    return { status: told.status, error: told.error, message: [told.response.message].flat(2).join(), raw: told.response.message }
  }
  for (const [op, body, want] of REFUSED) {
    await t.test(`${op}: ${want.source}`, async () => {
      const { status, error, message, raw } = await post(`/message/${op}/default`, typeof body === 'string' ? body : { number: TO, ...body })
      assert.deepEqual([status, error], [400, 'Bad Request'])
      assert.ok(Array.isArray(raw))
      assert.match(message, want)
    })
  }
  const text = { number: TO, text: 'hello' }
  assert.deepEqual((await post('/message/sendText/default', text, { apikey: 'another' })).raw, 'Unauthorized')
  assert.deepEqual((await post('/message/sendText/nobody', text)).raw, ['The "nobody" instance does not exist'])
  assert.deepEqual((await post('/message/sendFax/default', text)).raw, ['Cannot POST /message/sendFax/default'])
  assert.match((await post('/message/sendMedia/default', 'x', { 'content-type': 'multipart/form-data; boundary=x' })).message, /^file is within a form/)
  assert.match((await post('/message/sendText/default', text, { 'idempotency-key': '' })).message, /Idempotency-Key/)
  for (const [body, want] of [[{}, /^readMessages is no list of 1 to 100/], [{ readMessages: [{ remoteJid: JID }] }, /^readMessages\[0\]\.id is missing/], [{ readMessages: [{ remoteJid: '1', id: 'a' }] }, /^readMessages\[0\]\.remoteJid /]])
    assert.match((await post('/chat/markMessageAsRead/default', body)).message, want)
  assert.match((await post('/chat/sendPresence/default', { number: TO, presence: 'away' })).message, /^presence is neither composing nor recording/)
  assert.match((await post('/chat/sendPresence/default', { number: TO, presence: 'composing' })).message, /^presence cannot be shown by this account/)
  assert.match((await post('/chat/sendPresence/default', { presence: 'composing' })).message, /^number is missing/)
  const { counts } = await world.json('GET', '/api/queues/outbound-messages')
  assert.deepEqual(Object.values(counts).filter((n) => n > 0), [])
  await assert.rejects(evolution(world, { instance: 'nobody' }).execute('messages-api', 'send-text', { remoteJid: TO, messageText: 'hello' }), /Erro ao enviar/)
})

test('OUT-10: bodies as Evolution 1 took them, an Idempotency-Key, and the state of an instance', async (t) => {
  const world = await Sender.start(t)
  const send = (op, body, key, want = 201) => world.json('POST', `/message/${op}/${NUMBER}`, { number: TO, ...body }, want, key && { 'idempotency-key': key })
  const old = await send('sendText', { textMessage: { text: 'hello' }, options: { delay: 1, quoted: { key: { id: 'wamid.Q' } } } })
  assert.deepEqual([old.message.conversation, old.contextInfo.stanzaId], ['hello', 'wamid.Q'])
  const image = await send('sendMedia', { mediaMessage: { mediatype: 'image', media: `${LINK}.jpg`, caption: 'Hoy' } })
  assert.deepEqual(image.message, { imageMessage: { url: `${LINK}.jpg`, caption: 'Hoy' } })
  assert.match((await send('sendText', { textMessage: {} }, undefined, 400)).response.message[0][0], /^textMessage\.text is missing/)
  const twice = await Promise.all([1, 2].map(() => send('sendText', { text: 'once' }, 'order-7')))
  assert.equal(twice[0].key.id, twice[1].key.id)
  assert.match((await send('sendText', { text: 'other' }, 'order-7', 400)).response.message[0], /another body/)
  assert.deepEqual(await world.json('GET', '/instance/connectionState/default'), { instance: { instanceName: 'default', state: 'open' } })
})
