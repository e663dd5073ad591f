// SPDX-License-Identifier: MIT
// facade_docs.test.mjs — the programs in docs/facades.md run as they stand, but for the port.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

import { KEY, Sender } from './send_world.mjs'
import { ROOT } from './support.mjs'

const programs = [...readFileSync(join(ROOT, 'docs/facades.md'), 'utf8').matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, text]) => text)

test('docs/facades.md: each program sends a message', async (t) => {
  const world = await Sender.start(t)
  const dir = mkdtempSync(join(ROOT, 'tests/system/node_modules/.docs-')) // where the packages are found
  t.after(() => rmSync(dir, { recursive: true }))
  assert.equal(programs.length, 2)
  for (const [i, text] of programs.entries()) {
    const file = join(dir, `${i}.mjs`)
    writeFileSync(file, text.replaceAll('127.0.0.1:8780', `127.0.0.1:${world.port}`))
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: { ...process.env, WILLAQ_API_KEY: KEY }, timeout: 20_000 })
    await world.reached(stdout.trim().split(' ').at(-1), 'read')
  }
})
