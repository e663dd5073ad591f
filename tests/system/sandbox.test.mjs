// SPDX-License-Identifier: MIT
// sandbox.test.mjs — `willaq sandbox` as a Cloud API: sends, errors, media, webhooks.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { CUSTOMER, NUMBER_ID, Receiver, SECRET, Sandbox, sign } from './sandbox_world.mjs'
import { until } from './support.mjs'

describe('sends', () => {
  test('an accepted message gets an id of its own', async (t) => {
    const sandbox = await Sandbox.start(t)
    const answer = await sandbox.post({ text: { body: 'Buenos días' } })
    const body = await answer.json()
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^application\/json/)
    assert.equal(body.messaging_product, 'whatsapp')
    assert.deepEqual(body.contacts, [{ input: `+${CUSTOMER}`, wa_id: CUSTOMER }])
    assert.match(body.messages[0].id, /^wamid\.[A-Za-z0-9+/]+=*$/)
    const ids = await Promise.all(Array.from({ length: 50 }, () => sandbox.send()))
    assert.equal(new Set([...ids, body.messages[0].id]).size, 51)
  })

  test('the same seed gives the same ids', async (t) => {
    const ids = async () => {
      const sandbox = await Sandbox.start(t, ['--seed', '42'])
      return [await sandbox.send(), await sandbox.send()]
    }
    assert.deepEqual(await ids(), await ids())
  })

  test('templates, groups, user ids, receipts', async (t) => {
    const sandbox = await Sandbox.start(t)
    const json = async (message) => (await sandbox.post(message)).json()
    const template = await json({ type: 'template', template: { name: 'hola', language: { code: 'es' } } })
    assert.equal(template.messages[0].message_status, 'accepted')
    const group = await json({ recipient_type: 'group', to: 'Y2FwaQ==', text: { body: 'x' } })
    assert.deepEqual(group.contacts, [{ input: 'Y2FwaQ==', wa_id: 'Y2FwaQ==' }])
    const bsuid = await json({ to: undefined, recipient: 'US.7001', text: { body: 'x' } })
    assert.deepEqual(bsuid.contacts, [{ input: 'US.7001', user_id: 'US.7001' }])
    const read = await json({ to: undefined, status: 'read', message_id: 'wamid.x', typing_indicator: { type: 'text' } })
    assert.deepEqual(read, { success: true })
    const { posts, accepted, outcomes } = await sandbox.counts()
    assert.deepEqual([posts, accepted, outcomes.receipt], [4, 3, 1])
  })

  test('every refusal has the shape of Meta', async (t) => {
    const sandbox = await Sandbox.start(t)
    const path = `/v24.0/${NUMBER_ID}/messages`
    const good = JSON.stringify({ messaging_product: 'whatsapp', to: '+593900000011', text: { body: 'x' } })
    const rows = [
      ['no token', 'POST', path, good, 401, 190, { authorization: '' }],
      ['an empty token', 'POST', path, good, 401, 190, { authorization: 'Bearer ' }],
      ['another scheme', 'POST', path, good, 401, 190, { authorization: 'Basic eA==' }],
      ['no JSON', 'POST', path, 'nonsense', 400, 100],
      ['no body', 'POST', path, '', 400, 100],
      ['an array', 'POST', path, '[]', 400, 100],
      ['nested too deeply', 'POST', path, '['.repeat(5000), 400, 100],
      ['bytes that are no UTF-8', 'POST', path, Buffer.from(good.replace('"x"', '"\xff"'), 'latin1'), 400, 100],
      ['text too long', 'POST', path, good.replace('"x"', `"${'ñ'.repeat(4097)}"`), 400, 100],
      ['a part missing', 'POST', path, good.replace('"text":{"body":"x"}', '"type":"interactive","interactive":{}'), 400, 131008],
      ['a bad version', 'POST', `/v24/${NUMBER_ID}/messages`, good, 400, 2500],
      ['no such number', 'POST', '/v24.0/me/messages', good, 400, 100],
      ['an unknown path', 'GET', '/v24.0/1/2/3', undefined, 400, 2500],
      ['an unknown method', 'DELETE', '/v24.0/1/2', undefined, 400, 100],
      ['no such file', 'GET', '/v24.0/610000000000001', undefined, 400, 100],
      ['no token on a number', 'GET', `/v24.0/${NUMBER_ID}`, undefined, 401, 190, { authorization: '' }],
    ]
    for (const [what, method, where, body, status, code, headers = {}] of rows) {
      const answer = await fetch(sandbox.url + where, { method, body, headers: { authorization: 'Bearer any', ...headers } })
      assert.equal(answer.status, status, what)
      const { error, ...others } = await answer.json()
      assert.deepEqual(others, {}, what)
      assert.equal(error.code, code, what)
      assert.match(error.type, /Exception$/, what)
      assert.match(error.fbtrace_id, /^A[\w-]{22}$/, what)
      assert.ok(error.message.length > 0, what)
      if (error.error_data) assert.equal(error.error_data.messaging_product, 'whatsapp', what)
    }
    const { accepted, refused } = await sandbox.counts()
    assert.deepEqual([accepted, refused], [0, 12])
  })

  test('a body beyond its bound is refused, the next one is not', async (t) => {
    const sandbox = await Sandbox.start(t)
    const answer = await sandbox.post({ text: { body: 'x'.repeat(2 * 1024 * 1024) } }).catch((error) => error.cause)
    if (answer.status !== undefined) assert.equal(answer.status, 413)
    await sandbox.send()
  })

  test('a phone number, a token, calls that just succeed', async (t) => {
    const sandbox = await Sandbox.start(t)
    const number = await sandbox.json('GET', `/v23.0/${NUMBER_ID}`)
    assert.deepEqual([number.id, number.status, number.quality_rating], [NUMBER_ID, 'CONNECTED', 'GREEN'])
    assert.match(number.display_phone_number, /^\d+$/)
    assert.deepEqual(Object.keys(await sandbox.json('GET', `/v23.0/${NUMBER_ID}?fields=status,verified_name`)).sort(), ['id', 'status', 'verified_name'])
    assert.equal((await sandbox.json('GET', '/v23.0/debug_token?input_token=x')).data.is_valid, true)
    assert.deepEqual(await sandbox.json('POST', `/v23.0/${NUMBER_ID}/register`, { pin: '123456' }), { success: true })
  })
})

