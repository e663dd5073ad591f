// SPDX-License-Identifier: MIT
// facade_graph.test.mjs — code that was written for Meta's Graph API, with another address and another token.
import Client from '@great-detail/whatsapp'
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api'
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { KEY, NUMBER, Sender } from './send_world.mjs'

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
