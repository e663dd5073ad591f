// SPDX-License-Identifier: MIT
// subscriptions.test.mjs — one provider's webhooks, any number of consumers.
import assert from 'node:assert/strict'
import test from 'node:test'

import { told } from './fault.mjs'
import { HOSTS } from './ssrf.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, TOKEN, messages, sign, statuses } from './sink_world.mjs'
import { Endpoint, KEY, Server, signedBy } from './subscriptions_world.mjs'
import { freePort, run, start, until } from './support.mjs'

const ids = (from, n) => Array.from({ length: n }, (_, i) => `wamid.${from + i}`)

test('ING-9: what comes in goes to who subscribed, signed, once, in order', async (t) => {
  const server = await Server.start(t)
  const all = await Endpoint.start(t)
  const read = await Endpoint.start(t)
  const before = await server.post(messages(['wamid.early']))
  assert.equal(before.status, 200)
  assert.equal(Number(await server.redis.client.do('EXISTS', 'wq:{bull}:sub:events')), 0, 'no subscription, no events')
  const first = await server.subscribe({ url: all.url, kinds: ['message'] })
  await server.subscribe({ url: read.url, events: ['message.read'] })
  for (let i = 0; i < 40; i += 4) assert.equal((await server.post(messages(ids(i, 4)))).status, 200)
  assert.equal((await server.post(messages(ids(0, 4)))).status, 200) // known
  assert.equal((await server.post(statuses([['wamid.out', 'delivered'], ['wamid.out', 'read']]))).status, 200)
  await until(() => all.posts.length >= 40 && read.posts.length >= 1)
  assert.deepEqual(all.messages, ids(0, 40))
  assert.ok(all.posts.every((post) => signedBy(post, first.secret)))
  assert.equal(new Set(all.posts.map((post) => post.headers['webhook-id'])).size, 40)
  assert.deepEqual(read.posts.map((post) => JSON.parse(post.body).type), ['message.read'])
  const shown = await server.show(first.id)
  assert.equal(shown.secret, undefined)
  assert.equal(shown.secrets, undefined)
  await until(async () => (await server.show(first.id)).events_delivered === 40)
})

test('ING-9: a dead endpoint, one that is gone and a slow one hold up nobody', async (t) => {
  const server = await Server.start(t)
  const good = await Endpoint.start(t)
  const gone = await Endpoint.start(t, 410)
  const failing = await Endpoint.start(t, 500)
  let free
  const slow = await Endpoint.start(t, () => new Promise((resolve) => (free = () => resolve(200))))
  const made = {}
  for (const [name, url] of Object.entries({ dead: 'http://127.0.0.1:1/', gone: gone.url, failing: failing.url, slow: slow.url, good: good.url }))
    made[name] = await server.subscribe({ url, kinds: ['message'] })
  for (let i = 0; i < 30; i += 3) await server.post(messages(ids(i, 3)))
  await until(() => good.posts.length === 30)
  assert.deepEqual(good.messages, ids(0, 30))
  assert.equal(slow.posts.length, 1, 'one post at a time')
  await until(async () => (await server.show(made.gone.id)).state === 'disabled')
  assert.equal((await server.show(made.gone.id)).why, 'gone')
  assert.equal(gone.posts.length, 1)
  // Left alone after some failures: what has not been tried yet waits in the stream.
  await until(async () => (await server.show(made.dead.id)).waiting >= 5 && (await server.show(made.failing.id)).waiting >= 5)
  assert.ok(failing.posts.length < 12)
  const rows = (await server.api('GET', `/subscriptions/${made.failing.id}/deliveries`)).body.data
  assert.equal(rows[0].status, 500)
  assert.equal(rows[0].outcome, 'retried')
  assert.ok(rows[0].next_attempt_at > Date.now())
  assert.match((await server.api('GET', `/subscriptions/${made.dead.id}/deliveries`)).body.data[0].why, /connect/i)
  free()
  slow.answer = 200
  await until(() => slow.posts.length === 30)
  assert.deepEqual(slow.messages, ids(0, 30))
  // Whoever mends it need not wait: a resumption makes all due.
  failing.answer = 200
  gone.answer = 200
  failing.posts.length = gone.posts.length = 0
  for (const name of ['failing', 'gone']) assert.equal((await server.api('POST', `/subscriptions/${made[name].id}/resume`)).status, 200)
  await until(() => new Set(failing.messages).size === 30 && new Set(gone.messages).size === 30)
})

