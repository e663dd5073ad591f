// SPDX-License-Identifier: MIT
// queue_api.test.mjs — /api/queues of a server: the key, reading, changing, and each way to ask for nonsense.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Description } from './openapi.mjs'
import { QueueRedis } from './plain_queue.mjs'
import { scratch, start } from './support.mjs'

const KEY = 'a-key-of-the-test'

describe('queues over HTTP', () => {
  let redis, server, url, description
  const raw = (path, { method = 'GET', body, headers = { Authorization: `Bearer ${KEY}` } } = {}) =>
    fetch(url + path, { method, headers, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body) })
  async function ask(path, opts) {
    const response = await raw(path, opts)
    const answer = await response.json()
    if (response.status >= 400) {
      assert.match(response.headers.get('content-type'), /^application\/problem\+json/)
      assert.equal(answer.status, response.status)
      assert.ok(answer.code && answer.detail, JSON.stringify(answer))
      assert.deepEqual(description.problems({ $ref: '#/components/schemas/Problem' }, answer), [])
    } else description.assertFits(opts?.method ?? 'GET', path, opts?.body, response.status, answer)
    return { status: response.status, ...answer }
  }
  const post = (path, body) => ask(path, { method: 'POST', body })

  before(async () => {
    redis = await QueueRedis.start()
    server = start(['serve', '--port', '0', '--redis-url', redis.url], { env: { WILLAQ_API_KEY: KEY } })
    url = (await server.until(/listening (http:\/\/\S+)/))[1]
    description = await Description.of(url)
  })
  after(async () => {
    assert.equal((await server.stop()).code, 0)
    await redis.end()
  })

  test('only for callers who show the key', async () => {
    for (const headers of [{}, { Authorization: 'Bearer other' }, { Authorization: KEY }, { Authorization: 'Bearer ' }, { 'X-API-Key': KEY + 'x' }, { apikey: '' }]) {
      const { status, code } = await ask('/api/queues', { headers })
      assert.deepEqual([status, code], [401, 'unauthorized'], JSON.stringify(headers))
      assert.equal((await ask('/api/queues/q/pause', { method: 'POST', headers })).status, 401)
    }
    for (const headers of [{ Authorization: `Bearer ${KEY}` }, { authorization: `bearer ${KEY}` }, { 'X-API-Key': KEY }, { apikey: KEY }])
      assert.equal((await ask('/api/queues', { headers })).status, 200, JSON.stringify(headers))
  })

  test('without a key the routes are closed', async (t) => {
    const closed = start(['serve', '--port', '0', '--redis-url', redis.url], { t })
    const [, at] = await closed.until(/listening (http:\/\/\S+)/)
    const response = await fetch(`${at}/api/queues`, { headers: { Authorization: 'Bearer ' } })
    assert.equal(response.status, 403)
    assert.match((await response.json()).detail, /WILLAQ_API_KEY/)
    assert.equal((await fetch(`${at}/livez`)).status, 200)
  })

  test('dev makes a key, prints it, and keeps it', async (t) => {
    const dir = scratch(t)
    const once = async () => {
      const dev = start(['dev', '--port', '0', '--data', dir], { t })
      const [, at] = await dev.until(/listening (http:\/\/\S+)/)
      const [, key] = await dev.until(/^api key +([0-9a-f]{48})$/m)
      const { status } = await fetch(`${at}/api/queues`, { headers: { Authorization: `Bearer ${key}` } })
      assert.equal(status, 200)
      assert.equal((await dev.stop()).code, 0)
      return key
    }
    const key = await once()
    assert.equal(statSync(join(dir, 'api-key')).mode & 0o777, 0o600)
    assert.equal(await once(), key)
  })

  test('add, look, change, delete', async () => {
    const added = await post('/api/queues/letters/jobs', { name: 'welcome', data: { to: 'ä' }, opts: { jobId: 'one', delay: 60_000 } })
    assert.deepEqual([added.status, added.id], ['added', 'one'])
    assert.equal((await post('/api/queues/letters/jobs', { name: 'again', opts: { jobId: 'one' } })).status, 'duplicate')
    const list = await post('/api/queues/letters/jobs', [{ name: 'a' }, { name: 'b', opts: { priority: 3 } }])
    assert.deepEqual(list.data.map(({ status }) => status), ['added', 'added'])
    const queue = await ask('/api/queues/letters')
    assert.deepEqual([queue.counts.delayed, queue.counts.waiting, queue.counts.prioritized, queue.paused, queue.warning], [1, 1, 1, false, null])
    assert.deepEqual((await ask('/api/queues/letters/jobs?state=delayed')).data.map(({ id, data }) => [id, data]), [['one', { to: 'ä' }]])
    assert.equal((await ask('/api/queues/letters/jobs/one', { method: 'PATCH', body: { data: { to: 'b' } } })).changed, 1)
    assert.equal((await ask('/api/queues/letters/jobs/one', { method: 'PATCH', body: { delay: 30_000 } })).changed, 1)
    assert.equal((await post('/api/queues/letters/jobs/one/promote')).changed, 1)
    assert.equal((await ask('/api/queues/letters/jobs/one', { method: 'PATCH', body: { priority: 2 } })).changed, 1)
    assert.equal((await post('/api/queues/letters/jobs/one/logs', { row: 'hello' })).changed, 1)
    assert.deepEqual((await ask('/api/queues/letters/jobs/one/logs')).data, ['hello'])
    const job = await ask('/api/queues/letters/jobs/one')
    assert.deepEqual([job.state, job.name, job.data, job.priority, job.log_rows], ['prioritized', 'welcome', { to: 'b' }, 2, 1])
    assert.equal((await ask('/api/queues/letters/jobs/one', { method: 'DELETE' })).changed, 1)
    assert.equal((await ask('/api/queues/letters/jobs/one')).status, 404)
    assert.equal((await post('/api/queues/letters/drain', { delayed: true })).changed, 2)
    assert.equal((await post('/api/queues/letters/obliterate', { confirm: 'letters' })).status, 200)
    assert.equal(redis.ask('KEYS', 'bull:letters:*'), '')
  })

  test('pause, limits, retry, clean', async () => {
    redis.seed('broken', 'failed', ['1', '2', '3'], { failedReason: 'no', finishedOn: '1700000000001' })
    assert.equal((await post('/api/queues/broken/pause')).status, 200)
    assert.equal((await ask('/api/queues/broken')).paused, true)
    assert.equal((await post('/api/queues/broken/jobs/2/retry', { reset_attempts: true })).changed, 1)
    assert.equal((await post('/api/queues/broken/retry', { state: 'failed' })).changed, 2)
    assert.equal((await post('/api/queues/broken/resume')).status, 200)
    for (const body of [{ concurrency: 3 }, { rate: { max: 5, duration_ms: 1000 } }, { hold_ms: 60_000 }])
      assert.equal((await ask('/api/queues/broken/limits', { method: 'PUT', body })).status, 200)
    const { limits } = await ask('/api/queues/broken')
    assert.deepEqual([limits.concurrency, limits.max, limits.duration_ms], [3, 5, 1000])
    assert.ok(limits.held_ms > 50_000)
    assert.equal((await post('/api/queues/broken/clean', { state: 'waiting', limit: 2 })).changed, 2)
    assert.equal((await ask('/api/queues/broken/metrics')).completed.count, 0)
    assert.deepEqual((await ask('/api/queues/broken/workers')).data, [])
  })

  test('schedulers are listed and ended', async () => {
    redis.seed('clock', 'delayed', ['repeat:tick:1900000000000'], { rjk: 'tick' })
    redis.ask('ZADD', 'bull:clock:repeat', '1900000000000', 'tick')
    redis.ask('HSET', 'bull:clock:repeat:tick', 'name', 'tock', 'every', '60000', 'ic', '3')
    const { data, total } = await ask('/api/queues/clock/schedulers')
    assert.deepEqual([total, data], [1, [{ id: 'tick', name: 'tock', every_ms: 60_000, next_at: 1900000000000, jobs_made: 3 }]])
    assert.equal((await ask('/api/queues/clock/jobs/repeat:tick:1900000000000', { method: 'DELETE' })).code, 'job_of_scheduler')
    assert.equal((await ask('/api/queues/clock/schedulers/tick', { method: 'DELETE' })).changed, 1)
    assert.equal((await ask('/api/queues/clock/schedulers/tick', { method: 'DELETE' })).code, 'scheduler_not_found')
    assert.equal((await ask('/api/queues/clock')).counts.delayed, 0)
  })

  test('pages meet every job once', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `j${i}`)
    redis.seed('paged', 'wait', ids)
    const seen = []
    let cursor = ''
    do {
      const page = await ask(`/api/queues/paged/jobs?limit=10${cursor && `&cursor=${cursor}`}`)
      assert.equal(page.total, 25)
      seen.push(...page.data.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen, ids)
    assert.deepEqual((await ask('/api/queues/paged/jobs?limit=2&order=desc')).data.map(({ id }) => id), ['j24', 'j23'])
  })

  // One key beyond what its table holds, and Redis moves a bucket to a larger one with each command: here all of them after
  // the first page.
  test('pages of queues meet every queue, whatever Redis rearranges between them', async () => {
    const keys = 257
    redis.ask('CONFIG', 'SET', 'activerehashing', 'no')
    for (let first = 1; first <= 20; first++) {
      redis.ask('EVAL', `redis.call('FLUSHDB')
        for i = 1, ${keys} do redis.call('HSET', 'bull:many-' .. i .. (i % 2 == 0 and ':meta' or ':1'), 'paused', '1') end`, '0')
      const page = await ask(`/api/queues?limit=${first}`)
      const names = page.data.map(({ name }) => name)
      redis.ask('EVAL', `for i = 1, ${keys * 4} do redis.call('EXISTS', 'other') end`, '0')
      for (let cursor = page.next_cursor; cursor;) {
        const { data, next_cursor } = await ask(`/api/queues?limit=40&cursor=${cursor}`)
        assert.ok(data.length <= 40)
        names.push(...data.map(({ name }) => name))
        cursor = next_cursor
      }
      assert.deepEqual([new Set(names).size, page.data.length <= first], [Math.floor(keys / 2), true])
      assert.ok(names.length <= keys / 2 + first, `${names.length} names were met`)
    }
    redis.ask('FLUSHDB')
    redis.ask('CONFIG', 'SET', 'activerehashing', 'yes')
  })

  test('what is broken is shown as it is', async () => {
    redis.seed('odd', 'wait', ['1'], { data: '{broken', opts: '[', atm: 'many', name: 'n\u202e' })
    const job = await ask('/api/queues/odd/jobs/1')
    assert.deepEqual([job.data, job.opts, job.attempts_made], ['{broken', '[', 0])
    redis.ask('RPUSH', 'bull:odd:wait', 'gone')
    assert.equal((await ask('/api/queues/odd/jobs')).data.length, 1)
    redis.ask('DEL', 'bull:odd:wait')
    redis.ask('SET', 'bull:odd:wait', 'text')
    const { status, code } = await ask('/api/queues/odd/jobs')
    assert.deepEqual([status, code], [409, 'not_a_queue'])
    redis.ask('DEL', 'bull:odd:wait', 'bull:odd:meta', 'bull:odd:1')
  })

  for (const [what, path, opts, status, code] of [
    ['an unknown queue', '/api/queues/nobody', {}, 404, 'queue_not_found'],
    ['a queue with a colon', '/api/queues/a%3Ab', {}, 400, 'invalid_queue'],
    ['a name without end', `/api/queues/${'x'.repeat(300)}`, {}, 400, 'invalid_queue'],
    ['an unknown state', '/api/queues/q/jobs?state=tired', {}, 400, 'invalid_parameter'],
    ['an unknown order', '/api/queues/q/jobs?order=up', {}, 400, 'invalid_parameter'],
    ['a limit of 0', '/api/queues/q/jobs?limit=0', {}, 400, 'invalid_parameter'],
    ['a limit too large', '/api/queues/q/jobs?limit=1001', {}, 400, 'invalid_parameter'],
    ['a cursor of words', '/api/queues/q/jobs?cursor=x', {}, 400, 'invalid_parameter'],
    ['a cursor of queues that is none', '/api/queues?cursor=1', {}, 400, 'invalid_parameter'],
    ['an unknown job', '/api/queues/q/jobs/nobody', {}, 404, 'job_not_found'],
    ['children of no kind', '/api/queues/q/jobs/1/children', {}, 400, 'invalid_parameter'],
    ['a body that is no JSON', '/api/queues/q/retry', { method: 'POST', body: '{' }, 400, 'invalid_json'],
    ['a body that is no object', '/api/queues/q/retry', { method: 'POST', body: '[]' }, 400, 'invalid_json'],
    ['an unknown member', '/api/queues/q/pause', { method: 'POST', body: { now: true } }, 400, 'unknown_member'],
    ['a retry of what has not finished', '/api/queues/q/retry', { method: 'POST', body: { state: 'active' } }, 400, 'invalid_parameter'],
    ['a clean of no state', '/api/queues/q/clean', { method: 'POST', body: {} }, 400, 'invalid_parameter'],
    ['a clean of less than nothing', '/api/queues/q/clean', { method: 'POST', body: { state: 'failed', limit: -1 } }, 400, 'invalid_parameter'],
    ['a flag of words', '/api/queues/q/drain', { method: 'POST', body: { delayed: 'yes' } }, 400, 'invalid_parameter'],
    ['an end without its name', '/api/queues/q/obliterate', { method: 'POST', body: { confirm: 'p' } }, 400, 'not_confirmed'],
    ['two limits at once', '/api/queues/q/limits', { method: 'PUT', body: { concurrency: 1, hold_ms: 1 } }, 400, 'invalid_parameter'],
    ['half a rate', '/api/queues/q/limits', { method: 'PUT', body: { rate: { max: 1 } } }, 400, 'invalid_parameter'],
    ['two changes at once', '/api/queues/q/jobs/1', { method: 'PATCH', body: { delay: 1, priority: 1 } }, 400, 'invalid_parameter'],
    ['a priority too high', '/api/queues/q/jobs/1', { method: 'PATCH', body: { priority: 2097152 } }, 400, 'invalid_parameter'],
    ['no job to add', '/api/queues/q/jobs', { method: 'POST', body: [] }, 400, 'invalid_job'],
    ['a job without a name', '/api/queues/q/jobs', { method: 'POST', body: [{ name: 'x' }, { data: 1 }] }, 400, 'invalid_job'],
    ['a job with an id that is a number', '/api/queues/q/jobs', { method: 'POST', body: { name: 'x', opts: { jobId: '12' } } }, 400, 'invalid_job'],
    ['a job that is not there, deleted', '/api/queues/q/jobs/nobody', { method: 'DELETE' }, 404, 'job_not_found'],
    ['a job that is not there, retried', '/api/queues/q/jobs/nobody/retry', { method: 'POST' }, 404, 'job_not_found'],
    ['a job that does not wait, promoted', '/api/queues/q/jobs/nobody/promote', { method: 'POST' }, 409, 'wrong_state'],
    ['another method', '/api/queues/q', { method: 'POST' }, 405, 'method_not_allowed'],
  ])
    test(`refuses ${what}`, async () => {
      const answer = await ask(path, opts)
      assert.deepEqual([answer.status, answer.code], [status, code], JSON.stringify(answer))
    })

  test('queues of other libraries are not changed', async () => {
    redis.ask('HSET', 'bull:pro:meta', 'version', 'bullmq-pro:7.1.0', 'opts.maxLenEvents', '10000')
    const { status, code, detail } = await post('/api/queues/pro/pause')
    assert.deepEqual([status, code], [409, 'queue_refused'])
    assert.match(detail, /bullmq-pro/)
    const shown = await ask('/api/queues/pro')
    assert.equal(shown.paused, false)
    assert.match(shown.warning, /bullmq-pro/)
    redis.ask('SET', 'bull:old:id', '1')
    redis.ask('LPUSH', 'bull:old:wait', '1')
    redis.ask('HSET', 'bull:old:1', 'name', '__default__', 'data', '{}')
    for (const [queue, whose] of [['pro', /made by bullmq-pro:7\.1\.0/], ['old', /Bull 3.*another name or prefix/]])
      for (const jobs of [{ name: 'a' }, [{ name: 'a' }, { name: 'b' }]]) {
        const { status, code, detail } = await post(`/api/queues/${queue}/jobs`, jobs)
        assert.deepEqual([status, code], [409, 'queue_refused'])
        assert.match(detail, whose)
      }
    assert.equal(redis.ask('LLEN', 'bull:old:wait'), '1')
    redis.ask('DEL', 'bull:pro:meta', 'bull:old:id', 'bull:old:wait', 'bull:old:1')
  })

  test('Redis away is said so', async (t) => {
    const other = await QueueRedis.start(t)
    const lonely = start(['serve', '--port', '0', '--redis-url', other.url, '--redis-wait', '200ms'], { t, env: { WILLAQ_API_KEY: KEY } })
    const [, at] = await lonely.until(/listening (http:\/\/\S+)/)
    await other.stop()
    const response = await fetch(`${at}/api/queues/q`, { headers: { apikey: KEY } })
    assert.equal(response.status, 503)
    assert.match((await response.json()).code, /^(redis_unavailable|outcome_unknown)$/)
  })
})
