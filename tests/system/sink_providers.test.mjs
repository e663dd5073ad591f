// SPDX-License-Identifier: MIT
// sink_providers.test.mjs — Twilio's and Evolution's webhooks, secrets of paths, and how much one source may send.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'

import { RedisServer } from './redis.mjs'
import { SAMPLES, SECRET, Sink, messages } from './sink_world.mjs'
import { ROOT, run, start, until } from './support.mjs'

const AUTH_TOKEN = 'demo-auth-token'
const PUBLIC = 'https://hooks.example.com/twilio/in'
const KEY = '00000000-DEMO-TOKEN-0000-000000000001'
const FORM = 'application/x-www-form-urlencoded'
const QUEUES = { messages: 'inbound-messages', statuses: 'message-statuses', events: 'account-events' }

// Samples of what a provider posts, without what it answers.
function samplesOf(provider) {
  const names = readdirSync(join(SAMPLES, provider)).filter((name) => !name.startsWith('rest_'))
  return names.map((name) => ({ name, body: readFileSync(join(SAMPLES, provider, name)) }))
}

// What a sample becomes: [{dedup, queue, name, data}], the time at which it came left out.
function goldenJobs(provider, name) {
  const lines = readFileSync(join(ROOT, 'tests', 'golden', 'inbound', provider, `${name}.txt`), 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    const [, queue, job, data] = /^(messages|statuses|events) (\S+) (.*)$/.exec(line) ?? []
    return queue ? [{ dedup: JSON.parse(lines[i - 1]).dedup, queue: QUEUES[queue], name: job, data: timeless(JSON.parse(data)) }] : []
  })
}

// Of what two samples tell the same of, the first.
const once = (jobs) => [...new Map(jobs.toReversed().map(({ dedup, ...job }) => [dedup, job])).values()]

// Without the time at which it came, which also stands for that at which it happened where the provider tells none.
function timeless({ timestamp, ...data }) {
  for (const inner of [data.message, data.status]) if (Number(inner?.timestamp) === Math.floor(timestamp / 1000)) delete inner.timestamp
  return data
}

async function jobsOf(sink) {
  const jobs = []
  for (const queue of Object.values(QUEUES)) {
    const last = Number(await sink.server.client.do('GET', `bull:${queue}:id`) ?? 0)
    for (let id = 1; id <= last; id++) {
      const [name, data] = await sink.server.client.do('HMGET', `bull:${queue}:${id}`, 'name', 'data')
      jobs.push({ queue, name, data: timeless(JSON.parse(data)) })
    }
  }
  return jobs
}

function same(jobs, wanted) {
  const [a, b] = [byText(jobs), byText(wanted)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) assert.equal(a[i]?.slice(0, 2000), b[i]?.slice(0, 2000))
}

const byText = (jobs) => jobs.map((job) => JSON.stringify(job)).sort()

function twilioSign(url, params = {}, token = AUTH_TOKEN) {
  const text = Object.keys(params).sort().reduce((all, key) => all + key + params[key], url)
  return createHmac('sha1', token).update(text).digest('base64')
}

const postTwilio = (sink, body, signature, { path = '/webhooks/twilio', type = FORM, headers = {} } = {}) =>
  sink.post(body, { path, headers: { 'Content-Type': type, 'X-Twilio-Signature': signature, ...headers } })

const postEvolution = (sink, body, headers = { apikey: KEY }, path = '/webhooks/evolution/aurora-01') =>
  sink.post(body, { path, headers: { 'Content-Type': 'application/json', ...headers } })

// Headers as they stand, doubled ones too.
function postWith(sink, path, body, headers) {
  return new Promise((resolve, reject) => {
    const out = request(sink.url(path), { method: 'POST', headers: ['Host', 'x', 'Content-Length', String(Buffer.byteLength(body)), ...headers] }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    out.on('error', reject)
    out.end(body)
  })
}

const twilioSink = async (t, ...options) => Sink.start(t, await RedisServer.start(t), '--twilio-webhook-token', AUTH_TOKEN, ...options)
const evolutionSink = async (t, ...options) => Sink.start(t, await RedisServer.start(t), '--evolution-webhook-key', KEY, ...options)

test('ING-7: each of Twilio\'s samples becomes its jobs, once', async (t) => {
  const sink = await twilioSink(t, '--public-url', PUBLIC)
  const table = readFileSync(join(SAMPLES, 'signatures.tsv'), 'utf8').split('\n').filter((row) => row.startsWith('twilio/')).map((row) => row.split('\t'))
  const wanted = []
  assert.equal(table.length, 27)
  for (const again of [false, true])
    for (const [path, , signature, url] of table) {
      const name = path.slice('twilio/'.length)
      const type = name.endsWith('.form') ? FORM : 'application/json'
      const answer = await postTwilio(sink, readFileSync(join(SAMPLES, path)), signature, { path: `/webhooks/twilio${new URL(url).search}`, type })
      assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'text/xml', '<Response/>'], name)
      if (!again) wanted.push(...goldenJobs('twilio', name))
    }
  same(await jobsOf(sink), once(wanted))
  const { posts, updates, known } = await sink.counts()
  assert.deepEqual([posts, updates, known], [54, 2 * wanted.length, 2 * wanted.length - once(wanted).length])
})

