// SPDX-License-Identifier: MIT
// accounts.test.mjs — accounts, businesses and keys over HTTP, on a real Redis.
import assert from 'node:assert/strict'
import test from 'node:test'

import { ADMIN, SECRET_KEY, TOKEN, World, cloud } from './accounts_world.mjs'
import { run, until } from './support.mjs'

const list = async (w, query = '', key) => (await w.call('GET', `/api/whatsapp/accounts${query}`, { key })).body.data

test('ACC-1: an account of each provider is checked, kept, changed, and removed', async (t) => {
  const w = await World.start(t)
  const first = await w.create(cloud(1))
  assert.equal(first.state, 'ACTIVE')
  assert.deepEqual([first.quality, first.tier, first.display_phone_number, first.verified], ['GREEN', 'TIER_2K', '+593 99 123 4567', true])
  assert.deepEqual([first.rank, first.primary, first.default, first.business], ['primary', true, true, 'default'])
  assert.deepEqual(first.credentials, { usable: true, hint: '1234', app_secret: false, sealed_with_current_key: true })
  assert.deepEqual([first.limits.per_second, first.limits.people_per_day, first.limits.pair_interval_ms], [72, 1800, 6666])
  const linked = await w.create({ provider: 'evolution', name: 'Ventas', instance: 'ventas uno', base_url: w.providers.url, api_key: TOKEN, profile: 'gentle' })
  assert.match(linked.check, /link the phone/)
  assert.equal(linked.limits.per_day, 450)
  const sid = `AC${'0123456789abcdef'.repeat(2)}`
  const twilio = await w.create({ provider: 'twilio', name: 'Twilio', account_sid: sid, auth_token: TOKEN, number: '+14155238886', limits: { per_second: 0.5 } })
  assert.equal(twilio.limits.per_second, 0.5)
  assert.deepEqual((await list(w)).map(({ id }) => id), [first.id, linked.id, twilio.id])
  assert.deepEqual((await list(w, '?provider=evolution')).map(({ id }) => id), [linked.id])
  assert.deepEqual((await list(w, '?state=SUSPENDED')), [])
  const page = (await w.call('GET', '/api/whatsapp/accounts?limit=2')).body
  assert.deepEqual([page.data.length, page.next_cursor], [2, '2'])
  assert.deepEqual((await list(w, '?limit=2&cursor=2')).map(({ id }) => id), [twilio.id])

  const patch = (id, body) => w.call('PATCH', `/api/whatsapp/accounts/${id}`, { body })
  const suspended = (await patch(first.id, { state: 'SUSPENDED', reason: 'holidays', description: 'of Quito' })).body
  assert.deepEqual([suspended.state, suspended.reason, suspended.description, suspended.revision], ['SUSPENDED', 'holidays', 'of Quito', 2])
  assert.equal((await patch(twilio.id, { rank: 'primary' })).body.rank, 'primary')
  assert.equal((await w.call('GET', `/api/accounts/${first.id}`)).body.rank, 'default')
  assert.equal((await patch(twilio.id, { rank: 'secondary' })).body.code, 'last_of_rank')
  w.providers.quality = 'YELLOW'
  assert.equal((await w.call('POST', `/api/whatsapp/accounts/${first.id}/verify`)).body.quality, 'YELLOW')
  assert.equal((await w.call('DELETE', `/api/whatsapp/accounts/${first.id}`)).status, 200)
  assert.equal((await w.call('GET', `/api/whatsapp/accounts/${first.id}`)).body.code, 'account_not_found')
  assert.equal((await w.call('GET', `/api/whatsapp/accounts/${linked.id}`)).body.rank, 'default')
})