test('R1 for subscribers: the deliverer is killed again and again, and nothing is lost', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  await server.subscribe({ url: end.url }) // it is the first's
  const kept = await server.run()
  const total = 300
  const posted = (async () => {
    for (let i = 0; i < total; i += 10) assert.equal((await server.post(messages(ids(i, 10)))).status, 200)
  })()
  const first = server.programs[0]
  await until(() => end.posts.length > 5)
  first.kill()
  await posted
  await until(() => new Set(end.messages).size === total, 40_000)
  const firsts = [...new Set(end.messages)]
  assert.deepEqual(firsts, ids(0, total), 'each came first in its order')
  told(t, { kills: 1, messages: total, posted: end.messages.length, lost: total - firsts.length })
  assert.ok(end.messages.length <= total + 1, 'again came at most what was under way')
  assert.ok(kept.running)
})

test('a secret is changed without a post that cannot be checked', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  const made = await server.subscribe({ url: end.url })
  assert.match(made.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const rotated = await server.api('POST', `/subscriptions/${made.id}/rotate-secret`)
  assert.equal(rotated.status, 200)
  assert.notEqual(rotated.body.secret, made.secret)
  assert.ok(rotated.body.old_secret_until > Date.now())
  await server.post(messages(['wamid.1']))
  await until(() => end.posts.length === 1)
  assert.ok(signedBy(end.posts[0], made.secret) && signedBy(end.posts[0], rotated.body.secret))
  const own = await server.api('PATCH', `/subscriptions/${made.id}`, { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
  assert.equal(own.status, 200)
  assert.equal(own.body.secret, undefined)
  await server.post(messages(['wamid.2']))
  await until(() => end.posts.length === 2)
  assert.ok(signedBy(end.posts[1], 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') && !signedBy(end.posts[1], made.secret))
  assert.equal((await server.api('PATCH', `/subscriptions/${made.id}`, { secret: 'not base64!' })).status, 400)
})

test('R21: addresses that are not public are refused at connect', async (t) => {
  const server = await Server.start(t, '--subscription-private=false')
  const end = await Endpoint.start(t)
  const at = (host) => `http://${host}:${end.port}/`
  assert.ok(HOSTS.length >= 60)
  for (const host of HOSTS) {
    const made = await server.api('POST', '/subscriptions', { url: at(host) })
    if (made.status === 400) continue // no host at all
    assert.equal(made.status, 201, host)
    const tested = await server.api('POST', `/subscriptions/${made.body.id}/test`)
    assert.equal(tested.body.delivered, false, host)
    assert.equal(tested.body.status, 0, host)
    await server.api('DELETE', `/subscriptions/${made.body.id}`)
  }
  told(t, { addresses: HOSTS.length, reached: end.posts.length })
  assert.equal(end.posts.length, 0)
})

test('batches, queues, streams, filters, pauses, replays', async (t) => {
  const server = await Server.start(t)
  const end = await Endpoint.start(t)
  const { client } = server.redis
  const batch = await server.subscribe({ url: end.url, batch_size: 10, batch_delay_ms: 300, kinds: ['message'] })
  await server.subscribe({ queue: 'events', accounts: ['9002'] })
  await server.subscribe({ stream: 'mine', kinds: ['message'], accounts: ['9001'] })
  const since = Date.now()
  await server.post(messages(ids(0, 25)))
  await server.post(messages(['wamid.b'], '9002'))
  await until(() => end.messages.length === 26)
  assert.equal(end.posts.length, 3)
  assert.equal(JSON.parse(end.posts[0].body).events.length, 10)
  await until(async () => (await client.do('GET', 'bull:events:id')) !== null && (await client.do('XLEN', 'mine')) === 25)
  assert.equal((await client.do('KEYS', 'bull:events:evt_*')).length, 1)
  assert.equal((await server.api('POST', `/subscriptions/${batch.id}/pause`)).body.state, 'paused')
  await server.post(messages(['wamid.late']))
  await until(async () => (await client.do('XLEN', 'mine')) === 26)
  assert.equal(end.messages.includes('wamid.late'), false)
  await server.api('POST', `/subscriptions/${batch.id}/resume`)
  await until(() => end.messages.includes('wamid.late'))
  end.posts.length = 0
  const replayed = await server.api('POST', `/subscriptions/${batch.id}/replay`, { since, rate: 100 })
  assert.deepEqual(replayed, { status: 200, body: { events: 27 } })
  await until(() => end.messages.length === 27)
  assert.equal((await server.api('DELETE', `/subscriptions/${batch.id}`)).status, 200)
  assert.equal((await server.api('GET', `/subscriptions/${batch.id}`)).status, 404)
  for (const wrong of [{}, { url: 'ftp://x/' }, { url: end.url, queue: 'x' }, { url: end.url, rate: -1 }, { url: end.url, kinds: 'message' }, { url: end.url, order: 'any' }])
    assert.equal((await server.api('POST', '/subscriptions', wrong)).status, 400, JSON.stringify(wrong))
})

test('willaq proxy: what came is passed on as it came, in order, until it is taken', async (t) => {
  const redis = await RedisServer.start(t)
  const receiver = await Endpoint.start(t, (post, n) => (n <= 2 ? 500 : 200))
  const port = await freePort()
  const args = ['proxy', '--to', receiver.url, '--redis-url', redis.url, '--port', String(port), '--webhook-secret', SECRET, '--webhook-verify-token', TOKEN]
  let proxy = start(args, { t })
  await proxy.until(/^listening /m)
  const bodies = Array.from({ length: 60 }, (_, i) => messages([`wamid.${i}`]).replace('{', '{ ')) // bytes that no writer of JSON gives back
  const post = async (body) => {
    const headers = { 'Content-Type': 'application/json', 'X-Hub-Signature-256': sign(body) }
    await until(async () => (await fetch(`http://127.0.0.1:${port}/webhooks/whatsapp`, { method: 'POST', body, headers }).catch(() => ({}))).status === 200)
  }
  for (const body of bodies.slice(0, 30)) await post(body)
  await until(() => receiver.posts.length > 5)
  proxy.kill()
  await proxy.end()
  proxy = start(args, { t })
  for (const body of bodies.slice(30)) await post(body)
  await until(() => new Set(receiver.posts.map(({ body }) => body)).size === 60, 40_000)
  const firsts = [...new Set(receiver.posts.map(({ body }) => body))]
  assert.deepEqual(firsts, bodies)
  for (const { body, headers } of receiver.posts) {
    assert.equal(headers['x-hub-signature-256'], sign(body))
    assert.equal(headers['content-type'], 'application/json')
  }
  assert.equal(receiver.posts[0].body, receiver.posts[2].body, 'nothing overtakes what was not taken')
  assert.equal(await redis.client.do('EXISTS', 'bull:inbound-messages:id'), 0, 'no jobs unless a queue is named')
  assert.equal((await proxy.stop()).code, 0)
  assert.equal((await run(['proxy', '--to', 'here', '--webhook-secret', 's', '--webhook-verify-token', 't'])).code, 2)
})

// Events of a stream of server-sent events, until `n` came.
async function listen(server, query, n, last) {
  const aborter = new AbortController()
  const headers = { Authorization: `Bearer ${KEY}`, ...(last && { 'Last-Event-ID': last }) }
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/events?${query}`, { headers, signal: aborter.signal })
  assert.equal(answer.headers.get('content-type'), 'text/event-stream')
  const events = (async () => {
    const got = []
    let text = ''
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      text += piece
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const lines = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
        if (lines.data) got.push({ id: lines.id, event: lines.event, data: JSON.parse(lines.data) })
      }
      if (got.length >= n) break
    }
    aborter.abort()
    return got
  })()
  return events.catch((error) => ({ error }))
}

test('/api/events: live, filtered, and resumed where it broke off', async (t) => {
  const server = await Server.start(t)
  const all = listen(server, 'events=message.*', 3)
  const reads = listen(server, 'events=message.read', 1)
  await until(async () => Number(await server.redis.client.do('EXISTS', 'wq:{bull}:sub:live')) === 1)
  await server.post(messages(['wamid.1']))
  await server.post(statuses([['wamid.2', 'sent'], ['wamid.2', 'read']]))
  const got = await all
  assert.deepEqual(got.map(({ event }) => event), ['message.received', 'message.sent', 'message.read'])
  assert.equal(got[0].data.data.message.id, 'wamid.1')
  assert.equal(got[0].data.id, got[0].id)
  assert.deepEqual((await reads).map(({ event }) => event), ['message.read'])
  const rest = await listen(server, 'events=message.*', 2, got[0].id)
  assert.deepEqual(rest.map(({ id }) => id), [got[1].id, got[2].id])
  const refused = await fetch(`http://127.0.0.1:${server.port}/api/events`)
  assert.equal(refused.status, 401)
  assert.equal((await server.programs[0].stop()).code, 0)
})
