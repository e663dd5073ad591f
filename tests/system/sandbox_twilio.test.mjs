// SPDX-License-Identifier: MIT
// sandbox_twilio.test.mjs — `willaq sandbox` as Twilio: sends, errors, states, status callbacks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CUSTOMER, Receiver, Sandbox, TWILIO, signTwilio } from './sandbox_world.mjs'
import { until } from './support.mjs'

const start = async (t, args = []) => {
  const receiver = await Receiver.start(t)
  const url = receiver.url.replace('whatsapp', 'twilio')
  return { receiver, url, sandbox: await Sandbox.start(t, ['--twilio-webhook', url, ...args]) }
}

test('a message is taken, its statuses come signed, and it can be asked for', async (t) => {
  const { receiver, url, sandbox } = await start(t)
  const { status, body } = await sandbox.twilio({ Body: 'Buenos días ñ' })
  assert.equal(status, 201)
  assert.match(body.sid, /^SM[0-9a-f]{32}$/)
  assert.deepEqual([body.status, body.to, body.from, body.body, body.num_media], ['queued', `whatsapp:+${CUSTOMER}`, `whatsapp:${TWILIO.number}`, 'Buenos días ñ', '0'])
  for (const { raw, signature } of await receiver.has(3)) assert.equal(signature, signTwilio(url, raw))
  assert.deepEqual(receiver.got.map(({ body }) => body.MessageStatus), ['sent', 'delivered', 'read'])
  const [{ body: sent }] = receiver.got
  assert.deepEqual([sent.MessageSid, sent.SmsSid, sent.AccountSid, sent.To, sent.From, sent.ChannelToAddress, sent.ChannelPrefix],
    [body.sid, body.sid, TWILIO.sid, `whatsapp:+${CUSTOMER}`, `whatsapp:${TWILIO.number}`, `+${CUSTOMER.slice(0, -2)}XX`, 'whatsapp'])
  const shown = await sandbox.twilioGet(`/Messages/${body.sid}.json`)
  assert.deepEqual([shown.status, shown.body.status, shown.body.body], [200, 'read', 'Buenos días ñ'])
  assert.deepEqual((await sandbox.twilioGet(`/Messages.json?To=whatsapp:%2B${CUSTOMER}`)).body.messages.map(({ sid }) => sid), [body.sid])
  assert.deepEqual((await sandbox.twilioGet('/Messages.json?To=whatsapp:%2B15550000000')).body.messages, [])
  const wrong = await sandbox.twilioGet(`/Messages/${body.sid.slice(0, -1)}g.json`)
  assert.deepEqual([wrong.status, wrong.body.code], [404, 20404])
  const [kept] = await sandbox.messages('?provider=twilio')
  assert.deepEqual([kept.number, kept.to, kept.type, kept.id], [TWILIO.number, CUSTOMER, 'text', body.sid])
})

test('StatusCallback of the message goes first; a template, media, a place, a service', async (t) => {
  const { receiver, url, sandbox } = await start(t)
  const own = `${url}?tenant=1`
  await sandbox.twilio({ StatusCallback: own })
  for (const { raw, signature, url: got } of await receiver.has(3)) {
    assert.equal(got, own)
    assert.equal(signature, signTwilio(own, raw))
  }
  const service = `MG${'0'.repeat(31)}1`
  const accepted = await sandbox.twilio({ From: undefined, MessagingServiceSid: service, Body: undefined, ContentSid: `HX${'1'.repeat(32)}`, ContentVariables: '{"1":"x"}' })
  assert.deepEqual([accepted.status, accepted.body.status, accepted.body.messaging_service_sid], [201, 'accepted', service])
  await sandbox.twilio({ MediaUrl: 'https://example.com/a.jpg' })
  await sandbox.twilio({ PersistentAction: 'geo:-2.17,-79.92|Malecón' })
  assert.deepEqual((await sandbox.messages()).map(({ type }) => type), ['text', 'template', 'media', 'location'])
  const typing = await sandbox.twilio({ channel: 'whatsapp', messageId: accepted.body.sid }, { path: '/v2/Indicators/Typing.json' })
  assert.deepEqual([typing.status, typing.body], [200, { success: true }])
})