test('ACC-1: what is wrong is named, and what the provider refuses is not kept', async (t) => {
  const w = await World.start(t)
  const refused = async (body) => {
    const answer = await w.call('POST', '/api/whatsapp/accounts', { body })
    return [answer.status, answer.body.code, answer.body.detail.split(' ')[0]]
  }
  assert.deepEqual(await refused({ name: 'x' }), [400, 'invalid_account', 'provider'])
  assert.deepEqual(await refused(cloud(1, { phone_number_id: '+593' })), [400, 'invalid_account', 'phone_number_id'])
  assert.deepEqual(await refused(cloud(1, { access_token: undefined })), [400, 'invalid_account', 'access_token'])
  assert.deepEqual(await refused(cloud(1, { api_key: 'x' })), [400, 'invalid_account', 'api_key'])
  assert.deepEqual(await refused(cloud(1, { instance: 'x' })), [400, 'invalid_account', 'instance'])
  assert.deepEqual(await refused(cloud(1, { limits: { per_minute: 3 } })), [400, 'invalid_account', 'limits.per_minute'])
  assert.deepEqual(await refused(cloud(1, { rank: 'first' })), [400, 'invalid_account', 'rank'])
  assert.deepEqual(await refused(cloud(1, { token: 'x' })), [400, 'unknown_member', 'the'])
  assert.deepEqual(await refused(cloud(1, { access_token: 'EAABwrong' })), [422, 'credentials_refused', 'access_token'])
  assert.deepEqual(await refused(cloud(1, { phone_number_id: '99999999' })), [422, 'credentials_refused', 'phone_number_id'])
  assert.deepEqual(await refused({ provider: 'evolution', name: 'x', instance: 'none', base_url: w.providers.url, api_key: TOKEN }), [422, 'credentials_refused', 'instance'])
  assert.deepEqual(await list(w), [])
  const kept = await w.create(cloud(2, { access_token: 'EAABwrong', verify: false }))
  assert.deepEqual([kept.state, kept.verified], ['ACTIVE', false])
  assert.deepEqual(await refused(cloud(2, { name: 'other' })), [409, 'number_taken', 'another'])
  assert.deepEqual(await refused(cloud(3, { name: 'Sales 2' })), [409, 'name_taken', 'another'])
  w.providers.down = true
  const pending = await w.create(cloud(4))
  assert.equal(pending.state, 'PENDING')
  assert.match(pending.reason, /HTTP 503/)
  assert.equal((await w.call('POST', `/api/whatsapp/accounts/${pending.id}/verify`)).body.code, 'provider_unreachable')
  w.providers.down = false
  assert.equal((await w.call('POST', `/api/whatsapp/accounts/${pending.id}/verify`)).body.state, 'ACTIVE')
})

