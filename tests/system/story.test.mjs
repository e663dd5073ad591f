// SPDX-License-Identifier: MIT
// story.test.mjs — docs/story.md with the real server and the sandbox: a lead writes, gets a sequence, answers, goes quiet, the
// window closes, a template reaches her, and she opens it again.  Days are let pass by moving what is written down of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SECRET } from './sandbox_world.mjs'
import { KEY, NUMBER, Sender } from './send_world.mjs'
import { sign } from './sink_world.mjs'
import { until } from './support.mjs'

const OWN = 'wq:{default}:'
const HOUR = 3_600_000
const LEAD = '593900000011'
const WELCOME = {
  id: 'welcome', name: 'Welcome', on_answer: 'pause', steps: [
    { name: 'hello', message: { text: { body: 'Hello {{first_name}}, thank you for writing' } } },
    { name: 'still there', delay: '36h', message: { text: { body: 'Are you still looking, {{first_name}}?' } }, when_closed: 'template',
      fallback: { template: { name: 'hello_world', language: { code: 'en_US' } } } },
  ],
}

class Story extends Sender {
  told = []

  static async start(t) {
    const story = Object.assign(Object.create(Story.prototype), await Sender.start(t), { told: [] })
    await story.listen()
    return story
  }

  // Every event of people, as it comes.
  async listen() {
    const gone = new AbortController()
    this.t.after(() => gone.abort())
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/events`, { headers: { authorization: `Bearer ${KEY}` }, signal: gone.signal })
    assert.equal(answer.status, 200)
    this.reading = (async () => {
      let text = ''
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
        text += piece
        const lines = text.split('\n')
        text = lines.pop()
        for (const line of lines) {
          const [, type] = /^event: ((?:contact|window|sequence)\..*)$/.exec(line) ?? []
          if (type) this.told.push(type)
        }
      }
    })().catch((error) => { if (error.name !== 'AbortError') throw error })
  }

  // What was told since the last time; waits for it.
  async tells(...types) {
    await until(() => this.told.length >= types.length, 30_000, `${types}; told: ${this.told}`).catch((error) => {
      throw new Error(`${error.message}; told: ${this.told}`)
    })
    assert.deepEqual(this.told.splice(0), types)
  }

  do(...words) {
    return this.redis.client.do(...words.map(String))
  }

  writes(text) {
    return this.sandbox.json('POST', '/_sandbox/inbound', { phone_number_id: NUMBER, from: LEAD, name: 'Lucía Vega', text }, 201)
  }

  // By hand, on the phone that the number lives on too.
  async byHand(text) {
    const echo = { from: '15550001', to: LEAD, id: `wamid.hand${Date.now()}`, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: text } }
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '7001', time: 1, changes: [{ field: 'smb_message_echoes',
      value: { messaging_product: 'whatsapp', metadata: { display_phone_number: '15550001', phone_number_id: NUMBER }, message_echoes: [echo] } }] }] })
    const answer = await fetch(`http://127.0.0.1:${this.port}/webhooks/whatsapp`, {
      method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, SECRET) },
    })
    assert.equal(answer.status, 200)
  }

  // So much time goes by for her: all that is written down of her lies so much further back.  In one transaction, or the
  // server takes the half that is moved for an errand that came too early, and puts it back where it was.
  async pass(con, ms) {
    const al = (await this.do('HGET', `${OWN}con:${con}`, 'al')).split(' ')
    const ends = Number(await this.do('HGET', `${OWN}con:${con}`, 'window')) - ms
    const moves = [`${OWN}con:${con}`, ...al.map((digest) => `${OWN}person:${digest}`)].map((key) => ['HSET', key, 'window', ends])
    for (const set of ['cons:window', 'due:win', 'due:seq'])
      if (await this.do('ZSCORE', OWN + set, con) !== null) moves.push(['ZINCRBY', OWN + set, -ms, con])
    if (await this.do('HEXISTS', `${OWN}enr:${con}`, 'due')) moves.push(['HINCRBY', `${OWN}enr:${con}`, 'due', -ms])
    await Promise.all([['MULTI'], ...moves, ['EXEC']].map((words) => this.do(...words)))
  }

  // What the provider took, in its order.
  async taken() {
    const { data } = await this.sandbox.json('GET', '/_sandbox/messages?accepted=true&limit=100')
    return data.map(({ body }) => body?.text?.body ?? body?.template?.name)
  }

  async sees(...texts) {
    let seen
    await until(async () => {
      seen = await this.taken()
      return seen.length >= texts.length
    }, 30_000, 'the provider takes').catch((error) => { throw new Error(`${error.message}: ${seen}`) })
    assert.deepEqual(seen, texts)
  }

  async enrolment() {
    return (await this.json('GET', '/api/sequences/welcome/enrolments')).data[0]
  }
}

test('a lead writes, gets a sequence, answers, goes quiet, the window closes, and a template opens it again', async (t) => {
  const story = await Story.start(t)
  await story.json('POST', '/api/sequences', WELCOME, 201)
  await story.tells('sequence.changed')

  await story.writes('Hi, is the flat at the park still free?')
  await story.tells('contact.created', 'window.opened')
  const [lead] = (await story.json('GET', '/api/conversations')).data
  const [con] = lead.id.split('.')
  assert.equal(lead.name, 'Lucía Vega')

  assert.equal((await story.json('POST', '/api/sequences/welcome/enrolments', { contact: lead.id }, 200)).enrolled, 1)
  const hello = 'Hello Lucía, thank you for writing'
  await story.sees(hello)
  await story.tells('sequence.enrolled', 'sequence.step')

  await story.writes('Thank you! Can I see it on Friday?')
  await story.tells('sequence.answered')
  assert.equal((await story.enrolment()).state, 'answered')

  await story.byHand('Friday at five is fine')
  await story.tells('sequence.active')

  await story.pass(con, 23.5 * HOUR)
  await story.tells('window.closing')
  await story.pass(con, HOUR)
  await story.tells('window.closed')
  const late = await story.json('POST', '/api/messages', { to: `+${LEAD}`, text: 'too late' }, 202)
  assert.match((await story.reached(late.id, 'failed')).error.message, /window is closed/)
  await story.sees(hello)

  await story.pass(con, 12 * HOUR)
  await story.sees(hello, 'hello_world')
  await story.tells('sequence.step', 'sequence.completed')

  await story.writes('Yes, I am still here')
  await story.tells('window.opened')
  const again = await story.json('POST', '/api/messages', { to: `+${LEAD}`, text: 'Welcome back' }, 202)
  await story.reached(again.id, 'delivered', 'read')
  const said = (await story.json('GET', `/api/contacts/${lead.id}/messages?limit=50`)).data
  const theirs = said.filter(({ direction }) => direction === 'in').map(({ text }) => text)
  assert.deepEqual(theirs, ['Yes, I am still here', 'Thank you! Can I see it on Friday?', 'Hi, is the flat at the park still free?'])
  assert.equal(said.find(({ source }) => source === 'manual').text, 'Friday at five is fine')
})
