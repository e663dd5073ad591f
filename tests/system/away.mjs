// SPDX-License-Identifier: MIT
// away.mjs — the ways in which Redis is out of reach, and how long for; WILLAQ_LONG=1 takes those of the fault table, WILLAQ_SECONDS=1,20
// these.
import { LONG } from './fault.mjs'

const SECONDS = process.env.WILLAQ_SECONDS?.split(',').map((one) => one * 1000)
export const AWAY_MS = SECONDS ?? (LONG ? [1000, 5000, 60_000] : [600])
export const HEALED_MS = 5000 // within which all goes on

// Of whoever is behind the proxy; `dark`: nothing can be done meanwhile.
export const AWAY = [
  { what: 'nothing reaches it', orders: ['up blackhole'], dark: true },
  { what: 'nothing comes back', orders: ['down blackhole'], dark: true },
  { what: 'nothing either way', orders: ['blackhole'], dark: true },
  { what: 'half open', orders: ['half-open'], dark: true },
  { what: 'reset, again and again', orders: ['reset'], dark: true },
  { what: 'refused', orders: ['old reset', 'refuse'], dark: true },
  { what: 'reset amid a reply', orders: ['down reset after 7'], dark: true },
  { what: 'cut amid a command', orders: ['up cut after 100'], dark: true },
  { what: 'one byte at a time', orders: ['slice 1'], dark: false },
]
