// SPDX-License-Identifier: MIT
// media.test.mjs — files of outbound messages: passed on by address, fetched, uploaded once, and used again.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'

import { told } from './fault.mjs'
import { Sender } from './send_world.mjs'
import { HOSTS } from './ssrf.mjs'
import { until } from './support.mjs'

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(5000, 7)])
const data = (extra = '') => Buffer.concat([PNG, Buffer.from(extra)]).toString('base64')

// Files by path: a body, or a function of the request's number that answers {status, headers, body}.
class Files {
  asked = []
  static async start(t, files) {
    const all = new Files()
    const server = createServer((request, response) => {
      all.asked.push(request.url)
      const file = files[request.url]
      const { status = 200, headers = { 'content-type': 'image/png' }, body = PNG } = typeof file === 'function' ? file(all.asked.length) : { body: file, status: file ? 200 : 404 }
      response.writeHead(status, headers)
      response.end(body)
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    all.url = `http://127.0.0.1:${server.address().port}`
    t.after(() => server.closeAllConnections() ?? server.close())
    return all
  }
}

const uploads = async (world) => (await world.sandbox.counts()).media.files
// The images that the provider was asked to send.
const images = async (world) => (await world.sandbox.messages('?accepted=true&limit=1000')).map((each) => each.body.image)
const readAll = (world, ids) => Promise.all(ids.map((id) => world.reached(id, 'read')))
const many = (n, file) => [...Array(n)].map((_, i) => ({ to: `+5939940${String(i).padStart(5, '0')}`, image: file(i) }))
async function sendAll(world, messages) {
  return (await world.json('POST', '/api/messages', { messages }, 202)).data.map(({ id }) => id)
}

test('MED-2: an address is passed on as it is, unless it is to be uploaded', async (t) => {
  const files = await Files.start(t, { '/a.png': PNG })
  const world = await Sender.start(t, { args: ['--media-private'] })
  await world.reached(await world.send({ text: undefined, image: { link: `${files.url}/a.png`, mime_type: 'image/png' } }), 'read')
  assert.equal(await uploads(world), 0)
  assert.deepEqual(files.asked, [])
  await world.reached(await world.send({ text: undefined, image: { link: `${files.url}/a.png`, upload: true, caption: 'c' } }), 'read')
  assert.equal(await uploads(world), 1)
  assert.deepEqual(files.asked, ['/a.png'])
  const [passed, uploaded] = await images(world)
  assert.deepEqual(passed, { link: `${files.url}/a.png` })
  assert.deepEqual(Object.keys(uploaded).sort(), ['caption', 'id'])
})

test('MED-2: a file in 60 messages is uploaded once, also from two addresses, and once more by no other process', async (t) => {
  const files = await Files.start(t, { '/a.png': PNG, '/b.png': PNG })
  const world = await Sender.start(t, { args: ['--media-private', '--media-links', 'upload', '--send-concurrency', '50'] })
  const ids = await sendAll(world, many(60, (i) => i % 3 === 0 ? { data: data(), mime_type: 'image/png' } : { link: `${files.url}/${'ab'[i % 2]}.png` }))
  await readAll(world, ids)
  assert.equal(await uploads(world), 1)
  await world.program.stop()
  await world.run()
  await readAll(world, await sendAll(world, many(10, () => ({ data: `data:image/png;base64,${data()}` }))))
  assert.equal(await uploads(world), 1)
  await readAll(world, await sendAll(world, many(2, () => ({ data: data('x'), mime_type: 'image/png' }))))
  assert.equal(await uploads(world), 2)
})

test('R21: a file is fetched from no address that is not public, however it is written or led to', async (t) => {
  const files = await Files.start(t, { '/a.png': PNG })
  const { port } = new URL(files.url)
  const world = await Sender.start(t, { args: ['--media-links', 'upload', '--send-concurrency', '50'] })
  assert.ok(HOSTS.length >= 60)
  const urls = HOSTS.map((host) => `http://${host}:${port}/a.png`)
  const asked = await Promise.all(urls.map(async (link, i) => {
    const answer = await world.call('POST', '/api/messages', { to: `+5939950${String(i).padStart(5, '0')}`, image: { link } })
    return { link, status: answer.status, id: (await answer.json()).id }
  }))
  for (const { link, status } of asked) assert.ok(status === 202 || status === 422, `${link} ${status}`)
  const taken = asked.filter(({ id }) => id)
  assert.ok(taken.length >= 60)
  for (const { id, link } of taken) {
    const seen = await world.reached(id, 'failed')
    assert.match(seen.error.message, /image (leads to an address that is not public|is no address that can be fetched|could not be fetched: (host|name|no))/i, link)
  }
  told(t, { addresses: HOSTS.length, asked_for: taken.length, reached: files.asked.length, uploaded: await uploads(world) })
  assert.deepEqual(files.asked, [])
  assert.equal(await uploads(world), 0)
})

// A provider with its moods: each upload and each message is answered by the next of `answers`, then well.
class Graph {
  uploads = []
  messages = []
  static async start(t) {
    const graph = new Graph()
    graph.answers = { media: [], messages: [] }
    const server = createServer(async (request, response) => {
      const pieces = []
      for await (const piece of request) pieces.push(piece)
      const body = Buffer.concat(pieces)
      const what = request.url.split('/').at(-1)
      const mood = graph.answers[what]?.shift()
      const to = what === 'media' ? graph.uploads : graph.messages
      to.push(what === 'media' ? body : JSON.parse(body))
      if (mood === 'hang') return
      const good = what === 'media' ? { id: String(7000 + graph.uploads.length) } : { messages: [{ id: `wamid.${graph.messages.length}` }] }
      response.writeHead(mood?.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(mood ? { error: { message: 'no', type: 'OAuthException', code: mood.code, error_data: { details: mood.details } } } : good))
    })
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    graph.url = `http://127.0.0.1:${server.address().port}/v24.0`
    t.after(() => server.closeAllConnections() ?? server.close())
    return graph
  }
}
const picture = (extra) => ({ text: undefined, image: { data: data(extra), mime_type: 'image/png' } })
async function moody(t, args = []) {
  const graph = await Graph.start(t)
  return { graph, world: await Sender.start(t, { args, env: { WILLAQ_GRAPH_URL: graph.url } }) }
}

test('MED-2: what an upload is refused with is judged as any answer, and nothing is sent', async (t) => {
  const { graph, world } = await moody(t)
  graph.answers.media = [{ status: 500, code: 131016 }]
  await world.reached(await world.send(picture('a')), 'accepted')
  assert.equal(graph.uploads.length, 2)
  graph.answers.media = [{ status: 400, code: 131053, details: 'not a picture' }]
  const bad = await world.reached(await world.send({ ...picture('b'), to: '+593991234568' }), 'failed')
  assert.equal(bad.error.code, 131053)
  assert.match(bad.error.message, /image could not be uploaded: .*not a picture/)
  assert.equal(graph.messages.length, 1)
  graph.answers.media = [{ status: 401, code: 190 }]
  const id = await world.send({ ...picture('c'), to: '+593991234569' })
  await until(async () => (await world.redis.client.do('HGET', 'wq:{default}:state', 'hold')) === '-1')
  assert.equal((await world.show(id)).attempts, 0)
  assert.equal(graph.messages.length, 1)
  await world.redis.client.do('HDEL', 'wq:{default}:state', 'hold', 'hold_for')
  await world.reached(id, 'accepted')
  assert.equal(graph.messages.length, 2)
  graph.answers.media = Array(9).fill({ status: 401, code: 190 })
  const old = await world.send({ ...picture('d'), to: '+593991234560', expiresAt: Date.now() + 1500 })
  assert.equal((await world.reached(old, 'failed')).error.message.includes('expired'), true)
  assert.equal(graph.messages.length, 2)
})

test('MED-2: an id that the provider does not know any more is replaced once', async (t) => {
  const { graph, world } = await moody(t)
  await world.reached(await world.send(picture()), 'accepted')
  graph.answers.messages = [{ status: 400, code: 100, details: "Param image['id'] is not a valid whatsapp business account media attachment ID" }]
  const again = await world.reached(await world.send({ ...picture(), to: '+593991234568' }), 'accepted')
  assert.equal(again.attempts, 2)
  assert.deepEqual(graph.messages.map((each) => each.image.id), ['7001', '7001', '7002'])
  graph.answers.messages = [{ status: 400, code: 131053 }]
  const bad = await world.reached(await world.send({ ...picture(), to: '+593991234569' }), 'failed')
  assert.equal(bad.error.code, 131053)
  assert.equal(graph.uploads.length, 2)
})

test('OUT-7, MED-2: kill -9 over an upload leaves nothing in doubt', async (t) => {
  const { graph, world } = await moody(t, ['--lock-duration', '2s', '--stalled-interval', '1s'])
  graph.answers.media = ['hang']
  const id = await world.send(picture())
  await until(() => graph.uploads.length === 1)
  assert.equal((await world.show(id)).ledger ?? '', '')
  world.program.child.kill('SIGKILL')
  await world.program.ended
  await world.run()
  const seen = await world.reached(id, 'accepted')
  assert.equal(seen.attempts, 1)
  assert.deepEqual(seen.timeline.map((each) => each.event), ['queued', 'accepted'])
  assert.equal(graph.messages.length, 1)
})

test('MED-2: an address that answers later, never, or with what cannot be sent', async (t) => {
  const files = await Files.start(t, {
    '/late.png': (n) => (n === 1 ? { status: 503 } : {}), '/moved.png': () => ({ status: 302, headers: { location: '/late.png' } }),
    '/page': () => ({ headers: { 'content-type': 'text/html; charset=utf-8' } }), '/bare': () => ({ headers: {} }),
  })
  const world = await Sender.start(t, { args: ['--media-private'] })
  const ask = (path, upload = true) => world.send({ text: undefined, to: `+59399123${path.length}000`, image: { link: files.url + path, upload } })
  assert.equal((await world.reached(await ask('/late.png'), 'read')).attempts, 1)
  await world.reached(await ask('/moved.png'), 'read')
  await world.reached(await ask('/bare'), 'read')
  assert.equal(await uploads(world), 1)
  assert.match((await world.reached(await ask('/page'), 'failed')).error.message, /type text\/html, which can't be sent as image/)
  assert.match((await world.reached(await ask('/none.png'), 'failed')).error.message, /it answered 404/)
  const before = files.asked.length
  await world.reached(await ask('/late.png', 'once'), 'read')
  await world.reached(await ask('/late.png', 'once'), 'read')
  assert.equal(files.asked.length, before + 1)
  assert.equal(await uploads(world), 1)
})

test('MED-2: a file of megabytes travels in its message, and is not kept in its record', async (t) => {
  const world = await Sender.start(t)
  const big = Buffer.concat([PNG, Buffer.alloc(4_000_000, 1)]).toString('base64')
  const id = await world.send({ text: undefined, image: { data: big, mime_type: 'image/png', caption: 'c' } })
  await world.reached(id, 'read')
  assert.equal(await uploads(world), 1)
  assert.deepEqual((await world.show(id)).message.image, { caption: 'c' })
  const evolution = await world.send({ text: undefined, type: 'image', image: { mediatype: 'image', media: big, mimetype: 'image/png' } })
  await world.reached(evolution, 'read')
  assert.equal(await uploads(world), 1)
  const refused = async (image, what) => assert.match((await world.json('POST', '/api/messages', { to: '+593991234567', image }, 422)).detail, what)
  await refused({ data: 'no base64!', mime_type: 'image/png' }, /image\.data.* no base64/)
  await refused({ data: data() }, /image\.mime_type.* missing/)
  await refused({ data: data(), mime_type: 'image/png', id: '1' }, /image\.data.* beside id/)
  await refused({ data: Buffer.alloc(5_300_000).toString('base64'), mime_type: 'image/png' }, /image\.data.* 5242880/)
  await refused({ link: 'https://example.com/a.png', upload: 'maybe' }, /image\.upload/)
})

test('MED-2, OUT-3: the file itself to Evolution, of any of its sizes, and never to Twilio', async (t) => {
  const got = []
  const server = createServer(async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    got.push({ url: request.url, body: JSON.parse(Buffer.concat(pieces)) })
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ key: { id: `3EB0${got.length}` }, status: 'PENDING' }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.closeAllConnections() ?? server.close())
  const url = `http://127.0.0.1:${server.address().port}`
  const world = await Sender.start(t, { env: { EVOLUTION_API_URL: url, EVOLUTION_API_KEY: 'k', EVOLUTION_INSTANCE: 'ventas', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 't', TWILIO_WHATSAPP_NUMBER: '+14155238886' } })
  for (const [i, bytes] of [100, 5_000_000].entries()) {
    const file = Buffer.concat([PNG, Buffer.alloc(bytes, 2)]).toString('base64')
    await world.reached(await world.send({ account: 'evolution', text: undefined, to: `+59399123456${i}`, image: `data:image/png;base64,${file}` }), 'accepted')
    assert.match(got[i].url, /\/message\/sendMedia\/ventas$/)
    assert.equal(got[i].body.media, file)
    assert.equal(got[i].body.mimetype, 'image/png')
  }
  const refused = await world.json('POST', '/api/messages', { account: 'twilio', to: '+593991234567', image: { data: data(), mime_type: 'image/png' } }, 422)
  assert.match(refused.detail, /image\.link is needed: Twilio fetches media itself from a public address/)
})