test('ACC-3: a business sees its own, by the role of its key', async (t) => {
  const w = await World.start(t)
  for (const id of ['acme', 'bolt']) assert.equal((await w.call('POST', '/api/businesses', { body: { id } })).status, 201)
  const acme = await w.key({ business: 'acme', role: 'admin' })
  const bolt = await w.key({ business: 'bolt', role: 'admin' })
  const viewer = await w.key({ role: 'viewer' }, acme.key)
  assert.equal(viewer.business, 'acme')
  const a = await w.create(cloud(1), acme.key)
  const b = await w.create(cloud(2), bolt.key)
  assert.deepEqual([a.business, b.business], ['acme', 'bolt'])
  assert.deepEqual((await list(w, '', acme.key)).map(({ id }) => id), [a.id])
  assert.deepEqual((await list(w, '', viewer.key)).map(({ id }) => id), [a.id])
  assert.deepEqual((await list(w, '?business=bolt')).map(({ id }) => id), [b.id])
  assert.equal((await w.call('GET', '/api/whatsapp/accounts?business=bolt', { key: acme.key })).status, 403)
  for (const [method, path, body] of [['GET', '', undefined], ['PATCH', '', { name: 'mine' }], ['DELETE', '?force=true', undefined], ['POST', '/verify', undefined]]) {
    const [id, rest] = path.startsWith('/') ? [b.id + path, ''] : [b.id, path]
    assert.equal((await w.call(method, `/api/whatsapp/accounts/${id}${rest}`, { body, key: acme.key })).status, 404, method)
  }
  assert.equal((await w.call('POST', '/api/whatsapp/accounts', { body: cloud(3, { business: 'bolt' }), key: acme.key })).status, 403)
  assert.equal((await w.call('POST', '/api/whatsapp/accounts', { body: cloud(3), key: viewer.key })).status, 403)
  const manager = await w.key({ role: 'manager' }, acme.key)
  assert.equal((await w.call('PATCH', `/api/whatsapp/accounts/${a.id}`, { body: { name: 'Ventas' }, key: manager.key })).status, 200)
  assert.equal((await w.call('PATCH', `/api/whatsapp/accounts/${a.id}`, { body: { access_token: TOKEN }, key: manager.key })).status, 403)
  // What is of all is not theirs.
  for (const path of ['/api/queues', '/api/subscriptions', '/api/webhook-logs', '/api/dlq', '/api/events']) {
    assert.equal((await w.call('GET', path, { key: acme.key })).status, 403, path)
  }
  // Nor are other business's keys.
  assert.deepEqual((await w.call('GET', '/api/keys', { key: acme.key })).body.data.map(({ id }) => id).sort(), [acme.id, viewer.id, manager.id].sort())
  assert.equal((await w.call('POST', '/api/keys', { body: { business: 'bolt', role: 'viewer' }, key: acme.key })).status, 403)
  assert.equal((await w.call('POST', '/api/keys', { body: { business: null, role: 'viewer' }, key: acme.key })).status, 403)
  assert.equal((await w.call('POST', '/api/keys', { body: { role: 'viewer' }, key: manager.key })).status, 403)
  assert.equal((await w.call('DELETE', `/api/keys/${bolt.id}`, { key: acme.key })).status, 404)
  assert.deepEqual((await w.call('GET', '/api/businesses', { key: acme.key })).body.data.map(({ id }) => id), ['acme'])
  assert.equal((await w.call('POST', '/api/businesses', { body: { id: 'cobb' }, key: acme.key })).status, 403)
  // An address of a business's own has to be public.
  const inside = await w.call('POST', '/api/whatsapp/accounts', { body: cloud(5, { base_url: `${w.providers.url}/v23.0` }), key: acme.key })
  assert.deepEqual([inside.body.state, /not public/.test(inside.body.reason)], ['PENDING', true])
  // A key that is removed opens nothing.
  assert.equal((await w.call('DELETE', `/api/keys/${viewer.id}`, { key: acme.key })).status, 200)
  await until(async () => (await w.call('GET', '/api/whatsapp/accounts', { key: viewer.key })).status === 401)
  assert.equal((await w.call('DELETE', '/api/businesses/bolt')).body.code, 'business_in_use')
})

test('TOK-1: credentials are never shown, logged, or in Redis as they are', async (t) => {
  const w = await World.start(t)
  const app = 'app-secret-that-nobody-may-see-99'
  const account = await w.create(cloud(1, { app_secret: app }))
  assert.equal(account.credentials.app_secret, true)
  const key = await w.key({ role: 'admin', name: 'ops' })
  await w.call('POST', '/api/whatsapp/accounts', { body: cloud(1, { access_token: 'EAABsecret-wrong-one-5678901' }) })
  await w.call('PATCH', `/api/whatsapp/accounts/${account.id}`, { body: { access_token: TOKEN } })
  await w.call('POST', `/api/whatsapp/accounts/${account.id}/verify`)
  const held = await w.dump()
  assert.match(held, /v1:/)
  for (const secret of [TOKEN, app, 'EAABsecret-wrong-one']) {
    assert.ok(!held.includes(secret), 'in Redis')
    assert.ok(!w.texts.join('\n').includes(secret), 'in an answer')
    assert.ok(!(w.program.stderr + w.program.stdout).includes(secret), 'in the log')
  }
  assert.ok(!held.includes(key.key), 'a key in Redis')
  assert.equal(w.texts.filter((text) => text.includes(key.key)).length, 1, 'a key is shown once')
  assert.ok(!w.program.stderr.includes(key.key) && !w.program.stderr.includes(ADMIN), 'a key in the log')

  // Tampered: it is told, and nothing is sent with it.
  const name = `wq:{bull}:acc:of:${account.id}`
  const sealed = await w.redis.client.do('HGET', name, 'sealed')
  await w.redis.client.do('HSET', name, 'sealed', sealed.slice(0, -6) + (sealed.at(-6) === 'A' ? 'B' : 'A') + sealed.slice(-5))
  const bad = (await w.call('GET', `/api/whatsapp/accounts/${account.id}`)).body
  assert.deepEqual([bad.state, bad.credentials.usable], ['SUSPENDED', false])
  assert.match(bad.reason, /changed/)
  const mended = (await w.call('PATCH', `/api/whatsapp/accounts/${account.id}`, { body: { access_token: TOKEN } })).body
  assert.deepEqual([mended.state, mended.credentials.usable], ['ACTIVE', true])
})

