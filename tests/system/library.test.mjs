// SPDX-License-Identifier: MIT
// library.test.mjs — the queue as a library: installed, found by pkg-config, and used by programs that see nothing else of us.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { RedisServer } from './redis.mjs'
import { BIN, ROOT, run } from './support.mjs'

const BUILD = dirname(BIN)
const EXAMPLE = join(ROOT, 'docs', 'examples', 'queue.c')

function out(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, DESTDIR: '' } }).trim()
}

function find(folder, name) {
  return out('find', folder, '-name', name)
}

// Compiles a program against the installed tree, with what the archive was compiled with.
function compile(tree, source, to) {
  const options = JSON.parse(out('meson', 'introspect', BUILD, '--buildoptions'))
  const sanitize = options.find((option) => option.name === 'b_sanitize').value
  const pc = find(tree, 'willaq-queue.pc')
  const prefix = dirname(dirname(dirname(find(tree, 'queue.h'))))
  const flags = out('pkg-config', `--define-variable=prefix=${prefix}`, '--cflags', '--libs', pc).split(/\s+/)
  const also = sanitize === 'none' ? [] : [`-fsanitize=${sanitize}`]
  out('cc', '-std=c17', '-Wall', '-Wextra', '-Werror', '-g', ...also, source, ...flags, '-o', to)
}

let tree
before(() => {
  tree = mkdtempSync(join(tmpdir(), 'willaq-test-'))
  out('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', tree)
})

after(() => rmSync(tree, { recursive: true, force: true }))

async function output(bin, server) {
  const program = await run([server.url], { bin })
  assert.equal(program.code, 0, program.stdout + program.stderr)
  return program.stdout
}

test('the example of the documentation builds and does what it says, twice', async (t) => {
  const server = await RedisServer.start(t)
  const bin = join(tree, 'example')
  compile(tree, EXAMPLE, bin)
  for (const times of [1, 2]) {
    const lines = (await output(bin, server)).trim().split('\n')
    assert.equal(lines.length, 5)
    assert.ok(lines.includes(`3 letters wait, the first is ${3 * times - 2}`), lines.join('\n'))
    assert.equal(lines.at(-1), `${2 * times} completed, ${times} failed, 0 waiting`)
  }
})

test('the library tells what it refuses, and gives held jobs back', async (t) => {
  const server = await RedisServer.start(t)
  const bin = join(tree, 'library')
  compile(tree, join(ROOT, 'tests', 'system', 'library.c'), bin)
  await server.do('SET', 'bull:foreign:meta-paused', '1')
  assert.equal(await output(bin, server), 'fine\n')
  assert.equal(await server.do('EXISTS', 'bull:foreign:repeat'), 0)
  assert.equal(await server.do('LLEN', 'bull:things:active'), 0)
  assert.equal(await server.do('EXISTS', 'own:others:1'), 1)
})

test('the header stands alone, also for C++', () => {
  const header = find(tree, 'queue.h')
  assert.doesNotMatch(readFileSync(header, 'utf8'), /uv_|#include "/)
  for (const language of [['-xc', '-std=c99'], ['-xc++', '-std=c++17']])
    out('cc', ...language, '-Wall', '-Wextra', '-Werror', '-fsyntax-only', '-include', header, '/dev/null')
})

test('the page shows the example as it is', () => {
  assert.ok(readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8').includes(readFileSync(EXAMPLE, 'utf8')))
})
