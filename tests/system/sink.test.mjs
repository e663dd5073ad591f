// SPDX-License-Identifier: MIT
// sink.test.mjs — `willaq sink` as a black box: who may post, what becomes of it, and what when Redis cannot take it.
//
// Counts are small enough for each commit; WILLAQ_LONG=1 takes those of the fault table.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'

import { LONG, told } from './fault.mjs'
import { RedisServer } from './redis.mjs'
import { SAMPLES, SECRET, Sink, TOKEN, cloudSamples, messages, sign, statuses } from './sink_world.mjs'
import { BIN, run, until } from './support.mjs'

const FORGERIES = LONG ? 10000 : 300

test('says what is missing, and what is wrong', async () => {
  const none = await run(['sink'])
  assert.equal(none.code, 2)
  assert.match(none.stderr, /--webhook-secret or WEBHOOK_SECRET/)
  assert.match(none.stderr, /--webhook-verify-token or WEBHOOK_VERIFY_TOKEN/)
  const two = await run(['sink', '--webhook-secret', 's', '--webhook-verify-token', 't', '--queue', 'a,b'])
  assert.equal(two.code, 2)
  assert.match(two.stderr, /not into a,b/)
  const colon = await run(['sink', '--webhook-secret', 's', '--webhook-verify-token', 't', '--status-queue', 'a:b', '--port', '0'])
  assert.notEqual(colon.code, 0)
  assert.match(colon.stderr, /--status-queue.*colon/)
  const many = await run(['sink', '--webhook-secret', 'a,b,c,d,e,f,g,h,i', '--webhook-verify-token', 't', '--port', '0'])
  assert.notEqual(many.code, 0)
  assert.match(many.stderr, /--webhook-secret: more secrets than are tried/)
})

test('ING-1: the handshake', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t))
  const ask = async (query, path = '/webhooks/whatsapp') => {
    const answer = await fetch(`${sink.url(path)}?${new URLSearchParams(query)}`)
    return [answer.status, await answer.text(), answer.headers.get('content-type')]
  }
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': TOKEN, 'hub.challenge': '1158<b>201444' }
  for (const path of ['/webhooks/whatsapp', '/api/webhooks/whatsapp', '/webhooks/whatsapp/shop'])
    assert.deepEqual(await ask(right, path), [200, '1158<b>201444', 'text/plain'])
  for (const wrong of [{ 'hub.verify_token': 'another' }, { 'hub.verify_token': '' }, { 'hub.mode': 'unsubscribe' }])
    assert.equal((await ask({ ...right, ...wrong }))[0], 403)
  for (const missing of Object.keys(right)) {
    const query = { ...right }
    delete query[missing]
    assert.equal((await ask(query))[0], 403, missing)
  }
})

test('ING-3, ING-4: every sample is held once, whatever is in it', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t))
  const table = readFileSync(join(SAMPLES, 'signatures.tsv'), 'utf8').split('\n').filter((row) => row.startsWith('cloud/'))
  const signatures = new Map(table.map((row) => row.split('\t')).map(([path, , signature]) => [path.slice('cloud/'.length), signature]))
  const samples = cloudSamples()
  assert.ok(samples.length > 130)
  for (const { name, body } of samples) {
    const answer = await sink.post(body, { headers: { 'X-Hub-Signature-256': signatures.get(name) ?? sign(body) } })
    assert.equal(answer.status, 200, name)
    assert.deepEqual(await answer.json(), { status: 'received' })
  }
  const first = await sink.counts()
  assert.equal(first.posts, samples.length)
  assert.equal((await sink.jobs()).length + (await sink.jobs('message-statuses')).length + (await sink.jobs('account-events')).length,
    first.updates - first.known)
  for (const { name, body } of samples) assert.equal((await sink.post(body)).status, 200, name)
  const second = await sink.counts()
  assert.equal(second.known - first.known, first.updates)
  assert.equal(await sink.server.client.do('XLEN', 'wq:{bull}:sink:log'), 2 * samples.length)
})

test('ING-6: a message becomes a job as JS workers read it', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--queue', 'in')
  const before = Date.now()
  assert.equal((await sink.post(messages(['wamid.A']))).status, 200)
  const job = Object.fromEntries(chunk(await sink.server.client.do('HGETALL', 'bull:in:1')))
  assert.equal(job.name, 'process-message')
  assert.equal(job.priority, '10')
  assert.deepEqual(JSON.parse(job.opts), { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, priority: 10, removeOnComplete: 200, removeOnFail: 100 })
  const { timestamp, ...data } = JSON.parse(job.data)
  assert.deepEqual(data, { businessId: '7001', phoneNumberId: '9001', provider: 'cloud', contact: { wa_id: '593900000001' }, sentAt: 1781000000000,
    conversation: 'cloud:9001:phone:593900000001', message: JSON.parse(messages(['wamid.A'])).entry[0].changes[0].value.messages[0] })
  assert.ok(timestamp >= before && timestamp <= Date.now())
  assert.equal(await sink.server.client.do('ZCARD', 'bull:in:prioritized'), 1)
  assert.equal((await sink.post(messages(['wamid.B']), { path: '/webhooks/whatsapp/shop' })).status, 200)
  assert.equal(JSON.parse(await sink.server.client.do('HGET', 'bull:in:2', 'data')).businessId, 'shop')
})

