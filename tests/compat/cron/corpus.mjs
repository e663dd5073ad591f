// SPDX-License-Identifier: MIT
// corpus.mjs — patterns of every form and moments around changes of the clock; and what cron-parser makes of them.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { parseExpression } = require('cron-parser4')
const { CronExpressionParser } = require('cron-parser5')

export const PATTERNS = 500
export const TIMES = 50
// By half an hour, at midnight, on either half of the globe, and not at all.
export const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Cairo', 'Asia/Kolkata']
// Shortly before clocks change in one of the zones; a leap day; the end of a year.
const STARTS = ['2026-03-06T12:34:56.789Z', '2026-03-28T23:13:07Z', '2026-04-04T13:59:59Z', '2026-04-23T20:00:00Z',
  '2026-10-03T15:00:00Z', '2026-10-24T22:30:00.001Z', '2026-10-29T19:00:00Z', '2026-11-01T04:30:00Z', '2028-02-27T00:00:00Z',
  '2026-12-30T23:59:59Z'].map((text) => Date.parse(text))
export const startOf = (i) => STARTS[i % STARTS.length]

const WRITTEN = ['* * * * *', '*/5 * * * *', '0 9 * * 1-5', '30 2 * * *', '0 3 * * 0', '15,45 1-3 * * *', '0 0 1 * *', '0 0 L * *',
  '0 0 * * 5L', '0 0 * * 1L,3L', '0 12 * * 5#3', '0 12 * * mon#1', '0 0 13 * 5#2', '@daily', '@hourly', '@weekly', '@monthly', '@yearly',
  '@annually', '@minutely', '@secondly', '@weekdays', '@weekends', '0 0 29 2 *', '0 0 31 * *', '0 0 13 * 5', '*/7 */5 * * *', '0 */2 * * *',
  '30 1,2,3 * * *', '59 23 31 12 *', '0 0 ? * 1', '0 0 1 * ?', '0 0 1,15 * 1', '5/15 * * * *', '1-10/3 * * * *', '* * * * * *',
  '*/10 * * * * *', '0 30 9 * * *', '0 0 0 * * 7', '0 0 * * sun', '0 0 * jan,jul MON-FRI', '0 0 * * 0-7', '0 0 * * 1-7/2', '0 0 * * 0-7/3',
  '0 0 L 2 *', '0 0 28,L * *', '0 2 * * 0L', '*/61 * * * *', '0 0 1-31 * *', '0 0 1-31 * 1', '30 0 * * *', '15 2 4 10 *', '0 0 24 4 *',
  '0 0-2 * * *', '0 2-3 * * *', '45 1 1 11 *', '0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 31 2 1', '  0   0  *  *  * ', '*', '5 *', '0 1', '1 1 * *',
  '05 007 * * *', '0 0 1-5-9 * *', '0 0 * * 6-7', '0 0 */31 * *', '*/59 */23 */30 */11 */6', '* * 15 * 3', '0 0 ? ? ?'.replace('? ?', '* ?')]

// What both refuse, then what one of them does.
export const REFUSED = ['60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 8', 'a * * * *', '*/0 * * * *', '5-1 * * * *', '1,,2 * * * *',
  '* * * * * * *', '0 0 L-3 * *', '0 0 1W * *', '0 0 LW * *', '-1 * * * *', '1.5 * * * *', '0 0 * * 5#6', '0 0 * * 5#0', '0 0 1#2 * *', '@every 5m', '@reboot', '@',
  '0 0 * foo *', '0 0 * * fun', '0 0 32 * *', '0 0 * * 1#2,3', '0 0 * * 1-3#2', '1/2/3 * * * *', '/5 * * * *', '5/ * * * *', '*/ * * * *', ', * * * *',
  '- * * * *', '* * * * #3', '0x5 * * * *', '1e1 * * * *', '0 0 l * *', '0 0 * * 5l', '0 0 30 2 *', '0 0 31 4 *', '0 0 31 jun ?', '*/-5 * * * *', '99999999999999999999 * * * *',
  '+5 * * * *', '5- * * * *', '--5 * * * *', '** * * * *', '*5 * * * *', '0 0 * * monday', '0 0 * * 5#1#2']
export const REFUSED_BY = {
  4: ['H * * * *', 'H/5 * * * *', '? * * * *', '0 0 * mon *', '0 0 31 2 5'],
  5: ['1,1 * * * *', '0 0 * * 0,7', '0 0 * * 0-7,3', '0 0 L,L * *', '0 0 * * L', '0 0 * * 1,L', '   ', '0 0 1,1-5 * *', `${'0,'.repeat(520)}0 * * * *`],
}

const UNITS = [[0, 59], [0, 59], [0, 23], [1, 31], [1, 12, 'jan feb mar apr may jun jul aug sep oct nov dec'], [0, 6, 'sun mon tue wed thu fri sat']]

function random(seed) {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

function field(below, unit) {
  const [from, to, names] = UNITS[unit]
  const value = () => from + below(to - from + 1)
  const named = (n) => (names && below(3) === 0 ? names.split(' ')[n - from] : n)
  const range = () => [value(), value()].sort((a, b) => a - b).join('-')
  const list = () => [...new Set(Array.from({ length: 2 + below(3) }, value))].map(named).join(',')
  const kinds = [() => '*', () => '*', () => named(value()), () => named(value()), range, () => `*/${1 + below(to)}`, () => `${range()}/${1 + below(5)}`, list,
    () => `${value()}/${1 + below(20)}`]
  if (unit === 3) kinds.push(() => 'L', () => `${value()},L`)
  if (unit === 5) kinds.push(() => `${value()}#${1 + below(5)}`, () => `${value()}L`)
  return String(kinds[below(kinds.length)]())
}

export function patterns() {
  const below = random(20_260_329)
  const out = [...WRITTEN]
  while (out.length < PATTERNS) {
    const fields = UNITS.map((_, unit) => field(below, unit))
    if (below(3) > 0) fields[0] = String(below(2) * 30)
    if (below(5) > 1) fields[3] = '*'
    if (below(2) > 0) fields[4] = '*'
    if (below(2) > 0) fields[5] = '*'
    const pattern = (below(2) ? fields : fields.slice(1)).join(' ')
    if (oracle(4, pattern, 'UTC', STARTS[0], 0) !== 'refused' && oracle(5, pattern, 'UTC', STARTS[0], 0) !== 'refused') out.push(pattern)
  }
  return out
}

// Each next moment is asked for anew, as BullMQ does; `hashSeed` is what the program of ours takes.
export function oracle(dialect, pattern, tz, from, times) {
  const parse = (at) => {
    const options = { tz, currentDate: new Date(at) }
    return dialect === 4 ? parseExpression(pattern, options) : CronExpressionParser.parse(pattern, { ...options, hashSeed: 'seed' })
  }
  const out = []
  let at = from
  let expression
  try {
    expression = parse(at)
  } catch {
    return 'refused'
  }
  for (let i = 0; i < times; i++) {
    try {
      at = (i ? parse(at) : expression).next().getTime()
    } catch {
      out.push('never')
      break
    }
    out.push(at)
  }
  return out.join(' ')
}
