// SPDX-License-Identifier: MIT
// clock.mjs — a Date that stands still until it is told to move.
//
// BullMQ passes its own Date.now() to every script, so with this both sides of a comparison write the same times to the
// millisecond.  Timers and what Redis itself counts (ttl) go on by the machine's clock.
const Real = globalThis.Date
let now = 0

class StillDate extends Real {
  constructor(...args) {
    if (args.length === 0) super(now)
    else super(...args)
  }
  static now() {
    return now
  }
}

export const clock = {
  // Stands still at `ms` from here on.
  set(ms) {
    now = ms
    globalThis.Date = StillDate
  },
  advance(ms) {
    now += ms
    return now
  },
  get now() {
    return now
  },
  release() {
    globalThis.Date = Real
  },
}
