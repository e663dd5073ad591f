// SPDX-License-Identifier: MIT
// signature_timing.mjs — whether the time of a refusal tells how much of a forged signature was right (R18).
import { execFileSync } from 'node:child_process'
import { bin, scaled, table } from '../lib.mjs'

export const title = 'time to refuse a signature wrong in its first byte, and in its last alone'

const COUNT = scaled(1000000)
const TELLING = 4.5 // of Welch's t: beyond it the two kinds of times differ
export const settings = { comparisons: COUNT, telling: TELLING }

export async function run() {
  const lines = execFileSync(bin('bench/signature_timing'), [String(COUNT)], { encoding: 'utf8' }).trim().split('\n').map((line) => JSON.parse(line))
  const [early, ...ours] = lines
  if (early.t < TELLING) throw new Error(`a comparison that ends early was not seen: t ${early.t}`)
  for (const { what, t, taken } of ours) if (Math.abs(t) > TELLING || taken) throw new Error(`${what}: t ${t}, ${taken} taken`)
  const rows = lines.map(({ what, first_ns: first, last_ns: last, t }) => [what, first.toFixed(2), last.toFixed(2), t.toFixed(2)])
  return { table: table(['comparison', 'wrong first, ns', 'wrong last, ns', "Welch's t"], rows), data: { lines } }
}
