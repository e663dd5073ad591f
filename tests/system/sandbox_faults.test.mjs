// SPDX-License-Identifier: MIT
// sandbox_faults.test.mjs — `willaq sandbox` as a troublemaker and a referee, and as a process.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CUSTOMER, NUMBER_ID, Receiver, Sandbox } from './sandbox_world.mjs'
import { ROOT, run, until } from './support.mjs'

const text = (body, more) => ({ text: { body }, ...more })

describe('chances', () => {
  test('a share of sends fails, the same ones for the same seed', async (t) => {
    const fates = async (seed) => {
      const sandbox = await Sandbox.start(t, ['--fail', '30', '--seed', seed])
      const list = []
      for (let i = 0; i < 200; i++) list.push((await sandbox.outcome()).code ?? 0)
      const { accepted, outcomes } = await sandbox.counts()
      assert.equal(accepted, list.filter((code) => code === 0).length)
      assert.equal(outcomes.error, 200 - accepted)
      return list
    }
    const [first, again, other] = await Promise.all([fates('7'), fates('7'), fates('8')])
    assert.deepEqual(first, again)
    assert.notDeepEqual(first, other)
    const failed = first.filter((code) => code !== 0)
    assert.ok(failed.length > 40 && failed.length < 80, `${failed.length} of 200`)
    assert.deepEqual(new Set(failed), new Set([131000, 2, 130429, 131016]))
  })

  test('a webhook comes twice', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--dup', '100'], receiver)
    await sandbox.send()
    const got = await receiver.has(6)
    const times = {}
    for (const { raw } of got) times[raw] = (times[raw] ?? 0) + 1
    assert.deepEqual(Object.values(times), [2, 2, 2])
    assert.equal((await sandbox.counts()).webhooks.doubled, 3)
  })

  test('a webhook is overtaken by the next', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--reorder', '100', '--status-delay', '50ms'], receiver)
    await sandbox.send()
    await receiver.has(3)
    assert.deepEqual(receiver.statuses().map((s) => s.status), ['delivered', 'sent', 'read'])
    assert.equal((await sandbox.counts()).webhooks.overtaken, 1)
  })

  test('answers wait for the latency, side by side', async (t) => {
    const sandbox = await Sandbox.start(t, ['--latency', '400'])
    const begin = Date.now()
    await Promise.all(Array.from({ length: 20 }, () => sandbox.send()))
    const took = Date.now() - begin
    assert.ok(took >= 400 && took < 4000, `${took} ms`)
    assert.equal((await sandbox.json('PATCH', '/_sandbox/settings', { latency_ms: 0, fail_pct: 0.5 })).fail_pct, 0.5)
    assert.equal((await sandbox.json('PATCH', '/_sandbox/settings', { latency_ms: -1 }, 400)).code, 'bad_setting')
    assert.equal((await sandbox.json('PATCH', '/_sandbox/settings', { webhook_url: 'ftp://x' }, 400)).code, 'bad_setting')
  })
})