function chunk(flat) {
  const pairs = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]])
  return pairs
}

test('ING-4: what two processes get at once counts once; a status by its kind', async (t) => {
  const server = await RedisServer.start(t)
  const sinks = [await Sink.start(t, server), await Sink.start(t, server)]
  const ids = Array.from({ length: 40 }, (_, i) => `wamid.${i}`)
  const posts = ids.flatMap((id) => sinks.flatMap((sink) => [sink.post(messages([id])), sink.post(messages([id, 'wamid.0']))]))
  for (const answer of await Promise.all(posts)) assert.equal(answer.status, 200)
  assert.deepEqual((await sinks[0].jobs()).map((data) => data.message.id).sort(), [...ids].sort())
  for (const status of ['sent', 'delivered', 'sent', 'read', 'read']) await sinks[0].post(statuses([['wamid.0', status]]))
  assert.deepEqual((await sinks[0].jobs('message-statuses')).map((data) => data.status.status), ['sent', 'delivered', 'read'])
})

// Node's fetch joins headers of one name; this does not.
function postWith(sink, body, headers) {
  return new Promise((resolve, reject) => {
    const out = request(sink.url(), { method: 'POST', headers: ['Host', 'x', 'Content-Length', String(Buffer.byteLength(body)), ...headers] }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    out.on('error', reject)
    out.end(body)
  })
}

test('ING-2, R18: nothing unsigned is taken', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--webhook-secret', 'the older secret', '--source-unsigned-max', '0')
  const body = messages(['wamid.A'])
  const good = sign(body)
  const name = 'X-Hub-Signature-256'
  const wrong = [
    [], [name, ''], [name, good.slice(7)], [name, good.slice(0, -1)], [name, `${good}0`], [name, good.toUpperCase()],
    [name, `SHA256=${good.slice(7)}`], [name, `sha256=${good.slice(7).toUpperCase()}`], [name, ` sha1=${good.slice(7)}`], [name, `${good}, ${good}`],
    [name, good, name, good], [name, good, name.toLowerCase(), sign(body, 'x')], [name, sign(body, 'another secret')],
    [name, sign(`${body} `)], ['X-Hub-Signature', good], [name, `sha256=${'0'.repeat(64)}`], [name, `sha256=${'é'.repeat(32)}`],
  ]
  for (const headers of wrong) assert.equal(await postWith(sink, body, headers), 401, headers.join(' '))
  for (let i = 0; i < FORGERIES; i++) {
    const bytes = Buffer.from(good.slice(7), 'hex')
    bytes[i % 32] ^= 1 + (i % 255)
    assert.equal(await postWith(sink, body, [name, `sha256=${bytes.toString('hex')}`]), 401)
  }
  const { posts, updates, known } = await sink.counts() // refusals are counted there too, a little later
  assert.deepEqual({ posts, updates, known }, { posts: 0, updates: 0, known: 0 })
  for (const [id, secret] of [['wamid.A', SECRET], ['wamid.B', 'the older secret']])
    assert.equal((await sink.post(messages([id]), { secret })).status, 200)
  const large = messages(Array.from({ length: 900 }, (_, i) => `wamid.large.${i}`))
  assert.ok(large.length > 100000)
  assert.equal((await sink.post(large, { secret: 'the older secret' })).status, 200)
  assert.equal((await sink.post(`${large} `, { headers: { [name]: sign(large) } })).status, 401)
  await until(async () => (await sink.counts()).refused_401 === wrong.length + FORGERIES + 1)
  told(t, { forged: wrong.length + FORGERIES + 1, accepted: 0 })
})

// As bench/run signature-timing does.  The times of a sanitizer's build are its own.
test('R18: how long a refusal takes tells nothing of how much was right', async (t) => {
  const comparisons = LONG ? 1_000_000 : 50_000
  const TELLING = 4.5 // of Welch's t: beyond it the two kinds of times differ
  const { stdout } = await promisify(execFile)(join(dirname(BIN), 'bench', 'signature_timing'), [String(comparisons)])
  const [early, ...ours] = stdout.trim().split('\n').map((line) => JSON.parse(line))
  told(t, { comparisons, t_of_one_that_ends_early: early.t, t_of_ours: ours.map((one) => one.t), accepted: ours.reduce((sum, { taken }) => sum + taken, 0) })
  assert.ok(early.t > TELLING, 'it would be seen')
  for (const { what, t: telling, taken } of ours) assert.ok(Math.abs(telling) < TELLING && !taken, what)
})

