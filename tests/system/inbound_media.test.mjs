// SPDX-License-Identifier: MIT
// inbound_media.test.mjs — files of received messages: fetched from the Cloud API, kept, or told why not.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'

import { NUMBER, World, message, ref } from './receive_world.mjs'
import { Sandbox } from './sandbox_world.mjs'
import { scratch, until } from './support.mjs'

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(300_000, 7)])
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex')
const contacts = [{ profile: { name: 'Ana' }, wa_id: '593900000001' }]
const picture = (id, type = 'image') => message({ type, text: undefined, [type]: { id, mime_type: 'image/png' } })

const start = (t, dir, graph, args = []) => World.start(t, { args: ['--media-dir', dir, '--graph-url', `${graph}/v24.0`, ...args] })
const media = async (world, one) => JSON.parse(await until(async () => (await world.kept(ref(one.id))).media, 30_000, 'media'))

// What the live events say, as it comes.
async function listen(t, world) {
  const stop = new AbortController()
  const answer = await fetch(`http://127.0.0.1:${world.port}/api/events`, { headers: { authorization: 'Bearer test-key' }, signal: stop.signal })
  const events = { text: '' }
  t.after(() => stop.abort())
  void (async () => {
    for await (const piece of answer.body) events.text += Buffer.from(piece).toString()
  })().catch(() => {})
  return events
}

// Look-ups by id: what they say beside the address, and the bytes behind it.
async function graph(t, files) {
  const seen = []
  const server = createServer((request, response) => {
    const [, what, id] = request.url.match(/^\/(v24\.0|bytes)\/(\w+)/) ?? []
    const file = files[id]
    seen.push([what, id, request.headers.authorization])
    if (!file) return void response.writeHead(404).end('{}')
    if (what === 'bytes') return void response.writeHead(200, { 'content-type': 'image/png' }).end(file.bytes)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id, url: `http://${request.headers.host}/bytes/${id}`, mime_type: 'image/png', ...file.said }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.closeAllConnections() ?? server.close())
  return { url: `http://127.0.0.1:${server.address().port}`, seen }
}

test('CON-1: the file of a picture is fetched once, kept by its hash, told, and shown with the message', async (t) => {
  const dir = join(scratch(t), 'media')
  const sandbox = await Sandbox.start(t, [], { url: 'http://127.0.0.1:9/hook' })
  const world = await start(t, dir, sandbox.url)
  const events = await listen(t, world)
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('file', new Blob([PNG], { type: 'image/png' }), 'a.png')
  const upload = await fetch(`${sandbox.url}/v24.0/${NUMBER}/media`, { method: 'POST', body: form, headers: { authorization: 'Bearer token-of-tests' } })
  const { id } = await upload.json()
  const [one, two] = [picture(id), picture(id)]
  await world.receive({ contacts, messages: [one] })
  await world.receive({ contacts, messages: [one] })
  await world.receive({ contacts, messages: [two] })
  const want = { state: 'kept', file: `${sha(PNG)}.png`, type: 'image/png', bytes: PNG.length, sha256: sha(PNG) }
  assert.deepEqual(await media(world, one), want)
  assert.deepEqual(await media(world, two), want)
  assert.deepEqual(readdirSync(dir), [want.file])
  assert.ok(readFileSync(join(dir, want.file)).equals(PNG))
  const con = await world.contact('+593900000001')
  await until(() => events.text.split('event: message.media').length === 3, 30_000, 'two events')
  const page = await (await fetch(`http://127.0.0.1:${world.port}/api/contacts/${con.id}.default/messages`, { headers: { authorization: 'Bearer test-key' } })).json()
  assert.deepEqual(page.data.map((each) => each.media), [want, want])
})

test('CON-1: a file that is too large, of another type or gone is told as failed, and leaves nothing behind', async (t) => {
  const dir = join(scratch(t), 'media')
  const { url, seen } = await graph(t, {
    1: { bytes: PNG, said: { file_size: 9_000_000 } }, // says so
    2: { bytes: Buffer.alloc(2_000_000) }, // does not
    3: { bytes: PNG, said: { mime_type: 'text/html' } },
    5: { bytes: PNG, said: { url: 'http://127.0.0.1:1/a' } },
    6: { bytes: PNG, said: { url: 'https://127.0.0.1:1/a' } },
    7: { bytes: PNG, said: { sha256: createHash('sha256').update(PNG).digest('base64'), file_size: String(PNG.length) } },
  })
  const world = await start(t, dir, url, ['--media-max', '1m'])
  const why = { 1: /too large/, 2: /too large/, 3: /of a type/, 4: /answered 404/, 5: /gave no address/, 6: /never fetched/ }
  const sent = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((id) => [id, picture(String(id))]))
  for (const one of Object.values(sent)) await world.receive({ contacts, messages: [one] })
  for (const [id, reason] of Object.entries(why)) {
    const told = await media(world, sent[id])
    assert.equal(told.state, 'failed', id)
    assert.match(told.reason, reason, id)
  }
  assert.equal((await media(world, sent[7])).state, 'kept', 'a hash in base64')
  assert.deepEqual(readdirSync(dir), [`${sha(PNG)}.png`])
  assert.ok(seen.every(([, , token]) => token === 'Bearer token-of-tests'))
  await until(async () => await world.do('ZCARD', 'bull:inbound-media:failed') === 6)
})

test('CON-1: bytes of another hash are fetched again; a message is received whatever becomes of its file', async (t) => {
  const dir = join(scratch(t), 'media')
  const files = { 8: { bytes: Buffer.concat([PNG, PNG]), said: { sha256: sha(PNG) } } }
  const { url, seen } = await graph(t, files)
  const world = await start(t, dir, url)
  const one = picture('8')
  await world.receive({ contacts, messages: [one] })
  assert.equal((await world.kept(ref(one.id))).type, 'image')
  await until(async () => seen.filter(([what]) => what === 'bytes').length === 1)
  files[8].bytes = PNG
  assert.equal((await media(world, one)).state, 'kept')
  assert.deepEqual(readdirSync(dir), [`${sha(PNG)}.png`])
})

test('CON-1: files that grew too old go, and pieces that nobody writes any more; others stay', async (t) => {
  const dir = join(scratch(t), 'media')
  mkdirSync(dir)
  const put = (name, hours) => {
    writeFileSync(join(dir, name), 'x')
    const then = Date.now() / 1000 - hours * 3600
    utimesSync(join(dir, name), then, then)
  }
  const [old, young, other] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(64)}.png`)
  put(old, 49)
  put(young, 47)
  put('notes.txt', 10_000)
  put(other.slice(1), 10_000)
  put(`${'d'.repeat(24)}.part`, 2)
  put(`${'e'.repeat(24)}.part`, 0)
  for (let i = 0; i < 300; i++) put(`${i.toString(16).padStart(64, '0')}.jpg`, 60) // more than one step of a look
  await start(t, dir, 'http://127.0.0.1:9', ['--media-age', '48h'])
  const left = [young, other.slice(1), `${'e'.repeat(24)}.part`, 'notes.txt'].sort()
  await until(() => readdirSync(dir).length <= left.length, 30_000, 'the old to go')
  assert.deepEqual(readdirSync(dir).sort(), left)
})
