// SPDX-License-Identifier: MIT
// contacts.test.mjs — contacts and conversations by the API: made, found, listed, changed, told apart by business.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ADMIN, cloud, World } from './accounts_world.mjs'
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

    assert.equal((await contacts('POST', `/${b.id}/merge`, { with: `c00000000000000000000.${account.id}` })).status, 404)
    assert.equal((await contacts('POST', `/${b.id}/merge`, { with: 'x' })).status, 404)
    const one = await contacts('POST', `/${b.id}/merge`, { with: a.id })
    assert.deepEqual([one.status, one.body.id, one.body.user_id, one.body.phone, one.body.tags], [200, a.id, 'EC.7002', '+593991234567', ['x']])
    assert.equal((await contacts('GET', `/${b.id}`)).body.id, a.id) // the old id leads to it
    assert.equal((await contacts('GET', `?account=${account.id}`)).body.data.length, 1)
    assert.deepEqual((await contacts('PATCH', `/${b.id}`, { add_tags: ['y'] })).body.tags, ['x', 'y'])
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

const send = (w, path, text, key = ADMIN) => fetch(`http://127.0.0.1:${w.port}/api${path}`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'text/plain' }, body: text }).then(async (r) => ({ status: r.status, body: await r.json() }))

describe('contacts in files, and one person', () => {
  test('an import is all of its lines, or none', async (t) => {
    const { w, account, contacts } = await people(t)
    const path = (format, more = '') => `/contacts/import?account=${account.id}&format=${format}${more}`
    const csv = '\ufeffphone,name,tags,attributes.city,opted_out\r\n+593991000001,"Pérez, María",lead;vip,Quito,\r\n+593991000002,"say ""hi""",,,true\r\n\r\n+593991000003,Two\n'
    const bad = await send(w, path('csv'), csv)
    assert.equal(bad.status, 422)
    assert.equal(bad.body.code, 'invalid_line')
    assert.match(bad.body.detail, /^line 5: the line has fewer cells than the head; 1 of 3 lines are wrong, and nothing was changed$/)
    assert.equal((await contacts('GET', `?account=${account.id}`)).body.data.length, 0)
    const good = csv.replace('Two\n', 'Two,,,\n')
    assert.deepEqual((await send(w, path('csv', '&dry_run=true'), good)).body, { lines: 3, created: 0, updated: 0, refused: 0, dry_run: true, first_refusal: null })
    assert.deepEqual((await send(w, path('csv'), good)).body, { lines: 3, created: 3, updated: 0, refused: 0, dry_run: false, first_refusal: null })
    const [maria] = (await contacts('GET', `?account=${account.id}&q=maria`)).body.data
    assert.equal(maria.name, 'Pérez, María')
    assert.deepEqual(maria.tags, ['lead', 'vip'])
    assert.deepEqual(maria.attributes, { city: 'Quito' })
    assert.equal((await contacts('GET', `?account=${account.id}&opted_out=true`)).body.data[0].name, 'say "hi"')

    // Once more with less: what it does not tell stays.
    const lines = ['{"phone":"+593991000001","add_tags":["again"]}', '', '{"user_id":"EC.77","name":"Eva"}'].join('\n')
    assert.deepEqual((await send(w, path('jsonl'), lines)).body, { lines: 2, created: 1, updated: 1, refused: 0, dry_run: false, first_refusal: null })
    const again = (await contacts('GET', `/${maria.id}`)).body
    assert.deepEqual(again.tags, ['again', 'lead', 'vip'])
    assert.equal(again.name, 'Pérez, María')
    assert.equal((await contacts('GET', `?account=${account.id}&q=perez`)).body.data.length, 1)

    for (const [format, text, want] of [['jsonl', '{"phone":"+593991000009"}\n{"phone":"x"}\n{}\n', /^line 2: phone is no phone number.*2 of 3 lines/], ['jsonl', '[1]', /^line 1: it must be an object/], ['jsonl', '{"phone":"+593991000009"', /^line 1: the line is no JSON/],
      ['jsonl', '{"phone":"+593991000009","tags":["a b"]}', /^line 1: tags\[0\] has a space/], ['csv', 'phone,colour\n', /^line 1: column 2 is none of phone/], ['csv', 'phone,name\n+593991000009,"open\nend', /^line 2: the line has a quote/], ['csv', 'name\nAna\n', /^line 2: phone or another name/]]) {
      const answer = await send(w, path(format), text)
      assert.equal(answer.status, 422, text)
      assert.match(answer.body.detail, want)
    }
    // Good by themselves, but not beside who is there: found before anything is written, the first line told first.
    const fill = Array.from({ length: 40 }, (_, i) => `{"phone":"+5939910001${10 + i}"}`)
    for (const [text, want] of [[[...fill, '{"phone":"+593991000001","user_id":"EC.77"}', '{"user_id":"EC.78"}', '{"phone":"+593991000002","user_id":"EC.77"}'], /^line 41: it has names of two contacts: merge them first; 2 of 43 lines are wrong, and nothing was changed$/],
      [['{"user_id":"EC.78"}', `{"phone":"+593991000001","add_tags":${JSON.stringify(Array.from({ length: 48 }, (_, i) => `t${i}`))}}`], /^line 2: tags would be too many; 1 of 2 lines are wrong, and nothing was changed$/]])
      for (const more of ['', '&dry_run=true']) {
        const answer = await send(w, path('jsonl', more), text.join('\n'))
        assert.equal(answer.status, 422, JSON.stringify(answer.body))
        assert.match(answer.body.detail, want)
        assert.equal((await contacts('GET', `?account=${account.id}`)).body.data.length, 4)
        assert.deepEqual((await contacts('GET', `/${maria.id}`)).body, again)
      }
    assert.deepEqual((await send(w, path('csv'), 'phone\n')).body, { lines: 0, created: 0, updated: 0, refused: 0, dry_run: false, first_refusal: null })
    assert.equal((await contacts('GET', `?account=${account.id}`)).body.data.length, 4)
    assert.equal((await send(w, path('xml'), '')).status, 400)
    assert.equal((await send(w, path('csv'), 'phone\n', (await w.key({ role: 'agent', business: 'acme', name: 'a' })).key)).status, 403)
  })

  test('one person is exported, and erased without a trace of him', async (t) => {
    const { w, account, contacts } = await people(t)
    const own = `wq:{${account.id}}:`
    const redis = w.redis.client
    const one = (await contacts('POST', '', { account: account.id, phone: '+593991234567', user_id: 'EC.7001', name: 'Zacarías Quispe', tags: ['lead'], attributes: { city: 'Quito' }, assigned: 'ana' })).body
    const other = (await contacts('POST', '', { account: account.id, phone: '+593997654321', name: 'Otra', tags: ['lead'] })).body
    const id = one.id.split('.')[0]
    await contacts('POST', `/${one.id}/notes`, { text: 'secretnote' })
    for (let i = 0; i < 250; i++) {
      await redis.do('HSET', `${own}rcv:r${i}`, 'con', id, 'at', `${1700000000000 + i}`, 'type', 'text', 'text', `secretword ${i}`, 'pid', `wamid.${i}`)
      await redis.do('ZADD', `${own}hist:${id}`, `${1700000000000 + i}`, `ir${i}`)
    }
    const sent = await w.call('POST', '/api/messages', { body: { to: '+593991234567', account: account.id, type: 'text', text: { body: 'secretreply' }, scheduledAt: Date.now() + 3600_000 } })
    assert.equal(sent.status, 202)
    await redis.do('ZADD', `${own}hist:${id}`, '1800000000000', `o${sent.body.id}`)

    await contacts('POST', `/${one.id}/opt-out`, { reason: 'asked' })
    await redis.do('ZADD', `${own}cons:issues`, '1', id)
    const whole = await contacts('GET', `/${one.id}/export`)
    assert.equal(whole.status, 200)
    assert.equal(whole.body.messages.length, 251)
    assert.deepEqual([whole.body.messages[0].text, whole.body.messages[0].direction, whole.body.messages[0].state], ['secretreply', 'out', 'queued'])
    assert.equal(whole.body.messages[250].text, 'secretword 0')
    assert.deepEqual(whole.body.notes.map((n) => n.text), ['secretnote'])
    assert.equal(whole.body.contact.name, 'Zacarías Quispe')
    const said = []
    for (let cursor = ''; cursor !== null;) {
      const { body } = await contacts('GET', `/${one.id}/messages?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      said.push(...body.data.map((m) => m.id))
      cursor = body.next_cursor
    }
    assert.equal(new Set(said).size, 251)
    const [talk] = (await w.call('GET', `/api/conversations?account=${account.id}&q=zacarias`)).body.data
    assert.equal(talk.last_message.text, 'secretreply')

    const erased = await contacts('DELETE', `/${one.id}?reason=asked+for+it`)
    assert.deepEqual([erased.status, erased.body], [200, { erased: true, messages: 1 }])
    assert.equal((await contacts('GET', `/${one.id}`)).status, 404)
    assert.equal((await contacts('DELETE', `/${one.id}`)).status, 404)
    assert.deepEqual((await contacts('GET', `?account=${account.id}&tag=lead`)).body.data.map((c) => c.id), [other.id])
    await until(async () => !(await w.dump()).includes('secretreply')) // its job is gone too
    const dump = await w.dump()
    for (const trace of ['593991234567', 'EC.7001', 'Zacar', 'quispe', 'secret', 'rcv:', 'notes:']) assert.ok(!dump.includes(trace), trace)
    const [row] = (await contacts('GET', `/erasures?account=${account.id}`)).body.data
    assert.deepEqual([row.contact, row.reason, row.messages], [id, 'asked for it', 251])
    assert.equal(await redis.do('EXISTS', `${own}cons:issues`), 0)
    // Who is erased may come again, as somebody new; that he wants nothing more is still known.
    const again = await contacts('POST', '', { account: account.id, phone: '+593991234567' })
    assert.equal(again.status, 201)
    assert.notEqual(again.body.id, one.id)
    assert.equal(again.body.opted_out, true)
    assert.deepEqual((await contacts('GET', `?account=${account.id}&opted_out=true`)).body.data.map((c) => c.id), [again.body.id])
  })
})
