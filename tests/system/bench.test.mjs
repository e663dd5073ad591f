// SPDX-License-Identifier: MIT
// bench.test.mjs — `willaq bench queue` and `compare`: figures that are true, queues that are left as they were.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { QueueRedis } from './plain_queue.mjs'
import { run, scratch, start, until } from './support.mjs'

const QUICK = ['--duration', '500ms', '--warm-up', '100ms']

describe('bench', () => {
  let redis
  before(async () => {
    redis = await QueueRedis.start()
  })
  after(() => redis.end())

  const args = (queue, ...more) => ['bench', 'queue', '--redis-url', redis.url, '--queue', queue, ...more]
  const bench = (queue, ...more) => run(args(queue, ...more))
  const keys = async (queue) => (await redis.do('KEYS', `bull:${queue}:*`)).sort()

  async function measure(queue, ...more) {
    const done = await bench(queue, '--json', ...more)
    assert.equal(done.code, 0, done.stderr + done.stdout)
    return JSON.parse(done.stdout)
  }

  describe('usage', () => {
    const cases = [
      ['nothing to load', [], /needs to know what to load; there are .*queue/],
      ['an unknown kind', ['quue'], /bench knows no "quue"/],
      ['an argument too many', ['queue', 'extra'], /takes no arguments beside its flags/],
      ['an unknown way', ['queue', '--do', 'fly'], /--do takes add, bulk, work, delayed or start, not "fly"/],
      ['a rate that is none', ['queue', '--rate', 'fast'], /--rate takes operations a second/],
      ['no rate', ['queue', '--rate', '0'], /--rate takes operations a second/],
      ['two rates', ['queue', '--rate', '5', '--ramp', '1:2'], /give one/],
      ['half a ramp', ['queue', '--ramp', '5'], /--ramp takes two rates/],
      ['a ramp of nothing', ['queue', '--ramp', '0:0'], /no load/],
      ['a burst of nothing', ['queue', '--burst', '0:5'], /--burst takes a count/],
      ['bursts without a size', ['queue', '--traffic', 'burst'], /needs --burst/],
      ['a day without a rate', ['queue', '--traffic', 'day'], /needs --rate/],
      ['two shapes', ['queue', '--traffic', 'day', '--rate', '5', '--ramp', '1:2'], /give one/],
      ['chance without a rate', ['queue', '--arrivals', 'random'], /needs --rate/],
      ['a duration', ['queue', '--duration', 'long'], /--duration takes a time/],
      ['no duration', ['queue', '--duration', '0'], /--duration takes a time above 0/],
      ['too many rows', ['queue', '--duration', '2h', '--interval', '100ms'], /--interval is too short/],
      ['a goal', ['queue', '--fail-over', 'p99=fast'], /--fail-over takes goals/],
      ['both to stdout', ['queue', '--json', '--csv', '-'], /give one of them a file/],
      ['one at a time twice', ['queue', '--at-once', '1', '--connections', '2'], /are the same/],
      ['no room for a mark', ['queue', '--body', '10'], /--body takes a whole number from 64/],
      ['a batch of one by one', ['queue', '--batch', '10'], /--do add does not take --batch/],
      ['a backlog of none', ['queue', '--do', 'start', '--backlog', '10'], /--do start does not take --backlog/],
      ['workers of add', ['queue', '--workers', 'theirs'], /--do add does not take --workers/],
      ['concurrency of theirs', ['queue', '--do', 'start', '--workers', 'theirs', '--concurrency', '5'], /of our worker/],
      ['a name', ['queue', '--queue', 'a:b'], /may not contain a colon/],
      ['one result', ['compare', 'a.json'], /compare takes two files/],
      ['one result by a flag', ['--compare', 'a.json'], /compare takes two files/],
    ]
    for (const [what, more, message] of cases) {
      test(what, async () => {
        const done = await run(['bench', ...more])
        assert.equal(done.code, 2, done.stdout + done.stderr)
        assert.match(done.stderr, message)
        assert.equal(done.stdout, '')
      })
    }
  })

  describe('each way', () => {
    const ways = [
      ['add', ['--rate', '200'], 100],
      ['add', ['--at-once', '1', '--count', '50'], 50],
      ['bulk', ['--rate', '20', '--batch', '20'], 10],
      ['work', ['--rate', '100'], 50],
      ['work', ['--count', '200'], 200],
      ['start', ['--rate', '100'], 50],
      ['delayed', ['--rate', '100', '--delay', '200ms', '--backlog', '700'], 50],
    ]
    for (const [what, more, n] of ways) {
      test(`${what} ${more.join(' ')}`, async () => {
        const got = await measure('ways', '--do', what, ...QUICK, ...more)
        assert.deepEqual([got.kind, got.what, got.willaq_bench], ['queue', what, 1])
        assert.equal(got.counts.ok, n)
        assert.equal(got.counts.due, n)
        assert.equal(got.error_percent, 0)
        assert.equal(got.latency_us.count, n)
        assert.equal(got.latency_us.buckets.reduce((sum, [, , times]) => sum + times, 0), n)
        assert.ok(got.latency_us.p50 > 0 && got.latency_us.p50 <= got.latency_us.p99 && got.latency_us.p99 <= got.latency_us.max)
        assert.ok(got.rate.ended_well > 0)
        assert.deepEqual(await keys('ways'), [])
      })
    }

    test('a load by chance, a ramp, bursts and a day', async () => {
      for (const shape of [['--rate', '100', '--arrivals', 'random', '--seed', '7'], ['--ramp', '0:200'], ['--burst', '25:250'], ['--rate', '100', '--traffic', 'day']]) {
        const got = await measure('shapes', ...QUICK, ...shape)
        assert.ok(got.counts.ok >= 30 && got.counts.ok <= 75, JSON.stringify([shape, got.counts]))
      }
      assert.deepEqual(await keys('shapes'), [])
    })

    test('of workers that are there', async (t) => {
      const refused = await bench('theirs', '--do', 'start', '--workers', 'theirs', ...QUICK)
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, /has no worker that could be measured/)
      const worker = start(['worker', '--redis-url', redis.url, '--queue', 'theirs', '--noop'], { t })
      await worker.until(/^working /m)
      for (const what of ['start', 'delayed']) {
        const got = await measure('theirs', '--do', what, '--workers', 'theirs', '--rate', '100', ...QUICK, ...(what === 'delayed' ? ['--backlog', '10', '--delay', '100ms'] : []))
        assert.equal(got.counts.ok, 50, JSON.stringify(got.counts))
      }
      assert.deepEqual((await keys('theirs')).filter((key) => /bench-/.test(key)), [])
      const beside = await bench('theirs', '--do', 'work', ...QUICK)
      assert.equal(beside.code, 1)
      assert.match(beside.stderr, /has workers already/)
      const add = await bench('theirs', '--do', 'add', ...QUICK)
      assert.equal(add.code, 1)
      assert.match(add.stderr, /has workers, which would run the jobs: say --in-use/)
    })
  })

  describe('queues of others', () => {
    test('jobs that were there stay as they are', async () => {
      for (const id of ['7', '8', '9']) await redis.add('busy', id, { data: { mine: id } })
      const before = await Promise.all(['7', '8', '9'].map((id) => redis.do('HGETALL', `bull:busy:${id}`)))
      await redis.do('SET', 'bull:busy:id', 9)
      const refused = await bench('busy', ...QUICK)
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, /has jobs already: say --in-use/)
      const worked = await bench('busy', '--do', 'work', '--in-use', ...QUICK)
      assert.equal(worked.code, 1)
      assert.match(worked.stderr, /which our worker would finish/)
      for (const what of ['add', 'bulk']) assert.ok((await measure('busy', '--do', what, '--in-use', '--rate', '50', ...QUICK)).counts.ok > 0)
      assert.deepEqual(await redis.do('LRANGE', 'bull:busy:wait', 0, -1), ['9', '8', '7'])
      assert.deepEqual(await Promise.all(['7', '8', '9'].map((id) => redis.do('HGETALL', `bull:busy:${id}`))), before)
      assert.deepEqual(await keys('busy'), ['7', '8', '9', 'events', 'id', 'marker', 'meta', 'wait'].map((key) => `bull:busy:${key}`))
    })

    test('a job that comes meanwhile is not worked, and ends the run', async () => {
      const running = start(args('meanwhile', '--do', 'work', '--rate', '50', '--duration', '60s', '--warm-up', '0'))
      try {
        await until(async () => (await redis.do('EXISTS', 'bull:meanwhile:meta')) === 1)
        await redis.add('meanwhile', 'precious', { data: { to: 'somebody' } })
        assert.equal((await running.end()).code, 1)
      } finally {
        running.kill()
      }
      assert.match(running.stderr, /a job of somebody else came to queue meanwhile and was put back/)
      assert.deepEqual(await redis.do('LRANGE', 'bull:meanwhile:wait', 0, -1), ['precious'])
      const job = await redis.job('meanwhile', 'precious')
      assert.deepEqual([job.data, job.finishedOn, job.state], ['{"to":"somebody"}', undefined, undefined])
      assert.deepEqual((await keys('meanwhile')).filter((key) => /bench-/.test(key)), [])
    })

    test('a paused queue is not worked', async () => {
      await redis.do('HSET', 'bull:paused:meta', 'paused', 1)
      const done = await bench('paused', '--do', 'start', ...QUICK)
      assert.equal(done.code, 1)
      assert.match(done.stderr, /is paused: resume it first/)
    })

    test('--keep leaves the jobs', async () => {
      const got = await measure('kept', '--keep', '--count', '25', '--warm-up', '0', '--rate', '500')
      assert.equal(got.counts.ok, 25)
      assert.equal(await redis.do('LLEN', 'bull:kept:wait'), 25)
      const again = await bench('kept', ...QUICK)
      assert.match(again.stderr, /has jobs already/)
    })
  })

  describe('figures', () => {
    test('a stall of Redis is in the latency of all that was due in it', async () => {
      const running = start(args('stalled', '--json', '--rate', '200', '--at-once', '1', '--duration', '2s', '--warm-up', '0'))
      try {
        await until(async () => Number(await redis.do('GET', 'bull:stalled:id')) >= 40)
        await redis.do('CLIENT', 'PAUSE', 400, 'ALL')
        assert.equal((await running.end()).code, 0, running.stderr)
      } finally {
        running.kill()
      }
      const { latency_us: latency, service_us: service, counts, bottleneck } = JSON.parse(running.stdout)
      assert.equal(counts.ok, 400)
      // A fifth was due within it; half of them waited for over 200 ms.  Only one was under way.
      assert.ok(latency.p90 >= 150_000 && latency.max >= 390_000, JSON.stringify(latency))
      assert.ok(service.p95 < latency.p90 / 2, JSON.stringify(service))
      assert.ok(counts.starved >= 70, JSON.stringify(counts))
      assert.equal(typeof bottleneck, 'string')
    })

    test('goals decide the exit code', async () => {
      const met = await bench('goals', '--rate', '50', ...QUICK, '--fail-over', 'p50=20s,errors=0%,rate=10')
      assert.equal(met.code, 0, met.stderr)
      const missed = await bench('goals', '--rate', '50', ...QUICK, '--fail-over', 'p50=1us,rate=1000,errors=0.1')
      assert.equal(missed.code, 1)
      assert.match(missed.stderr, /missed: p50 .* ms, at most 0.001 ms wanted/)
      assert.match(missed.stderr, /missed: rate .* a second, at least 1000 wanted/)
      assert.doesNotMatch(missed.stderr, /missed: errors/)
    })

    test('a table, plots, files; nothing on stderr where no terminal is', async (t) => {
      const dir = scratch(t)
      const done = await bench('files', '--rate', '100', ...QUICK, '--interval', '100ms', '--title', 'mine', '--plot', '--json', join(dir, 'a.json'), '--csv', join(dir, 'a.csv'))
      assert.equal(done.code, 0, done.stderr)
      assert.equal(done.stderr, '')
      assert.match(done.stdout, /^queue add: mine$/m)
      assert.match(done.stdout, /^p99\.9 +[\d.]+ +[\d.]+$/m)
      assert.match(done.stdout, /latency by percentile[\s\S]*p99 of latency by time/)
      for (const line of done.stdout.split('\n').filter((text) => /[|│]/.test(text))) assert.ok([...line].length <= 80, line)
      const json = JSON.parse(readFileSync(join(dir, 'a.json'), 'utf8'))
      assert.equal(json.title, 'mine')
      assert.ok(json.time_line.rows.length >= 4)
      const rows = readFileSync(join(dir, 'a.csv'), 'utf8').trim().split('\n').map((line) => line.split(','))
      assert.ok(rows.every((row) => row.length === rows[0].length))
      assert.equal(rows.filter(([series]) => series === 'latency').reduce((sum, row) => sum + Number(row[5]), 0), 50)
    })

    test('no password is told', async () => {
      await redis.do('ACL', 'SETUSER', 'bencher', 'on', '>geheim', '~*', '&*', '+@all')
      const done = await run(['bench', 'queue', '--redis-url', redis.url.replace('//', '//bencher:geheim@'), '--queue', 'secret', '--rate', '50', ...QUICK, '--json'])
      assert.equal(done.code, 0, done.stderr)
      assert.equal(JSON.parse(done.stdout).counts.ok, 25)
      assert.doesNotMatch(done.stdout + done.stderr, /geheim|bencher/)
    })

    test('ended early it tells what it has, and leaves nothing', async () => {
      const running = start(args('early', '--json', '--rate', '100', '--duration', '60s', '--warm-up', '0'))
      try {
        await until(async () => Number(await redis.do('GET', 'bull:early:id')) >= 20)
        running.kill('SIGINT')
        assert.equal((await running.end()).code, 0, running.stderr)
      } finally {
        running.kill()
      }
      const got = JSON.parse(running.stdout)
      assert.ok(got.interrupted && got.counts.ok >= 20 && got.counts.ok < 6000)
      assert.deepEqual(await keys('early'), [])
    })

    test('ended while it puts the backlog there, it leaves nothing either', async () => {
      const running = start(args('aside', '--do', 'delayed', '--backlog', '300000'))
      try {
        await until(async () => Number(await redis.do('ZCARD', 'bull:aside:delayed')) >= 1000)
        running.kill('SIGINT')
        assert.equal((await running.end()).code, 1)
      } finally {
        running.kill()
      }
      assert.match(running.stderr, /ended before the load began/)
      assert.deepEqual(await keys('aside'), [])
    })

    test('a Redis that is not there', async () => {
      const done = await run(['bench', 'queue', '--redis-url', 'redis://127.0.0.1:1', ...QUICK])
      assert.equal(done.code, 1)
      assert.match(done.stderr, /cannot be reached/)
    })
  })

  describe('compare', () => {
    test('two results', async (t) => {
      const dir = scratch(t)
      const [a, b] = [join(dir, 'a.json'), join(dir, 'b.json')]
      assert.equal((await bench('compared', '--rate', '50', ...QUICK, '--json', a)).code, 0)
      const json = JSON.parse(readFileSync(a, 'utf8'))
      json.rate.ended_well *= 3
      json.settings.body = '\u001b[2J'
      writeFileSync(b, JSON.stringify(json))
      for (const words of [['compare', a, b], ['--compare', a, b]]) {
        const done = await run(['bench', ...words])
        assert.equal(done.code, 0, done.stderr)
        assert.match(done.stdout, /^rate .* 3\.000x/m)
        assert.match(done.stdout, /^p99 .* 1\.000x/m)
        assert.match(done.stdout, /settings body: "256" and/)
        assert.ok(!done.stdout.includes('\u001b'))
      }
      const same = await run(['bench', 'compare', a, a])
      assert.match(same.stdout, /nothing: the settings are the same/)
      writeFileSync(b, '{"willaq_bench":1,"latency')
      for (const [path, why] of [[b, /cannot be compared: it is no JSON/], [join(dir, 'none.json'), /cannot be read: No such file/], [dir, /cannot be read/]]) {
        const done = await run(['bench', 'compare', a, path])
        assert.equal(done.code, 1)
        assert.match(done.stderr, why)
      }
    })
  })
})
