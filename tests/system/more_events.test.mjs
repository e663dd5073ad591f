// SPDX-License-Identifier: MIT
// more_events.test.mjs — dead letters and a sink that is full are told; a status of Twilio's tells of which send it is.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { test } from 'node:test'

import { Sender } from './send_world.mjs'
import { messages } from './sink_world.mjs'
import { Endpoint, Server } from './subscriptions_world.mjs'
import { freePort, start, until } from './support.mjs'
import { RedisServer } from './redis.mjs'

const told = (end, type) => end.posts.map(({ body }) => JSON.parse(body)).filter((event) => event.type === type)

test('dead_letter.added: told by whoever worked the job', async (t) => {
  const world = await Sender.start(t, { args: ['--subscription-private'] })
  const end = await Endpoint.start(t)
  await world.json('POST', '/api/subscriptions', { url: end.url, events: ['dead_letter.added'] }, 201)
  const { id } = await world.add({ to: '+593991000001', messageType: 'text', content: '' })
  await until(() => told(end, 'dead_letter.added').length)
  const [{ data }] = told(end, 'dead_letter.added')
  assert.deepEqual([data.queue, data.job], ['outbound-messages', id])
  assert.match(data.reason, /content/)

  // A worker of its own tells it too.
  const worker = start(['worker', '--redis-url', world.redis.url, '--queue', 'work', '--push', `${end.url.replace('/hook', '/job')}`], { t })
  end.answer = ({ path }) => path === '/job' ? 400 : 200
  await worker.until(/^working /m)
  await world.json('POST', '/api/queues/work/jobs', { name: 'x', data: {} }, 201)
  await until(() => told(end, 'dead_letter.added').some((each) => each.data.queue === 'work'))
  assert.equal((await worker.stop()).code, 0)
})

test('sink.full: told once, however many were refused', async (t) => {
  const server = await Server.start(t, '--subscription-private', '--backlog-max', '1')
  const end = await Endpoint.start(t)
  await server.subscribe({ url: end.url, events: ['sink.full'] })
  const answers = []
  for (let i = 0; i < 6; i++) answers.push((await server.post(messages([`wamid.full${i}`]))).status)
  await until(() => told(end, 'sink.full').length)
  assert.ok(answers.includes(503))
  assert.equal(told(end, 'sink.full')[0].data.why, 'backlog')
  assert.ok(told(end, 'sink.full').length <= 2, 'once a minute')
})

const SID = 'AC00000000000000000000000000000001'
const TOKEN = 'the-auth-token-of-twilio'

// Takes messages as Twilio does, and never answers.
async function silentTwilio(t) {
  const twilio = { forms: [] }
  const server = createServer((req) => {
    let text = ''
    req.on('data', (piece) => { text += piece })
    req.on('end', () => {
      twilio.forms.push(new URLSearchParams(text))
      req.socket.destroy()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => { server.closeAllConnections(); server.close() })
  twilio.url = `http://127.0.0.1:${server.address().port}`
  return twilio
}

const sign = (url, form) => createHmac('sha1', TOKEN).update(url + [...form.keys()].sort().map((key) => key + form.get(key)).join('')).digest('base64')

test('OUT-7, Twilio: what was in doubt is settled by a status at the address that the send named', async (t) => {
  const twilio = await silentTwilio(t)
  const redis = await RedisServer.start(t)
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const key = 'k'
  const server = start(['serve', '--redis-url', redis.url, '--port', String(port), '--api-key', key, '--twilio-webhook-token', TOKEN, '--twilio-api-url', twilio.url],
    { t, env: { WILLAQ_SECRET_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' } })
  await server.until(/^listening /m)
  const call = async (method, path, body) => (await fetch(base + path, { method, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) })).json()
  const account = await call('POST', '/api/whatsapp/accounts', { provider: 'twilio', name: 'tw', account_sid: SID, number: '+14155238886', auth_token: TOKEN, base_url: twilio.url, status_url: `${base}/webhooks/twilio`, verify: false })
  const { id } = await until(async () => {
    const made = await call('POST', '/api/messages', { to: '+593991234567', text: 'hello', account: account.id })
    return made.id && made
  })
  await until(async () => (await call('GET', `/api/messages/${id}`)).ledger === 'unknown')
  const address = twilio.forms[0].get('StatusCallback')
  assert.match(address, /\/webhooks\/twilio\?wq=wq1\.1\.[0-9a-f]{16}\./)
  const form = new URLSearchParams({ AccountSid: SID, MessageSid: 'SM00000000000000000000000000000001', MessageStatus: 'delivered', From: 'whatsapp:+14155238886', To: 'whatsapp:+593991234567' })
  const answer = await fetch(address, { method: 'POST', body: form, headers: { 'x-twilio-signature': sign(address, form) } })
  assert.equal(answer.status, 200)
  const seen = await until(async () => {
    const shown = await call('GET', `/api/messages/${id}`)
    return shown.state === 'delivered' && shown
  })
  assert.equal(seen.ledger, 'confirmed')
  assert.equal(seen.provider_message_id, 'SM00000000000000000000000000000001')
  assert.equal(twilio.forms.length, 1)
})
