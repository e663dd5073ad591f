// SPDX-License-Identifier: MIT
// media.test.mjs — files of outbound messages: passed on by address, fetched, uploaded once, and used again.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'

import { Sender } from './send_world.mjs'

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