test('ING-3: a thousand updates in one post, and not one more', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t))
  const ids = (n) => Array.from({ length: n }, (_, i) => `wamid.${n}.${i}`)
  assert.equal((await sink.post(messages(ids(1000)))).status, 200)
  assert.equal((await sink.counts()).updates, 1000)
  const more = await sink.post(messages(ids(1001)))
  assert.equal(more.status, 413)
  assert.equal((await more.json()).code, 'too_many_updates')
  assert.equal((await sink.jobs()).length, 1000)
})

test('hostile JSON is held, and makes no job', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t))
  const bodies = [
    '', ' ', 'null', '[]', '{}', '{"entry":5}', '{"entry":[null,7,{"changes":{}}]}', '{"object":"whatsapp_business_account","entry":[{"id":1',
    '['.repeat(5000), `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, '\u0000', Buffer.from([0xff, 0xfe, 0x7b]), `"${'x'.repeat(300000)}"`,
  ]
  for (const body of bodies) assert.equal((await sink.post(body)).status, 200, String(body).slice(0, 40))
  assert.equal((await sink.jobs()).length, 0)
  const odd = [
    '{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"a","id":"b","type":"text","n":1e999}]}}]}]}',
    '{"entry":[{"id":123456789012345678901234567890,"changes":[{"field":"messages","value":{"messages":[{"id":"c\\u0000d","from":"\\ud800"},null,7,{"id":8}]}}]}]}',
  ]
  for (const body of odd) assert.equal((await sink.post(body)).status, 200, body)
  assert.equal((await sink.post(messages(['wamid.after']))).status, 200)
  assert.equal(await sink.server.client.do('XLEN', 'wq:{bull}:sink:log'), bodies.length + odd.length + 1)
})

test('R8, R12, R23: what Redis does not hold is answered 503', async (t) => {
  const server = await RedisServer.start(t)
  const sink = await Sink.start(t, server, '--redis-wait', '200ms', '--redis-command-timeout', '1s')
  const refused = async (id) => {
    const answer = await sink.post(messages([id]))
    assert.equal(answer.status, 503, id)
    assert.match(answer.headers.get('retry-after'), /^[1-9]\d*$/)
  }
  const held = (id) => until(async () => (await sink.post(messages([id]))).status === 200)
  await held('wamid.0')
  await server.client.do('CONFIG', 'SET', 'maxmemory', '1')
  await refused('wamid.full')
  await server.client.do('CONFIG', 'SET', 'maxmemory', '0')
  await held('wamid.1')
  await server.client.do('SCRIPT', 'FLUSH')
  assert.equal((await sink.post(messages(['wamid.flushed']))).status, 200)
  await server.client.do('CONFIG', 'SET', 'min-replicas-to-write', '1')
  await refused('wamid.misconf')
  await server.client.do('CONFIG', 'SET', 'min-replicas-to-write', '0')
  await held('wamid.2')
  server.child.kill('SIGSTOP')
  await refused('wamid.stopped')
  server.child.kill('SIGCONT')
  await held('wamid.3')
  await server.stop()
  await refused('wamid.away')
  await server.run()
  await held('wamid.4')
})

test('a backlog beyond its bound is answered 503, and nothing of the post is taken', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t), '--backlog-max', '3')
  assert.equal((await sink.post(messages(['a', 'b', 'c']))).status, 200)
  const answer = await sink.post(messages(['d']))
  assert.equal(answer.status, 503)
  assert.equal((await answer.json()).code, 'backlog')
  assert.equal((await sink.post(messages(['a']))).status, 200) // known: no job comes of it
  await sink.server.client.do('ZREMRANGEBYRANK', 'bull:inbound-messages:prioritized', '0', '0')
  assert.equal((await sink.post(messages(['d']))).status, 200)
})

test('drains: what was posted before SIGTERM is answered', async (t) => {
  const sink = await Sink.start(t, await RedisServer.start(t))
  await sink.post(messages(['wamid.first']))
  const posts = Array.from({ length: 30 }, (_, i) => sink.post(messages([`wamid.${i}`])).then((answer) => answer.status, () => 'no answer'))
  await until(async () => (await sink.counts()).posts > 1)
  const ended = await sink.program.stop()
  assert.equal(ended.code, 0)
  const answers = await Promise.all(posts)
  const held = answers.filter((status) => status === 200).length
  assert.ok(answers.every((status) => status === 200 || status === 'no answer'), answers.join(' '))
  assert.ok((await sink.jobs()).length >= held + 1)
})
