// SPDX-License-Identifier: MIT
// queue_due.mjs — what a delayed job that is due costs with few and with many others waiting (P9).
import { PAIRS, inTurn, median, scaled, table } from '../lib.mjs'
import { versionOf } from '../queue/bullmq.mjs'
import { DUE_JOB, workDue } from '../queue/due.mjs'
import { fillDelayed } from '../queue/fill.mjs'
import { snapshot } from '../queue/server.mjs'

export const title = 'cost of a due delayed job beside 10,000 and 1,000,000 that are not'

const ROUNDS = { willaq: PAIRS, bullmq5: 1, bullmq6: 1 }
const LATER = [scaled(10000), scaled(1000000)]
const DUE = scaled(10000)
export const settings = { rounds: ROUNDS, later: LATER, due: DUE }

export async function run() {
  const data = { sides: {} }
  const from = {}
  for (const later of LATER) from[later] = await snapshot((server) => fillDelayed(server, { later, due: DUE }, DUE_JOB))
  const rows = []
  for (const side of Object.keys(ROUNDS)) {
    const [few, many] = LATER.map((later) => () => workDue(side, { from: from[later], later, due: DUE }))
    const pairs = await inTurn(ROUNDS[side], few, many)
    const ratio = median(pairs.map((p) => p.b.redisUs / p.a.redisUs))
    data.sides[side] = { ratio, pairs }
    rows.push([side === 'willaq' ? side : `BullMQ ${versionOf(side.at(-1))}`, median(pairs.map((p) => p.a.redisUs)).toFixed(1),
      median(pairs.map((p) => p.b.redisUs)).toFixed(1), `${ratio.toFixed(2)}x`])
  }
  return { table: table(['side', `Redis CPU us/due job, ${LATER[0]} others`, `${LATER[1]} others`, 'ratio'], rows), data }
}
