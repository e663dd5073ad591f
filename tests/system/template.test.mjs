// SPDX-License-Identifier: MIT
// template.test.mjs — texts listed, previewed, checked, rewritten, and sent by their kind; by the API and by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Sender } from './send_world.mjs'
import { run, until } from './support.mjs'

const reminder = (extra = {}) => ({ template: 'viewing_reminder', variables: { name: 'Ana', date: '2026-12-01T10:00' }, ...extra })

test('TPL-1, TPL-2: texts are listed, shown, previewed and checked', async (t) => {
  const world = await Sender.start(t)
  const { data } = await world.json('GET', '/api/templates?limit=1000')
  assert.equal(data.length, 54)
  assert.equal(new Set(data.map((each) => each.kind)).size, 18)
  assert.ok(data.every((each) => each.of === 'willaq' && each.variables.length > 0 && each.title))
  const page = await world.json('GET', '/api/templates?language=es&limit=10')
  assert.equal(page.data.length, 10)
  assert.ok(page.next_cursor)
  assert.equal((await world.json('GET', '/api/templates/greeting?language=es_EC')).language, 'es')
  assert.equal((await world.json('GET', '/api/templates/greting', undefined, 404)).code, 'template_not_found')

  const seen = await world.json('POST', '/api/templates/preview', { template: 'viewing_reminder', language: 'es', examples: true })
  assert.match(seen.text, /Ana, te recordamos tu visita a \*Departamento con terraza\*/)
  assert.match(seen.text, /Martes, 1 de diciembre de 2026, 10:00/)
  const zone = { source: 'a las {{at | time}}', language: 'es', variables: { at: '2026-12-01T15:00:00Z' }, timeZone: 'America/Guayaquil' }
  const undeclared = await world.json('POST', '/api/templates/preview', zone, 422)
  assert.match(undeclared.detail, /line 1, column 9: at is not declared/)
  zone.source = `var: at date\n---\n${zone.source}`
  assert.equal((await world.json('POST', '/api/templates/preview', zone)).text, 'a las 10:00')
  const missing = await world.json('POST', '/api/templates/preview', { template: 'viewing_reminder', language: 'es' }, 422)
  assert.match(missing.detail, /line \d+, column \d+: date is missing/)
  await world.json('POST', '/api/templates/preview', { ...zone, timeZone: 'Mars/Olympus' }, 422)

  const good = await world.json('POST', '/api/templates/check', { source: 'Hola {{name}}', kind: 'greeting', language: 'es' })
  assert.deepEqual(good, { ok: true, problems: [] })
  const bad = await world.json('POST', '/api/templates/check', { source: 'Hola\n {{nmae}}', kind: 'greeting', language: 'es' })
  assert.deepEqual(bad.problems, [{ line: 2, column: 4, name: 'nmae', what: 'is not declared; did you mean name?' }])
})

test('TPL-1: a message names a text, and what is missing is told of its member', async (t) => {
  const world = await Sender.start(t)
  const id = (await world.json('POST', '/api/messages', { to: '+593991234567', use: reminder() }, 202)).id
  const sent = await world.reached(id, 'accepted', 'sent', 'delivered', 'read')
  assert.match(sent.message.text.body, /^⏰ Ana, te recordamos/)
  assert.equal(sent.message.use.template, 'viewing_reminder')
  const german = (await world.json('POST', '/api/messages', { to: '+4915112345678', use: reminder() }, 202)).id
  assert.match((await world.show(german)).message.text.body, /wir erinnern an Ihre Besichtigung/)
  const job = await world.add({ to: '+593991000002', use: reminder({ language: 'en' }) })
  await until(async () => (await world.json('GET', `/api/queues/outbound-messages/jobs/${job.id}`)).state === 'completed')
  for (const [use, field, what] of [
    [{ template: 'viewing_reminder' }, 'use.variables.date', /is missing/],
    [reminder({ variables: { date: 'tomorrow' } }), 'use.variables.date', /is no date/],
    [reminder({ variables: { nmae: 'Ana', date: '2026-12-01T10:00' } }), 'use.variables.nmae', /did you mean name/],
    [{ template: 'nothing' }, 'use.template', /no kind/],
    [{ template: 'greeting', langauge: 'es' }, 'use', /none of/],
    [{ variables: {} }, 'use.template', /is missing/],
    ['greeting', 'use', /no object/],
  ]) {
    const { detail, code } = await world.json('POST', '/api/messages', { to: '+593991234567', use }, 422)
    assert.equal(code, 'invalid_message')
    assert.ok(detail.startsWith(`${field} `), detail)
    assert.match(detail, what)
  }
  const lost = await world.add({ to: '+593991000003', use: { template: 'nothing' } }, { attempts: 5 })
  const failed = await until(async () => {
    const seen = await world.json('GET', `/api/queues/outbound-messages/jobs/${lost.id}`)
    return seen.state === 'failed' && seen
  })
  assert.match(failed.failed_reason, /use\.template is no kind/)
  assert.equal(failed.attempts_made, 1)
})

