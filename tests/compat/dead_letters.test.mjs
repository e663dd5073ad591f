// SPDX-License-Identifier: MIT
// dead_letters.test.mjs — BullMQ reads the dead letters that our worker writes, and works what we send back.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, test } from 'node:test'
import { run, start } from '../system/support.mjs'
import { RedisServer, until } from './redis.mjs'

// An endpoint for which every job is wrong, for good.
async function refuser(t) {
  const server = createServer((_, res) => res.writeHead(422).end('{"error":{"message":"number 12 is unknown"}}'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${server.address().port}/`
}

async function dlq(redis, ...args) {
  const { code, stdout, stderr } = await run(['dlq', ...args, '--redis-url', redis.url, '--json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

for (const major of [4, 5, 6])
  describe(`dead letters and BullMQ ${major}.x`, () => {
    test('are read there, and run there again', async (t) => {
      const { Queue, Worker } = await import(`bullmq${major}`)
      const [redis, url] = [await RedisServer.start(), await refuser(t)]
      const open = [() => redis.end()] // the server closes last
      t.after(async () => {
        for (const close of open.reverse()) await close()
      })
      const connection = { host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null }
      const queue = new Queue('letters', { connection }), dead = new Queue('letters-dlq', { connection })
      open.push(() => queue.close(), () => dead.close())

      const opts = { attempts: 3, backoff: { type: 'fixed', delay: 10 } }
      const data = { to: '+1', nested: { list: [1.5, null, 'é"'] } }
      const [kept, gone, edited] = await queue.addBulk([
        { name: 'greet', data, opts: { ...opts, jobId: 'kept' } },
        { name: 'greet', data, opts: { ...opts, jobId: 'gone', removeOnFail: true, priority: 7 } },
        { name: 'greet', data: 'only text', opts },
      ])
      const ours = start(['worker', '--redis-url', redis.url, '--queue', 'letters', '--push', url], { t })
      await until(async () => (await dead.getWaitingCount()) === 3)
      await ours.stop()

      const letters = await dead.getWaiting()
      const of = (job) => letters.find((l) => l.data.dlq.id === job.id)
      for (const job of [kept, gone]) {
        const { dlq: history, ...own } = of(job).data
        assert.equal(of(job).name, 'greet')
        assert.deepEqual(own, data)
        assert.equal(history.queue, 'letters')
        assert.equal(history.failedReason, 'number 12 is unknown')
        assert.equal(history.attemptsMade, 1)
        assert.equal(history.stacktrace.length, 1)
        assert.equal(history.opts.attempts, 3)
        assert.ok(Math.abs(history.failedAt - Date.now()) < 60_000)
      }
      assert.equal(of(edited).data.value, 'only text')
      assert.equal(await of(kept).getState(), 'waiting')

      assert.equal((await dlq(redis, 'retry', 'letters', of(edited).id, '--data', '{"now":"an object"}', '--yes')).changed, 1)
      assert.equal((await dlq(redis, 'retry', 'letters', '--error', 'NUMBER 12', '--yes')).done, 2)
      assert.equal(await dead.getWaitingCount(), 0)
      assert.equal((await queue.getJob('kept')).failedReason, undefined)

      const ran = []
      const worker = new Worker('letters', async (job) => {
        ran.push({ id: job.id, made: job.attemptsMade, data: job.data, attempts: job.opts.attempts, backoff: job.opts.backoff })
        if (job.id === 'kept' && ran.filter(({ id }) => id === 'kept').length < 3) throw new Error('not yet')
        return 'well'
      }, { connection })
      open.push(() => worker.close())
      await until(async () => (await queue.getCompletedCount()) === 3)
      const made = (id) => ran.filter((r) => r.id === id).map((r) => r.made)
      const first = major === 4 ? 1 : 0 // 4.x counts an attempt as it begins
      assert.deepEqual(made('kept'), [first, first + 1, first + 2], 'its attempts are counted from none')
      assert.deepEqual(made('gone'), [first])
      for (const r of ran) {
        assert.equal(r.attempts, 3)
        assert.deepEqual(r.backoff, opts.backoff)
        assert.deepEqual(r.data, r.id === edited.id ? { now: 'an object' } : data)
      }
      assert.equal((await queue.getJob('gone')).opts.priority, 7)
      assert.equal((await queue.getJob('kept')).returnvalue, 'well')
    })
  })
