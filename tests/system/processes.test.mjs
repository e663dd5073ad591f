// SPDX-License-Identifier: MIT
// processes.test.mjs — SCL-1: several equal processes behind one port, under one supervisor.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { freePort, run, start, until } from './support.mjs'

const children = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
const gone = (pid) => !existsSync(`/proc/${pid}`)

// A new connection each time: the kernel spreads them.
async function live(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/livez`, { headers: { connection: 'close' } })
  await answer.text()
  return answer.status
}

async function startMany(count, env = {}) {
  const port = await freePort()
  const server = start(['serve', '--processes', String(count), '--port', String(port)], { env })
  await server.until(/listening http:/)
  await until(() => children(server.pid).length === count)
  return Object.assign(server, { port })
}

describe('willaq serve --processes', () => {
  test('all answer, one line tells the listener, one thread each, SIGTERM ends all', async () => {
    const server = await startMany(3)
    const pids = children(server.pid)
    for (let i = 0; i < 60; i++) assert.equal(await live(server.port), 200)
    for (const pid of [server.pid, ...pids]) assert.equal(readdirSync(`/proc/${pid}/task`).length, 1)
    assert.equal((await server.stop()).code, 0)
    assert.equal(server.stdout, `listening http://127.0.0.1:${server.port}\n`)
    assert.ok(pids.every(gone))
  })

  test('a killed one is told and replaced', async () => {
    const server = await startMany(2)
    const [victim] = children(server.pid)
    process.kill(victim, 'SIGKILL')
    await server.until(/event=child_ended .*killed by signal 9/)
    await until(() => children(server.pid).length === 2 && !children(server.pid).includes(victim))
    await until(async () => (await live(server.port)) === 200)
    assert.equal((await server.stop()).code, 0)
  })

  test('kill -9 of the supervisor takes all along', async () => {
    const server = await startMany(2)
    const pids = children(server.pid)
    server.kill('SIGKILL')
    await until(() => pids.every(gone))
  })

  test('flags and variables reach every process', async () => {
    const server = await startMany(2, { WILLAQ_LOG_FORMAT: 'json' })
    assert.equal((await server.stop()).code, 0)
    assert.match(server.stderr, /"role":"serve"/)
  })

  test('what cannot be shared is refused with a sentence', async () => {
    const zero = await run(['serve', '--processes', '2', '--port', '0'])
    assert.equal(zero.code, 2)
    assert.match(zero.stderr, /^willaq: --processes needs a --port/m)
    const socket = await run(['serve', '--processes', '2', '--unix-socket', '/tmp/x.sock'])
    assert.equal(socket.code, 2)
    assert.match(socket.stderr, /^willaq: a --unix-socket belongs to one process/m)
  })

  test('a taken port ends all of it, told once by each', async () => {
    const server = start(['serve', '--port', '0'])
    const port = (await server.until(/listening http:\/\/127\.0\.0\.1:(\d+)/))[1]
    const many = await run(['serve', '--processes', '2', '--port', port])
    assert.equal(many.code, 1)
    assert.match(many.stderr, /is taken by another program/)
    assert.equal((await server.stop()).code, 0)
  })
})