describe('media', () => {
  const form = (fields, content = 'hello', type = 'text/plain') => {
    const data = new FormData()
    for (const [name, value] of Object.entries(fields)) data.append(name, value)
    if (content !== null) data.append('file', new Blob([content], { type }), 'a;b.txt')
    return data
  }
  const upload = (sandbox, body) =>
    fetch(`${sandbox.url}/v24.0/${NUMBER_ID}/media`, { method: 'POST', headers: { authorization: 'Bearer any' }, body })

  test('up, looked up, down, gone', async (t) => {
    const sandbox = await Sandbox.start(t)
    const bytes = Buffer.from(Array.from({ length: 70000 }, (_, i) => (i * 7) % 256))
    const { id } = await (await upload(sandbox, form({ messaging_product: 'whatsapp', type: 'image/png' }, bytes))).json()
    const file = await sandbox.json('GET', `/v24.0/${id}?phone_number_id=${NUMBER_ID}`)
    assert.deepEqual([file.id, file.mime_type, file.file_size], [id, 'image/png', '70000'])
    assert.equal(file.sha256, createHash('sha256').update(bytes).digest('hex'))
    const fetched = await fetch(file.url, { headers: { authorization: 'Bearer any' } })
    assert.equal(fetched.headers.get('content-type'), 'image/png')
    assert.ok(bytes.equals(Buffer.from(await fetched.arrayBuffer())))
    assert.equal((await fetch(file.url)).status, 401)
    const later = file.url.replace(/ext=\d+/, (ext) => `ext=${Number(ext.slice(4)) + 1}`)
    assert.equal((await fetch(later, { headers: { authorization: 'Bearer any' } })).status, 404)
    assert.deepEqual(await sandbox.json('DELETE', `/v24.0/${id}`), { success: true })
    assert.equal((await sandbox.call('GET', `/v24.0/${id}`)).status, 400)
    assert.equal((await fetch(file.url, { headers: { authorization: 'Bearer any' } })).status, 404)
  })

  test('what Meta would not take', async (t) => {
    const sandbox = await Sandbox.start(t)
    const rows = [
      ['no product', form({}), 100],
      ['no file', form({ messaging_product: 'whatsapp' }, null), 100],
      ['an empty file', form({ messaging_product: 'whatsapp' }, ''), 131053],
      ['an unsupported type', form({ messaging_product: 'whatsapp' }, 'x', 'image/heic'), 100],
      ['a sticker too large', form({ messaging_product: 'whatsapp', type: 'image/webp' }, 'x'.repeat(600000)), 131053],
      ['no form', '{"file":"x"}', 100],
    ]
    for (const [what, body, code] of rows) {
      const answer = await upload(sandbox, body)
      assert.equal(answer.status, 400, what)
      assert.equal((await answer.json()).error.code, code, what)
    }
  })
})

