// SPDX-License-Identifier: MIT
// dlq_cli.test.mjs — `willaq dlq` on a real Redis: what it shows, what it does, what it asks about, what it refuses.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { DeadRedis, HOSTILE, failingWorker } from './dlq_world.mjs'
import { BIN, freePort, run, scratch, start, until } from './support.mjs'

const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f]/

describe('dead letters from a terminal', () => {
  let redis
  const cli = (...args) => run(['dlq', ...args, '--redis-url', redis.url])
  const told = async (...args) => {
    const { code, stdout, stderr } = await cli(...args)
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    return stdout
  }
  const json = async (...args) => JSON.parse(await told(...args, '--json'))
  // The same on a terminal, where `answer` is typed.
  const typed = (t, answer, ...args) =>
    run(['-qec', [BIN, 'dlq', ...args, '--redis-url', redis.url].map((word) => `'${word}'`).join(' '), '/dev/null'], { bin: 'script', stdin: answer, env: { TERM: 'xterm' } })

  before(async () => {
    redis = await DeadRedis.start()
  })
  after(() => redis.end())

  test('of a worker: list, show, edit, retry', async (t) => {
    const at = await failingWorker(t, redis, 'real')
    await redis.add('real', 'one', { name: 'greet', data: { to: 'ana', businessId: 'b-1' } })
    await at.dead(1)
    assert.match(await told('list'), /^QUEUE .*\nreal +1 +1 +1 +\d{4}-/m)
    assert.match(await told('list', 'real'), /^1 +one +greet +\d{4}-\d\d-\d\d [\d:]+ +1 +b-1 +no greet today$/m)
    const shown = await told('show', 'real', '1')
    for (const line of [/^letter +1$/m, /^queue +real$/m, /^job +one$/m, /^attempts +1$/m, /^account +b-1$/m, /^reason +no greet today$/m, /^stacktrace +Error: today$/m, /^ +at work$/m, /^data +\{"to":"ana","businessId":"b-1"\}$/m])
      assert.match(shown, line)
    assert.equal((await json('show', 'real', '1')).job_id, 'one')
    assert.match(await told('edit', 'real', '1', '--data', '{"to":"bea"}'), /^1 letter changed$/m)
    const file = join(scratch(t), 'data.json')
    writeFileSync(file, '{"to": "cleo"}')
    await told('edit', 'real', '1', '--data', `@${file}`)
    assert.deepEqual((await json('show', 'real', '1')).data, { to: 'cleo' })
    at.refuses = false
    assert.match(await told('retry', 'real', '1'), /^1 letter sent back: job one of real$/m)
    await redis.ended('real', 'one', 'completed')
    assert.deepEqual(at.bodies.at(-1).data, { to: 'cleo' })
    assert.match(await told('list', 'real'), /^no dead letters in real-dlq$/m)
    assert.equal((await at.worker.stop()).code, 0)
  })

  test('lists with filters and pages; groups', async () => {
    const now = Date.now()
    await redis.many('some', 60, (i) => ({ reason: i % 2 ? `Time-out after ${i} ms` : 'refused', name: i % 5 ? 'a' : 'b', data: { businessId: i % 3 }, at: now - (60 - i) * 60_000 }))
    const ids = async (...args) => (await json('list', 'some', ...args)).data.map(({ id }) => Number(id) - 1)
    const wanted = (fits) => Array.from({ length: 60 }, (_, i) => i).filter(fits)
    assert.deepEqual(await ids('--error', 'TIME', '--limit', '1000'), wanted((i) => i % 2))
    assert.deepEqual(await ids('--name', 'b', '--account', '0'), wanted((i) => i % 15 === 0))
    assert.deepEqual(await ids('--since', '630s'), wanted((i) => i >= 50))
    assert.deepEqual(await ids('--until', '3030s'), wanted((i) => i < 10))
    assert.deepEqual(await ids('--since', '1999-12-31', '--until', '2000-01-01T00:00Z'), [])
    const page = await told('list', 'some')
    assert.match(page, /\(60 in all; the next ones: --from 50\)/)
    assert.equal(page.trimEnd().split('\n').length, 52)
    assert.deepEqual(await ids('--from', '50'), wanted((i) => i >= 50))
    assert.match(await told('list', 'some', '--name', 'nobody'), /^no dead letters like that in some-dlq$/m)
    assert.match(await told('groups', 'some'), /^ +30 .* Time-out after # ms\n +30 .* refused$/m)
    assert.deepEqual((await json('groups', 'some', '--name', 'b')).data.map(({ letters }) => letters), [6, 6])
    assert.equal((await json('list')).find(({ queue }) => queue === 'some').letters, 60)
  })

  test('many: a dry run, then --yes, at a rate', async () => {
    await redis.many('many', 40, (i) => ({ reason: i % 2 ? 'time-out' : 'refused' }))
    const plan = await told('retry', 'many', '--error', 'time-out', '--rate', '50', '--dry-run')
    assert.match(plan, /^2 +job-2 /m)
    assert.match(plan, /^…$/m)
    assert.match(plan, /^20 of 40 letters would be sent back, 50 a second$/m)
    const counted = await json('clean', 'many', '--all', '--dry-run')
    assert.deepEqual([counted.dry_run, counted.matched, counted.samples.length], [true, 40, 5])
    const unsure = await cli('retry', 'many', '--error', 'time-out')
    assert.equal(unsure.code, 2)
    assert.match(unsure.stderr, /20 of 40 letters would be sent back[^]*say --yes/)
    assert.equal(await redis.left('many'), 40)
    const started = Date.now()
    assert.match(await told('retry', 'many', '--error', 'time-out', '--rate', '50', '--yes'), /^20 letters sent back$/m)
    assert.ok(Date.now() - started >= 19 * 20, 'at 50 a second')
    assert.deepEqual([await redis.left('many'), await redis.waiting('many')], [20, 20])
    const cleaned = await json('clean', 'many', '--until', '1ms', '--yes')
    assert.deepEqual([cleaned.done, cleaned.missed, cleaned.matched], [20, 0, 20])
    assert.match(await told('retry', 'many', '--all'), /^0 of 0 letters would be sent back$/m, 'nothing to ask about')
  })

  test('on a terminal it asks', async (t) => {
    await redis.many('asks', 3)
    const no = await typed(t, 'n\n', 'retry', 'asks', '--all')
    assert.match(no.stdout, /3 of 3 letters would be sent back[^]*Send them back\? \[y\/N\][^]*nothing was done/)
    assert.equal(no.code, 1)
    assert.equal(await redis.left('asks'), 3)
    const yes = await typed(t, 'y\n', 'clean', 'asks', '--all', '--rate', '10')
    assert.equal(yes.code, 0, yes.stdout)
    assert.match(yes.stdout, /Delete them\?[^]*3 letters deleted/)
    assert.match(yes.stdout, /\d deleted, \d of 3 looked at/, 'progress')
    assert.equal(await redis.left('asks'), 0)
  })

  test('Ctrl-C ends it behind the letter in flight, and tells what was done', async (t) => {
    await redis.many('stop', 50)
    const slow = start(['dlq', 'retry', 'stop', '--all', '--yes', '--rate', '20', '--redis-url', redis.url], { t })
    await until(async () => (await redis.waiting('stop')) >= 3)
    slow.kill('SIGINT')
    const { code, stdout } = await slow.end()
    const done = Number(/^(\d+) letters sent back; stopped$/m.exec(stdout)?.[1])
    assert.equal(code, 1)
    assert.equal(await redis.waiting('stop'), done, stdout)
    assert.equal(await redis.left('stop'), 50 - done)
  })

  test('removes one, and only with --yes', async () => {
    await redis.many('few', 2)
    const unsure = await cli('remove', 'few', '1')
    assert.deepEqual([unsure.code, await redis.left('few')], [2, 2])
    assert.match(unsure.stderr, /say --yes/)
    assert.match(await told('remove', 'few', '1', '--yes'), /^1 letter deleted$/m)
    assert.deepEqual(await redis.ids('few'), ['2'])
  })

  test('exports to stdout and into a file', async (t) => {
    await redis.many('file', 150, (i) => ({ data: { n: i } }))
    const lines = (await told('export', 'file')).trimEnd().split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(lines.map(({ data }) => data.n), Array.from({ length: 150 }, (_, i) => i))
    const dir = scratch(t)
    const path = join(dir, 'dead letters.csv')
    const { code, stdout, stderr } = await cli('export', 'file', '--format', 'csv', '--out', path, '--since', '1h')
    assert.equal(code, 0, stderr)
    assert.deepEqual([stdout, stderr], ['', `150 letters in ${path}\n`])
    assert.equal(readFileSync(path, 'utf8').trimEnd().split('\r\n').length, 151)
    assert.deepEqual(readdirSync(dir), ['dead letters.csv'])
    const nowhere = await cli('export', 'file', '--out', join(dir, 'no', 'where'))
    assert.equal(nowhere.code, 1)
    assert.match(nowhere.stderr, /cannot be written: No such file/)
    if (existsSync('/dev/full')) {
      const full = await cli('export', 'file', '--out', '/dev/full/x')
      assert.equal(full.code, 1)
    }
  })

  test('what was exported comes in again', async (t) => {
    const exact = '{"n": 1.50,"big":123456789012345678901234567890,"dlq":{"queue":"gone","id":"j7","failedReason":"why","attemptsMade":2,"stacktrace":["at work"],"failedAt":1700000000000,"opts":{"attempts":4}}}'
    await redis.letters('out', [{ id: 'a', name: 'greet', data: exact }, { id: 'b', data: { to: 'ana' }, reason: 'no "luck"\n' }])
    const path = join(scratch(t), 'dead.jsonl')
    assert.equal((await cli('export', 'out', '--out', path)).code, 0)
    assert.match(await told('import', 'in', path, '--dry-run'), /^2 letters would come in$/m)
    assert.equal(await redis.left('in'), 0)
    assert.deepEqual(await json('import', 'in', path), { dry_run: false, letters: 2 })
    assert.equal(await redis.do('HGET', 'bull:in-dlq:1', 'data'), exact)
    const lines = async (queue) => (await told('export', queue)).trimEnd().split('\n').map((line) => ({ ...JSON.parse(line), id: null }))
    assert.deepEqual(await lines('in'), await lines('out'))
    assert.match(await told('retry', 'in', '1'), /^1 letter sent back: job j7 of gone$/m)
    assert.equal(await redis.do('HGET', 'bull:gone:j7', 'data'), '{"n": 1.50,"big":123456789012345678901234567890}')
    assert.equal(await redis.do('HGET', 'bull:gone:j7', 'opts'), '{"attempts":4}')

    writeFileSync(path, '{"data":{}}\n\n{"data":{}}\n{"data":\n{"data":{}}')
    const broken = await cli('import', 'broken', path)
    assert.equal(broken.code, 1)
    assert.match(broken.stderr, /line 4: it is no JSON object/)
    assert.match(broken.stdout, /^2 letters came in$/m)
    assert.equal(await redis.left('broken'), 2)
    assert.equal((await cli('import', 'broken', join(path, 'no'))).code, 1)
    assert.equal((await cli('import', 'broken')).code, 2)
    const piped = await run(['dlq', 'import', 'piped', '-', '--redis-url', redis.url], { stdin: '{"data":[1]}' })
    assert.equal(piped.code, 0, piped.stderr)
    assert.equal(await redis.left('piped'), 1)
  })

  test('what a letter holds does not steer the terminal', async () => {
    await redis.letters('evil', [{ id: `x${HOSTILE}`, name: HOSTILE, reason: HOSTILE, job: HOSTILE, data: { businessId: HOSTILE } }])
    const all = [await told('list', 'evil'), await told('groups', 'evil'), await told('show', 'evil', `x${HOSTILE}`), await told('retry', 'evil', '--all', '--dry-run'), await told('retry', 'evil', `x${HOSTILE}`)]
    for (const out of all) assert.doesNotMatch(out, CONTROL)
    await redis.letters('evil', [{ id: 'y', name: HOSTILE, reason: HOSTILE }])
    assert.doesNotMatch((await told('export', 'evil', '--format', 'csv')).replaceAll('\r\n', ''), CONTROL)
    assert.doesNotMatch(await told('export', 'evil'), CONTROL)
    assert.doesNotMatch(await told('list', 'evil', '--json'), CONTROL)
    assert.equal((await json('show', 'evil', 'y')).reason, HOSTILE)
  })

  for (const [what, args, code, says] of [
    ['no action', [], 2, /arguments are missing/],
    ['an unknown action', ['explode'], 2, /dlq knows no "explode"; there are list groups show/],
    ['a letter that is missing', ['show', 'few'], 2, /usage: willaq dlq show QUEUE ID/],
    ['a colon', ['list', 'a:b'], 2, /may not contain a colon/],
    ['a letter that is not there', ['show', 'few', 'nobody'], 1, /there is no such dead letter/],
    ['a letter that is not there, retried', ['retry', 'few', 'nobody'], 1, /there is no such dead letter/],
    ['a letter that is not there, removed', ['remove', 'few', 'nobody', '--yes'], 1, /there is no such dead letter/],
    ['a letter that is not there, edited', ['edit', 'few', 'nobody', '--data', '1'], 1, /there is no such dead letter/],
    ['a moment without a sense', ['list', 'few', '--since', 'soon'], 2, /--since takes a date/],
    ['moments in the wrong order', ['list', 'few', '--since', '1h', '--until', '2h'], 2, /--since must be before --until/],
    ['an empty filter', ['list', 'few', '--error', ''], 2, /--error takes a text/],
    ['a limit of nothing', ['list', 'few', '--limit', '0'], 2, /--limit takes 1 to/],
    ['no letters in particular', ['retry', 'few', '--yes'], 2, /which letters\?/],
    ['all, and some', ['clean', 'few', '--all', '--name', 'x', '--yes'], 2, /--all means/],
    ['one, and many', ['retry', 'few', '2', '--all'], 2, /--all is for many/],
    ['one at a rate', ['retry', 'few', '2', '--rate', '5'], 2, /--rate is for many/],
    ['a rate of words', ['retry', 'few', '--all', '--rate', 'fast'], 2, /--rate takes a whole number/],
    ['data for many', ['retry', 'few', '--all', '--data', '{}'], 2, /--data is for one/],
    ['data that are no JSON', ['retry', 'few', '2', '--data', '{'], 2, /not JSON/],
    ['an edit without data', ['edit', 'few', '2'], 2, /--data is needed/],
    ['data of a file that is not there', ['edit', 'few', '2', '--data', '@/nowhere'], 2, /cannot be read/],
    ['data of nothing', ['edit', 'few', '2', '--data', ''], 2, /not JSON/],
    ['a format that is none', ['export', 'few', '--format', 'xml'], 2, /--format takes jsonl or csv/],
    ['a flag that is none', ['list', '--jsn'], 2, /did you mean --json/],
  ])
    test(`refuses ${what}`, async () => {
      const done = await cli(...args)
      assert.equal(done.code, code, done.stdout + done.stderr)
      assert.match(done.stderr, says)
      assert.equal(done.stdout, '')
    })

  test('refuses to change queues of other libraries', async () => {
    await redis.do('HSET', 'bull:pro-dlq:meta', 'version', 'bullmq-pro:7.1.0', 'opts.maxLenEvents', '10000')
    for (const args of [['retry', 'pro', '1'], ['retry', 'pro', '--all', '--yes'], ['clean', 'pro', '--all', '--yes'], ['edit', 'pro', '1', '--data', '1'], ['remove', 'pro', '1', '--yes']]) {
      const { code, stderr } = await cli(...args)
      assert.equal(code, 1, args.join(' '))
      assert.match(stderr, /bullmq-pro/)
    }
    assert.equal((await cli('list', 'pro')).code, 0, 'looking is free')
  })

  test('tells that Redis cannot be reached, and that a key is not what it should be', async () => {
    const away = `redis://127.0.0.1:${await freePort()}`
    for (const args of [['list'], ['list', 'q'], ['groups', 'q'], ['show', 'q', '1'], ['retry', 'q', '1'], ['export', 'q']]) {
      const { code, stderr } = await run(['dlq', ...args, '--redis-url', away, '--redis-wait', '200ms'])
      assert.equal(code, 1)
      assert.match(stderr, /cannot be reached/)
    }
    await redis.do('SET', 'bull:odd-dlq:wait', 'text')
    const { code, stderr } = await cli('list', 'odd')
    assert.equal(code, 1)
    assert.match(stderr, /refuses: .*WRONGTYPE/)
    await redis.do('DEL', 'bull:odd-dlq:wait')
  })

  test('the help tells all of it', async () => {
    const { code, stdout } = await run(['help', 'dlq'])
    assert.equal(code, 0)
    for (const word of ['list|groups|show|edit|retry|remove|clean|export|import', '--dry-run', '--rate N', '--data JSON', '--out FILE', '--redis-url']) assert.ok(stdout.includes(word), word)
  })
})
