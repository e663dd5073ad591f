// SPDX-License-Identifier: MIT
// webhook_log.test.mjs — every webhook with its outcome: searched, shown and replayed, over HTTP and from a terminal.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'

import { Description } from './openapi.mjs'
import { RedisServer } from './redis.mjs'
import { SECRET, Sink, messages, sign, statuses } from './sink_world.mjs'
import { run, until } from './support.mjs'

const KEY = 'the key'
const LOG = 'wq:{bull}:sink:log'
const REFUSED = 'wq:{bull}:sink:refused'

class Logged {
  static async start(t, ...options) {
    const world = new Logged()
    world.server = await RedisServer.start(t)
    world.sink = await Sink.start(t, world.server, '--api-key', KEY, ...options)
    world.description = await Description.of(world.sink.url(''))
    return world
  }

  // Status and body; what is not refused fits its description.
  async call(method, path, body) {
    const answer = await fetch(this.sink.url(`/api/webhook-logs${path}`), {
      method, headers: { Authorization: `Bearer ${KEY}` }, body: body === undefined ? undefined : JSON.stringify(body),
    })
    const json = await answer.json()
    if (answer.status < 300) this.description.assertFits(method, `/api/webhook-logs${path}`, body, answer.status, json)
    return { status: answer.status, ...json }
  }

  get = (path = '') => this.call('GET', path)
  post = (path, body) => this.call('POST', path, body)
  cli = (...args) => run(['webhook', ...args, '--redis-url', this.server.url], { env: { WEBHOOK_SECRET: SECRET } })

  async send(body, options) {
    assert.equal((await this.sink.post(body, options)).status, 200)
  }

  // What a replay of many came to.
  async ended(wish) {
    const { status, id } = await this.post('/replay', wish)
    assert.equal(status, 202)
    return until(async () => {
      const seen = await this.get(`/replay/${id}`)
      return ['running', 'stopping'].includes(seen.state) ? false : seen
    })
  }
}

