// SPDX-License-Identifier: MIT
// sandbox_referee.test.mjs — `willaq sandbox` as a referee of all three providers: rates, questions, connections.
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { describe, test } from 'node:test'
import { CUSTOMER, NUMBER_ID, Sandbox, TWILIO } from './sandbox_world.mjs'
import { run, until } from './support.mjs'

const text = (body) => ({ text: { body } })

describe('limits', () => {
  test('a number, a pair and an account: each with its code and headers', async (t) => {
    const sandbox = await Sandbox.start(t)
    const ask = (rule) => sandbox.json('POST', '/_sandbox/limits', rule, 201)
    const rule = await ask({ match: { provider: 'cloud', number: NUMBER_ID }, rate: 0.001, burst: 2 })
    assert.deepEqual([rule.per, rule.every_ms, rule.burst], ['number', 1000000, 2])
    await sandbox.send()
    await sandbox.send(text('b'))
    const over = await sandbox.post(text('c'))
    assert.deepEqual([over.status, (await over.json()).error.code], [400, 130429])
    await sandbox.send(text('d'), { id: '900200300400999' })
    await sandbox.call('DELETE', '/_sandbox/limits')
    await ask({ every_ms: 3600000, per: 'pair' })
    await sandbox.send(text('e'))
    assert.equal((await sandbox.outcome(text('f'))).code, 131056)
    await sandbox.send({ to: '+593900000099', ...text('g') })
    await sandbox.call('DELETE', '/_sandbox/limits')
    await ask({ rate: 0.0001, per: 'all', match: { provider: 'cloud' } })
    await sandbox.send(text('h'))
    const usage = await sandbox.post(text('i'))
    assert.equal((await usage.json()).error.code, 80007)
    const [[told]] = Object.values(JSON.parse(usage.headers.get('x-business-use-case-usage')))
    assert.ok(told.estimated_time_to_regain_access > 100)
    await ask({ rate: 0.1, match: { provider: 'cloud' }, status: 429, code: 4 })
    await sandbox.call('DELETE', '/_sandbox/limits')
    await ask({ rate: 0.1, match: { provider: 'cloud' }, status: 429, code: 4 })
    await sandbox.send(text('j'))
    const many = await sandbox.post(text('k'))
    assert.deepEqual([many.status, many.headers.get('retry-after'), (await many.json()).error.code], [429, '10', 4])
    assert.ok(many.headers.get('x-app-usage'))
    const { data: [listed] } = await sandbox.json('GET', '/_sandbox/limits')
    assert.deepEqual([listed.passed, listed.refused], [1, 1])
    assert.equal((await sandbox.counts()).outcomes.limited, 4)
  })

  test('by flags; Twilio and Evolution say it in their way', async (t) => {
    const sandbox = await Sandbox.start(t, ['--rate', '1', '--pair-every', '1h'])
    assert.equal((await sandbox.twilio()).status, 201)
    const over = await sandbox.twilio()
    assert.deepEqual([over.status, over.body.code, over.headers.get('retry-after')], [429, 20429, '1'])
    assert.equal((await sandbox.evolution('message/sendText', { number: CUSTOMER, text: 'x' })).status, 201)
    const many = await sandbox.evolution('message/sendText', { number: CUSTOMER, text: 'x' })
    assert.deepEqual([many.status, many.body.response.message], [429, ['rate-overlimit']])
    await until(async () => (await sandbox.twilio()).status === 201)
    await sandbox.call('DELETE', '/_sandbox')
    assert.equal((await sandbox.json('GET', '/_sandbox/limits')).data.length, 2)
  })

  test('what a limit cannot be', async (t) => {
    const sandbox = await Sandbox.start(t)
    for (const bad of [{}, { rate: 0 }, { rate: 1, every_ms: 1 }, { rate: 1, burst: 0 }, { rate: 1, per: 'x' }, { rate: 1, match: { provider: 'x' } }, { rate: 1, status: 200 }, { rate: 1, code: -1 }])
      assert.equal((await sandbox.json('POST', '/_sandbox/limits', bad, 400)).code, 'bad_limit', JSON.stringify(bad))
  })
})