describe('webhooks', () => {
  test('statuses come signed, in order, in the bytes of Meta', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--status-delay', '50ms'], receiver)
    const opaque = '{"seq":"ñ/😀"}'
    const id = await sandbox.send({ text: { body: 'Hola' }, biz_opaque_callback_data: opaque })
    for (const { raw, signature } of await receiver.has(3)) {
      assert.equal(signature, sign(raw))
      assert.match(raw.toString('latin1'), /^[\x20-\x7e]+$/)
      assert.ok(!raw.includes(' ,') && !raw.includes(': '), 'compact')
      assert.ok(!/[^\\]\//.test(raw.toString()), 'slashes are escaped')
    }
    const statuses = receiver.statuses()
    assert.deepEqual(statuses.map((s) => s.status), ['sent', 'delivered', 'read'])
    for (const status of statuses) {
      assert.equal(status.id, id)
      assert.equal(status.recipient_id, CUSTOMER)
      assert.equal(status.biz_opaque_callback_data, opaque)
      assert.ok(Math.abs(Number(status.timestamp) - Date.now() / 1000) < 30)
    }
    assert.deepEqual(statuses.map((s) => s.pricing?.type), ['free_customer_service', 'free_customer_service', undefined])
    const [value] = receiver.values()
    assert.equal(value.metadata.phone_number_id, NUMBER_ID)
    assert.equal(value.metadata.display_phone_number, (await sandbox.json('GET', `/v24.0/${NUMBER_ID}`)).display_phone_number)
    assert.equal(value.contacts[0].wa_id, CUSTOMER)
    assert.ok(!statuses[0].conversation, 'version 24 has none')
    await sandbox.send({ text: { body: 'x' } }, { version: 'v23.0' })
    await receiver.has(6)
    assert.equal(receiver.statuses()[3].conversation.origin.type, 'service')
  })

  test('a receiver that answers 503 gets the same bytes again until it takes them', async (t) => {
    const receiver = await Receiver.start(t)
    receiver.status = (n) => (n < 3 ? 503 : 200)
    const sandbox = await Sandbox.start(t, ['--status-delay', '0'], receiver)
    await sandbox.send({ type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } })
    const got = await receiver.has(4)
    assert.equal(new Set(got.map(({ raw }) => raw.toString())).size, 1)
    const [webhook] = await until(async () => {
      const { data } = await sandbox.json('GET', '/_sandbox/webhooks')
      return data[0].state === 'delivered' && data
    })
    assert.deepEqual([webhook.kind, webhook.attempts, webhook.status], ['sent', 4, 200])
    assert.equal(receiver.got.length, 4)
  })

  test('a receiver that is not there yet gets them when it comes', async (t) => {
    const receiver = await Receiver.start(t)
    const { port } = receiver.server.address()
    await new Promise((resolve) => receiver.server.close(resolve))
    const sandbox = await Sandbox.start(t, [], receiver)
    const id = await sandbox.send()
    await until(async () => (await sandbox.json('GET', '/_sandbox/webhooks')).data.some((w) => w.error === 'ECONNECT'))
    await new Promise((resolve) => receiver.server.listen(port, '127.0.0.1', resolve))
    await receiver.has(3)
    assert.deepEqual(new Set(receiver.statuses().map((s) => s.id)), new Set([id]))
    assert.deepEqual(receiver.statuses().map((s) => s.status).sort(), ['delivered', 'read', 'sent'])
  })

  test('a recipient writes back what fits', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--reply', '100'], receiver)
    const reply = async (message) => {
      const id = await sandbox.send(message)
      return until(() => receiver.messages().find((m) => m.context?.id === id))
    }
    const text = await reply({ text: { body: '¿Cuánto?' } })
    assert.deepEqual([text.type, text.text.body, text.from], ['text', '¿Cuánto?', CUSTOMER])
    const buttons = [{ type: 'reply', reply: { id: 'si', title: 'Sí' } }]
    const button = await reply({ type: 'interactive', interactive: { type: 'button', body: { text: 'x' }, action: { buttons } } })
    assert.deepEqual(button.interactive, { type: 'button_reply', button_reply: { id: 'si', title: 'Sí' } })
    const sections = [{ rows: [{ id: 'r1', title: 'Uno', description: 'd' }] }]
    const row = await reply({ type: 'interactive', interactive: { type: 'list', body: { text: 'x' }, action: { button: 'b', sections } } })
    assert.deepEqual(row.interactive.list_reply, { id: 'r1', title: 'Uno', description: 'd' })
    assert.equal((await reply({ type: 'image', image: { id: '1' } })).text.body, 'ok')
  })

  test('a customer writes on order', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t)
    const hello = { from: `+${CUSTOMER}`, text: 'Buenos días ☀', name: 'Lucía' }
    assert.equal((await sandbox.json('POST', '/_sandbox/inbound', hello, 409)).code, 'no_webhook')
    const settings = { webhook_url: receiver.url, webhook_secret: SECRET }
    assert.equal((await sandbox.json('PATCH', '/_sandbox/settings', settings)).webhook_url, receiver.url)
    const { id } = await sandbox.json('POST', '/_sandbox/inbound', hello, 201)
    const [{ raw, signature }] = await receiver.has(1)
    assert.equal(signature, sign(raw))
    const [value] = receiver.values()
    assert.equal(value.contacts[0].profile.name, 'Lucía')
    const { timestamp, from_user_id, ...message } = value.messages[0]
    assert.deepEqual(message, { from: CUSTOMER, id, type: 'text', text: { body: 'Buenos días ☀' } })
    const image = { from: CUSTOMER, type: 'image', image: { id: '7', mime_type: 'image/jpeg' }, id: 'wamid.mine', timestamp: 1781000000,
      phone_number_id: '77', extra: { context: { forwarded: true } } }
    await sandbox.json('POST', '/_sandbox/inbound', image, 201)
    await receiver.has(2)
    const second = receiver.messages()[1]
    assert.deepEqual([second.id, second.timestamp, second.image.id, second.context.forwarded], ['wamid.mine', '1781000000', '7', true])
    assert.equal(receiver.values()[1].metadata.phone_number_id, '77')
    for (const bad of [{ text: 'x' }, { from: 'abc', text: 'x' }, { from: CUSTOMER }, { from: CUSTOMER, type: 'A b' }, { from: CUSTOMER, text: 'x', phone_number_id: 'x' }]) {
      assert.equal((await sandbox.json('POST', '/_sandbox/inbound', bad, 400)).code, 'bad_message')
    }
  })
})
