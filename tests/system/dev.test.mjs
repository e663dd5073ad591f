// SPDX-License-Identifier: MIT
// dev.test.mjs — USE-4: `willaq dev` as a user meets it: starts, answers, survives its children, leaves nothing behind.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { freePort, start, until } from './support.mjs'

const LISTENING = /listening (http:\/\/\S+)/
const SANDBOX = /sandbox\s+(http:\/\/\S+)/

function children(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

function commandOf(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
}

function childOf(dev, word) {
  return children(dev.pid).find((pid) => commandOf(pid).some((arg) => arg.includes(word)))
}

// Its Redis, as redis-cli tells it.
const asker = (dir) => (...words) => execFileSync('redis-cli', ['-s', join(dir, 'redis.sock'), ...words], { encoding: 'utf8' })

const gone = (pid) => !existsSync(`/proc/${pid}`)

// The process and its children, all with one thread each but Redis, which is not ours.
function threads(pid) {
  return readdirSync(`/proc/${pid}/task`).length
}

const started = []

async function startDev(dir, ...more) {
  const dev = start(['dev', '--port', '0', '--data', dir, ...more])
  started.push(dev)
  const url = (await dev.until(LISTENING))[1]
  const sandbox = (await dev.until(SANDBOX))[1]
  await dev.until(/^ready /m)
  return Object.assign(dev, { url, sandbox })
}

describe('willaq dev', () => {
  let root
  before(() => (root = mkdtempSync(join(tmpdir(), 'willaq-dev-'))))
  after(() => {
    for (const dev of started) dev.kill() // of a test that failed
    rmSync(root, { recursive: true, force: true })
  })

  test('starts all of it, answers, and stops all of it on SIGTERM', async () => {
    const dir = join(root, 'deep', 'er')
    const dev = await startDev(dir)
    const ready = await fetch(`${dev.url}/readyz`)
    assert.equal(ready.status, 200)
    assert.deepEqual((await ready.json()).checks.redis, { ok: true })
    assert.equal((await fetch(`${dev.sandbox}/livez`)).status, 200)
    const pids = children(dev.pid)
    assert.equal(pids.length, 2)
    assert.equal(threads(dev.pid), 1)
    assert.equal(threads(childOf(dev, 'sandbox')), 1)
    assert.equal((await dev.stop()).code, 0)
    assert.ok(pids.every(gone), 'children are gone')
    assert.ok(!existsSync(join(dir, 'redis.sock')), 'its socket too')
  })

  test('a message goes out by each provider of the sandbox and comes back read, with two webhook secrets', async () => {
    const dev = start(['dev', '--port', '0', '--data', join(root, 'send')], { env: { WEBHOOK_SECRET: 'shop=other,first,second' } })
    const url = (await dev.until(LISTENING))[1]
    const headers = { authorization: `Bearer ${(await dev.until(/api key +(\S+)/))[1]}`, 'content-type': 'application/json' }
    for (const account of ['default', 'evolution', 'twilio']) {
      const asked = await fetch(`${url}/api/messages`, { method: 'POST', headers, body: JSON.stringify({ account, to: '+593991234567', text: 'hello' }) })
      const { id } = await asked.json()
      assert.equal(asked.status, 202, account)
      await until(async () => (await (await fetch(`${url}/api/messages/${id}`, { headers })).json()).state === 'read', undefined, account)
    }
    assert.equal((await dev.stop()).code, 0)
  })

  test('Ctrl-C in a terminal reaches only the parent, which ends in order', async () => {
    const dev = await startDev(join(root, 'int'))
    const pids = children(dev.pid)
    dev.kill('SIGINT')
    assert.equal((await dev.end()).code, 0)
    assert.ok(pids.every(gone))
  })

  test('its Redis keeps every write and evicts nothing', async () => {
    const dir = join(root, 'conf')
    const dev = await startDev(dir)
    const ask = asker(dir)
    assert.match(ask('config', 'get', 'appendfsync'), /always/)
    assert.match(ask('config', 'get', 'maxmemory-policy'), /noeviction/)
    assert.match(ask('config', 'get', 'port'), /\n0\n/)
    assert.match(ask('config', 'get', 'hash-max-listpack-value'), /\n4096\n/)
    ask('set', 'kept', 'yes')
    await dev.stop()
    const again = await startDev(dir)
    assert.equal(ask('get', 'kept'), 'yes\n')
    await again.stop()
  })

  test('a killed Redis is told, restarted, and ready again', async () => {
    const dev = await startDev(join(root, 'crash'))
    const redis = childOf(dev, 'redis-server')
    process.kill(redis, 'SIGKILL')
    await dev.until(/event=child_ended .*child=redis-server.*killed by signal 9/)
    await until(async () => (await fetch(`${dev.url}/readyz`)).status === 200 && childOf(dev, 'redis-server') !== redis)
    assert.equal((await dev.stop()).code, 0)
  })

  test('a killed sandbox is told and restarted', async () => {
    const dev = await startDev(join(root, 'crash2'))
    process.kill(childOf(dev, 'sandbox'), 'SIGKILL')
    await dev.until(/event=child_ended .*child=sandbox/)
    await dev.until(/event=child_restarted .*child=sandbox/)
    assert.equal((await dev.stop()).code, 0)
  })

  test('kill -9 of willaq takes its children along, and the next start finds the data', async () => {
    const dir = join(root, 'kill')
    const dev = await startDev(dir)
    const pids = children(dev.pid)
    const ask = asker(dir)
    ask('set', 'kept', 'yes')
    process.kill(dev.pid, 'SIGKILL')
    await until(() => pids.every(gone))
    const again = await startDev(dir)
    assert.equal(ask('get', 'kept'), 'yes\n')
    assert.equal((await again.stop()).code, 0)
  })

  test('a second one on the same directory is refused with a sentence', async () => {
    const dir = join(root, 'taken')
    const dev = await startDev(dir)
    const second = start(['dev', '--port', '0', '--data', dir])
    assert.equal((await second.end()).code, 1)
    assert.match(second.stderr, new RegExp(`in use by another willaq \\(process ${dev.pid}\\)`))
    assert.equal((await dev.stop()).code, 0)
  })

  test('a directory with a long name works: its socket does not fit into an address', async () => {
    const dir = join(root, 'l'.repeat(120))
    const dev = await startDev(dir)
    assert.equal((await fetch(`${dev.url}/readyz`)).status, 200)
    assert.equal((await dev.stop()).code, 0)
  })

  test('a file in place of the directory, and a missing redis-server, are one sentence each', async () => {
    const file = join(root, 'file')
    writeFileSync(file, '')
    const bad = start(['dev', '--port', '0', '--data', file])
    assert.equal((await bad.end()).code, 1)
    assert.match(bad.stderr, /^willaq: .*--data$/m)
    const none = start(['dev', '--port', '0', '--data', join(root, 'none'), '--redis-server', 'no-such-redis'])
    assert.equal((await none.end()).code, 1)
    assert.match(none.stderr, /^willaq: no-such-redis could not be started .*--redis-server$/m)
  })

  test('stops while it still waits for Redis', async () => {
    const never = join(root, 'never')
    writeFileSync(never, '#!/bin/sh\nexec sleep 60\n', { mode: 0o700 })
    const port = await freePort()
    const dev = start(['dev', '--port', '0', '--data', join(root, 'waits'), '--redis-server', never, '--sandbox-port', String(port)])
    started.push(dev)
    await until(async () => (await fetch(`http://127.0.0.1:${port}/livez`).catch(() => ({}))).status === 200)
    assert.equal((await dev.stop()).code, 0)
    assert.doesNotMatch(dev.output, /^ready /m)
  })

  test('a Redis that keeps ending is given up, told, and everything ends', async () => {
    const dev = start(['dev', '--port', '0', '--data', join(root, 'false'), '--redis-server', 'false'])
    assert.equal((await dev.end()).code, 1)
    assert.equal(dev.stderr.match(/event=child_ended .*child=redis-server/g).length, 5)
    assert.match(dev.stderr, /^willaq: redis-server keeps ending by itself; .*redis\.log in /m)
  })

  test('a Unix socket that the environment names is the server\'s alone', async () => {
    const dev = start(['dev', '--port', '0', '--data', join(root, 'unix')], { env: { WILLAQ_UNIX_SOCKET: join(root, 'w.sock') } })
    await dev.until(SANDBOX)
    assert.match(dev.stdout, /^listening unix:.*w\.sock$/m)
    assert.equal((await dev.stop()).code, 0)
  })

  test('a taken port is one sentence and exit 2', async () => {
    const dev = await startDev(join(root, 'port'))
    const port = new URL(dev.url).port
    const second = start(['dev', '--port', port, '--data', join(root, 'port2')])
    assert.equal((await second.end()).code, 2)
    assert.match(second.stderr, new RegExp(`^willaq: 127\\.0\\.0\\.1:${port} is taken`, 'm'))
    assert.equal((await dev.stop()).code, 0)
  })

  test('a first message can be sent at once', async () => {
    const dev = await startDev(join(root, 'first'))
    await dev.until(/curl -s (\S+)/)
    const answer = await fetch(/curl -s (\S+)/.exec(dev.stdout)[1], {
      method: 'POST',
      headers: { Authorization: 'Bearer dev', 'Content-Type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: '+593991234567', type: 'text', text: { body: 'hello' } }),
    })
    assert.equal(answer.status, 200)
    assert.match((await answer.json()).messages[0].id, /^wamid\./)
    assert.equal((await dev.stop()).code, 0)
  })
})