test('ING-7: each of Evolution\'s samples becomes its jobs, once', async (t) => {
  const sink = await evolutionSink(t)
  const samples = samplesOf('evolution')
  const wanted = []
  for (const again of [false, true])
    for (const { name, body } of samples) {
      const answer = await postEvolution(sink, body, { apikey: KEY }, '/webhooks/evolution')
      assert.deepEqual([answer.status, await answer.text()], [200, '{"status":"received"}'], name)
      if (!again) wanted.push(...goldenJobs('evolution', name))
    }
  same(await jobsOf(sink), once(wanted))
  const { updates, known } = await sink.counts()
  assert.deepEqual([updates, known], [2 * wanted.length, 2 * wanted.length - once(wanted).length])
})

const form = (params) => new URLSearchParams(params).toString()
const inbound = (sid, body = 'hello') => ({ MessageSid: sid, AccountSid: 'AC2', From: 'whatsapp:+593900000011', To: 'whatsapp:+12025550100', Body: body, SmsStatus: 'received' })

test('Twilio: only what is signed with a token for our address is taken', async (t) => {
  const sink = await twilioSink(t, '--twilio-webhook-token', 'older')
  const params = inbound('SM1')
  const body = form(params)
  const url = sink.url('/webhooks/twilio')
  const good = twilioSign(url, params)
  const name = 'X-Twilio-Signature'
  const type = ['Content-Type', FORM]
  const wrong = [
    [], [name, ''], [name, good.slice(0, -1)], [name, `${good}=`], [name, good, name, good], [name, good, name.toLowerCase(), twilioSign(url, params, 'x')],
    [name, twilioSign(url, params, 'another')], [name, twilioSign(`${url}/`, params)], [name, twilioSign(url, inbound('SM2'))], [name, `${good},${good}`],
  ]
  for (const headers of wrong) assert.equal(await postWith(sink, '/webhooks/twilio', body, [...type, ...headers]), 401, headers.join(' '))
  assert.equal(await postWith(sink, '/webhooks/twilio?a=b', body, [...type, name, good]), 401)
  assert.equal((await postTwilio(sink, `${body}&More=1`, good)).status, 401)
  assert.deepEqual(await sink.counts(), { posts: 0, updates: 0, known: 0 })
  assert.equal((await postTwilio(sink, body, good)).status, 200)
  assert.equal((await postTwilio(sink, form(inbound('SM3')), twilioSign(url, inbound('SM3'), 'older'))).status, 200)
  // Behind a proxy that tells by which name it was called.
  const outside = twilioSign('https://hooks.example.com/webhooks/twilio', inbound('SM4'))
  assert.equal((await postTwilio(sink, form(inbound('SM4')), outside)).status, 401)
  assert.equal((await postTwilio(sink, form(inbound('SM4')), outside, { headers: { 'X-Forwarded-Host': 'hooks.example.com', 'X-Forwarded-Proto': 'https' } })).status, 200)
  assert.deepEqual((await sink.jobs()).map((data) => data.message.id), ['SM1', 'SM3', 'SM4'])
  const many = Array.from({ length: 300 }, (_, i) => `p${i}=1`).join('&')
  assert.equal((await postTwilio(sink, many, good)).status, 413)
})

