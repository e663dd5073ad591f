// SPDX-License-Identifier: MIT
// dlq.test.mjs — /api/dlq of a server: dead letters of a real worker and seeded ones, looked at, edited, sent back and
// deleted; runs that go on behind the answer; exports; each way to ask for nonsense.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { DeadRedis, HOSTILE, failingWorker } from './dlq_world.mjs'
import { Description } from './openapi.mjs'
import { start, until } from './support.mjs'

const KEY = 'a-key-of-the-test'
const HOUR = 3_600_000

describe('dead letters over HTTP', () => {
  let redis, server, url, description
  const raw = (path, { method = 'GET', body, headers = { Authorization: `Bearer ${KEY}` }, at = url } = {}) =>
    fetch(at + path, { method, headers, body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body) })
  async function ask(path, opts) {
    const response = await raw(path, opts)
    const answer = await response.json()
    if (response.status >= 400) {
      assert.match(response.headers.get('content-type'), /^application\/problem\+json/)
      assert.ok(answer.code && answer.detail, JSON.stringify(answer))
      assert.equal(answer.status, response.status)
    } else description.assertFits(opts?.method ?? 'GET', path, opts?.body, response.status, answer)
    return { ...answer, status: response.status, answer }
  }
  const post = (path, body, opts) => ask(path, { method: 'POST', body, ...opts })
  const ids = async (path) => (await ask(path)).data.map(({ id }) => id)
  const run = async (queue, id, state, opts) => until(async () => {
    const { answer } = await ask(`/api/dlq/${queue}/runs/${id}`, opts)
    return answer.state === state && answer
  }, undefined, `run ${id} is ${state}`)
  const serve = (t, ...more) => start(['serve', '--port', '0', '--redis-url', redis.url, ...more], { t, env: { WILLAQ_API_KEY: KEY } })

  before(async () => {
    redis = await DeadRedis.start()
    server = serve()
    url = (await server.until(/listening (http:\/\/\S+)/))[1]
    description = await Description.of(url)
  })
  after(async () => {
    assert.equal((await server.stop()).code, 0)
    await redis.end()
  })

  test('only for callers who show the key', async () => {
    const paths = description.operations.filter(({ path }) => path.startsWith('/api/dlq'))
    assert.ok(paths.length >= 14)
    for (const { method, path } of paths)
      for (const headers of [{}, { Authorization: 'Bearer other' }]) {
        const response = await raw(path.replace(/\{\w+\}/g, 'x'), { method: method.toUpperCase(), headers })
        assert.equal(response.status, 401, `${method} ${path}`)
        assert.equal((await response.json()).code, 'unauthorized')
      }
  })

  test('of a worker: a job dies, is looked at, edited, sent back, and lives', async (t) => {
    const at = await failingWorker(t, redis, 'real')
    await redis.add('real', 'one', { name: 'greet', data: { to: 'ana', businessId: 7 } })
    await redis.add('real', 'two', { name: 'greet', data: '[1, 2]' })
    await at.dead(2)
    const queue = await ask('/api/dlq/real')
    assert.deepEqual([queue.name, queue.queue, queue.letters, queue.last_hour, queue.last_day], ['real-dlq', 'real', 2, 2, 2])
    assert.ok(queue.oldest_at <= queue.newest_at && queue.newest_at <= Date.now())
    const { data: [letter] } = await ask('/api/dlq/real/letters?account=7')
    assert.deepEqual({ ...letter, id: 0, failed_at: 0 }, {
      id: 0, queue: 'real', job_id: 'one', name: 'greet', reason: 'no greet today', attempts_made: 1, failed_at: 0, account: '7', data: { to: 'ana', businessId: 7 },
    })
    const full = await ask(`/api/dlq/real/letters/${letter.id}`)
    assert.deepEqual([full.stacktrace, full.opts.attempts], [['Error: today\n    at work'], 0])
    assert.equal((await ask(`/api/dlq/real/letters/${letter.id}`, { method: 'PATCH', body: { data: { to: 'bea' } } })).changed, 1)
    assert.deepEqual((await ask(`/api/dlq/real/letters/${letter.id}`)).data, { to: 'bea' })
    at.refuses = false
    const sent = await post(`/api/dlq/real/letters/${letter.id}/retry`)
    assert.deepEqual([sent.changed, sent.queue, sent.job_id], [1, 'real', 'one'])
    await redis.ended('real', 'one', 'completed')
    assert.deepEqual(at.bodies.at(-1).data, { to: 'bea' })
    const [other] = await ids('/api/dlq/real/letters')
    await post(`/api/dlq/real/letters/${other}/retry`, { data: [3] })
    await redis.ended('real', 'two', 'completed')
    assert.deepEqual(at.bodies.at(-1).data, [3])
    assert.equal((await ask('/api/dlq/real')).letters, 0)
    assert.equal((await at.worker.stop()).code, 0)
  })

  test('queues of dead letters, and how fast they grow', async () => {
    const now = Date.now()
    await redis.many('grow', 30, (i) => ({ at: now - (30 - i) * 2 * HOUR - 1000 }))
    await redis.letters('grow', [{ id: 'a', at: now - 60_000 }, { id: 'b', at: now }])
    await redis.do('HSET', 'bull:alive:meta', 'opts.maxLenEvents', '10')
    const all = (await ask('/api/dlq')).data
    assert.deepEqual(all.find(({ queue }) => queue === 'grow'), { name: 'grow-dlq', queue: 'grow', letters: 32, last_hour: 2, last_day: 13, oldest_at: now - 60 * HOUR - 1000, newest_at: now })
    assert.ok(!all.some(({ queue }) => queue === 'alive'))
    assert.deepEqual((await ask('/api/dlq/grow-dlq')).letters, 32, 'by its own name')
    assert.equal((await ask('/api/dlq/nobody')).letters, 0)
    const seen = []
    let cursor = ''
    do {
      const page = await ask(`/api/dlq?limit=1${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.data.map(({ queue }) => queue))
      cursor = page.next_cursor
    } while (cursor)
    assert.deepEqual(seen.sort(), all.map(({ queue }) => queue).sort())
  })

  test('pages with a filter meet every letter once', async () => {
    const now = Date.now()
    await redis.many('paged', 250, (i) => ({
      reason: i % 2 ? `Time-out after ${i} ms` : 'refused', name: i % 5 ? 'a' : 'b', data: { businessId: i % 3 }, at: now - (250 - i) * 60_000,
    }))
    const all = async (query) => {
      const seen = []
      let cursor = ''
      do {
        const page = await ask(`/api/dlq/paged/letters?limit=20&${query}${cursor && `&cursor=${cursor}`}`)
        assert.ok(page.data.length <= 20)
        seen.push(...page.data.map(({ id }) => Number(id) - 1))
        cursor = page.next_cursor
      } while (cursor)
      return seen
    }
    const wanted = (fits) => Array.from({ length: 250 }, (_, i) => i).filter(fits)
    assert.deepEqual(await all(''), wanted(() => true))
    assert.deepEqual(await all('error=TIME-OUT'), wanted((i) => i % 2))
    assert.deepEqual(await all('name=b&account=0'), wanted((i) => i % 15 === 0))
    assert.deepEqual(await all(`since=${now - 100 * 60_000}`), wanted((i) => i >= 150))
    assert.deepEqual(await all('until=9030s'), wanted((i) => i < 100))
    assert.deepEqual(await all(`since=${encodeURIComponent(new Date(now - 200 * 60_000).toISOString())}&until=${now - 180 * 60_000}`), wanted((i) => i >= 50 && i < 70))
    assert.deepEqual(await all('error=nothing+like+it'), [])
    const groups = await ask('/api/dlq/paged/groups')
    assert.deepEqual(groups.data.map(({ reason, letters }) => [reason, letters]), [['Time-out after # ms', 125], ['refused', 125]])
    assert.deepEqual([groups.total, groups.seen, groups.others, groups.next_cursor], [250, 250, 0, null])
    assert.deepEqual((await ask('/api/dlq/paged/groups?name=b')).data.map(({ letters }) => letters), [25, 25])
  })

  test('a letter is deleted; what is gone is not there', async () => {
    await redis.many('few', 3)
    assert.equal((await ask('/api/dlq/few/letters/2', { method: 'DELETE' })).changed, 1)
    assert.deepEqual(await ids('/api/dlq/few/letters'), ['1', '3'])
    for (const [method, path, body] of [['GET', ''], ['DELETE', ''], ['PATCH', '', { data: 1 }], ['POST', '/retry']]) {
      const { status, code } = await ask(`/api/dlq/few/letters/2${path}`, { method, body })
      assert.deepEqual([status, code], [404, 'letter_not_found'], method)
    }
    assert.equal(await redis.do('EXISTS', 'bull:few-dlq:2'), 0)
  })

  test('a letter that is being worked is left to whoever works it', async () => {
    await redis.many('busy', 1)
    await redis.do('RPOPLPUSH', 'bull:busy-dlq:wait', 'bull:busy-dlq:active')
    await redis.do('SET', 'bull:busy-dlq:1:lock', 'x')
    assert.equal((await post('/api/dlq/busy/letters/1/retry')).code, 'letter_in_work')
    assert.equal((await ask('/api/dlq/busy/letters/1', { method: 'DELETE' })).code, 'letter_in_work')
    assert.equal(await redis.do('EXISTS', 'bull:busy-dlq:1'), 1)
  })

  test('a dry run counts, shows some, and does nothing', async () => {
    await redis.many('plan', 120, (i) => ({ reason: i % 4 ? 'other' : 'time-out' }))
    const plan = await post('/api/dlq/plan/retry', { error: 'time-out', dry_run: true })
    assert.deepEqual([plan.status, plan.dry_run, plan.total, plan.seen, plan.matched, plan.unread], [200, true, 120, 120, 30, 0])
    assert.deepEqual(plan.samples.map(({ id }) => id), ['1', '5', '9', '13', '17'])
    assert.equal((await post('/api/dlq/plan/clean', { all: true, dry_run: true })).matched, 120)
    assert.equal(await redis.left('plan'), 120)
    assert.equal(await redis.waiting('plan'), 0)
  })

  test('a run sends letters back, and only those that are meant', async () => {
    await redis.many('all', 300, (i) => ({ reason: i % 3 ? 'other' : 'time-out', data: { n: i } }))
    const begun = await post('/api/dlq/all/retry', { error: 'time-out' })
    assert.deepEqual([begun.status, begun.kind, begun.filter, begun.rate], [202, 'retry', { error: 'time-out' }, 0])
    const ended = await run('all', begun.id, 'done')
    assert.deepEqual([ended.total, ended.seen, ended.matched, ended.done, ended.missed, ended.error], [300, 300, 100, 100, 0, null])
    assert.ok(ended.started_at <= ended.ended_at)
    assert.deepEqual([await redis.left('all'), await redis.waiting('all')], [200, 100])
    assert.deepEqual(await redis.data('all', 'job-4'), { n: 3 })
    const second = await post('/api/dlq/all/clean', { until: Date.now() + HOUR })
    assert.deepEqual((await run('all', second.id, 'done')).done, 200)
    assert.equal(await redis.left('all'), 0)
    assert.deepEqual((await ids('/api/dlq/all/runs')), [second.id, begun.id], 'the newest first')
  })

  test('a run keeps to its rate, shows how far it is, and stops when it is told', async () => {
    await redis.many('slow', 50)
    const { id } = await post('/api/dlq/slow/retry', { all: true, rate: 20 })
    const first = await until(async () => {
      const { answer } = await ask(`/api/dlq/slow/runs/${id}`)
      return answer.done >= 3 && answer
    })
    assert.ok(first.done <= 1 + ((first.updated_at - first.started_at + 50) * 20) / 1000, `${first.done} after ${first.updated_at - first.started_at} ms`)
    assert.equal(first.state, 'running')
    assert.match((await ask(`/api/dlq/slow/runs/${id}`, { method: 'DELETE' })).state, /stopping|stopped/)
    const last = await run('slow', id, 'stopped')
    assert.equal(await redis.left('slow'), 50 - last.done)
    assert.equal(await redis.waiting('slow'), last.done)
    assert.ok(last.done < 50)
  })

  test('letters that die again at once do not keep a run going', async (t) => {
    const at = await failingWorker(t, redis, 'again')
    const n = 130 // more than a page
    for (let i = 0; i < n; i++) await redis.add('again', `j${i}`)
    await at.dead(n)
    const { id } = await post('/api/dlq/again/retry', { all: true, rate: 500 })
    assert.equal((await run('again', id, 'done')).done, n)
    await at.dead(n)
    assert.equal(at.bodies.length, 2 * n)
  })

  test('another process shows a run, stops it, and tells when its process is gone', async (t) => {
    await redis.many('shared', 100)
    const other = serve(t)
    const at = (await other.until(/listening (http:\/\/\S+)/))[1]
    const { id } = await post('/api/dlq/shared/clean', { all: true, rate: 2 })
    assert.equal((await ask(`/api/dlq/shared/runs/${id}`, { at })).state, 'running')
    await ask(`/api/dlq/shared/runs/${id}`, { at, method: 'DELETE' })
    await run('shared', id, 'stopped', { at })
    const begun = await post('/api/dlq/shared/clean', { all: true, rate: 2 }, { at })
    assert.equal((await other.stop()).code, 0)
    assert.equal((await run('shared', begun.id, 'stopped')).kind, 'clean', 'its end was told')
    // A process that was killed tells nothing any more.
    const told = JSON.parse(await redis.do('HGET', 'bull:shared-dlq:willaq:runs', begun.id))
    await redis.do('HSET', 'bull:shared-dlq:willaq:runs', begun.id, JSON.stringify({ ...told, state: 'running', ended_at: null, updated_at: Date.now() - 60_000 }))
    assert.equal((await ask(`/api/dlq/shared/runs/${begun.id}`)).state, 'lost')
    assert.deepEqual((await ids('/api/dlq/shared/runs')), [begun.id, id])
    assert.ok((await redis.do('PTTL', 'bull:shared-dlq:willaq:runs')) > 0, 'it goes by itself')
  })

  test('runs have a bound', async () => {
    await redis.many('bound', 20)
    const begun = []
    let refused
    while (!refused && begun.length < 50) {
      const answer = await post('/api/dlq/bound/retry', { all: true, rate: 1 })
      if (answer.status === 202) begun.push(answer.id)
      else refused = answer
    }
    assert.deepEqual([begun.length, refused.status, refused.code], [8, 429, 'too_many_runs'])
    for (const id of begun) await ask(`/api/dlq/bound/runs/${id}`, { method: 'DELETE' })
    for (const id of begun) await run('bound', id, 'stopped')
  })

  test('export tells every letter once, as lines and as a table', async () => {
    await redis.many('file', 350, (i) => ({ data: { n: i }, reason: `r${i % 2}` }))
    await redis.letters('file', [{ id: 'evil', name: '=cmd()', reason: `${HOSTILE}\n"x"`, data: '{\n "a": 1,\r\n "dlq": {"queue": "file", "id": "e"}\n}' }])
    const lines = await raw('/api/dlq/file/export')
    assert.deepEqual([lines.status, lines.headers.get('content-type'), lines.headers.get('content-disposition')], [200, 'application/x-ndjson', 'attachment; filename="file-dlq.jsonl"'])
    const all = (await lines.text()).trimEnd().split('\n').map((line) => JSON.parse(line))
    assert.deepEqual(all.map(({ id }) => id), [...Array.from({ length: 350 }, (_, i) => String(i + 1)), 'evil'])
    assert.deepEqual([all[3].data, all[3].opts, all[350].data], [{ n: 3 }, { attempts: 3 }, { a: 1 }])
    const filtered = (await (await raw('/api/dlq/file/export?error=r1')).text()).trimEnd().split('\n')
    assert.equal(filtered.length, 175)
    const table = await raw('/api/dlq/file/export?format=csv')
    assert.match(table.headers.get('content-type'), /^text\/csv/)
    const rows = (await table.text()).split('\r\n')
    assert.equal(rows.length, 353)
    assert.equal(rows[0], 'id,queue,job_id,name,reason,attempts_made,failed_at,account,data')
    assert.match(rows[1], /^"1","file","job-1","job","r0",3,\d{4}-\d\d-\d\dT[\d:.]+Z,"","\{""n"":0\}"$/)
    assert.match(rows[351], /^"evil","file","e","'=cmd\(\)",/, 'no formula')
    assert.doesNotMatch(rows.join(''), /[\x00-\x1f\x7f]/)
    assert.equal((await raw('/api/dlq/file/export', { method: 'HEAD' })).status, 200)
    assert.equal(await (await raw('/api/dlq/nobody/export')).text(), '')
  })

  test('an export larger than what the server holds', async () => {
    const text = 'x'.repeat(200_000)
    await redis.many('large', 60, (i) => ({ data: { i, text } }))
    const response = await raw('/api/dlq/large/export')
    let bytes = 0
    for await (const chunk of response.body) bytes += chunk.length
    assert.ok(bytes > 60 * 200_000, `${bytes}`)
  })

  test('letters too large for a page are read one by one', async () => {
    await redis.letters('huge', [{ id: 'big', data: { text: 'y'.repeat(5_000_000) }, reason: 'too long' }, { id: 'small' }])
    assert.deepEqual(await ids('/api/dlq/huge/letters?error=too+long'), ['big'])
    const { id } = await post('/api/dlq/huge/retry', { error: 'too long' })
    assert.equal((await run('huge', id, 'done')).done, 1)
    assert.equal((await redis.data('huge', 'job-big')).text.length, 5_000_000)
  })

  test('hostile names and texts are told as JSON', async () => {
    await redis.letters('evil', [{ id: 'x', name: HOSTILE, reason: HOSTILE, job: HOSTILE, data: { businessId: HOSTILE } }])
    const letter = (await ask('/api/dlq/evil/letters')).data[0]
    assert.deepEqual([letter.name, letter.reason, letter.job_id, letter.account], [HOSTILE, HOSTILE, HOSTILE, HOSTILE])
    assert.deepEqual(await ids(`/api/dlq/evil/letters?account=${encodeURIComponent(HOSTILE)}`), ['x'])
    await redis.letters('bad', [{ id: '1', data: 'no json' }, { id: '2', data: '{"dlq":7}' }, { id: '3', data: '{"dlq":{"queue":"a:b","id":"9"}}' }])
    await redis.do('LPUSH', 'bull:bad-dlq:wait', 'ghost')
    const { data } = await ask('/api/dlq/bad/letters')
    assert.deepEqual(data.map(({ id, queue, data: d }) => [id, queue, d]), [['1', 'bad', 'no json'], ['2', 'bad', { dlq: 7 }], ['3', 'a:b', {}]])
    assert.equal((await post('/api/dlq/bad/letters/3/retry')).code, 'not_possible')
    assert.equal((await post('/api/dlq/bad/letters/1/retry')).status, 200)
  })

  test('queues of other libraries are not changed', async () => {
    await redis.do('HSET', 'bull:pro-dlq:meta', 'version', 'bullmq-pro:7.1.0', 'opts.maxLenEvents', '10000')
    for (const [method, path, body] of [['POST', 'letters/1/retry'], ['PATCH', 'letters/1', { data: 1 }], ['DELETE', 'letters/1'], ['POST', 'retry', { all: true }], ['POST', 'clean', { all: true }]]) {
      const { status, code, detail } = await ask(`/api/dlq/pro/${path}`, { method, body })
      assert.deepEqual([status, code], [409, 'queue_refused'], path)
      assert.match(detail, /bullmq-pro/)
    }
    await redis.do('HSET', 'bull:pros:meta', 'version', 'bullmq-pro:7.1.0', 'opts.maxLenEvents', '10000')
    await redis.many('pros', 2)
    assert.equal((await post('/api/dlq/pros/letters/1/retry')).code, 'queue_refused', 'nor those that they died in')
    const { id } = await post('/api/dlq/pros/retry', { all: true })
    assert.deepEqual((await run('pros', id, 'done')).missed, 2)
    assert.equal(await redis.left('pros'), 2)
  })

  for (const [what, method, path, body, field] of [
    ['a limit of nothing', 'GET', 'letters?limit=0', undefined, /limit/],
    ['a cursor that is none', 'GET', 'letters?cursor=-1', undefined, /cursor/],
    ['a moment that is none', 'GET', 'letters?since=soon', undefined, /since must be a date/],
    ['seconds', 'GET', 'letters?until=1700000000', undefined, /until must be/],
    ['an empty text', 'GET', 'groups?error=', undefined, /error must be a text/],
    ['a text too long', 'GET', `groups?name=${'x'.repeat(1025)}`, undefined, /name must be/],
    ['the wrong order', 'GET', 'letters?since=1h&until=2h', undefined, /since must be before until/],
    ['a format that is none', 'GET', 'export?format=xml', undefined, /format must be jsonl or csv/],
    ['an edit without data', 'PATCH', 'letters/1', {}, /data is needed/],
    ['a member that means nothing', 'PATCH', 'letters/1', { data: 1, id: 2 }, /"id"/],
    ['a body that is none', 'POST', 'letters/1/retry', '{', /body/],
    ['no letters in particular', 'POST', 'retry', {}, /"all": true/],
    ['no body', 'POST', 'clean', undefined, /"all": true/],
    ['all, and some', 'POST', 'retry', { all: true, name: 'x' }, /all means/],
    ['a rate below zero', 'POST', 'retry', { all: true, rate: -1 }, /rate/],
    ['a rate of words', 'POST', 'retry', { all: true, rate: 'fast' }, /rate/],
    ['a filter of another type', 'POST', 'retry', { error: 5 }, /error must be/],
    ['a moment of another type', 'POST', 'clean', { until: [] }, /until must be/],
    ['a dry run of words', 'POST', 'clean', { all: true, dry_run: 'yes' }, /dry_run/],
  ])
    test(`refuses ${what}`, async () => {
      await redis.many('refuses', 1)
      const { status, detail } = await ask(`/api/dlq/refuses/${path}`, { method, body })
      assert.equal(status, 400)
      assert.match(detail, field)
      await redis.do('DEL', 'bull:refuses-dlq:wait')
    })

  test('refuses a name that no queue has, and a run that is none', async () => {
    assert.equal((await ask('/api/dlq/a%3Ab/letters')).code, 'invalid_queue')
    assert.equal((await ask(`/api/dlq/${'q'.repeat(257)}`)).code, 'invalid_queue')
    assert.equal((await ask('/api/dlq/few/runs/nothing')).code, 'run_not_found')
    assert.equal((await ask('/api/dlq/few/runs/nothing', { method: 'DELETE' })).code, 'run_not_found')
  })

  test('tells that a key is not what it should be, and that Redis is away', async (t) => {
    await redis.do('SET', 'bull:odd-dlq:wait', 'text')
    await redis.do('HSET', 'bull:odd-dlq:meta', 'opts.maxLenEvents', '10')
    for (const path of ['odd', 'odd/letters', 'odd/groups', 'odd/export']) assert.equal((await ask(`/api/dlq/${path}`)).code, 'not_a_queue', path)
    assert.equal((await ask('/api/dlq?limit=1000')).status, 200)
    const gone = await DeadRedis.start(t)
    await gone.many('q', 1)
    const lonely = start(['serve', '--port', '0', '--redis-url', gone.url, '--redis-wait', '200ms'], { t, env: { WILLAQ_API_KEY: KEY } })
    const at = (await lonely.until(/listening (http:\/\/\S+)/))[1]
    assert.equal((await ask('/api/dlq/q', { at })).letters, 1)
    await gone.stop()
    for (const [method, path, body] of [['GET', ''], ['GET', '/letters'], ['GET', '/groups'], ['GET', '/letters/1'], ['GET', '/export'], ['GET', '/runs'], ['POST', '/letters/1/retry'], ['POST', '/retry', { all: true }]]) {
      const answer = await ask(`/api/dlq/q${path}`, { at, method, body })
      assert.equal(answer.status, 503, `${method} ${path}`)
    }
    assert.equal((await lonely.stop()).code, 0)
  })
})