describe('orders', () => {
  const rows = [
    [{ do: 'error' }, { status: 500, code: 131000 }, false],
    [{ do: 'error', code: 190 }, { status: 401, code: 190 }, false],
    [{ do: 'error', code: 131056, status: 429 }, { status: 429, code: 131056 }, false],
    [{ do: 'error', code: 2 }, { status: 503, code: 2 }, false],
    [{ do: 'error', code: 424242 }, { status: 400, code: 424242 }, false],
    [{ do: 'reset_before' }, { error: 'ECONNRESET' }, false],
    [{ do: 'reset_after' }, { error: 'ECONNRESET' }, true],
    [{ do: 'close' }, { error: 'UND_ERR_SOCKET' }, false],
    [{ do: 'accept_then_5xx', code: 131016 }, { status: 500, code: 131016 }, true],
    [{ do: 'status_failed', code: 131047 }, { status: 200, code: undefined }, true],
    [{ do: 'hang_then_accept', latency_ms: 200 }, { status: 200, code: undefined }, true],
  ]
  for (const [order, want, accepted] of rows) {
    test(`${JSON.stringify(order)}: the next send, and only that`, async (t) => {
      const sandbox = await Sandbox.start(t)
      await sandbox.order(order)
      assert.deepEqual(await sandbox.outcome(), want)
      const [entry] = await sandbox.messages()
      assert.deepEqual([entry.outcome, entry.accepted], [order.do, accepted])
      assert.equal(entry.id !== null, accepted)
      assert.equal((await sandbox.outcome()).status, 200)
      assert.equal((await sandbox.counts()).duplicates, accepted ? 1 : 0)
    })
  }

  test('a failed status follows the answer', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, [], receiver)
    await sandbox.order({ do: 'status_failed', code: 131047 })
    const id = await sandbox.send()
    await receiver.has(1)
    const [status] = receiver.statuses()
    assert.deepEqual([status.id, status.status, status.errors[0].code], [id, 'failed', 131047])
  })

  test('what hangs is accepted late, even if nobody waits any more', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, [], receiver)
    await sandbox.order({ do: 'hang_then_accept', latency_ms: 600 })
    const impatient = AbortSignal.timeout(150)
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: CUSTOMER, ...text('x', { biz_opaque_callback_data: 'k1' }) })
    const headers = { authorization: 'Bearer any' }
    await assert.rejects(fetch(`${sandbox.url}/v24.0/${NUMBER_ID}/messages`, { method: 'POST', body, headers, signal: impatient }))
    assert.equal((await sandbox.messages('?biz=k1'))[0].accepted, false)
    await sandbox.send(text('x', { biz_opaque_callback_data: 'k1' }))
    await until(async () => (await sandbox.counts()).duplicates === 1)
    assert.deepEqual((await sandbox.messages('?duplicate=true')).map((m) => m.outcome), ['hang_then_accept'])
    await receiver.has(6)
    assert.equal(new Set(receiver.statuses().map((s) => s.id)).size, 2)
    assert.deepEqual(new Set(receiver.statuses().map((s) => s.biz_opaque_callback_data)), new Set(['k1']))
  })

  test('what hangs for ever ends with its peer', async (t) => {
    const sandbox = await Sandbox.start(t)
    await sandbox.order({ do: 'hang' })
    const headers = { authorization: 'Bearer any' }
    const body = JSON.stringify({ messaging_product: 'whatsapp', to: CUSTOMER, ...text('x') })
    await assert.rejects(
      fetch(`${sandbox.url}/v24.0/${NUMBER_ID}/messages`, { method: 'POST', body, headers, signal: AbortSignal.timeout(300) }),
    )
    const { accepted, outcomes } = await sandbox.counts()
    assert.deepEqual([accepted, outcomes.hang], [0, 1])
    await sandbox.send()
  })

  test('an order fits a recipient, a number, a type, the n-th', async (t) => {
    const sandbox = await Sandbox.start(t)
    await sandbox.order({ match: { to: '+593900000022', phone_number_id: '7', type: 'image', nth: 2 }, do: 'error', times: 2 })
    const image = { type: 'image', image: { id: '1' }, to: '593900000022' }
    const codes = []
    for (let i = 0; i < 4; i++) {
      codes.push((await sandbox.outcome(image, { id: '7' })).code)
      assert.equal((await sandbox.outcome(image)).status, 200, 'another number')
      assert.equal((await sandbox.outcome({ ...image, to: '593900000023' }, { id: '7' })).status, 200, 'another recipient')
      assert.equal((await sandbox.outcome({ ...text('x'), to: '593900000022' }, { id: '7' })).status, 200, 'another type')
    }
    assert.deepEqual(codes, [undefined, 131000, 131000, undefined])
    const { data } = await sandbox.json('GET', '/_sandbox/faults')
    assert.deepEqual([data[0].seen, data[0].done], [4, 2])
    assert.equal((await sandbox.call('DELETE', '/_sandbox/faults')).status, 204)
    assert.deepEqual((await sandbox.json('GET', '/_sandbox/faults')).data, [])
  })

  test('an order that makes no sense is refused with a reason', async (t) => {
    const sandbox = await Sandbox.start(t)
    const bad = [{}, { do: 'none' }, { do: 'dance' }, { do: 'error', code: 'x' }, { do: 'error', status: 200 }, { do: 'error', times: -1 },
      { do: 'error', pct: 101 }, { do: 'hang', latency_ms: 1e9 }, { do: 'error', match: 'x' }, { do: 'error', match: { to: 7 } },
      { do: 'error', match: { nth: '1' } }]
    for (const order of bad) {
      const problem = await sandbox.json('POST', '/_sandbox/faults', order, 400)
      assert.equal(problem.code, 'bad_order', JSON.stringify(order))
      assert.ok(problem.detail.length > 10)
    }
    assert.equal((await sandbox.json('POST', '/_sandbox/faults', 'x', 400)).code, 'bad_json')
  })
})