test('Twilio: a path of its own has a token, and a business', async (t) => {
  const sink = await twilioSink(t, '--twilio-webhook-token', 'shop=sub-token', '--public-url', 'https://hooks.example.com/base/')
  const post = (path, params, token) => postTwilio(sink, form(params), twilioSign(`https://hooks.example.com/base${path}`, params, token), { path })
  assert.equal((await post('/webhooks/twilio/shop', inbound('SM1'), 'sub-token')).status, 200)
  assert.equal((await post('/webhooks/twilio/shop', inbound('SM2'), AUTH_TOKEN)).status, 200)
  assert.equal((await post('/webhooks/twilio/other', inbound('SM3'), 'sub-token')).status, 401)
  assert.equal((await post('/webhooks/twilio', inbound('SM3'), 'sub-token')).status, 401)
  assert.deepEqual((await sink.jobs()).map((data) => data.businessId), ['shop', 'shop'])
})

const jwt = (claims, key = KEY, head = { alg: 'HS256', typ: 'JWT' }) => {
  const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

const upsert = (id, more = {}) => JSON.stringify({
  event: 'messages.upsert', instance: 'aurora-01', date_time: '2026-06-09T05:13:20.123Z', sender: '12025550100@s.whatsapp.net',
  data: { key: { remoteJid: '593900000011@s.whatsapp.net', fromMe: false, id }, pushName: 'L', message: { conversation: 'hello' }, messageType: 'conversation', messageTimestamp: 1781000001 },
  ...more,
})

test('Evolution: a key in a header, a token or the body', async (t) => {
  const sink = await evolutionSink(t, '--evolution-webhook-key', 'older key,aurora-02=its own')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iat: now, exp: now + 600, app: 'evolution', action: 'webhook' }
  const bearer = (token) => ({ Authorization: `Bearer ${token}` })
  const own = '/webhooks/evolution/aurora-02'
  const right = [
    [{ apikey: KEY }], [{ apikey: 'older key' }], [{ apikey: 'its own' }, {}, own], [bearer(KEY)], [bearer(jwt(claims))], [bearer(jwt(claims, 'its own')), {}, own],
    [bearer(jwt({ exp: now - 30 }))], [{}, { apikey: KEY }], [{}, { api_key: KEY }], [{}, { apikey: 'its own' }, own], [{ Authorization: 'Basic eDp5' }, { apikey: KEY }],
    [{ apikey: KEY, Authorization: 'Bearer of something else' }],
  ]
  const wrong = [
    [{}], [{ apikey: '' }], [{ apikey: `${KEY}x` }], [{ apikey: 'its own' }], [{ apikey: 'wrong' }, { apikey: KEY }], [{}, { apikey: 'wrong' }], [{}, { apikey: null }],
    [{}, { apikey: 'its own' }], [{}, { data: { apikey: KEY } }], [bearer(jwt({ ...claims, exp: now - 600 }))], [bearer(jwt({ iat: now }))], [bearer(jwt(claims, 'x'))],
    [bearer(jwt(claims, 'its own'))], [bearer(jwt(claims, KEY, { alg: 'none' }))], [bearer(jwt({ ...claims, action: 'login' }))], [bearer(jwt(claims).split('.').slice(0, 2).join('.'))],
    [bearer(`${jwt(claims)}.x`)], [bearer('..')], [{ Authorization: KEY }],
  ]
  for (const [i, [headers, more, path]] of right.entries()) assert.equal((await postEvolution(sink, upsert(`R${i}`, more), headers, path)).status, 200, `right ${i}`)
  for (const [i, [headers, more, path]] of wrong.entries()) assert.equal((await postEvolution(sink, upsert(`W${i}`, more), headers, path)).status, 401, `wrong ${i}`)
  assert.equal(await postWith(sink, '/webhooks/evolution/aurora-01', upsert('W'), ['apikey', KEY, 'apikey', KEY]), 401)
  assert.equal((await postEvolution(sink, 'no JSON', {})).status, 401)
  assert.equal((await postEvolution(sink, 'no JSON')).status, 200)
  assert.deepEqual((await sink.jobs()).map((data) => data.message.id), right.map((_, i) => `R${i}`))
})

test('Evolution: which instance it is of; its keys are not kept', async (t) => {
  const sink = await evolutionSink(t)
  const paths = {
    '/webhooks/evolution': 'aurora-01', '/webhooks/evolution/shop': 'shop', '/webhooks/evolution/shop/messages-upsert': 'shop',
    '/webhooks/evolution/messages-upsert': 'aurora-01', '/webhooks/evolution/messages-upsert/messages-upsert': 'messages-upsert', '/webhooks/evolution/my%20shop': 'my shop',
  }
  for (const [i, path] of Object.keys(paths).entries()) assert.equal((await postEvolution(sink, upsert(`I${i}`, { apikey: 'secret\\"of\nan instance' }), { apikey: KEY }, path)).status, 200, path)
  assert.deepEqual((await sink.jobs()).map((data) => data.phoneNumberId), Object.values(paths))
  const log = JSON.stringify(await sink.server.client.do('XRANGE', 'wq:{bull}:sink:log', '-', '+'))
  assert.match(log, /"apikey\\+":\\+"\*{20,}\\+"/)
  assert.doesNotMatch(log, /of\\+nan instance|secret/)
})

