// SPDX-License-Identifier: MIT
// queue_cli.test.mjs — `willaq queue` and `willaq job` on a real Redis: what they show, what they change, what they refuse.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { QueueRedis } from './plain_queue.mjs'
import { freePort, run, start } from './support.mjs'

describe('queues from a terminal', () => {
  let redis
  const cli = (...args) => run([...args, '--redis-url', redis.url])
  const told = async (...args) => {
    const { code, stdout, stderr } = await cli(...args)
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    return stdout
  }
  const json = async (...args) => JSON.parse(await told(...args, '--json'))
  const place = async (id) => (await json('job', 'show', 'letters', id)).state

  before(async () => {
    redis = await QueueRedis.start()
  })
  after(() => redis.end())

  test('a job from its addition to its end', async () => {
    assert.match(await told('queue', 'add', 'letters', 'welcome', '{"to":"a"}', '{"jobId":"one","delay":60000}'), /^added one$/m)
    assert.equal(await place('one'), 'delayed')
    assert.match(await told('job', 'promote', 'letters', 'one'), /^1 job promoted$/m)
    assert.equal(await place('one'), 'waiting')
    await told('job', 'priority', 'letters', 'one', '5')
    assert.equal(await place('one'), 'prioritized')
    await told('job', 'data', 'letters', 'one', '{"to":"b"}')
    await told('job', 'log', 'letters', 'one', 'row one')
    assert.match(await told('job', 'logs', 'letters', 'one'), /^0 +row one$/m)
    const job = await json('job', 'show', 'letters', 'one')
    assert.deepEqual([job.name, job.data, job.opts.jobId, job.priority, job.log_rows], ['welcome', { to: 'b' }, 'one', 5, 1])
    assert.equal((await cli('job', 'remove', 'letters', 'one')).code, 2)
    assert.equal(await place('one'), 'prioritized', 'nothing goes without --yes')
    assert.match(await told('job', 'remove', 'letters', 'one', '--yes'), /^1 job deleted$/m)
    assert.equal((await cli('job', 'show', 'letters', 'one')).code, 1)
  })

  test('finished jobs are retried, one or all', async () => {
    redis.seed('broken', 'failed', ['1', '2', '3'], { failedReason: 'no luck', atm: '3', ats: '3', finishedOn: '1700000000001' })
    assert.match(await told('queue', 'jobs', 'broken', '--state', 'failed'), /^1 +job .* 3 +\{"n":1\} +no luck$/m)
    await told('job', 'retry', 'broken', '2', '--reset')
    assert.equal((await json('job', 'show', 'broken', '2')).attempts_made, 0)
    assert.match(await told('queue', 'retry', 'broken'), /^2 jobs to be run once more$/m)
    const { counts } = await json('queue', 'show', 'broken')
    assert.deepEqual([counts.waiting, counts.failed], [3, 0])
  })

  test('pause, limits, resume', async () => {
    await told('queue', 'add', 'slow', 'x')
    await told('queue', 'pause', 'slow')
    assert.match(await told('queue', 'list'), /^slow .* paused$/m)
    assert.equal(redis.ask('LLEN', 'bull:slow:paused'), '1', 'where an older BullMQ looks for it')
    await told('queue', 'resume', 'slow')
    assert.equal(redis.ask('LLEN', 'bull:slow:wait'), '1')
    const limits = await json('queue', 'limits', 'slow', '--concurrency', '4', '--max', '10', '--per', '1s', '--hold', '1m')
    assert.deepEqual([limits.concurrency, limits.max, limits.duration_ms], [4, 10, 1000])
    assert.ok(limits.held_ms > 50_000)
    assert.equal((await json('queue', 'limits', 'slow', '--concurrency', '0', '--max', '0', '--hold', '0')).held_ms, 0)
  })

  test('schedulers', async () => {
    redis.ask('ZADD', 'bull:clock:repeat', '1900000000000', 'tick')
    redis.ask('HSET', 'bull:clock:repeat:tick', 'name', 'tock', 'pattern', '0 0 * * *', 'ic', '3')
    assert.match(await told('queue', 'schedulers', 'clock'), /^tick +tock +0 0 \* \* \* +2030-03-17 .* 3$/m)
    assert.equal((await json('queue', 'schedulers', 'clock')).data[0].pattern, '0 0 * * *')
  })

  test('what deletes tells first what would go', async () => {
    redis.seed('full', 'wait', ['1', '2'])
    redis.seed('full', 'completed', ['3', '4'])
    for (const [args, what] of [
      [['drain', 'full'], /would delete 2 jobs that wait/],
      [['clean', 'full', '--state', 'completed', '--limit', '1'], /would delete up to 1 jobs that are completed/],
      [['obliterate', 'full'], /would delete the whole queue with 4 jobs/],
    ]) {
      const { code, stderr } = await cli('queue', ...args)
      assert.equal(code, 2)
      assert.match(stderr, what)
      assert.match(stderr, /--yes/)
    }
    assert.match(await told('queue', 'clean', 'full', '--state', 'completed', '--limit', '1', '--yes'), /^1 job deleted$/m)
    assert.match(await told('queue', 'drain', 'full', '--yes'), /^2 jobs deleted$/m)
    assert.match(await told('queue', 'obliterate', 'full', '--yes'), /^1 job deleted$/m)
    assert.equal(redis.ask('KEYS', 'bull:full:*'), '')
  })

  test('watch prints a block each time where there is no terminal', async () => {
    redis.seed('seen', 'wait', ['1'])
    const all = await told('queue', 'watch', 'seen', '--interval', '50ms', '--times', '3')
    assert.equal([...all.matchAll(/^seen +1 /gm)].length, 3)
    assert.doesNotMatch(all, /\x1b/)
  })

  test('watch goes on until it is stopped', async (t) => {
    redis.seed('seen', 'wait', ['1'])
    const watch = start(['queue', 'watch', 'seen', '--interval', '50ms', '--redis-url', redis.url], { t })
    await watch.until(/seen[^]*seen[^]*seen/)
    watch.kill('SIGINT')
    assert.notEqual((await watch.end()).code, 1)
  })

  test('what a job holds does not steer the terminal', async () => {
    redis.seed('evil', 'wait', ['1'], { name: '\x1b[2J', data: '"\x1b]0;x\x07"' })
    for (const out of [await told('queue', 'jobs', 'evil'), await told('job', 'show', 'evil', '1')]) assert.doesNotMatch(out, /[\x00-\x09\x0b-\x1f]/)
  })

  for (const [what, args, code, says] of [
    ['no action', ['queue'], 2, /arguments are missing/],
    ['an unknown action', ['queue', 'explode'], 2, /queue knows no "explode"; there are list show/],
    ['an unknown action of a job', ['job', 'explode'], 2, /job knows no "explode"/],
    ['a queue that is missing', ['queue', 'show'], 2, /usage: willaq queue show QUEUE/],
    ['a colon', ['queue', 'show', 'a:b'], 2, /may not contain a colon/],
    ['a queue that is not there', ['queue', 'show', 'nobody'], 1, /there is no such queue/],
    ['a job that is not there', ['job', 'retry', 'letters', 'nobody'], 1, /there is no such job/],
    ['a job that is not there, removed', ['job', 'remove', 'letters', 'nobody', '--yes'], 1, /there is no such job/],
    ['an unknown state', ['queue', 'jobs', 'letters', '--state', 'tired'], 2, /--state takes waiting, active/],
    ['a state that cannot be retried', ['queue', 'retry', 'letters', '--state', 'active'], 2, /only completed and failed/],
    ['a limit of nothing', ['queue', 'jobs', 'letters', '--limit', '0'], 2, /--limit takes 1 to/],
    ['a limit of words', ['queue', 'jobs', 'letters', '--limit', 'many'], 2, /--limit takes a whole number/],
    ['a time without a sense', ['queue', 'limits', 'letters', '--hold', 'soon'], 2, /--hold takes a time/],
    ['half a rate', ['queue', 'limits', 'letters', '--max', '5'], 2, /--max and --per belong together/],
    ['clean without a state', ['queue', 'clean', 'letters', '--yes'], 2, /--state is needed/],
    ['data that is no JSON', ['queue', 'add', 'letters', 'x', '{'], 2, /data of the job are not JSON/],
    ['options that are no object', ['queue', 'add', 'letters', 'x', '{}', '7'], 2, /opts/],
    ['data that is no JSON, changed', ['job', 'data', 'letters', 'x', '{'], 2, /not JSON/],
    ['a priority out of range', ['job', 'priority', 'letters', 'x', '9999999'], 2, /from 0 to 2097151/],
    ['a flag that is none', ['queue', 'list', '--jsn'], 2, /did you mean --json/],
  ])
    test(`refuses ${what}`, async () => {
      const done = await cli(...args)
      assert.equal(done.code, code, done.stdout + done.stderr)
      assert.match(done.stderr, says)
      assert.equal(done.stdout, '')
    })

  test('refuses to change queues of other libraries', async () => {
    redis.ask('SET', 'bull:older:meta-paused', '1')
    redis.ask('RPUSH', 'bull:older:wait', '1')
    redis.ask('HSET', 'bull:pro:meta', 'version', 'bullmq-pro:7.1.0', 'opts.maxLenEvents', '10000')
    for (const [queue, says] of [['older', /Bull/], ['pro', /bullmq-pro/]]) {
      for (const args of [['queue', 'resume', queue], ['queue', 'add', queue, 'x'], ['job', 'promote', queue, '1']]) {
        const { code, stderr } = await cli(...args)
        assert.equal(code, 1)
        assert.match(stderr, says)
      }
      assert.equal((await cli('queue', 'jobs', queue)).code, 0, 'looking is free')
    }
    assert.equal(redis.ask('EXISTS', 'bull:older:meta', 'bull:pro:id'), '0')
    redis.ask('DEL', 'bull:older:meta-paused', 'bull:older:wait', 'bull:pro:meta')
  })

  test('tells that Redis cannot be reached', async () => {
    const { code, stderr } = await run(['queue', 'list', '--redis-url', `redis://:hunter2@127.0.0.1:${await freePort()}`, '--redis-wait', '200ms'])
    assert.equal(code, 1)
    assert.match(stderr, /cannot be reached \(.*connection refused\)/)
    assert.doesNotMatch(stderr, /hunter2/)
  })

  test('tells that a key is not what it should be', async () => {
    redis.ask('SET', 'bull:odd:failed', 'text')
    redis.ask('HSET', 'bull:odd:meta', 'x', '1')
    const { code, stderr } = await cli('queue', 'retry', 'odd')
    assert.equal(code, 1)
    assert.match(stderr, /refuses: .*WRONGTYPE/)
    redis.ask('DEL', 'bull:odd:failed', 'bull:odd:meta')
  })
})
