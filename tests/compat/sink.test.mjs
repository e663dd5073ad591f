// SPDX-License-Identifier: MIT
// sink.test.mjs — USE-2: the example of docs/sink.md, as it stands there but for ports, with the BullMQ of each major.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RedisServer } from '../system/redis.mjs'
import { ROOT, freePort, scratch, start, until } from '../system/support.mjs'

const page = readFileSync(join(ROOT, 'docs', 'sink.md'), 'utf8')
const shell = (has) => [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text).find((text) => text.includes(has))

for (const major of ['bullmq4', 'bullmq5', 'bullmq6'])
  test(`a worker of ${major} reads what the sink takes`, async (t) => {
    const [redis, dir, port] = [await RedisServer.start(t), scratch(t), await freePort()]
    const [, text] = page.match(/```js\n(\/\/ worker.mjs[\s\S]*?)```/)
    const path = join(dir, 'worker.mjs')
    writeFileSync(path, text.replace("'bullmq'", `'${import.meta.resolve(major)}'`).replace('6379', redis.port))
    const worker = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
    t.after(() => worker.kill())
    let said = ''
    worker.stdout.on('data', (bytes) => (said += bytes))
    const args = shell('build/willaq sink').replaceAll('\\\n', ' ').replace(':6379', `:${redis.port}`).replace('8780', port).trim().split(/\s+/).slice(1)
    await start(args, { t }).until(/^listening /m)
    const curl = spawn('sh', ['-c', shell('openssl').replace(':8780', `:${port}`)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let answer = ''
    curl.stdout.on('data', (bytes) => (answer += bytes))
    await new Promise((resolve) => curl.on('close', resolve))
    assert.deepEqual(JSON.parse(answer), { status: 'received' })
    await until(() => said.includes('7001/9001: 593900000001 wrote hello'))
  })
