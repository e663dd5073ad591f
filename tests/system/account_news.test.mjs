// SPDX-License-Identifier: MIT
// account_news.test.mjs — what Meta tells of accounts, and what it means for them and for what they send.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'

import { sign } from './sandbox_world.mjs'
import { NUMBER, Sender } from './send_world.mjs'
import { SECRET_KEY } from './accounts_world.mjs'
import { run, until } from './support.mjs'

const WABA = '900100200300401' // of the samples
const SAMPLES = new URL('../samples/cloud/', import.meta.url)

// A sample as Meta posts it; `change` may alter its value first.  Each one is another webhook.
let serial = 0
async function tell(world, name, change = () => {}) {
  const body = JSON.parse(await readFile(new URL(`${name}.json`, SAMPLES)))
  body.entry[0].time = 1_781_009_800 + serial++
  change(body.entry[0].changes[0].value)
  const raw = JSON.stringify(body)
  const answer = await fetch(`http://127.0.0.1:${world.port}/webhooks/whatsapp`, { method: 'POST', body: raw, headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(raw) } })
  assert.equal(answer.status, 200)
}

const start = (t) => Sender.start(t, { env: { WILLAQ_SECRET_KEY: SECRET_KEY, WHATSAPP_TOKEN: '', WHATSAPP_PHONE_NUMBER_ID: '' } })

const create = (world, name, number) => world.json('POST', '/api/whatsapp/accounts', { provider: 'cloud', name, phone_number_id: number, waba_id: WABA, access_token: 'token-of-tests', verify: false }, 201)

const is = (world, id, want) => until(async () => {
  const seen = await world.json('GET', `/api/whatsapp/accounts/${id}`)
  return Object.entries(want).every(([key, value]) => seen[key] === value) && seen
}, undefined, JSON.stringify(want))

test('ACC-2: quality, tier and state follow the webhooks; what people decided stays', async (t) => {
  const world = await start(t)
  const subscription = await world.json('POST', '/api/subscriptions', { stream: 'news', events: ['account.changed'] }, 201)
  assert.equal(subscription.state, 'active')
  const one = await create(world, 'one', NUMBER)
  const two = await create(world, 'two', '100000000000002')
  await until(async () => (await world.json('POST', '/api/messages', { to: '+593991234567', text: 'x', account: two.id }, 202)).id)
  await tell(world, 'business_capability_update')
  await is(world, one.id, { tier: 'TIER_2K' })
  await is(world, two.id, { tier: 'TIER_2K' })
  await world.json('PATCH', `/api/whatsapp/accounts/${two.id}`, { state: 'SUSPENDED', reason: 'holidays' })
  await tell(world, 'account_update_disabled')
  await is(world, one.id, { state: 'SUSPENDED', reason: 'Meta has disabled the WhatsApp Business account' })
  await world.json('PATCH', `/api/whatsapp/accounts/${two.id}`, { state: 'SUSPENDED', reason: 'holidays' })
  await until(async () => (await world.json('GET', '/api/queues/account-events')).counts.completed === 2)
  await tell(world, 'account_update_reinstated')
  await is(world, one.id, { state: 'ACTIVE', reason: '' })
  await until(async () => (await world.json('GET', '/api/queues/account-events')).counts.completed === 3)
  await is(world, two.id, { state: 'SUSPENDED', reason: 'holidays' })
  await tell(world, 'account_review_update', (value) => { value.decision = 'REJECTED' })
  await is(world, one.id, { state: 'SUSPENDED', reason: 'Meta has rejected the WhatsApp Business account' })

  const told = await until(async () => {
    const rows = (await world.redis.client.do('XRANGE', 'news', '-', '+')).map(([, fields]) => JSON.parse(fields[fields.indexOf('data') + 1] ?? fields[1]))
    const data = rows.map((row) => row.data ?? row).filter((row) => row.account === one.id)
    return data.length >= 5 && data
  })
  assert.deepEqual(told.map((each) => each.how), ['created', 'updated', 'updated', 'updated', 'updated'])
  assert.deepEqual(told[1].changed, ['tier'])
  assert.deepEqual([told[2].changed, told[2].state, told[2].number], [['state', 'reason'], 'SUSPENDED', NUMBER])
  assert.ok(!JSON.stringify(told).includes('token-of-tests'))
})