test('TOK-1: without a key nothing is kept; with another one nothing opens until the old one is there', async (t) => {
  const w = await World.start(t, { secretKey: null })
  const refused = await w.call('POST', '/api/whatsapp/accounts', { body: cloud(1) })
  assert.equal(refused.body.code, 'no_secret_key')
  assert.match(refused.body.detail, /WILLAQ_SECRET_KEY/)
  const restart = async (secretKey) => {
    await w.program.stop()
    await w.run({ secretKey })
  }
  await restart(SECRET_KEY)
  const { id } = await w.create(cloud(1))
  const next = 'f'.repeat(64)
  await restart(next)
  const shut = (await w.call('GET', `/api/whatsapp/accounts/${id}`)).body
  assert.deepEqual([shut.state, shut.credentials.usable], ['SUSPENDED', false])
  await restart(`${next},${SECRET_KEY}`)
  const open = (await w.call('GET', `/api/whatsapp/accounts/${id}`)).body
  assert.deepEqual([open.state, open.credentials.usable, open.credentials.sealed_with_current_key], ['ACTIVE', true, false])
})

test('ACC-2: an account with work or history goes by force alone', async (t) => {
  const w = await World.start(t)
  const { id } = await w.create(cloud(1))
  await w.redis.client.do('HSET', `wq:{${id}}:total`, 'queued', '5', 'accepted', '2', 'failed', '1')
  const kept = await w.call('DELETE', `/api/whatsapp/accounts/${id}`)
  assert.deepEqual([kept.status, kept.body.code], [409, 'account_in_use'])
  assert.match(kept.body.detail, /2 messages that wait.*2 sent and 1 failed/)
  assert.equal((await w.call('DELETE', `/api/whatsapp/accounts/${id}?force=true`)).status, 200)
  assert.deepEqual(await list(w), [])
})

test('the environment makes an account, without any key to seal with', async (t) => {
  const w = await World.start(t, { secretKey: null, env: { WHATSAPP_TOKEN: TOKEN, WHATSAPP_PHONE_NUMBER_ID: '100000000000001' } })
  const [account] = await list(w)
  assert.deepEqual([account.id, account.source, account.state, account.credentials.usable], ['default', 'environment', 'ACTIVE', true])
  assert.equal((await w.call('DELETE', '/api/whatsapp/accounts/default')).body.code, 'of_the_environment')
  assert.ok(!w.texts.join('').includes(TOKEN) && !w.program.stderr.includes(TOKEN))
  const wrong = await run(['serve', '--redis-url', w.redis.url, '--port', '0'], { env: { WHATSAPP_TOKEN: TOKEN, WHATSAPP_PHONE_NUMBER_ID: 'me' } })
  assert.notEqual(wrong.code, 0)
  assert.match(wrong.stderr, /whatsapp-phone-number-id must be/)
})