test('without a secret a provider\'s routes are closed; with any the sink starts', async (t) => {
  const server = await RedisServer.start(t)
  const sink = await Sink.start(t, server, '--webhook-secret', 'shop=its own')
  for (const [path, setting] of [['/webhooks/twilio', /--twilio-webhook-token/], ['/webhooks/twilio/a', /--twilio-webhook-token/], ['/webhooks/evolution/a', /--evolution-webhook-key/]]) {
    const answer = await sink.post('{}', { path })
    const { code, detail } = await answer.json()
    assert.deepEqual([answer.status, code], [404, 'no_webhook_secret'])
    assert.match(detail, setting)
  }
  const bare = async (env) => {
    const program = start(['sink', '--redis-url', server.url, '--port', '0'], { t, env })
    const [, base] = await program.until(/^listening (\S+)/m)
    return Object.assign(new Sink(), { url: (path) => `${base}${path}` })
  }
  const evolution = await bare({ EVOLUTION_API_KEY: 'a,b=c' })
  assert.equal((await postEvolution(evolution, upsert('E1'), { apikey: 'a,b=c' })).status, 200)
  assert.equal((await evolution.post('{}', { path: '/webhooks/whatsapp' })).status, 404)
  const twilio = await bare({ TWILIO_AUTH_TOKEN: AUTH_TOKEN })
  assert.equal((await postTwilio(twilio, form(inbound('SM1')), twilioSign(twilio.url('/webhooks/twilio'), inbound('SM1')))).status, 200)
  const none = await run(['sink'])
  assert.equal(none.code, 2)
  for (const name of ['WEBHOOK_SECRET', 'TWILIO_AUTH_TOKEN', 'EVOLUTION_API_KEY', 'WEBHOOK_VERIFY_TOKEN']) assert.match(none.stderr, new RegExp(name))
})

test('Meta: secrets of a path', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--webhook-secret', 'shop=s1,shop=s2,other=o,*=a=b')
  const post = async (id, path, secret) => (await sink.post(messages([id]), { path, secret })).status
  let n = 0
  for (const [path, good, bad] of [
    ['/webhooks/whatsapp', [SECRET, 'a=b'], ['s1', 'o', '*=a=b', 'shop=s1']], ['/webhooks/whatsapp/shop', [SECRET, 'a=b', 's1', 's2'], ['o']],
    ['/webhooks/whatsapp/other', [SECRET, 'o'], ['s1']], ['/webhooks/whatsapp/any', [SECRET], ['s1', 'o']],
  ]) {
    for (const secret of good) assert.equal(await post(`wamid.${n++}`, path, secret), 200, `${path} ${secret}`)
    for (const secret of bad) assert.equal(await post(`wamid.${n++}`, path, secret), 401, `${path} ${secret}`)
  }
  for (const [text, why] of [['shop=', /no secret behind NAME=/], ['my shop=s', /a path's name/], ['a=1,a=2,a=3,a=4,a=5,a=6,a=7,a=8,a=9', /more secrets than are tried/]]) {
    const refused = await run(['sink', '--webhook-secret', text, '--webhook-verify-token', 't', '--port', '0'])
    assert.notEqual(refused.code, 0)
    assert.match(refused.stderr, why)
    assert.match(refused.stderr, /--webhook-secret: /)
  }
})

test('what Redis does not hold is answered 503 to all of them', async (t) => {
  const sink = await twilioSink(t, '--evolution-webhook-key', KEY, '--redis-wait', '100ms', '--redis-command-timeout', '1s')
  const twilio = (id) => postTwilio(sink, form(inbound(id)), twilioSign(sink.url('/webhooks/twilio'), inbound(id)))
  const posts = (id) => Promise.all([twilio(`SM${id}`), postEvolution(sink, upsert(`E${id}`))])
  for (const answer of await posts(1)) assert.equal(answer.status, 200)
  await sink.server.stop()
  for (const answer of await posts(2)) {
    assert.equal(answer.status, 503)
    assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
  }
  await sink.server.run()
  await until(async () => (await posts(2)).every((answer) => answer.status === 200))
})

const metric = async (sink, name) => Number((await (await fetch(sink.url('/metrics'))).text()).split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1])

