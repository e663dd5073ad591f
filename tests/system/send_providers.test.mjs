// SPDX-License-Identifier: MIT
// send_providers.test.mjs — OUT-2, OUT-3: each kind of message by each provider, through the queue and the worker, to its end.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { INSTANCE, TWILIO } from './sandbox_world.mjs'
import { Sender } from './send_world.mjs'

const link = (name) => ({ link: `https://example.com/${name}` })
const buttons = { body: 'Pick one', buttons: ['10:00', '11:00'] }
const contact = [{ name: { formatted_name: 'Lucía Paz', first_name: 'Lucía' }, phones: [{ phone: '+593900000012', type: 'CELL' }] }]
const template = (name) => ({ type: 'template', template: { name, language: 'es', parameters: ['Lucía', 'martes'] } })
const at = { latitude: -2.19, longitude: -79.88, name: 'Malecón', address: 'Av. Malecón 1' }

// What each provider gets: its own name of the kind; null: it can't carry it.
const kinds = [
  ['text', { text: 'hello' }, 'text', 'text', 'text'],
  ['an answer', { text: 'to that', replyTo: 'wamid.HBgL' }, 'text', 'text', 'text'],
  ['image', { type: 'image', image: { ...link('a.jpg'), caption: 'c' } }, 'image', 'image', 'media'],
  ['video', { type: 'video', video: link('a.mp4') }, 'video', 'video', 'media'],
  ['audio', { type: 'audio', audio: link('a.mp3') }, 'audio', 'audio', 'media'],
  ['voice', { type: 'audio', audio: { ...link('a.ogg'), voice: true } }, 'audio', 'audio', 'media'],
  ['document', { type: 'document', document: { ...link('a.pdf'), filename: 'a.pdf' } }, 'document', 'document', 'media'],
  ['sticker', { type: 'sticker', sticker: link('a.webp') }, 'sticker', 'sticker', 'media'],
  ['location', { type: 'location', location: at }, 'location', 'location', 'location'],
  ['contacts', { type: 'contacts', contacts: contact }, 'contacts', 'contacts', null],
  ['reaction', { type: 'reaction', replyTo: 'wamid.HBgL', reaction: '👍' }, 'reaction', 'reaction', null],
  ['interactive', { type: 'interactive', interactive: buttons }, 'interactive', 'text', 'text'],
  ['template', template('recordatorio_cita'), 'template', null, undefined],
  ['content template', template(`HX${'1'.repeat(32)}`), undefined, undefined, 'template'],
]
const accounts = ['default', 'evolution', 'twilio']
const providers = { default: 'cloud', evolution: 'evolution', twilio: 'twilio' }

test('every kind, by every provider that carries it, to read', async (t) => {
  const world = await Sender.start(t, { all: true })
  const sent = []
  let line = 0
  for (const [what, message, ...names] of kinds) {
    for (const [i, account] of accounts.entries()) {
      const to = `+5939910${String(line++).padStart(5, '0')}`
      if (names[i]) sent.push({ what, account, to, name: names[i], id: await world.send({ text: undefined, account: world.accounts[account], to, ...message }) })
      if (names[i] !== null) continue
      const refused = await world.call('POST', '/api/messages', { account: world.accounts[account], to, ...message })
      assert.equal(refused.status, 422, `${what} by ${account}`)
    }
  }
  for (const each of sent) {
    const seen = await world.reached(each.id, ...(each.name === 'reaction' && each.account === 'default' ? ['sent'] : ['read']))
    assert.equal(seen.ledger, 'sent', `${each.what} by ${each.account}`)
    const at = await world.sandbox.messages(`?to=${each.to.slice(1)}`)
    assert.deepEqual(at.map(({ provider, type, accepted, id }) => [provider, type, accepted, id]),
      [[providers[each.account], each.name, true, seen.provider_message_id]], `${each.what} by ${each.account}`)
  }
  const { accepted, duplicates, refused } = await world.sandbox.counts()
  assert.deepEqual([accepted, duplicates, refused], [sent.length, 0, 0])
})

test('read receipts and typing', async (t) => {
  const world = await Sender.start(t, { all: true })
  for (const [account, type, more] of [['default', 'read'], ['default', 'typing'], ['evolution', 'read'], ['evolution', 'typing'], ['twilio', 'typing']])
    await world.reached(await world.send({ text: undefined, account: world.accounts[account], type, replyTo: 'wamid.HBgL', ...more }), 'accepted', 'sent')
  const { accepted, outcomes } = await world.sandbox.counts()
  assert.deepEqual([accepted, outcomes.receipt], [0, 5])
})

test('what a provider says is an error becomes the message\'s; what it fails later too', async (t) => {
  const world = await Sender.start(t, { all: true })
  const rows = [
    ['default', { do: 'error', code: 131026 }, 131026],
    ['default', { do: 'status_failed', code: 131026 }, 131026],
    ['evolution', { do: 'error', code: 400001 }, 400001],
    ['evolution', { do: 'status_failed' }, 0],
    ['twilio', { do: 'error', code: 21211 }, 21211],
    ['twilio', { do: 'status_failed', code: 63024 }, 63024],
  ]
  const seen = []
  for (const [i, [account, order, code]] of rows.entries()) {
    const to = `+59399200000${i}`
    await world.sandbox.order({ match: { to, provider: providers[account] }, ...order })
    seen.push([await world.send({ account: world.accounts[account], to }), code, account])
  }
  for (const [id, code, account] of seen) {
    const failed = await world.reached(id, 'failed')
    assert.equal(failed.error?.code, code, `${account} ${JSON.stringify(failed)}`)
  }
})

test('a limit of each provider slows it down, and nothing is lost or sent twice', async (t) => {
  const world = await Sender.start(t, { all: true })
  for (const provider of ['cloud', 'evolution', 'twilio'])
    await world.sandbox.json('POST', '/_sandbox/limits', { match: { provider }, rate: 2, burst: 2, ...(provider === 'cloud' && { status: 429 }) }, 201)
  const ids = []
  for (const account of accounts)
    for (let i = 0; i < 4; i++) ids.push(await world.send({ account: world.accounts[account], to: `+5939930000${i}`, text: `${account} ${i}` }))
  await Promise.all(ids.map((id) => world.reached(id, 'read')))
  const { accepted, duplicates } = await world.sandbox.counts()
  assert.deepEqual([accepted, duplicates], [12, 0])
  assert.equal((await world.sandbox.json('GET', '/_sandbox/duplicates?by=text')).duplicates, 0)
  const { data } = await world.sandbox.json('GET', '/_sandbox/rates')
  assert.deepEqual(data.map(({ number, accepted }) => [number, accepted]).sort(), [['100000000000001', 4], [TWILIO.number, 4], [INSTANCE.name, 4]].sort())
})
