// SPDX-License-Identifier: MIT
// fault.mjs — what a test of a fault row says of itself: what it did and found, and how far it is.
export const LONG = process.env.WILLAQ_LONG === '1' // the counts of the fault table
const EVERY_MS = 15_000

// One line that tests/faults reads, for the row in the test's title; before what was found is judged, so that it is there
// whatever the judgement.
export function told(t, counts, row = /\bR\d+\b/.exec(t.name)?.[0]) {
  t.diagnostic(`${row ? `fault ${row} ` : ''}${JSON.stringify(counts)}`)
}

let last = performance.now()

// For whoever waits for a long one.
export function progress(row, done, of) {
  if (!LONG || performance.now() - last < EVERY_MS) return
  last = performance.now()
  console.log(`${row}: ${done} of ${of}`)
}
