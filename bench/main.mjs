// SPDX-License-Identifier: MIT
// main.mjs — runs the rows named on the command line, or all, one after the other; then the Speed table of what there is.
import { mkdirSync, writeFileSync } from 'node:fs'
import { endAll, machine, result, trial } from './lib.mjs'
import { rows } from './rows.mjs'
import { publish, writeTable } from './speed/table.mjs'

const DOCS = new URL('../docs', import.meta.url).pathname
const names = Object.keys(rows)
const groups = { queue: names.filter((name) => name.startsWith('queue-')), sink: names.filter((name) => name.startsWith('webhook')) }
const wanted = process.argv.slice(2)

// "pairs 7; modes {one:{atOnce:1, …"
function settingsLine(settings) {
  const text = (value) => JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ')
  return `Settings: ${Object.entries(settings).map(([key, value]) => `${key} ${text(value)}`).join('; ')}.`
}

async function report(name, about) {
  const { title, settings, run, minutes } = rows[name]
  console.log(`${name}: ${trial ? 'a trial' : `takes about ${minutes} min`}`)
  const began = performance.now()
  const { table, data } = await run()
  const seconds = Math.round((performance.now() - began) / 1000)
  const notes = [settingsLine(settings), trial && 'A trial: the figures mean nothing.', `Took ${seconds} s.`].filter(Boolean)
  const text = `## ${name}: ${title}\n\n${table}\n\n${notes.join(' ')}\n`
  console.log(text)
  writeFileSync(result(`${name}.md`), `${text}\n${machineLine(about)}\n`)
  writeFileSync(result(`${name}.json`), JSON.stringify({ name, about, trial, seconds, settings, ...data }, null, 1) + '\n')
}

function machineLine({ cpu, cores, versions, date }) {
  return `Machine: ${cpu}, ${cores} cores; ${versions}; ${date}`
}

// How many failed.
async function runAll(list) {
  const about = await machine()
  const minutes = list.reduce((sum, name) => sum + rows[name].minutes, 0)
  console.log(`${machineLine(about)}\n${list.length} rows${trial ? ', a trial' : `, about ${minutes} min`}\n`)
  let failed = 0
  for (const name of list)
    await report(name, { ...about, date: new Date().toISOString() }).catch((error) => {
      failed++
      endAll()
      console.error(`## ${name}: failed\n\n${error.stack}\n`)
    })
  return failed
}

function usage(text) {
  console.error(`bench: ${text}`)
  process.exit(2)
}

const option = wanted.find((word) => word.startsWith('-'))
const unknown = wanted.filter((name) => !name.startsWith('-') && !rows[name] && !groups[name])
if (option && (!['--table', '--chart'].includes(option) || wanted.length > 1)) usage(`${wanted.join(' ')}: --table and --chart stand alone, other options there are none`)
if (unknown.length > 0) usage(`no row is called ${unknown.join(', ')}; there are ${names.join(', ')}; and queue, sink for all of those`)
mkdirSync(result(''), { recursive: true })
let failed = 0
if (!option) failed = await runAll(wanted.length > 0 ? [...new Set(wanted.flatMap((name) => groups[name] ?? name))] : names)
const { all, text } = writeTable()
console.log(text)
if (option === '--chart') {
  try {
    publish(all, DOCS)
    console.log('written: docs/speed.svg, docs/speed.md')
  } catch (error) {
    usage(error.message)
  }
}
process.exit(failed ? 1 : 0)
