// SPDX-License-Identifier: MIT
// cases.mjs — which sequences are compared in which casts, and the verdict on one.
//
//   5, 6     every role by that BullMQ; the marked ones by us; then all by us
//   4 adds   4.17 adds what 5.80 works and inspects; we work or inspect
//   4 works  4.17 works what 5.80 adds; we add.  After a sequence of adding, what it left is worked off.
import { engineCast } from './engine_role.mjs'
import { compare, play, PREFIX, QUEUES, ROLES, runsFor, sequences } from './oracle.mjs'
import { randomSequence } from './sequences/random.mjs'

export const CASTS = {
  5: { majors: { P: 5, W: 5, I: 5 }, plays: () => true },
  6: { majors: { P: 6, W: 6, I: 6 }, plays: () => true },
  '4 adds': { majors: { P: 4, W: 5, I: 5 }, plays: ({ role }) => role === 'W' },
  '4 works': { majors: { P: 5, W: 4, I: 4 }, plays: ({ role, made, heavy }) => 'PW'.includes(role) && !made && !heavy, ours: 'P' },
}
const LONG_ENOUGH_MS = 7_200_000 // for any delay of those sequences
export const BATCHES = [1, 7, 50]

const allowed = (sequence, { majors }) => Object.values(majors).every((major) => runsFor(sequence, major))

const workedOff = (sequence) => ({
  ...sequence,
  async run(c) {
    await sequence.run(c)
    c.s.advance(LONG_ENOUGH_MS)
    for (const name of QUEUES) await c.s.work(c.W.on(name), () => ({ value: 1 }))
  },
})

export const sequencesOf = (name) => {
  const wanted = sequences.filter((sequence) => allowed(sequence, CASTS[name]) && CASTS[name].plays(sequence))
  return name === '4 works' ? wanted.map((sequence) => (sequence.role === 'P' ? workedOff(sequence) : sequence)) : wanted
}
export const batchable = sequences.filter((sequence) => sequence.batch)
export const drawn = (from, n) => Array.from({ length: n }, (_, i) => randomSequence(from + i))

const without = (letters, some) => [...letters].filter((letter) => !some?.includes(letter)).join('')

// The roles we take over, one cast after the other.
export function castings(name, sequence) {
  const first = CASTS[name].ours ?? sequence.role
  const all = without('PWI', sequence.made)
  return name === '6' && first !== all ? [first, all] : [first]
}

// [{ours: roles that we played, unknown, known}]
export async function judge(name, sequence, { server, driver, batch = 0, castings: wanted = castings(name, sequence) }) {
  const { majors } = CASTS[name]
  const want = await play(sequence, { majors, server, batch })
  const verdicts = []
  for (const ours of wanted) {
    const casting = async (bull) => {
      const engine = await engineCast(driver, PREFIX, majors.P)
      return Object.fromEntries(ROLES.map((role) => [role, ours.includes(role) ? engine[role] : bull[role]]))
    }
    const got = await play(sequence, { majors, server, batch, casting })
    verdicts.push({ ours, ...compare(sequence, name, want, got) })
  }
  return verdicts
}