// Takes what is posted to it.
async function endpoint(t, answer = () => 200) {
  const taken = []
  const server = createServer((request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      taken.push({ headers: request.headers, body: Buffer.concat(pieces).toString() })
      response.writeHead(answer(taken.length)).end()
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${server.address().port}/hook`, taken }
}

test('webhooks are searched by what is known of them', async (t) => {
  const world = await Logged.start(t)
  const began = Date.now()
  await world.send(messages(['wamid.A', 'wamid.B']))
  await world.send(messages(['wamid.A']))
  await world.send(messages(['wamid.B', 'wamid.C'], '9002'))
  await world.send(statuses([['wamid.A', 'read']]), { path: '/webhooks/whatsapp/shop' })
  await world.send('no JSON at all', { headers: { 'Content-Type': 'text/odd', 'X-Hub-Signature-256': sign('no JSON at all') } })
  const { data, seen, matched, next_cursor: next } = await world.get()
  assert.deepEqual([data.map((one) => one.outcome), seen, matched, next], [['none', 'accepted', 'accepted', 'duplicate', 'accepted'], 5, 5, null])
  const first = data.at(-1)
  assert.deepEqual([first.kinds, first.ids, first.new, first.account, first.provider], [['messages'], ['wamid.A', 'wamid.B'], 2, '9001', 'cloud'])
  const found = async (query) => (await world.get(query)).data.map((one) => one.ids[0] ?? one.content_type)
  assert.deepEqual(await found('?outcome=duplicate'), ['wamid.A'])
  assert.deepEqual(await found('?kind=statuses'), ['wamid.A'])
  assert.deepEqual(await found('?account=9002'), ['wamid.B'])
  assert.deepEqual(await found('?account=shop&kind=statuses'), ['wamid.A'])
  assert.deepEqual(await found('?id=wamid.C'), ['wamid.B'])
  assert.deepEqual(await found('?id=wamid.A&order=asc&limit=2'), ['wamid.A', 'wamid.A'])
  assert.deepEqual(await found('?outcome=none'), ['text/odd'])
  assert.deepEqual(await found('?provider=twilio'), [])
  assert.deepEqual(await found(`?until=${began - 1000}`), [])
  assert.equal((await found(`?since=${began - 1000}&until=${Date.now() + 1000}`)).length, 5)
  assert.deepEqual(await found('?outcome=refused'), [])
})

test('partly new is an outcome of its own', async (t) => {
  const world = await Logged.start(t)
  await world.send(messages(['wamid.A']))
  await world.send(messages(['wamid.A', 'wamid.B']))
  const { data } = await world.get('?outcome=partly')
  assert.deepEqual(data.map((one) => [one.new, one.known]), [[1, 1]])
})

test('pages follow each other without a gap, in both orders, and refused ones stand between', async (t) => {
  const world = await Logged.start(t)
  const from = Date.now() - 100_000
  // 260 taken, one refused behind each tenth: more than one call of Redis looks at.
  for (let i = 1; i <= 260; i++) {
    await world.server.do('XADD', LOG, `${from + i * 10}-0`, 'provider', 'cloud', 'kinds', 'messages:1', 'ids', `wamid.${i}`, 'new', '1', 'known', '0', 'body', '{}')
    if (i % 10 === 0) await world.server.do('XADD', REFUSED, `${from + i * 10 + 5}-0`, 'status', '401', 'code', 'not_signed', 'left_out', '3')
  }
  for (const order of ['asc', 'desc']) {
    const all = []
    let cursor = ''
    do {
      const page = await world.get(`?limit=37&order=${order}${cursor && `&cursor=${cursor}`}`)
      all.push(...page.data)
      cursor = page.next_cursor
    } while (cursor)
    assert.equal(all.length, 286)
    assert.equal(new Set(all.map((one) => one.id)).size, 286)
    const times = all.map((one) => one.received_at)
    assert.deepEqual(times, times.toSorted((a, b) => (order === 'asc' ? a - b : b - a)))
  }
  const hits = await world.get('?id=wamid.7&limit=5')
  assert.deepEqual(hits.data.map((one) => one.ids[0]), ['wamid.79', 'wamid.78', 'wamid.77', 'wamid.76', 'wamid.75'])
})

test('one is shown with its body, and its bytes are given back', async (t) => {
  const world = await Logged.start(t)
  const body = messages(['wamid.ü'])
  await world.send(body)
  const odd = Buffer.from([0x7b, 0xff, 0x00, 0x0a])
  await world.send(odd, { headers: { 'Content-Type': 'text/odd', 'X-Hub-Signature-256': sign(odd) } })
  const [second, first] = (await world.get()).data
  assert.deepEqual((await world.get(`/${first.id}`)).body, JSON.parse(body))
  const bytes = async (id) => {
    const answer = await fetch(world.sink.url(`/api/webhook-logs/${id}/body`), { headers: { 'X-API-Key': KEY } })
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    return [answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer())]
  }
  assert.deepEqual(await bytes(first.id), ['application/json', Buffer.from(body)])
  assert.deepEqual(await bytes(second.id), ['application/octet-stream', odd])
})

test('what is refused is told, some of it one by one and all of it by number', async (t) => {
  const world = await Logged.start(t, '--body-max', '1k')
  const forged = (body) => world.sink.post(body, { secret: 'a wrong one' })
  await world.send(messages(['wamid.A']))
  for (let i = 0; i < 60; i++) assert.equal((await forged(messages([`wamid.${i}`]))).status, 401)
  assert.equal((await forged('x'.repeat(2000))).status, 413)
  const counts = async () => Object.fromEntries((await world.get('/stats')).refused.map((one) => [one.status, one.webhooks]))
  await until(async () => (await counts())[401] === 60 && (await counts())[413] === 1)
  const { data } = await world.get('?outcome=refused&limit=100')
  assert.ok(data.length >= 20 && data.length <= 25, `${data.length}`)
  assert.deepEqual([data.at(-1).status, data.at(-1).code, data.at(-1).path], [401, 'not_signed', '/webhooks/whatsapp'])
  assert.equal((await world.get(`/${data[0].id}`)).outcome, 'refused')
  assert.equal((await world.post(`/${data[0].id}/replay`, {})).code, 'body_not_kept')
  assert.equal((await world.get()).data.at(-1).outcome, 'accepted', 'good ones are where they were')
})

test('old ones go, whether webhooks come or not', async (t) => {
  const world = await Logged.start(t, '--webhook-log-age', '1h')
  const add = (stream, ms) => world.server.do('XADD', stream, `${ms}-0`, 'provider', 'cloud', 'new', '0', 'known', '0', 'body', 'x'.repeat(500))
  for (let i = 0; i < 3000; i++) await add(LOG, Date.now() - 7_200_000 + i)
  for (let i = 0; i < 30; i++) await add(REFUSED, Date.now() - 7_200_000 + i)
  world.sink.program.kill()
  await world.sink.program.end()
  await world.sink.run()
  await until(async () => (await world.server.do('XLEN', LOG)) === 0 && (await world.server.do('XLEN', REFUSED)) === 0)
})

test('no more are kept than wanted while many come', async (t) => {
  const world = await Logged.start(t, '--webhook-log-max', '300')
  const post = async (from) => {
    for (let i = 0; i < 60; i++) await world.send(messages([`wamid.${from}.${i}`]))
  }
  await Promise.all(Array.from({ length: 16 }, (_, i) => post(i)))
  const kept = await world.server.do('XLEN', LOG)
  assert.ok(kept >= 300 && kept <= 400, `${kept}`)
})

test('a webhook makes its jobs again', async (t) => {
  const world = await Logged.start(t)
  await world.send(messages(['wamid.A', 'wamid.B']), { path: '/webhooks/whatsapp/shop' })
  const [{ id, received_at: at }] = (await world.get()).data
  const before = await world.sink.jobs()
  assert.deepEqual(await world.post(`/${id}/replay`, {}), { status: null, updates: 2 })
  const after = (await world.sink.jobs()).slice(2)
  assert.deepEqual(after.map(({ replayOf, ...data }) => ({ ...data, timestamp: 0 })), before.map((data) => ({ ...data, timestamp: 0 })))
  assert.deepEqual(after.map((data) => [data.replayOf, data.businessId, data.timestamp]), [[id, 'shop', at], [id, 'shop', at]])
  assert.equal((await world.get()).data.length, 1, 'a replay is no webhook that came')
  await world.send(messages(['wamid.A']))
  assert.equal((await world.sink.jobs()).length, 4, 'what was seen stays seen')
  const stats = await world.get('/stats')
  assert.deepEqual([stats.kept, stats.webhooks, stats.known, stats.replayed, stats.looked_at.accepted, stats.looked_at.duplicate], [2, 2, 1, 1, 1, 1])
})

test('many are replayed at a rate, after a look at what it would be', async (t) => {
  const world = await Logged.start(t)
  for (let i = 0; i < 12; i++) await world.send(messages([`wamid.${i}`], i % 2 ? '9001' : '9002'))
  const plan = await world.post('/replay', { account: '9001', dry_run: true })
  assert.deepEqual([plan.matched, plan.samples.length, plan.dry_run], [6, 5, true])
  assert.equal((await world.sink.jobs()).length, 12)
  const from = performance.now()
  const seen = await world.ended({ account: '9001', rate: 20 })
  assert.ok(performance.now() - from >= 250, 'six at twenty a second')
  assert.deepEqual([seen.state, seen.done, seen.missed, seen.matched, seen.updates], ['done', 6, 0, 6, 6])
  assert.deepEqual((await world.sink.jobs()).slice(12).map((data) => data.message.id), [1, 3, 5, 7, 9, 11].map((i) => `wamid.${i}`))
  assert.equal((await world.get('/replay')).data[0].id, seen.id)
})

test('a replay is stopped, and at most eight run', async (t) => {
  const world = await Logged.start(t)
  for (let i = 0; i < 4; i++) await world.send(messages([`wamid.${i}`]))
  const runs = []
  for (let i = 0; i < 8; i++) runs.push(await world.post('/replay', { all: true, rate: 1 }))
  assert.equal((await world.post('/replay', { all: true, rate: 1 })).code, 'too_many_runs')
  for (const { id } of runs) await world.call('DELETE', `/replay/${id}`)
  for (const { id } of runs) await until(async () => (await world.get(`/replay/${id}`)).state === 'stopped')
  assert.equal((await world.sink.program.stop()).code, 0)
})

test('a replay that begins while Redis stands still is refused, and is no reason not to end', async (t) => {
  const world = await Logged.start(t, '--redis-wait', '200ms', '--redis-command-timeout', '500ms')
  await world.send(messages(['wamid.1']))
  const { updates } = await world.sink.counts()
  world.server.child.kill('SIGSTOP')
  t.after(() => world.server.child.kill('SIGCONT'))
  assert.equal((await world.post('/replay', { all: true })).status, 503)
  const second = world.post('/replay', { all: true }).then(({ status }) => status, () => 'ended')
  assert.equal((await world.sink.program.stop()).code, 0)
  assert.ok([503, 'ended'].includes(await second))
  world.server.child.kill('SIGCONT')
  assert.equal((await world.sink.counts()).updates, updates)
})

test('a replay that is under way does not keep the server from its end', async (t) => {
  const world = await Logged.start(t)
  for (let i = 0; i < 4; i++) await world.send(messages([`wamid.${i}`]))
  const { id } = await world.post('/replay', { all: true, rate: 1 })
  assert.equal((await world.sink.program.stop()).code, 0)
  const told = JSON.parse(await world.server.do('HGET', 'wq:{bull}:sink:willaq:runs', id))
  assert.equal(told.state, 'stopped')
})

test('from outside nothing within our network is posted to', async (t) => {
  const world = await Logged.start(t)
  const { url, taken } = await endpoint(t)
  await world.send(messages(['wamid.A']))
  const [{ id }] = (await world.get()).data
  for (const to of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '[::ffff:127.0.0.1]'), 'http://169.254.169.254/']) {
    const answer = await world.post(`/${id}/replay`, { to })
    assert.equal(answer.code, 'endpoint_unanswered', to)
  }
  assert.equal(taken.length, 0)
})

test('bad requests, each with its error', async (t) => {
  const world = await Logged.start(t)
  await world.send(messages(['wamid.A']))
  const [{ id }] = (await world.get()).data
  for (const [method, path, body, code, says] of [
    ['GET', '?outcome=odd', undefined, 'invalid_parameter', /accepted, duplicate/],
    ['GET', '?since=soon', undefined, 'invalid_parameter', /since must be a date/],
    ['GET', '?since=2026-01-02&until=2026-01-01', undefined, 'invalid_parameter', /before until/],
    ['GET', '?outcome=refused&id=x', undefined, 'invalid_parameter', /not known/],
    ['GET', '?id=', undefined, 'invalid_parameter', /id must be/],
    ['GET', `?account=${'9'.repeat(300)}`, undefined, 'invalid_parameter', /256 bytes/],
    ['GET', '?limit=0', undefined, 'invalid_parameter', /limit/],
    ['GET', '?order=up', undefined, 'invalid_parameter', /asc or desc/],
    ['GET', '?cursor=7', undefined, 'invalid_parameter', /next_cursor/],
    ['GET', '?cursor=.', undefined, 'invalid_parameter', /next_cursor/],
    ['GET', '?cursor=1-0.%2B', undefined, 'invalid_parameter', /next_cursor/],
    ['GET', '/1-0', undefined, 'webhook_not_found', /no such webhook/],
    ['GET', '/r1-0', undefined, 'webhook_not_found', /no such webhook/],
    ['GET', '/odd', undefined, 'webhook_not_found', /no such webhook/],
    ['GET', '/1-0/body', undefined, 'webhook_not_found', /no such webhook/],
    ['POST', '/1-0/replay', {}, 'webhook_not_found', /no such webhook/],
    ['POST', '/-/replay', {}, 'webhook_not_found', /no such webhook/],
    ['POST', `/${id}/replay`, { to: 7 }, 'invalid_parameter', /URL/],
    ['POST', `/${id}/replay`, { to: 'ftp://a/' }, 'invalid_parameter', /http/],
    ['POST', `/${id}/replay`, { to: 'http://a b/' }, 'invalid_parameter', /URL/],
    ['POST', `/${id}/replay`, { secret: 'x' }, 'invalid_parameter', /beside/],
    ['POST', `/${id}/replay`, { rate: 5 }, 'unknown_member', /rate/],
    ['POST', '/replay', {}, 'filter_needed', /which webhooks/],
    ['POST', '/replay', { all: true, kind: 'messages' }, 'invalid_parameter', /leave it out/],
    ['POST', '/replay', { outcome: 'refused' }, 'invalid_parameter', /no body/],
    ['POST', '/replay', { all: true, rate: -1 }, 'invalid_parameter', /rate/],
    ['POST', '/replay', { all: 'yes' }, 'invalid_parameter', /all/],
    ['POST', '/replay', { kind: 7 }, 'invalid_parameter', /kind/],
    ['POST', '/replay', { nothing: 7 }, 'unknown_member', /nothing/],
    ['GET', '/replay/odd', undefined, 'run_not_found', /no such run/],
    ['DELETE', '/replay/odd', undefined, 'run_not_found', /no such run/],
  ]) {
    const answer = await world.call(method, path, body)
    assert.equal(answer.code, code, `${method} ${path} ${JSON.stringify(body)}: ${JSON.stringify(answer)}`)
    assert.match(answer.detail, says)
  }
  assert.equal((await fetch(world.sink.url('/api/webhook-logs'))).status, 401)
  const bare = await Sink.start(t, world.server)
  assert.equal((await fetch(bare.url('/api/webhook-logs'))).status, 404, 'without a key there is no API')
})

test('without bodies there is nothing to replay', async (t) => {
  const world = await Logged.start(t, '--no-webhook-log-body')
  await world.send(messages(['wamid.A']))
  const [{ id }] = (await world.get()).data
  assert.equal((await world.get(`/${id}`)).body, null)
  assert.equal((await world.get(`/${id}/body`)).code, 'body_not_kept')
  assert.equal((await world.post(`/${id}/replay`, {})).code, 'body_not_kept')
  const seen = await world.ended({ all: true })
  assert.deepEqual([seen.state, seen.done, seen.missed], ['done', 0, 1])
})

test('a Redis that is away or strange is told, and a backlog ends a replay', async (t) => {
  const world = await Logged.start(t, '--backlog-max', '2', '--redis-wait', '200ms')
  await world.send(messages(['wamid.A']))
  await world.send(messages(['wamid.B']))
  const [{ id }] = (await world.get()).data
  assert.equal((await world.post(`/${id}/replay`, {})).code, 'backlog')
  const seen = await world.ended({ all: true })
  assert.equal(seen.state, 'failed')
  assert.match(seen.error, /too many jobs wait/)
  await world.server.do('DEL', LOG)
  await world.server.do('SET', LOG, 'odd')
  assert.equal((await world.get()).status, 409)
  await world.server.stop()
  const away = await world.get()
  assert.equal(away.status, 503)
})

test('from a terminal: list, show, body, stats', async (t) => {
  const world = await Logged.start(t)
  const body = messages(['wamid.A'])
  await world.send(body)
  await world.send(body)
  const evil = '\x1b[2J\x07'
  await world.send(evil, { headers: { 'Content-Type': 'text/odd', 'X-Hub-Signature-256': sign(evil) } })
  const told = async (...args) => {
    const { code, stdout, stderr } = await world.cli(...args)
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
  }
  const rows = (await told('list')).trim().split('\n')
  assert.equal(rows.length, 4)
  assert.match(rows[0], /^ID +CAME +OUTCOME/)
  assert.match(rows[2], /duplicate +cloud +messages:1 +9001 +0 +1 +\d+ +wamid.A$/)
  const page = JSON.parse(await told('list', '--json', '--limit', '1', '--oldest'))
  assert.equal(page.data[0].outcome, 'accepted')
  assert.match(await told('list', '--cursor', page.next_cursor, '--oldest'), /duplicate[^]*none/)
  assert.match(await told('list', '--kind', 'statuses'), /^no webhooks like that among 3$/m)
  const { id } = page.data[0]
  assert.match(await told('show', id), /^outcome +accepted$/m)
  assert.deepEqual(JSON.parse(await told('show', id, '--json')).body, JSON.parse(body))
  assert.equal(await told('body', id), body)
  const odd = (await world.get('?outcome=none')).data[0].id
  assert.doesNotMatch(await told('show', odd), /[\x00-\x09\x0b-\x1f]/)
  assert.match(await told('stats'), /^came +3$[^]*^duplicate +1$/m)
  assert.equal(JSON.parse(await told('stats', '--json')).webhooks, 3)
})

test('from a terminal: replays, to queues and to a URL', async (t) => {
  const world = await Logged.start(t)
  const { url, taken } = await endpoint(t, (n) => (n > 5 ? 500 : 204))
  const bodies = ['A', 'B', 'C'].map((id) => messages([`wamid.${id}`]))
  for (const body of bodies) await world.send(body)
  await world.send('a=b', { headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Hub-Signature-256': sign('a=b') } })
  const { data } = await world.get('?order=asc')
  assert.match((await world.cli('replay', data[0].id)).stdout, /^1 webhook replayed: 1 update$/m)
  assert.equal((await world.sink.jobs()).at(-1).replayOf, data[0].id)
  assert.match((await world.cli('replay', data[3].id, '--to', url)).stdout, /^1 webhook posted: answered 204$/m)
  assert.deepEqual([taken[0].body, taken[0].headers['content-type'], taken[0].headers['x-hub-signature-256'], taken[0].headers['x-willaq-replay-of']], ['a=b', 'application/x-www-form-urlencoded', sign('a=b'), data[3].id])
  const dry = await world.cli('replay', '--all', '--to', url, '--dry-run')
  assert.match(dry.stdout, /^4 of 4 webhooks would be replayed$/m)
  const asked = await world.cli('replay', '--all', '--to', url)
  assert.deepEqual([asked.code, taken.length], [2, 1])
  assert.match(asked.stderr, /say --yes/)
  const done = await world.cli('replay', '--kind', 'messages', '--to', url, '--yes', '--rate', '50')
  assert.match(done.stdout, /^3 webhooks replayed$/m)
  assert.deepEqual(taken.slice(1).map((one) => [one.body, one.headers['x-hub-signature-256']]), bodies.map((body) => [body, sign(body)]))
  const half = await world.cli('replay', '--all', '--to', url, '--yes', '--json')
  const { done: posted, missed } = JSON.parse(half.stdout)
  assert.deepEqual([posted, missed, half.code], [1, 3, 0])
  const refused = await world.cli('replay', data[0].id, '--to', url)
  assert.match(refused.stderr, /did not take it: it answered 500/)
  assert.match((await world.cli('replay', '--all', '--yes')).stdout, /^4 webhooks replayed$/m)
  assert.equal((await world.sink.jobs()).length, 3 + 1 + 3)
})

test('a terminal is refused what makes no sense', async (t) => {
  const world = await Logged.start(t)
  for (const [args, code, says] of [
    [[], 2, /arguments are missing/],
    [['explode'], 2, /webhook knows no "explode"; there are list show body stats replay/],
    [['show'], 2, /usage: willaq webhook show ID/],
    [['show', '1-0'], 1, /no such webhook/],
    [['show', 'odd'], 1, /no such webhook/],
    [['body', '1-0'], 1, /no such webhook/],
    [['list', '--limit', '0'], 2, /--limit takes 1 to/],
    [['list', '--limit', 'x'], 2, /--limit takes a whole number/],
    [['list', '--outcome', 'odd'], 2, /--outcome takes accepted, duplicate/],
    [['list', '--since', 'soon'], 2, /--since takes a date/],
    [['list', '--since', '1h', '--until', '2h'], 2, /before until/],
    [['list', '--cursor', 'x'], 2, /--cursor takes/],
    [['list', '--kynd', 'x'], 2, /did you mean --kind/],
    [['replay'], 2, /which webhooks/],
    [['replay', '1-0'], 1, /no such webhook/],
    [['replay', '1-0', '--all'], 2, /for many webhooks/],
    [['replay', '--all', '--kind', 'x'], 2, /leave it out/],
    [['replay', '--outcome', 'refused'], 2, /no body/],
    [['replay', '1-0', '--to', 'ftp://a'], 2, /--to takes a URL/],
    [['replay', '--all', '--rate', 'x'], 2, /--rate takes a whole number/],
  ]) {
    const done = await world.cli(...args)
    assert.equal(done.code, code, `${args}: ${done.stdout}${done.stderr}`)
    assert.match(done.stderr, says)
  }
})