describe('questions', () => {
  test('duplicates by our own id through any number, and by text across providers', async (t) => {
    const sandbox = await Sandbox.start(t)
    const opaque = (attempt, id) => `wq1.${attempt}.0123456789abcdef.${id}`
    await sandbox.send({ ...text('one'), biz_opaque_callback_data: opaque(1, 'm1.default') })
    await sandbox.send({ ...text('one'), biz_opaque_callback_data: opaque(2, 'm1.default') })
    await sandbox.send({ ...text('two'), biz_opaque_callback_data: opaque(1, 'm2.default') })
    await sandbox.twilio({ Body: 'two' })
    await sandbox.evolution('message/sendText', { number: CUSTOMER, text: 'two' })
    assert.equal((await sandbox.counts()).duplicates, 1)
    const byKey = await sandbox.json('GET', '/_sandbox/duplicates')
    assert.deepEqual([byKey.duplicates, byKey.complete, byKey.posts], [1, true, 5])
    assert.deepEqual(byKey.data.map(({ to, key, times }) => [to, key, times]), [[CUSTOMER, 'm1.default', 2]])
    const byText = await sandbox.json('GET', '/_sandbox/duplicates?by=text')
    assert.equal(byText.duplicates, 3)
    assert.deepEqual(byText.data.map(({ key, sends }) => [key, sends.map(({ provider }) => provider)]).sort(), [['one', ['cloud', 'cloud']], ['two', ['cloud', 'twilio', 'evolution']]])
    assert.equal((await sandbox.json('GET', '/_sandbox/duplicates?by=x', undefined, 400)).code, 'bad_question')
  })

  test('rates by number within a window', async (t) => {
    const sandbox = await Sandbox.start(t)
    for (let i = 0; i < 5; i++) await sandbox.send(text(`n ${i}`))
    await sandbox.twilio()
    const { data, window } = await sandbox.json('GET', '/_sandbox/rates?window=60000')
    assert.equal(window, 60000)
    assert.deepEqual(data.map(({ provider, number, posts, accepted, limited, most }) => [provider, number, posts, accepted, limited, most]).sort(),
      [['cloud', NUMBER_ID, 5, 5, 0, 5], ['twilio', TWILIO.number, 1, 1, 0, 1]])
    const [, second] = await sandbox.messages()
    const [one] = (await sandbox.json('GET', `/_sandbox/rates?window=1&provider=cloud&number=${NUMBER_ID}`)).data
    assert.ok(one.most >= 1 && one.most < 5 && one.last >= second.at)
  })

  test('order per recipient: what overlapped, what came too late', async (t) => {
    const sandbox = await Sandbox.start(t, ['--latency', '100'])
    const to = (n) => `+59390000010${n}`
    await sandbox.send({ to: to(1), ...text('n 1') })
    await sandbox.send({ to: to(1), ...text('n 3') })
    await sandbox.send({ to: to(1), ...text('n 2') })
    const first = sandbox.send({ to: to(2), ...text('n 1') })
    await until(async () => (await sandbox.counts()).posts === 4)
    await Promise.all([first, sandbox.send({ to: to(2), ...text('n 2') })])
    await sandbox.send({ to: to(3), ...text('n 1') })
    const order = await sandbox.json('GET', '/_sandbox/order')
    assert.deepEqual([order.recipients, order.overlapped, order.out_of_order], [3, 1, 1])
    assert.deepEqual(order.data.map((each) => [each.to, each.overlapped, each.out_of_order]).sort(), [[to(1).slice(1), 0, 1], [to(2).slice(1), 1, 0]])
    const [fine] = (await sandbox.json('GET', `/_sandbox/order?to=${encodeURIComponent(to(3))}`)).data
    assert.deepEqual(fine.sends.map(({ text }) => text), ['n 1'])
  })
})

describe('faults of all providers', () => {
  test('resets, hangs and 5xx after accepting', async (t) => {
    const sandbox = await Sandbox.start(t)
    const gone = (promise) => promise.then(() => false, () => true)
    const calls = { twilio: () => sandbox.twilio({ Body: `${Math.random()}` }), evolution: () => sandbox.evolution('message/sendText', { number: CUSTOMER, text: `${Math.random()}` }) }
    for (const [provider, call] of Object.entries(calls)) {
      for (const kind of ['reset_before', 'reset_after', 'close']) {
        await sandbox.order({ match: { provider }, do: kind })
        assert.ok(await gone(call()), `${provider} ${kind}`)
      }
      await sandbox.order({ match: { provider }, do: 'accept_then_5xx' })
      assert.equal((await call()).status, 500)
      await sandbox.order({ match: { provider }, do: 'hang_then_accept', latency_ms: 50 })
      assert.equal((await call()).status, 201)
    }
    const { accepted, outcomes } = await sandbox.counts()
    assert.deepEqual([accepted, outcomes.reset_before, outcomes.reset_after, outcomes.close, outcomes.accept_then_5xx, outcomes.hang_then_accept], [6, 2, 2, 2, 2, 2])
  })

  test('answer_then_close: the answer promises a connection that is gone', async (t) => {
    const sandbox = await Sandbox.start(t)
    await sandbox.order({ do: 'answer_then_close' })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const ended = new Promise((resolve, reject) => {
      const call = request(`${sandbox.url}/v24.0/${NUMBER_ID}/messages`, { method: 'POST', agent, headers: { authorization: 'Bearer any' } }, (answer) => {
        answer.resume()
        call.socket.on('close', () => resolve(answer))
      })
      call.on('error', reject)
      call.end(JSON.stringify({ messaging_product: 'whatsapp', to: `+${CUSTOMER}`, text: { body: 'x' } }))
    })
    const answer = await ended
    assert.equal(answer.statusCode, 200)
    assert.notEqual(answer.headers.connection, 'close')
    assert.equal((await sandbox.counts()).outcomes.answer_then_close, 1)
  })

  test('a latency between two bounds, the same by the seed; statuses lost by chance', async (t) => {
    const fates = async () => {
      const sandbox = await Sandbox.start(t, ['--seed', '3', '--latency', '1', '--latency-max', '40ms', '--lose', '50', '--status-delay', '0',
        '--twilio-webhook', 'http://127.0.0.1:9/x'])
      for (let i = 0; i < 20; i++) await sandbox.twilio({ Body: `n ${i}` })
      const { webhooks } = await until(async () => {
        const counts = await sandbox.counts()
        return counts.webhooks.waiting === 0 && counts
      })
      assert.equal(webhooks.lost + webhooks.given_up, 60)
      assert.equal((await sandbox.json('GET', '/_sandbox/settings')).latency_max_ms, 40)
      return webhooks.lost
    }
    const lost = await fates()
    assert.ok(lost > 10 && lost < 50, `${lost}`)
    assert.equal(await fates(), lost)
  })

  test('usage errors', async () => {
    for (const args of [['--rate', '-1'], ['--lose', '101'], ['--twilio-webhook', 'ftp://x']])
      assert.equal((await run(['sandbox', '--port', '0', ...args])).code, 2, args.join(' '))
  })
})