describe('referee', () => {
  test('knows duplicates by key, and by body without one', async (t) => {
    const sandbox = await Sandbox.start(t)
    await sandbox.send(text('a', { biz_opaque_callback_data: 'k1' }))
    await sandbox.send(text('b', { biz_opaque_callback_data: 'k1' }))
    await sandbox.send(text('a', { biz_opaque_callback_data: 'k2' }))
    await sandbox.send(text('a', { biz_opaque_callback_data: 'k1' }), { id: '7' })
    await sandbox.send(text('c'))
    await sandbox.send(text('c'))
    const { posts, accepted, duplicates, duplicates_complete } = await sandbox.counts()
    assert.deepEqual([posts, accepted, duplicates, duplicates_complete], [6, 6, 2, true])
    assert.deepEqual((await sandbox.messages('?duplicate=true')).map((m) => m.body.text.body), ['b', 'c'])
    assert.deepEqual((await sandbox.messages('?biz=k2')).map((m) => m.biz_opaque_callback_data), ['k2'])
    assert.equal((await sandbox.messages(`?to=%2B${CUSTOMER}`)).length, 6)
    assert.equal((await sandbox.messages('?to=1')).length, 0)
    assert.equal((await sandbox.messages('?phone_number_id=7&accepted=true&type=text')).length, 1)
  })

  test('pages hold everything once', async (t) => {
    const sandbox = await Sandbox.start(t)
    const ids = []
    for (let i = 0; i < 25; i++) ids.push(await sandbox.send(text(`m${i}`)))
    const seen = []
    let cursor = ''
    do {
      const page = await sandbox.json('GET', `/_sandbox/messages?limit=10${cursor && `&cursor=${cursor}`}`)
      assert.ok(page.data.length <= 10)
      seen.push(...page.data.map((m) => m.id))
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen, ids)
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'cursor=-1']) {
      assert.equal((await sandbox.json('GET', `/_sandbox/messages?${query}`, undefined, 400)).code, 'bad_page')
    }
  })

  test('forgets everything on order', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--status-delay', '60000'], receiver)
    await sandbox.send(text('a'))
    await sandbox.order({ do: 'error', times: 0 })
    assert.equal((await sandbox.counts()).webhooks.waiting, 3)
    assert.equal((await sandbox.call('DELETE', '/_sandbox')).status, 204)
    const { posts, duplicates, orders, webhooks } = await sandbox.counts()
    assert.deepEqual([posts, duplicates, orders, webhooks.waiting], [0, 0, 0, 0])
    await sandbox.send(text('a'))
    assert.equal((await sandbox.counts()).duplicates, 0)
  })
})

