// SPDX-License-Identifier: MIT
// differential.test.mjs — each sequence once through BullMQ and once with us in its place: the same keys, events, answers.
//
//   COMPAT_RANDOM=n   that many sequences drawn at random instead of a few
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BATCHES, batchable, CASTS, drawn, judge, sequencesOf } from './cases.mjs'
import { describe as told } from './dump.mjs'
import { Driver } from './engine_role.mjs'
import { nameOf } from './oracle.mjs'
import { RedisServer } from './redis.mjs'

process.env.TZ = 'UTC' // in which patterns without a zone are read
const RANDOM = Number(process.env.COMPAT_RANDOM ?? 12)
const RANDOM_MAJORS = ['5', '6']

describe('side by side with BullMQ', () => {
  const stage = {}
  before(async () => {
    stage.server = await RedisServer.start()
    stage.driver = await Driver.start(stage.server.url)
  })
  after(async () => {
    try {
      await stage.driver?.stop()
    } finally {
      await stage.server.end()
    }
  })

  async function equal(name, sequence, more = {}) {
    for (const { ours, unknown } of await judge(name, sequence, { ...stage, ...more }))
      assert.equal(unknown.length, 0, `with ${ours} by us, ${unknown.length} differences:\n${told(unknown.slice(0, 12))}`)
  }

  for (const name of Object.keys(CASTS))
    describe(name, () => {
      for (const sequence of sequencesOf(name).filter(({ heavy }) => !heavy || name === '6'))
        test(`${name}: ${nameOf(sequence)}`, () => equal(name, sequence))
    })

  for (const batch of BATCHES)
    test(`in batches of ${batch}`, async () => {
      for (const sequence of batchable) await equal('6', sequence, { batch, castings: ['W'] })
    })

  for (const name of RANDOM_MAJORS)
    test(`${name}: sequences drawn at random`, async () => {
      for (const sequence of drawn(1, RANDOM)) await equal(name, sequence, { castings: ['PW'] })
    })
})
