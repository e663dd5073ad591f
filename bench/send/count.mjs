// SPDX-License-Identifier: MIT
// count.mjs sender|sender-redis|sender-known CONCURRENCY OUT — instructions of one message sent, by callgrind: for bench/instructions.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { left, phoneOf, release, snapshotOf } from './jobs.mjs'
import { check, startWorld, stopWorld, until } from './run.mjs'

const MESSAGES = 3000
const DRAIN_MS = 300000
const [side, concurrency, out] = process.argv.slice(2)
const tool = ['valgrind', '--tool=callgrind', '--instr-atstart=no', `--callgrind-out-file=${out}`]
const who = side === 'sender' ? 'worker' : 'redis'

async function scripts(client) {
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0)
}

// Each recipient as a contact to whom one message went before.
async function meetAll({ server: { client }, account }) {
  const own = `wq:{${account}}:`
  const pipe = client.pipeline()
  for (let i = 0; i < MESSAGES; i++) {
    const id = `c${String(i).padStart(20, '0')}`
    const digest = createHash('sha256').update(phoneOf(i)).digest('hex').slice(0, 24)
    pipe.hset(`${own}con:${id}`, { made: 1, rev: 1, last: 1, out_at: 1, al: digest, phone: phoneOf(i), words: phoneOf(i).slice(1) })
    pipe.hset(`${own}person:${digest}`, 'con', id)
    pipe.zadd(`${own}hist:${id}`, 1, 'om1')
    pipe.zadd(`${own}cons:last`, 1, id)
    pipe.zadd(`${own}cons:made`, 1, id)
  }
  await pipe.exec()
}

const from = await snapshotOf(MESSAGES)
const world = await startWorld('willaq', { from, concurrency: Number(concurrency), latencyMs: 0, under: { [who]: tool } })
const { pid } = who === 'worker' ? world.worker : world.server
if (side === 'sender-known') await meetAll(world)
await world.server.client.config('RESETSTAT')
const calls = await scripts(world.server.client)
execFileSync('callgrind_control', ['-i', 'on', String(pid)], { stdio: 'ignore' })
await release(world.server)
await until(() => 'all sent', async () => (await left(world.server)) === 0, DRAIN_MS)
execFileSync('callgrind_control', ['-i', 'off', String(pid)], { stdio: 'ignore' })
const made = (await scripts(world.server.client)) - calls
const commands = [...(await world.server.client.info('commandstats')).matchAll(/^cmdstat_\S+:calls=(\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
await check(world, MESSAGES)
const people = await world.server.client.zcard(`wq:{${world.account}}:cons:made`)
if (people !== MESSAGES) throw new Error(`${people} contacts of ${MESSAGES} people`)
await stopWorld(world)
const total = [...readFileSync(out, 'utf8').matchAll(/^(?:summary|totals): *(\d+)/gm)].at(-1)[1]
console.log(`${side}: ${Math.round(total / MESSAGES)} instructions a message, ${(made / MESSAGES).toFixed(3)} scripts, ${(commands / MESSAGES).toFixed(1)} commands`)
process.exit(0)