describe('process', () => {
  test('says what it is, how it is, and counts', async (t) => {
    const sandbox = await Sandbox.start(t)
    assert.match(await (await fetch(`${sandbox.url}/`)).text(), /curl/)
    for (const page of ['/livez', '/readyz']) assert.equal((await fetch(sandbox.url + page)).status, 200)
    await sandbox.send()
    assert.match(await (await fetch(`${sandbox.url}/metrics`)).text(), /^willaq_sandbox_accepted_total 1$/m)
    assert.equal((await sandbox.json('GET', '/_sandbox/nothing', undefined, 404)).code, 'not_found')
  })

  test('a port that is taken: one sentence, exit 2', async (t) => {
    const sandbox = await Sandbox.start(t)
    const { port } = new URL(sandbox.url)
    const second = await run(['sandbox', '--port', port])
    assert.equal(second.code, 2)
    assert.match(second.stderr, new RegExp(`:${port} is taken`))
    assert.equal(second.stdout, '')
  })

  test('a webhook address that is none: exit 2', async () => {
    assert.equal((await run(['sandbox', '--port', '0', '--webhook', 'ftp://x'])).code, 2)
  })

  test('SIGTERM: what waits is answered, what hangs is cut, exit 0', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--latency', '60000', '--status-delay', '60000'], receiver)
    await sandbox.order({ do: 'hang' })
    const hanging = sandbox.outcome(text('a'))
    await until(async () => (await sandbox.counts()).posts === 1)
    const waiting = sandbox.outcome(text('b'))
    await until(async () => (await sandbox.counts()).posts === 2)
    const begin = Date.now()
    const { code } = await sandbox.program.stop()
    assert.equal(code, 0)
    assert.ok(Date.now() - begin < 8000)
    assert.deepEqual(await waiting, { status: 200, code: undefined })
    assert.ok((await hanging).error)
    assert.match(sandbox.program.stderr, /event="?webhooks.dropped"? count=3/)
  })

  test('one thread, under load, with webhooks to a name', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, ['--latency', '5', '--fail', '5', '--dup', '5', '--reorder', '5', '--reply', '20'], receiver)
    const threads = () => readdirSync(`/proc/${sandbox.program.pid}/task`).length
    let most = 0
    const worker = async () => {
      for (let i = 0; i < 40; i++) {
        await sandbox.outcome(text(`${Math.random()}`))
        most = Math.max(most, threads())
      }
    }
    await Promise.all(Array.from({ length: 25 }, worker))
    const { posts, accepted, outcomes, duplicates } = await sandbox.counts()
    assert.deepEqual([posts, accepted + outcomes.error, duplicates], [1000, 1000, 0])
    const { webhooks } = await until(async () => {
      const counts = await sandbox.counts()
      return counts.webhooks.waiting === 0 && counts
    })
    assert.equal(webhooks.delivered, webhooks.created)
    assert.equal(webhooks.created, receiver.got.length)
    assert.equal(new Set(receiver.statuses().map((s) => s.id)).size, accepted)
    assert.equal(most, 1)
    assert.equal((await sandbox.program.stop()).code, 0)
  })
})

describe('docs/sandbox.md', () => {
  const page = readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8')
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).filter((block) => block.includes('curl'))

  test('every call of the page works', async (t) => {
    const receiver = await Receiver.start(t)
    const sandbox = await Sandbox.start(t, [], receiver)
    assert.ok(blocks.length > 5)
    for (const block of blocks) {
      const script = block.replaceAll('http://127.0.0.1:8790', sandbox.url).replaceAll('http://127.0.0.1:8780', receiver.url.replace('/webhooks/whatsapp', ''))
      const done = await run(['-euc', script.replaceAll('curl ', 'curl -sS --fail-with-body ')], { bin: 'bash', cwd: ROOT })
      assert.equal(done.code, 0, `${block}\n${done.stdout}\n${done.stderr}`)
    }
  })
})
