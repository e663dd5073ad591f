// SPDX-License-Identifier: MIT
// facade_evolution.test.mjs — code that was written for Evolution API, with another address and another key.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { EvolutionNode } from './evolution_node.mjs'
import { KEY, NUMBER, Sender } from './send_world.mjs'

const TO = '593991234567'
const JID = `${TO}@s.whatsapp.net`
const LINK = 'https://cdn.example.com/a'
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