test('every refusal has the shape of Twilio', async (t) => {
  const { sandbox } = await start(t)
  const rows = [
    ['no recipient', { To: undefined }, 400, 21604],
    ['a bad recipient', { To: 'whatsapp:+0' }, 400, 21211],
    ['no WhatsApp', { To: `+${CUSTOMER}` }, 400, 21211],
    ['no sender', { From: undefined }, 400, 21603],
    ['a sender without WhatsApp', { From: TWILIO.number }, 400, 63007],
    ['nothing to say', { Body: undefined }, 400, 21619],
    ['too long', { Body: 'ñ'.repeat(1601) }, 400, 21617],
    ['media that is none', { MediaUrl: 'nowhere' }, 400, 21620],
    ['no such template', { ContentSid: 'x' }, 400, 21655],
    ['variables that are none', { ContentSid: `HX${'1'.repeat(32)}`, ContentVariables: '[]' }, 400, 21656],
    ['a callback that is none', { StatusCallback: 'nowhere' }, 400, 21609],
    ['no password', {}, 401, 20003, { token: '' }],
    ['no account', {}, 404, 20404, { path: '/2010-04-01/Accounts/me/Messages.json' }],
  ]
  for (const [what, params, status, code, where] of rows) {
    const answer = await sandbox.twilio(params, where)
    assert.equal(answer.status, status, what)
    assert.deepEqual(Object.keys(answer.body), ['code', 'message', 'more_info', 'status'], what)
    assert.deepEqual([answer.body.code, answer.body.status, answer.body.more_info], [code, status, `https://www.twilio.com/docs/errors/${code}`], what)
  }
  const { accepted, refused } = await sandbox.counts()
  assert.deepEqual([accepted, refused], [0, rows.length])
})

test('errors, failures and lost statuses on order', async (t) => {
  const { receiver, sandbox } = await start(t)
  await sandbox.order({ match: { provider: 'twilio' }, do: 'error', code: 63016 })
  await sandbox.order({ match: { provider: 'cloud' }, do: 'error', times: 0 })
  await sandbox.order({ match: { provider: 'twilio' }, do: 'error' })
  await sandbox.order({ match: { number: TWILIO.number }, do: 'status_failed', code: 63018 })
  await sandbox.order({ do: 'status_failed', match: { provider: 'twilio' } })
  await sandbox.order({ do: 'status_lost', match: { provider: 'twilio' } })
  const answers = []
  for (let i = 0; i < 5; i++) answers.push(await sandbox.twilio({ Body: `n ${i}` }))
  assert.deepEqual(answers.map(({ status, body }) => [status, body.code]), [[400, 63016], [500, 20500], [201, undefined], [201, undefined], [201, undefined]])
  const got = await receiver.has(2)
  assert.deepEqual(got.map(({ body }) => [body.MessageStatus, body.ErrorCode]), [['failed', '63018'], ['undelivered', '63024']])
  const shown = await sandbox.twilioGet(`/Messages/${answers[3].body.sid}.json`)
  assert.deepEqual([shown.body.status, shown.body.error_code], ['undelivered', 63024])
  const { webhooks } = await until(async () => {
    const counts = await sandbox.counts()
    return counts.webhooks.lost === 3 && counts
  })
  assert.equal(webhooks.delivered, 2)
  assert.equal((await sandbox.twilioGet(`/Messages/${answers[4].body.sid}.json`)).body.status, 'read')
})

test('a callback that is answered is not posted again', async (t) => {
  const { receiver, sandbox } = await start(t)
  receiver.status = 503
  await sandbox.twilio()
  const { webhooks } = await until(async () => {
    const counts = await sandbox.counts()
    return counts.webhooks.given_up === 3 && counts
  })
  assert.deepEqual([webhooks.posts, receiver.got.length], [3, 3])
})
