// SPDX-License-Identifier: MIT
// docs.test.mjs — every `build/willaq …` line in the documents runs as it stands, but for ports and folders.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DeadRedis } from './dlq_world.mjs'
import { ROOT, run, scratch, start, until } from './support.mjs'

const SERVERS = ['dev', 'serve', 'sandbox', 'sink', 'proxy', 'worker', 'events']
const ON_REDIS = ['contact', 'dlq', 'pending', 'webhook', 'subscription', 'events', 'business', 'key', 'sequence', 'template', 'bench']
const LOADED = ['webhook', 'send']
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))]

// The shell lines of a page's fenced blocks, continued ones joined, without comments and redirections.
function commands(page) {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)
  return [...blocks]
    .flatMap(([, text]) => text.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.replace(/\s+#\s.*$/, '').replace(/\s*>\s*\S+$/, '').trim())
    .filter((line) => /(^|\s)build\/willaq\s/.test(line) && !line.includes('|'))
}

function parse(line) {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
  const at = words.indexOf('build/willaq')
  const env = Object.fromEntries(words.slice(0, at).map((word) => word.split(/=(.*)/s).slice(0, 2)))
  return { env, args: words.slice(at + 1) }
}

function elsewhere(args, dir) {
  const set = (name, value) => (word, i) => (args[i - 1] === name ? value : word)
  return args.map(set('--port', '0')).map(set('--data', join(dir, 'data')))
}

describe('documents', () => {
  // What `willaq bench` loads.
  const loaded = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('{"messages":[{"id":"wamid.1"}]}'))
  })
  before(async () => {
    await new Promise((resolve) => loaded.listen(0, '127.0.0.1', resolve))
    loaded.url = `http://127.0.0.1:${loaded.address().port}/`
  })
  after(() => {
    loaded.closeAllConnections()
    loaded.close()
  })
  // What `willaq dlq` is shown with; the log of webhooks is an empty one.
  let redis
  before(async () => {
    redis = await DeadRedis.start()
    await redis.letters('letters', ['time-out', 'time-out', 'refused', 'refused'].map((reason, i) => ({ id: String(i + 1), reason })))
  })
  after(() => redis.end())
  // What `willaq subscription` and `willaq key` are shown with.
  before(async () => {
    await redis.do('ZADD', 'wq:{bull}:sub:ids', '1', 'sub_1a2b')
    await redis.do('ZADD', 'wq:{bull}:key:ids', '1', 'key_1a2b')
    await redis.do('HSET', 'wq:{bull}:key:of:key_1a2b', 'business', '', 'role', 'agent', 'sum', '00')
    await redis.do('HSET', 'wq:{default}:con:c01ab23', 'made', '1')
    await redis.do('HSET', 'wq:{bull}:sub:of:sub_1a2b', 'spec', '{"queue":"crm"}', 'rev', '1', 'state', 'active', 'cursor', '0-0')
  })

  for (const page of PAGES) {
    for (const line of commands(page)) {
      test(`${page}: ${line}`, async (t) => {
        const { env, args } = parse(line)
        const dir = scratch(t)
        writeFileSync(join(dir, 'secret-key'), `${'0a'.repeat(32)}\n`)
        writeFileSync(join(dir, 'welcome.json'), '{"name":"Welcome","steps":[{"message":{"text":{"body":"Hello"}}}]}')
        writeFileSync(join(dir, 'people.csv'), 'phone,name,tags\n+593991234567,Ana,lead;vip\n')
        for (const name of ['before.json', 'after.json']) writeFileSync(join(dir, name), '{"willaq_bench":1}')
        writeFileSync(join(dir, 'dead.jsonl'), '{"name":"send","data":{"to":"ana"}}\n') // that a command before it made
        if (args[0] === 'bench' && args[1] !== 'compare') {
          for (const name of ['app-secret', 'access-token']) writeFileSync(join(dir, name), 'any\n')
          const instead = { '--duration': '300ms', ...(LOADED.includes(args[1]) ? { '--url': loaded.url } : {}) }
          const short = args.map((word, i) => instead[args[i - 1]] ?? word)
          const done = await run([...short, '--warm-up', '0s'], { env: { ...env, REDIS_URL: redis.url }, cwd: dir })
          assert.equal(done.code, 0, done.stderr)
          return
        }
        if (!SERVERS.includes(args[0]) || args.includes('--help')) {
          const done = await run(args, { env: ON_REDIS.includes(args[0]) ? { ...env, REDIS_URL: redis.url } : env, cwd: dir })
          assert.equal(done.code, 0, done.stderr)
          return
        }
        if (args[0] === 'events') {
          await redis.do('DEL', 'wq:{bull}:sub:live')
          const events = start(args, { t, env: { ...env, REDIS_URL: redis.url }, cwd: dir })
          await until(async () => Number(await redis.do('EXISTS', 'wq:{bull}:sub:live')) === 1)
          assert.equal((await events.stop()).code, 0)
          return
        }
        if (args[0] === 'worker') {
          const worker = start(args, { t, env, cwd: dir })
          await worker.until(/^working /m)
          assert.equal((await worker.stop()).code, 0)
          return
        }
        const server = start(args.includes('--port') ? elsewhere(args, dir) : [...args, '--port', '0'], { t, env, cwd: dir })
        await server.until(/listening http:\/\/\S+/)
        assert.equal((await server.stop()).code, 0)
      })
    }

    test(`${page}: what it names in the tree is there`, () => {
      const text = readFileSync(join(ROOT, page), 'utf8')
      for (const [, path] of text.matchAll(/`((?:src|docs|tests|bench|deploy|subprojects)\/[\w./-]+)`/g)) {
        assert.ok(existsSync(join(ROOT, path)), path)
      }
    })
  }
})