test('TPL-2: versions of one\'s own, for all, a business and an account', async (t) => {
  const world = await Sender.start(t)
  const text = async (use = { template: 'greeting', language: 'es', variables: { name: 'Ana' } }) =>
    (await world.show((await world.json('POST', '/api/messages', { to: '+593991234567', use }, 202)).id)).message.text.body
  assert.match(await text(), /¡Hola, Ana!/)
  const refused = await world.json('PUT', '/api/templates/greeting/es', { source: 'Hola {{#if name}}' }, 422)
  assert.equal(refused.code, 'invalid_template')
  assert.match(refused.detail, /line 1, column 6: #if has no closing/)
  await world.json('PUT', '/api/templates/Greeting/es', { source: 'Hola' }, 400)
  const made = await world.json('PUT', '/api/templates/greeting/es', { source: 'Buenas, {{name | upper}}' }, 201)
  assert.equal(made.of, 'all')
  assert.equal(made.variables.find((each) => each.name === 'name').example, 'Ana')
  await until(async () => (await text()) === 'Buenas, ANA')
  await world.json('PUT', '/api/templates/greeting/es', { source: 'Qué tal, {{name}}', account: 'default' }, 201)
  await world.json('PUT', '/api/templates/greeting/es', { source: 'Qué tal, {{name}}.', account: 'default' })
  await until(async () => (await text()) === 'Qué tal, Ana.')
  assert.equal((await world.json('GET', '/api/templates?kind=greeting')).data.length, 5)
  await world.json('PUT', '/api/templates/greeting/es', { source: 'Hola', account: 'nobody' }, 404)
  assert.deepEqual(await world.json('DELETE', '/api/templates/greeting/es?account=default'), { changed: 1 })
  await world.json('DELETE', '/api/templates/greeting/es?account=default', undefined, 404)
  await until(async () => (await text()) === 'Buenas, ANA')
  await world.json('PUT', '/api/templates/spring_offer/es', { source: 'var: off number\n---\n{{off}} % menos' }, 201)
  await until(async () => (await text({ template: 'spring_offer', variables: { off: 10 } })) === '10 % menos')

  await world.json('POST', '/api/businesses', { id: 'acme' }, 201)
  const { key } = await world.json('POST', '/api/keys', { business: 'acme', role: 'manager' }, 201)
  const acme = { authorization: `Bearer ${key}` }
  assert.equal((await world.json('PUT', '/api/templates/greeting/es', { source: 'Acme' }, 201, acme)).of, 'business')
  await world.json('PUT', '/api/templates/greeting/es', { source: 'Acme', business: 'other' }, 403, acme)
  await world.json('PUT', '/api/templates/greeting/es', { source: 'Acme', account: 'default' }, 404, acme)
  await until(async () => (await world.json('GET', '/api/templates/greeting?language=es', undefined, 200, acme)).source === 'Acme')
  assert.equal((await world.json('GET', '/api/templates/greeting?language=es')).source, 'Buenas, {{name | upper}}')
  assert.ok((await world.json('GET', '/api/templates?limit=1000', undefined, 200, acme)).data.length === 57)
})

test('CLI-1: willaq template', async (t) => {
  const world = await Sender.start(t)
  const cli = (...args) => run(['template', ...args, '--redis-url', world.redis.url])
  const list = await cli('list', '--json')
  assert.equal(JSON.parse(list.stdout).length, 54)
  assert.match((await cli('show', 'greeting', '--language', 'de')).stdout, /Schön, dass Sie/)
  const seen = await cli('preview', 'payment_request', '--language', 'es', '--variables', '{"amount":1250.5,"concept":"la reserva"}')
  assert.equal(seen.code, 0, seen.stderr)
  assert.match(seen.stdout, /Valor: \*\$1\.250,50\*/)
  const missing = await cli('preview', 'payment_request', '--language', 'es', '--variables', '{}')
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /line \d+, column \d+: concept is missing/)
  const set = await run(['template', 'set', 'greeting', 'es', '-', '--redis-url', world.redis.url], { stdin: 'Epa, {{name}}' })
  assert.equal(set.code, 0, set.stderr)
  assert.match((await cli('preview', 'greeting', '--language', 'es')).stdout, /^Epa, Ana/)
  const bad = await run(['template', 'check', '-', '--redis-url', world.redis.url], { stdin: 'Epa,\n{{name}' })
  assert.equal(bad.code, 1)
  assert.match(bad.stderr, /line 2, column /)
  assert.equal((await cli('remove', 'greeting', 'es')).code, 0)
  assert.equal((await cli('remove', 'greeting', 'es')).code, 1)
  assert.equal((await cli('show', 'nothing')).code, 1)
})