test('ING-8: what nobody signed is limited first, and by its source', async (t) => {
  const sink = await twilioSink(t, '--source-unsigned-max', '5', '--proxies', '1', '--evolution-webhook-key', KEY)
  const forge = async (from, headers = { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` }, path = undefined) =>
    (await sink.post(messages(['wamid.forged']), { path, headers: { 'X-Forwarded-For': from, ...headers } })).status
  const count = async (from) => {
    const seen = {}
    for (let i = 0; i < 30; i++) {
      const status = await forge(from)
      seen[status] = (seen[status] ?? 0) + 1
    }
    return seen
  }
  const first = await count('1.2.3.4, 192.0.2.1')
  assert.ok(first[401] >= 5 && first[429] >= 10, JSON.stringify(first))
  const refused = await sink.post('{}', { headers: { 'X-Forwarded-For': '192.0.2.1' } })
  if (refused.status === 429) {
    assert.match(refused.headers.get('retry-after'), /^[1-9]\d*$/)
    assert.equal((await refused.json()).code, 'too_many_unsigned')
  }
  assert.ok((await metric(sink, 'willaq_webhooks_refused_total{why="rate"}')) >= first[429])
  assert.ok((await metric(sink, 'willaq_webhooks_refused_total{why="signature"}')) >= first[401])
  // Who says who is in front of it, in front of our proxy, is not believed; other sources, other routes of them: each for itself.
  assert.equal(await forge('192.0.2.1, 192.0.2.2'), 401)
  assert.equal(await forge('192.0.2.2', { apikey: 'wrong' }, '/webhooks/evolution/a'), 401)
  // A source of signed webhooks is not limited for what is between them.
  const good = (id) => sink.post(upsert(id), { path: '/webhooks/evolution/a', headers: { apikey: KEY, 'X-Forwarded-For': '192.0.2.3' } })
  assert.equal((await good('G1')).status, 200)
  assert.deepEqual(await count('192.0.2.3'), { 401: 30 })
  assert.equal((await good('G2')).status, 200)
  await until(async () => JSON.stringify(await sink.server.client.do('XRANGE', 'wq:{bull}:sink:refused', '-', '+')).includes('too_many_unsigned'))
})

test('ING-8: a bound on all of a source', async (t) => {
  const sink = await evolutionSink(t, '--source-max', '20')
  const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => postEvolution(sink, upsert(`A${i}`))))
  const ok = answers.filter((answer) => answer.status === 200).length
  assert.ok(ok >= 20 && ok < 70, String(ok))
  const over = answers.filter((answer) => answer.status === 429)
  assert.equal(ok + over.length, 80)
  for (const answer of over) {
    assert.equal(answer.headers.get('retry-after'), '1')
    assert.equal((await answer.json()).code, 'too_many')
  }
  assert.equal((await sink.jobs()).length, ok)
})

// Takes what is posted to it.
async function endpoint(t) {
  const taken = []
  const server = createServer((ask, answer) => {
    const pieces = []
    ask.on('data', (piece) => pieces.push(piece))
    ask.on('end', () => {
      taken.push({ url: ask.url, headers: ask.headers, body: Buffer.concat(pieces).toString() })
      answer.writeHead(200).end()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${server.address().port}/hook?a=b`, taken }
}

const hashOf = (body) => createHash('sha256').update(body).digest('hex')

test('ING-5: replayed to queues, and to a URL as its receiver verifies it', async (t) => {
  const sink = await twilioSink(t, '--evolution-webhook-key', `${KEY},shop=its own`, '--twilio-webhook-token', 'shop=sub')
  const events = JSON.stringify([{ id: 'EV1', type: 'com.twilio.messaging.message.delivered', data: { accountSid: 'AC2', messageSid: 'SM9', messageStatus: 'delivered', from: 'whatsapp:+12025550100', to: 'whatsapp:+593900000011' } }])
  const at = (path) => sink.url(path)
  await postTwilio(sink, form(inbound('SM1')), twilioSign(at('/webhooks/twilio'), inbound('SM1')))
  await postTwilio(sink, form(inbound('SM2')), twilioSign(at('/webhooks/twilio/shop'), inbound('SM2'), 'sub'), { path: '/webhooks/twilio/shop' })
  const path = `/webhooks/twilio?bodySHA256=${hashOf(events)}`
  assert.equal((await postTwilio(sink, events, twilioSign(at(path)), { path, type: 'application/json' })).status, 200)
  await postEvolution(sink, upsert('E1'))
  await postEvolution(sink, upsert('E2', { apikey: 'its own' }), {}, '/webhooks/evolution/shop')
  const before = await jobsOf(sink)
  assert.equal(before.length, 5)
  const env = { TWILIO_AUTH_TOKEN: AUTH_TOKEN, WILLAQ_TWILIO_WEBHOOK_TOKEN: `${AUTH_TOKEN},shop=sub`, EVOLUTION_API_KEY: KEY, WILLAQ_EVOLUTION_WEBHOOK_KEY: `${KEY},shop=its own` }
  const replay = (...args) => run(['webhook', 'replay', '--all', '--yes', '--redis-url', sink.server.url, ...args], { env })
  assert.equal((await replay()).code, 0)
  const again = (await jobsOf(sink)).map(({ data: { replayOf, ...data }, ...job }) => ({ ...job, replayed: Boolean(replayOf), data }))
  same(again.filter((job) => job.replayed).map(({ replayed, ...job }) => job), before)
  const { url, taken } = await endpoint(t)
  const told = await replay('--to', url)
  assert.equal(told.code, 0, told.stderr)
  assert.equal(taken.length, 5)
  const [one, two, json, own, shop] = taken
  assert.equal(one.headers['x-twilio-signature'], twilioSign(url, inbound('SM1')))
  assert.equal(one.headers['content-type'], FORM)
  assert.equal(two.headers['x-twilio-signature'], twilioSign(url, inbound('SM2'), 'sub'))
  assert.equal(json.url, `/hook?a=b&bodySHA256=${hashOf(events)}`)
  assert.equal(json.headers['x-twilio-signature'], twilioSign(`${url}&bodySHA256=${hashOf(events)}`))
  assert.deepEqual([own.headers.apikey, shop.headers.apikey], [KEY, 'its own'])
  assert.match(shop.body, /"apikey":"\*{7}"/)
})

test('willaq proxy: passes on what receivers of Twilio and Evolution verify', async (t) => {
  const server = await RedisServer.start(t)
  const receiver = await endpoint(t)
  const program = start(['proxy', '--to', receiver.url, '--redis-url', server.url, '--port', '0', '--evolution-webhook-key', KEY, '--twilio-webhook-token', AUTH_TOKEN], { t })
  const [, base] = await program.until(/^listening (\S+)/m)
  const proxy = Object.assign(new Sink(), { url: (path) => `${base}${path}` })
  const events = '[]'
  const path = `/webhooks/twilio?bodySHA256=${hashOf(events)}`
  const headers = { 'X-Forwarded-Host': 'hooks.example.com', 'X-Forwarded-Proto': 'https', 'I-Twilio-Idempotency-Token': 'once' }
  const signature = twilioSign(`https://hooks.example.com${path}`)
  await until(async () => (await postTwilio(proxy, events, signature, { path, type: 'application/json', headers })).status === 200)
  assert.equal((await postTwilio(proxy, form(inbound('SM1')), twilioSign(proxy.url('/webhooks/twilio'), inbound('SM1')))).status, 200)
  const body = upsert('E1', { apikey: KEY })
  assert.equal((await postEvolution(proxy, body, { Authorization: `Bearer ${KEY}` }, '/webhooks/evolution/shop/messages-upsert')).status, 200)
  await until(() => receiver.taken.length === 3)
  const [json, plain, evolution] = receiver.taken
  assert.equal(json.url, `/hook?a=b&bodySHA256=${hashOf(events)}`)
  assert.equal(json.headers['x-twilio-signature'], signature)
  assert.deepEqual([json.headers['x-forwarded-host'], json.headers['x-forwarded-proto'], json.headers['x-forwarded-uri'], json.headers['i-twilio-idempotency-token']], ['hooks.example.com', 'https', path, 'once'])
  assert.deepEqual([plain.url, plain.body, plain.headers['content-type']], ['/hook?a=b', form(inbound('SM1')), FORM])
  assert.deepEqual([evolution.body, evolution.headers.authorization, evolution.headers['x-forwarded-uri']], [body, `Bearer ${KEY}`, '/webhooks/evolution/shop/messages-upsert'])
})
