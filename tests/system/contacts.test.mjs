// SPDX-License-Identifier: MIT
// contacts.test.mjs — contacts and conversations by the API: made, found, listed, changed, told apart by business.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { cloud, World } from './accounts_world.mjs'
import { until } from './support.mjs'

const json = (r) => ({ status: r.status, body: r.body })

async function people(t) {
  const w = await World.start(t)
  const account = await w.create(cloud(1, { business: 'acme' }))
  const other = await w.create(cloud(2, { business: 'rival' }))
  const contacts = (method, path, body, key) => w.call(method, `/api/contacts${path}`, { body, key })
  return { w, account, other, contacts }
}

describe('contacts by the API', () => {
  test('one is made, found by any of its names, changed, and told of', async (t) => {
    const { w, account, contacts } = await people(t)
    assert.equal((await w.call('POST', '/api/subscriptions', { body: { stream: 'told', kinds: ['system'], events: ['contact.*'] } })).status, 201)
    const made = await contacts('POST', '', { account: account.id, phone: '+593 99 123-4567', user_id: 'EC.7001', name: 'María Pérez', tags: ['lead', 'quito'], attributes: { city: 'Quito', rooms: 3, garden: true }, language: 'es', timezone: 'America/Guayaquil', assigned: 'ana' })
    assert.equal(made.status, 201, JSON.stringify(json(made)))
    const one = made.body
    assert.match(one.id, new RegExp(`^c[0-9a-f]{20}\\.${account.id}$`))
    assert.equal(one.phone, '+593991234567')
    assert.deepEqual(one.tags, ['lead', 'quito'])
    assert.deepEqual(one.attributes, { city: 'Quito', rooms: '3', garden: 'true' })
    assert.equal(one.revision, 1)
    for (const query of ['phone=%2B593991234567', 'wa_id=593991234567', 'user_id=EC.7001', 'phone=00593-99-1234567']) {
      const { body } = await contacts('GET', `?account=${account.id}&${query}`)
      assert.deepEqual(body.data.map((c) => c.id), [one.id], query)
    }
    assert.deepEqual((await contacts('GET', `?account=${account.id}&phone=%2B593990000000`)).body, { data: [], next_cursor: null })
    assert.deepEqual((await contacts('GET', `/${one.id}`)).body, one)

    const changed = await contacts('PATCH', `/${one.id}`, { add_tags: ['vip'], remove_tags: ['lead'], attributes: { city: 'Cuenca', rooms: null }, name: 'María P. Vega', assigned: null, lid: '7001@lid' })
    assert.equal(changed.status, 200)
    assert.deepEqual(changed.body.tags, ['quito', 'vip'])
    assert.deepEqual(changed.body.attributes, { city: 'Cuenca', garden: 'true' })
    assert.equal(changed.body.assigned, undefined)
    for (const [query, n] of [['q=maria', 1], ['q=vega', 1], ['q=perez', 0], ['q=ma%20veg', 1], ['q=59399', 1], ['tag=lead', 0], ['tag=vip,quito', 1], ['attribute=city%3DCuenca', 1], ['attribute=city%3DQuito', 0], ['assigned=ana', 0], ['assigned=none', 1], ['lid=7001@lid', 1]]) {
      assert.equal((await contacts('GET', `?account=${account.id}&${query}`)).body.data.length, n, query)
    }
    assert.equal((await contacts('PATCH', `/${one.id}`, { name: 'x', revision: 1 })).body.code, 'changed_meanwhile')
    assert.equal((await contacts('PATCH', `/${one.id}`, { name: 'Eva', revision: changed.body.revision })).status, 200)

    // A name that is taken away identifies nobody any more; another phone instead of one does.
    assert.equal((await contacts('PATCH', `/${one.id}`, { phone: '+593990000001', user_id: null })).status, 200)
    for (const [query, n] of [['phone=%2B593991234567', 0], ['user_id=EC.7001', 0], ['phone=%2B593990000001', 1], ['q=9399', 0], ['q=59399000', 1]]) {
      assert.equal((await contacts('GET', `?account=${account.id}&${query}`)).body.data.length, n, query)
    }
    for (const what of ['contact.created', 'contact.updated', 'contact.assigned']) await until(async () => (await w.dump()).includes(what))
  })

  test('a name is of one contact', async (t) => {
    const { account, contacts } = await people(t)
    const a = (await contacts('POST', '', { account: account.id, phone: '+593991234567', name: 'Ana' })).body
    const b = (await contacts('POST', '', { account: account.id, user_id: 'EC.7002' })).body
    const again = await contacts('POST', '', { account: account.id, phone: '593991234567' })
    assert.equal(again.status, 409)
    assert.equal(again.body.code, 'contact_exists')
    assert.ok(again.body.detail.includes(a.id))
    const upsert = await contacts('POST', '?upsert=true', { account: account.id, phone: '593991234567', add_tags: ['x'] })
    assert.equal(upsert.status, 200, JSON.stringify(json(upsert)))
    assert.equal(upsert.body.id, a.id)
    assert.equal(upsert.body.name, 'Ana')
    assert.deepEqual(upsert.body.tags, ['x'])
    assert.equal((await contacts('GET', `?account=${account.id}&q=ana`)).body.data.length, 1)
    assert.equal((await contacts('PATCH', `/${b.id}`, { phone: '+593991234567' })).body.code, 'contact_exists')
    assert.equal((await contacts('POST', '', { account: account.id, phone: '+593991234567', user_id: 'EC.7002' })).body.code, 'two_contacts')
  })

  test('opt-out, opt-in, notes, assignment, read', async (t) => {
    const { w, account, contacts } = await people(t)
    const { id } = (await contacts('POST', '', { account: account.id, phone: '+593991234567' })).body
    const out = await contacts('POST', `/${id}/opt-out`, { reason: 'on the phone' })
    assert.equal(out.body.opted_out, true)
    assert.equal(out.body.opt_out_reason, 'on the phone')
    assert.equal((await contacts('GET', `?account=${account.id}&opted_out=true`)).body.data.length, 1)
    assert.match(await w.dump(), /person:[0-9a-f]{24}[^\n]*\n[^\n]*optout/) // the gate of sending sees it
    assert.equal((await contacts('POST', `/${id}/opt-in`, {})).body.opted_out, false)
    assert.equal((await contacts('GET', `?account=${account.id}&opted_out=false`)).body.data.length, 1)

    assert.equal((await contacts('POST', `/${id}/notes`, { text: 'wants a garden' })).status, 200)
    assert.equal((await contacts('POST', `/${id}/notes`, { text: 'called twice' })).status, 200)
    const notes = (await contacts('GET', `/${id}/notes`)).body.data
    assert.deepEqual(notes.map((n) => n.text).sort(), ['called twice', 'wants a garden'])
    assert.equal((await contacts('DELETE', `/${id}/notes/${notes[0].id}`)).status, 200)
    assert.equal((await contacts('GET', `/${id}/notes`)).body.data.length, 1)
    assert.equal((await contacts('POST', `/${id}/assign`, { to: 'ana' })).body.assigned, 'ana')
    assert.equal((await contacts('POST', `/${id}/assign`, { to: null })).body.assigned, undefined)
    assert.equal((await contacts('POST', `/${id}/assign`, {})).status, 422)
    assert.equal((await contacts('POST', `/${id}/read`)).body.unread, 0)
    assert.deepEqual((await contacts('GET', `/${id}/messages`)).body, { data: [], next_cursor: null })
  })

  test('what is wrong is refused with its field', async (t) => {
    const { account, contacts } = await people(t)
    const bad = [
      [{}, 'who it is'], [{ name: 'Ana' }, 'who it is'], [{ phone: 'none' }, 'phone'], [{ phone: '0991234567' }, 'phone'], [{ phone: 7 }, 'phone'],
      [{ phone: '+593991234567', tags: ['a b'] }, 'tags[0]'], [{ phone: '+593991234567', tags: 'a' }, 'tags'],
      [{ phone: '+593991234567', timezone: 'Mars/Olympus' }, 'timezone'], [{ phone: '+593991234567', language: '!' }, 'language'],
      [{ phone: '+593991234567', attributes: { 'a b': 1 } }, 'attributes.a b'], [{ phone: '+593991234567', attributes: { a: {} } }, 'attributes.a'],
      [{ lid: '7@g.us' }, 'lid'], [{ user_id: 'x' }, 'user_id'],
      [{ phone: '+593991234567', name: 'a\u0007' }, 'name'], [{ phone: '+593991234567', opted_out: 1 }, 'opted_out'],
      [{ phone: '+593991234567', tags: Array(51).fill('t') }, 'tags'],
    ]
    for (const [body, field] of bad) {
      const { status, body: answer } = await contacts('POST', '', { account: account.id, ...body })
      assert.equal(status, 422, JSON.stringify(body))
      assert.ok(answer.detail.startsWith(field), `${answer.detail} begins with ${field}`)
    }
    assert.equal((await contacts('POST', '', { account: account.id, phone: '+593991234567', colour: 'red' })).status, 400)
    for (const query of ['window=ajar', 'unread=yes', 'sort=name', 'q=%21%21', 'cursor=x', 'cursor=x/y', 'limit=0', 'tag=']) {
      assert.equal((await contacts('GET', `?account=${account.id}&${query}`)).status, 400, query)
    }
    for (const path of ['/c0.nobody', '/nothing', `/c00000000000000000000.${account.id}`, `/m00.${account.id}`]) {
      assert.equal((await contacts('GET', path)).body.code, 'contact_not_found', path)
      assert.equal((await contacts('PATCH', path, { name: 'x' })).status, 404, path)
    }
  })

  test('a business sees its own', async (t) => {
    const { w, account, other, contacts } = await people(t)
    const mine = (await contacts('POST', '', { account: account.id, phone: '+593991234567' })).body
    const theirs = (await contacts('POST', '', { account: other.id, phone: '+593991234567' })).body
    const viewer = (await w.key({ role: 'viewer', business: 'acme', name: 'v' })).key
    const agent = (await w.key({ role: 'agent', business: 'acme', name: 'a' })).key
    assert.equal((await contacts('GET', `/${mine.id}`, undefined, viewer)).status, 200)
    assert.deepEqual((await contacts('GET', '', undefined, viewer)).body.data.map((c) => c.id), [mine.id])
    assert.equal((await contacts('GET', `/${theirs.id}`, undefined, viewer)).status, 404)
    assert.equal((await contacts('GET', `?account=${other.id}`, undefined, viewer)).status, 404)
    assert.equal((await contacts('PATCH', `/${mine.id}`, { name: 'x' }, viewer)).status, 403)
    assert.equal((await contacts('PATCH', `/${mine.id}`, { name: 'x' }, agent)).status, 200)
    assert.equal((await contacts('PATCH', `/${theirs.id}`, { name: 'x' }, agent)).status, 404)
    assert.equal((await contacts('POST', '', { account: other.id, phone: '+593992222222' }, agent)).status, 404)
  })

  test('pages hold each contact once, in every order and with every filter', async (t) => {
    const { w, account, contacts } = await people(t)
    const n = 130
    for (let i = 0; i < n; i++) {
      const { status } = await contacts('POST', '', { account: account.id, phone: `+59399${String(1000000 + i)}`, name: `Lead ${i % 7}`, tags: i % 3 ? ['odd'] : ['third'], attributes: { city: i % 2 ? 'Quito' : 'Cuenca' } })
      assert.equal(status, 201)
    }
    for (const [path, query, many] of [['contacts', '', n], ['contacts', '&tag=odd', 86], ['contacts', '&tag=odd&attribute=city%3DQuito', 43], ['contacts', '&not_tag=odd', 44],
      ['contacts', '&sort=last', n], ['conversations', '', n], ['conversations', '&tag=third', 44], ['contacts', '&q=lead', n], ['contacts', '&q=5939910&tag=third', 44], ['contacts', '&window=open', 0], ['contacts', '&window=closed', n]]) {
      const seen = []
      for (let cursor = ''; cursor !== null;) {
        const { status, body } = await w.call('GET', `/api/${path}?account=${account.id}&limit=20${query}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        assert.equal(status, 200, JSON.stringify(body))
        seen.push(...body.data.map((c) => c.id))
        cursor = body.next_cursor
      }
      assert.equal(seen.length, many, path + query)
      assert.equal(new Set(seen).size, many, path + query)
    }
  })
})
