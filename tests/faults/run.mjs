// SPDX-License-Identifier: MIT
// run.mjs — runs rows of the fault table: `run.mjs [--long] [--write] [R1 R7 …]`, started by `tests/run faults`.
//
// Each row is run to its end or its bound, whatever became of those before it; what it found is printed at once.  --long
// takes the counts of the table and WILLAQ_RELEASE, a release build, and renews docs/faults.md; --write does that too.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { keep, verdict, write } from './page.mjs'
import { ROOT, names, ofRow, readFuzz, readMeson, readSpec, titles } from './read.mjs'
import { rows } from './rows.mjs'

const args = process.argv.slice(2)
const long = args.includes('--long')
const wanted = args.filter((arg) => !arg.startsWith('--')).map((arg) => arg.toUpperCase())
const unknown = [...args.filter((arg) => arg.startsWith('--') && !['--long', '--write'].includes(arg)), ...wanted.filter((id) => !rows.some((row) => row.id === id))]
const SHORT_MINUTES = 10 // at most, of one row
const TELL_MS = 30_000

const sanitized = process.env.WILLAQ_BIN
const bin = long ? process.env.WILLAQ_RELEASE : sanitized
const logs = join(dirname(sanitized), 'test-logs')

const bound = (row) => (long ? row.minutes * 3 + 1 : SHORT_MINUTES) * 60_000

// What it printed; ended with all its children when it takes too long.
function run(row, command, env, deadline) {
  const child = spawn(command[0], command.slice(1), {
    cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WILLAQ_BIN: bin, ...(long ? { WILLAQ_LONG: '1', ...row.env } : {}), ...env },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more) => {
      text += more
      row.log.write(more)
      process.stdout.write(more)
    })
  const late = setTimeout(() => {
    text += `\n✖ ${row.id}: had not ended after ${Math.round(bound(row) / 60_000)} minutes (0ms)\nit hung\n`
    process.kill(-child.pid, 'SIGKILL')
  }, Math.max(0, deadline - performance.now()))
  return new Promise((resolve) => child.on('close', () => {
    clearTimeout(late)
    resolve(text)
  }))
}

async function runRow(row) {
  const begun = performance.now()
  const deadline = begun + bound(row)
  const seconds = () => Math.round((performance.now() - begun) / 1000)
  row.log = createWriteStream(join(logs, `fault-${row.id}.log`))
  const read = { node: { tests: [], found: [] }, meson: { tests: [], found: [] }, fuzz: { tests: [], found: [] } }
  const tell = setInterval(() => console.log(`${row.id}: ${seconds()} s${long ? ` of about ${row.minutes * 60}` : ''}`), TELL_MS)
  console.log(`${row.id}: ${row.what}`)
  for (const [file, list] of Object.entries(titles())) {
    if (!list.some((title) => names(row.id).test(title))) continue
    const got = readSpec(await run(row, [process.execPath, '--test', '--test-reporter=spec', `--test-name-pattern=\\b${row.id}\\b`, file], {}, deadline))
    const here = { tests: got.tests.filter(({ name }) => names(row.id).test(name)), found: got.found }
    if (here.tests.length === 0) here.tests.push({ name: `${row.id} in ${basename(file)}`, ok: false, why: 'no test ended' })
    read.node.tests.push(...here.tests)
    read.node.found.push(...here.found)
  }
  if (row.programs) {
    await run(row, ['meson', 'test', '-C', dirname(sanitized), '--no-rebuild', '--timeout-multiplier', '4', '--print-errorlogs', '--logbase', `fault-${row.id}`, ...row.programs], {}, deadline)
    read.meson = readMeson(join(dirname(sanitized), 'meson-logs', `fault-${row.id}.json`))
  }
  if (row.fuzz) read.fuzz = readFuzz(await run(row, ['tests/fuzz/run'], {}, deadline))
  clearInterval(tell)
  row.log.end()
  const { tests, found } = ofRow(row, read)
  return { long, seconds: seconds(), tests, found }
}

if (unknown.length > 0) {
  console.log(`no row or option: ${unknown.join(' ')}; rows are ${rows.map(({ id }) => id).join(' ')}`)
  console.log('faults: 0 passed, 1 failed')
  process.exit(1)
}
mkdirSync(logs, { recursive: true })
const ran = {}
for (const row of rows.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  ran[row.id] = await runRow(row)
  console.log(`${row.id}: ${verdict(row, ran[row.id])}, after ${ran[row.id].seconds} s`)
  // After each row: whoever stops the campaign keeps what it has found.
  if (long || args.includes('--write')) write(rows, keep({ [row.id]: ran[row.id] }))
}
let failed = 0
console.log('')
for (const row of rows.filter(({ id }) => ran[id])) {
  const { tests, found } = ran[row.id]
  const good = tests.length > 0 ? tests.every(({ ok }) => ok) : Boolean(row.due)
  if (!good) failed++
  console.log(`${row.id}: ${verdict(row, ran[row.id])}`)
  for (const counts of found) console.log(`    ${JSON.stringify(counts)}`)
}
console.log(`faults: ${Object.keys(ran).length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
