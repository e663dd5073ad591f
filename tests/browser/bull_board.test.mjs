// SPDX-License-Identifier: MIT
// bull_board.test.mjs — QUE-3: Bull Board, opened in Chromium on queues that we fill and work, shows what we did, and what
// is clicked there reaches our worker.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import { Queue } from 'bullmq'
import express from 'express'
import { chromium } from 'playwright-core'

import { RedisServer } from '../system/redis.mjs'
import { run, start, until } from '../system/support.mjs'

const QUEUE = 'orders'

const listening = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))

// What our worker posts to: jobs called "broken" fail until they are mended.
async function startEndpoint(t) {
  const endpoint = { mended: false, names: [] }
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    const job = JSON.parse(text)
    endpoint.names.push(job.name)
    if (job.name === 'broken' && !endpoint.mended) {
      res.writeHead(422).end(JSON.stringify({ error: { message: 'no stamp on it', stack: 'Error: no stamp on it\n    at office' } }))
    } else {
      res.end(JSON.stringify({ shipped: job.data.to }))
    }
  })
  endpoint.url = `http://127.0.0.1:${await listening(server)}/work`
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return endpoint
}

async function startBoard(t, redis) {
  const queue = new Queue(QUEUE, { connection: { host: '127.0.0.1', port: redis.port } })
  const adapter = new ExpressAdapter()
  adapter.setBasePath('/board')
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter })
  const server = createServer(express().use('/board', adapter.getRouter()))
  const port = await listening(server)
  t.after(async () => {
    server.closeAllConnections()
    server.close()
    await queue.close()
  })
  return `http://127.0.0.1:${port}/board/queue/${QUEUE}`
}

describe('Bull Board', () => {
  let browser
  before(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  })
  after(() => browser.close())

  test('shows our jobs, and its buttons move them', async (t) => {
    const redis = await RedisServer.start(t)
    const cli = async (...args) => {
      const done = await run([...args, '--redis-url', redis.url, '--json'])
      assert.equal(done.code, 0, done.stderr)
      return JSON.parse(done.stdout)
    }
    const add = (name, data, opts) => cli('queue', 'add', QUEUE, name, JSON.stringify(data), JSON.stringify(opts))
    const counts = async () => (await cli('queue', 'show', QUEUE)).counts
    const [endpoint, board] = [await startEndpoint(t), await startBoard(t, redis)]
    const page = await browser.newPage()
    const errors = []
    page.on('pageerror', (error) => errors.push(error.message))
    const open = (state, id = '') => page.goto(`${board}${id && `/${id}`}?status=${state}`)
    page.setDefaultTimeout(10000)
    const shown = (text) => page.getByText(text).first().waitFor()
    const press = async (name) => {
      await page.getByRole('button', { name }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
    }

    await add('later', { to: 'Quito' }, { jobId: 'delayed-one', delay: 3600000 })
    await add('urgent', { to: 'Lima' }, { jobId: 'urgent-one', priority: 3 })
    await open('prioritized')
    await shown('urgent')
    await open('delayed')
    await shown('later')

    await add('ship', { to: 'Cusco' }, { jobId: 'good-one' })
    await add('broken', { to: 'Loja' }, { jobId: 'bad-one', attempts: 3 })
    start(['worker', '--redis-url', redis.url, '--queue', QUEUE, '--push', endpoint.url], { t })
    await until(async () => (await counts()).completed === 2 && (await counts()).failed === 1)

    await open('completed', 'good-one')
    await shown('shipped')
    await shown('Cusco')
    await open('failed', 'bad-one')
    await page.getByText('Error', { exact: true }).first().click()
    await shown('no stamp on it')
    await shown('at office')

    endpoint.mended = true
    await open('failed')
    await shown('broken')
    await press('Retry all')
    await until(async () => (await counts()).completed === 3)

    await open('delayed')
    await shown('later')
    await press('Promote all')
    await until(async () => (await counts()).completed === 4)
    assert.deepEqual(endpoint.names.sort(), ['broken', 'broken', 'later', 'ship', 'urgent'])
    assert.deepEqual(errors, [])
    await page.close()
  })
})
