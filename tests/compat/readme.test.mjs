// SPDX-License-Identifier: MIT
// readme.test.mjs — USE-1: the README's producer, endpoint and worker, as they stand there but for ports.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { RedisServer } from '../system/redis.mjs'
import { ROOT, freePort, run, scratch, start, until } from '../system/support.mjs'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

function script(name) {
  const [, text] = readme.match(new RegExp(`\`\`\`js\\n(// ${name}[\\s\\S]*?)\`\`\``))
  return text
}

function node(t, dir, name, text) {
  const path = join(dir, name)
  writeFileSync(path, text)
  const child = spawn(process.execPath, [path], { stdio: 'inherit' })
  t.after(() => child.kill())
  return new Promise((resolve) => child.on('exit', resolve))
}

test('the worker of the README greets', async (t) => {
  const [redis, dir, port] = [await RedisServer.start(t), scratch(t), await freePort()]
  const bullmq = import.meta.resolve('bullmq5')
  node(t, dir, 'endpoint.mjs', script('endpoint.mjs').replace('listen(3000)', `listen(${port}, '127.0.0.1')`))
  await until(() => new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy())).on('error', reject)
  }))
  const [line] = readme.match(/^build\/willaq worker .*$/m)
  const args = line.replace(':6379', `:${redis.port}`).replace(':3000', `:${port}`).split(' ').slice(1)
  start(args, { t })
  const producer = script('producer.mjs').replace("'bullmq'", `'${bullmq}'`).replace('6379', redis.port)
  assert.equal(await node(t, dir, 'producer.mjs', producer), 0)
  const job = await until(async () => {
    const shown = JSON.parse((await run(['job', 'show', 'letters', '1', '--redis-url', redis.url, '--json'])).stdout)
    return shown.state === 'completed' && shown
  })
  assert.deepEqual(job.returnvalue, { greeted: 'ana' })
})
