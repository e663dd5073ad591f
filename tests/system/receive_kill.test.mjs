// SPDX-License-Identifier: MIT
// receive_kill.test.mjs — whoever works what people write is killed (-9) at any moment, again and again: each message is in the
// conversation once, counted once, and answers its sequence once.  RECEIVE_KILLS: how often.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { OWN, World, message } from './receive_world.mjs'
import { until } from './support.mjs'

const KILLS = Number(process.env.RECEIVE_KILLS ?? 8)
const PEOPLE = 12
const EACH = 25 // messages between two kills, of all people together
const person = (i) => String(593900000100 + i)

test('CON-1, CON-2: killed at any step, the flow of each message ends once', async (t) => {
  const world = await World.start(t, { args: ['--lock-duration', '1000', '--stalled-interval', '500'] })
  await world.receive({ messages: Array.from({ length: PEOPLE }, (_, i) => message({ from: person(i), at: Date.now() - 60_000 })) })
  for (let i = 0; i < PEOPLE; i++) await world.enrol(await world.who(`+${person(i)}`))
  await world.put('seq:s1', { 'n:active': PEOPLE })
  let sent = PEOPLE
  let echoes = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const messages = Array.from({ length: EACH }, () => message({ from: person(sent++ % PEOPLE), from_user_id: undefined }))
    const echo = { ...message(), from: '15550001', to: person(echoes++ % PEOPLE) }
    await Promise.all([world.post({ messages }), world.post({ message_echoes: [echo] }, 'smb_message_echoes')])
    // At another moment each time: when so many of them are in.
    const counted = async () => Number((await world.hash('total')).received ?? 0)
    await until(async () => (await counted()) > sent - EACH + ((kill * 7) % EACH) - 3)
    world.program.kill()
    await world.program.ended
    await world.run()
  }
  await world.idle()
  const total = await world.hash('total')
  assert.deepEqual([total.received, total.manual, total.contacts], [String(sent), String(echoes), String(PEOPLE)])
  let said = 0
  for (let i = 0; i < PEOPLE; i++) {
    const history = await world.history(await world.who(`+${person(i)}`))
    assert.equal(new Set(history).size, history.length)
    said += history.length
  }
  assert.equal(said, sent + echoes)
  const seq = await world.hash('seq:s1')
  const states = { active: 0, answered: 0 }
  for (let i = 0; i < PEOPLE; i++) states[(await world.hash(`enr:${await world.who(`+${person(i)}`)}`)).state]++
  assert.deepEqual([Number(seq['n:active'] ?? 0), Number(seq['n:answered'] ?? 0)], [states.active, states.answered], 'counts of states are those of people')
  assert.equal(await world.do('ZCARD', `${OWN}due:seq`), states.active)
  assert.equal(await world.do('EXISTS', 'bull:inbound-messages:failed'), 0)
  assert.equal(await world.do('EXISTS', 'bull:account-events:failed'), 0)
})
