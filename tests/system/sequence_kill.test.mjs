// SPDX-License-Identifier: MIT
// sequence_kill.test.mjs — the server is killed again and again while a sequence is worked: each step's message is made
// once, and its job comes.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Desk } from './pending_world.mjs'
import { until } from './support.mjs'

const PEOPLE = 60
const STEPS = 3
const KILLS = Number(process.env.WILLAQ_KILLS ?? 3)
const OWN = 'wq:{default}:'

test('SEQ-2: kill -9 while steps are worked: none is lost, none comes twice', async (t) => {
  const desk = await Desk.start(t)
  const { client } = desk.redis
  const steps = Array.from({ length: STEPS }, (_, i) => ({ delay: i ? '1s' : '0', message: { text: { body: `step ${i}` } } }))
  await desk.json('POST', '/api/sequences', { id: 'killed', name: 'Killed', steps }, 201)
  const contacts = []
  for (let i = 0; i < PEOPLE; i++) contacts.push(await desk.contact({ name: `P${i}` }))
  assert.equal((await desk.json('POST', '/api/sequences/killed/enrolments', { contacts })).enrolled, PEOPLE)
  const made = async () => (await client.do('KEYS', `${OWN}msg:*`)).length
  let last = 0
  for (let kill = 0; kill < KILLS; kill++) {
    // Whatever it does then: something new has been done since the last time, or there is nothing left to do.
    await until(async () => { const n = await made(); return n > last || n === PEOPLE * STEPS }, 40_000)
    last = await made()
    desk.program.kill()
    await desk.program.end()
    await desk.run()
  }
  await until(async () => Number(await client.do('ZCARD', `${OWN}due:seq`)) === 0 && Number(await client.do('ZCARD', `${OWN}jobs`)) === 0, 90_000)
  const seen = {}
  for (const key of await client.do('KEYS', `${OWN}msg:*`)) {
    const [ref, to] = await client.do('HMGET', key, 'ref', 'to')
    seen[`${ref} ${to}`] = (seen[`${ref} ${to}`] ?? 0) + 1
    const id = key.slice(`${OWN}msg:`.length)
    assert.equal(Number(await client.do('EXISTS', `bull:outbound-messages:${id}`)), 1, `${id} has its job`)
  }
  assert.equal(Object.keys(seen).length, PEOPLE * STEPS)
  assert.ok(Object.values(seen).every((times) => times === 1))
  const { contacts: counts } = await desk.json('GET', '/api/sequences/killed')
  assert.deepEqual([counts.completed, counts.active], [PEOPLE, 0])
})