test('ACC-2: a paused template is not sent until its status changes, and others are', async (t) => {
  const world = await Sender.start(t, { env: { WHATSAPP_BUSINESS_ACCOUNT_ID: WABA } })
  const template = { template: { name: 'recordatorio_cita', language: { code: 'es' } } }
  await tell(world, 'template_status_paused')
  const holds = await until(async () => {
    const seen = await world.json('GET', '/api/whatsapp/accounts/default/holds')
    return seen.stopped_templates.length && seen
  })
  assert.equal(holds.held, false)
  const [stopped] = holds.stopped_templates
  assert.deepEqual([stopped.name, stopped.language], ['recordatorio_cita', 'es'])
  assert.match(stopped.reason, /^PAUSED Paused for 3 hours/)
  assert.ok(stopped.until - stopped.since > 10_000_000)
  const barred = await world.send({ text: undefined, ...template })
  await until(async () => (await world.json('GET', '/api/queues/outbound-messages')).counts.failed === 1)
  await world.reached(await world.send({ to: '+593991000002' }), 'read')
  await tell(world, 'template_status_approved')
  await until(async () => !(await world.json('GET', '/api/whatsapp/accounts/default/holds')).stopped_templates.length)
  await world.reached(await world.send({ text: undefined, ...template }), 'read')
  assert.equal((await world.accepted())[barred], undefined)
})

test('ACC-2: a ban holds an account of the environment, a restriction its templates; a person ends both', async (t) => {
  const world = await Sender.start(t, { env: { WHATSAPP_BUSINESS_ACCOUNT_ID: WABA } })
  const holds = () => world.json('GET', '/api/whatsapp/accounts/default/holds')
  await tell(world, 'account_update_restriction', (value) => { for (const each of value.restriction_info) each.expiration = Math.round(Date.now() / 1000) + 3600 })
  await until(async () => (await holds()).templates_held)
  assert.ok((await holds()).templates_until > Date.now())
  await world.reached(await world.send({ to: '+593991000001' }), 'read')
  const held = await world.send({ text: undefined, template: { name: 'hello', language: { code: 'es' } } })
  await until(async () => (await world.json('GET', '/api/queues/outbound-messages')).counts.delayed === 1)

  await tell(world, 'account_update_disabled')
  const seen = await until(async () => (await holds()).held && holds())
  assert.equal(seen.reason, 'Meta has disabled the WhatsApp Business account')
  assert.equal(seen.until, null)
  assert.equal((await world.show(held)).state, 'queued')
  assert.deepEqual(await world.json('POST', '/api/whatsapp/accounts/default/release'), { changed: 1 })
  assert.deepEqual(await world.json('POST', '/api/whatsapp/accounts/default/release'), { changed: 0 })
  assert.equal((await holds()).held, false)
  assert.equal((await holds()).templates_held, false)
  assert.equal((await world.json('POST', '/api/whatsapp/accounts/nobody/release', {}, 404)).code, 'account_not_found')
  assert.equal((await world.json('POST', '/api/whatsapp/accounts/default/release', { template: 'x' }, 422)).code, 'invalid_template')
  const { id } = (await world.json('GET', '/api/queues/outbound-messages/jobs?state=delayed')).data[0]
  await world.json('POST', `/api/queues/outbound-messages/jobs/${id}/promote`)
  await world.reached(held, 'read')
})

test('CLI-1: what holds an account, seen and ended from a terminal', async (t) => {
  const world = await Sender.start(t)
  const cli = (...args) => run(['account', ...args, '--redis-url', world.redis.url])
  await world.sandbox.order({ do: 'error', code: 190, times: 1 })
  const id = await world.send()
  await until(async () => (await world.json('GET', '/api/whatsapp/accounts/default/holds')).held)
  const shown = await cli('holds', 'default')
  assert.equal(shown.code, 0, shown.stderr)
  assert.match(JSON.parse(shown.stdout).reason, /190/)
  assert.equal((await cli('release', 'default')).stdout, 'released\n')
  assert.equal((await cli('release', 'default')).stdout, 'it was not held\n')
  assert.equal((await cli('release', 'default', '--template', 'x')).code, 2)
  await world.reached(id, 'read')
})
