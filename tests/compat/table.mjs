// SPDX-License-Identifier: MIT
// table.mjs — plays every sequence against every version and writes down how we compare.
//
//   node tests/compat/table.mjs > docs/compat.md
import { readFileSync } from 'node:fs'
import { CASTS, judge, sequencesOf } from './cases.mjs'
import { Driver } from './engine_role.mjs'
import { nameOf, sequences } from './oracle.mjs'
import { RedisServer } from './redis.mjs'

process.env.TZ = 'UTC'
const versionOf = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
const COLUMNS = { 4: ['4 adds', '4 works'], 5: ['5'], 6: ['6'] }
const AREAS = [[1, 'Adding jobs'], [18, 'Flows'], [21, 'Working jobs'], [41, 'Limits'], [45, 'Children and parents'], [50, 'Lost workers, names, metrics'],
  [55, 'Deduplication'], [59, 'Schedulers and repeats'], [64, 'Managing a queue']]

async function main() {
  const server = await RedisServer.start()
  const driver = await Driver.start(server.url)
  const notes = []
  const note = (why) => (notes.includes(why) ? notes.indexOf(why) : notes.push(why) - 1) + 1
  const cells = new Map() // name of a sequence → {column: text}
  for (const name of Object.keys(CASTS))
    for (const sequence of sequencesOf(name)) {
      const verdicts = await judge(name, sequence, { server, driver })
      const known = [...new Set(verdicts.flatMap((verdict) => verdict.known))].map(note)
      const unknown = verdicts.reduce((sum, verdict) => sum + verdict.unknown.length, 0)
      const column = Object.keys(COLUMNS).find((key) => COLUMNS[key].includes(name))
      const cell = cells.get(nameOf(sequence)) ?? {}
      const words = unknown ? `**differs** (${unknown})` : known.length ? `equal but [${known.join(', ')}]` : 'equal'
      cell[column] = cell[column] && cell[column] !== 'equal' ? cell[column] : words
      cells.set(nameOf(sequence), cell)
    }
  await driver.stop()
  const redis = (await server.client.info('server')).match(/redis_version:(\S+)/)[1]
  await server.end()
  print(cells, notes, redis)
}

function print(cells, notes, redis) {
  const [v4, v5, v6] = [4, 5, 6].map((major) => versionOf(`bullmq${major}`))
  console.log(`# Compared with BullMQ

willaq reads and writes BullMQ's own structures in Redis, so its producers, workers and tools stand beside BullMQ's on the
same queues. What that means is not claimed but played: each row below is a sequence of steps, done once by BullMQ and once with
willaq in the place of one role or of all, on an empty Redis, with the clock standing still. Then every key (type, value, time to
live), every event and every answer are compared.

Played on ${new Date().toISOString().slice(0, 10)} with BullMQ ${v4}, ${v5} and ${v6}, Redis ${redis}, Node.js ${process.versions.node}.

- **5.x, 6.x**: the role that the sequence is about is ours, the others are BullMQ's; on 6.x once more with all roles ours.
- **4.x**: jobs that 4.17 added are worked by us, and by ${v5} for comparison; jobs that we added are worked by 4.17.
- **equal**: nothing differs. **–**: that version has no such thing, or it is not played there. Numbers lead to the notes below.
- Not compared: the order of members in JSON, ids of stream entries, random UUIDs, \`debounced\` events and \`nrjid\` of 5.x, the marker
  "there may be work" of a queue that has none.

The same sequences also run in batches of 1, 7 and 50, and hundreds more are drawn at random; \`tests/run compat\` does all that, and the
soak tests: producers and workers of all kinds on one queue, killed and paused at random, with listeners of three majors attached.
This page is made by \`tests/compat/table.mjs\`.
`)
  AREAS.forEach(([from, area], i) => {
    const to = AREAS[i + 1]?.[0] ?? Infinity
    const rows = sequences.filter(({ n }) => n >= from && n < to)
    console.log(`## ${area}\n\n| Sequence | ${v4} | ${v5} | ${v6} |\n|---|---|---|---|`)
    for (const sequence of rows) {
      const cell = cells.get(nameOf(sequence)) ?? {}
      console.log(`| ${nameOf(sequence).replaceAll('|', '\\|')} | ${[4, 5, 6].map((column) => cell[column] ?? '–').join(' | ')} |`)
    }
    console.log('')
  })
  console.log(`## Notes\n\n${notes.map((why, i) => `${i + 1}. ${why[0].toUpperCase()}${why.slice(1)}.`).join('\n')}
${readFileSync(new URL('limits.md', import.meta.url), 'utf8')}`)
}

await main()