test('CLI-1: willaq account does the same without a server, and seals anew', async (t) => {
  const w = await World.start(t)
  const willaq = (args, { stdin, key = SECRET_KEY } = {}) => run(['account', ...args], { stdin, env: { WILLAQ_REDIS_URL: w.redis.url, WILLAQ_GRAPH_URL: w.providers.url, WILLAQ_SECRET_KEY: key } })
  const made = await willaq(['create', '-', '--business', 'acme'], { stdin: JSON.stringify(cloud(1)) })
  assert.equal(made.code, 0, made.stderr)
  const { id, business, verified } = JSON.parse(made.stdout)
  assert.deepEqual([business, verified], ['acme', true])
  assert.ok(!made.stdout.includes(TOKEN))
  const refused = await willaq(['create', '-'], { stdin: JSON.stringify(cloud(2, { access_token: 'EAABwrong' })) })
  assert.deepEqual([refused.code, /access_token is not/.test(refused.stderr)], [1, true])
  assert.equal((await willaq(['create', '-'], { stdin: '[]' })).code, 2)
  assert.match((await willaq(['list'])).stdout, /Sales 1\s+acme\s+cloud/)
  const suspended = JSON.parse((await willaq(['suspend', id, '--reason', 'audit'])).stdout)
  assert.deepEqual([suspended.state, suspended.reason], ['SUSPENDED', 'audit'])
  assert.equal(JSON.parse((await willaq(['resume', id])).stdout).state, 'ACTIVE')
  const next = 'e'.repeat(64)
  assert.match((await willaq(['reseal'], { key: `${next},${SECRET_KEY}` })).stdout, /^1 sealed with the current key, 0 were already/)
  assert.match((await willaq(['reseal'], { key: next })).stdout, /^0 sealed with the current key, 1 were already/)
  const shut = await willaq(['reseal'], { key: 'd'.repeat(64) })
  assert.deepEqual([shut.code, /1 do not open/.test(shut.stdout)], [1, true])
  assert.equal(JSON.parse((await willaq(['verify', id], { key: next })).stdout).verified, true)
  await w.redis.client.do('HSET', `wq:{${id}}:total`, 'queued', '1')
  const kept = await willaq(['remove', id], { key: next })
  assert.deepEqual([kept.code, /--force/.test(kept.stderr)], [1, true])
  assert.equal((await willaq(['remove', id, '--force'], { key: next })).code, 0)
  assert.equal((await willaq(['show', id])).code, 1)
})

test('ACC-3: messages too are sent and seen by their own business alone', async (t) => {
  const w = await World.start(t)
  for (const id of ['acme', 'bolt']) assert.equal((await w.call('POST', '/api/businesses', { body: { id } })).status, 201)
  const [acme, bolt, viewer] = [await w.key({ business: 'acme', role: 'agent' }), await w.key({ business: 'bolt', role: 'agent' }), await w.key({ business: 'acme', role: 'viewer' })]
  const a = await w.create(cloud(1, { business: 'acme' }))
  const b = await w.create(cloud(2, { business: 'bolt' }))
  const ask = (key, more) => w.call('POST', '/api/messages', { key, body: { to: '+593991234567', text: 'hello', scheduledAt: Date.now() + 3_600_000, ...more } })
  const sent = await until(async () => { // the directory has them within a second
    const answer = await ask(acme.key)
    return answer.status === 202 && answer
  })
  const { id } = sent.body.messages?.[0] ?? sent.body
  assert.equal((await w.call('GET', `/api/messages/${id}`, { key: acme.key })).status, 200)
  assert.equal((await w.call('GET', `/api/messages/${id}`, { key: viewer.key })).status, 200)
  assert.equal((await w.call('GET', `/api/messages/${id}`)).status, 200)
  assert.equal((await w.call('GET', `/api/messages/${id}`, { key: bolt.key })).status, 404)
  assert.equal((await w.call('POST', `/api/messages/${id}/cancel`, { key: bolt.key })).status, 404)
  assert.equal((await ask(viewer.key)).status, 403)
  assert.equal((await ask(acme.key, { businessId: 'bolt' })).status, 403)
  assert.equal((await ask(acme.key, { account: b.id })).status, 422)
  assert.equal((await ask(acme.key, { account: a.id })).status, 202)
})
