// SPDX-License-Identifier: MIT
// sink_providers.test.mjs — Twilio's and Evolution's webhooks, secrets of paths, and how much one source may send.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import test from 'node:test'

import { RedisServer } from './redis.mjs'
import { SAMPLES, SECRET, Sink, TOKEN, messages, sign } from './sink_world.mjs'
import { ROOT, run, until } from './support.mjs'

const AUTH_TOKEN = 'demo-auth-token'
const PUBLIC = 'https://hooks.example.com/twilio/in'
const KEY = '00000000-DEMO-TOKEN-0000-000000000001'
const FORM = 'application/x-www-form-urlencoded'
const QUEUES = { messages: 'inbound-messages', statuses: 'message-statuses', events: 'account-events' }

// Samples of what a provider posts, without what it answers.
function samplesOf(provider) {
  const names = readdirSync(join(SAMPLES, provider)).filter((name) => !name.startsWith('rest_'))
  return names.map((name) => ({ name, body: readFileSync(join(SAMPLES, provider, name)) }))
}

// What a sample becomes: [{dedup, queue, name, data}], the time at which it came left out.
function goldenJobs(provider, name) {
  const lines = readFileSync(join(ROOT, 'tests', 'golden', 'inbound', provider, `${name}.txt`), 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    const [, queue, job, data] = /^(messages|statuses|events) (\S+) (.*)$/.exec(line) ?? []
    return queue ? [{ dedup: JSON.parse(lines[i - 1]).dedup, queue: QUEUES[queue], name: job, data: timeless(JSON.parse(data)) }] : []
  })
}

// Of what two samples tell the same of, the first.
const once = (jobs) => [...new Map(jobs.toReversed().map(({ dedup, ...job }) => [dedup, job])).values()]

// Without the time at which it came, which also stands for that at which it happened where the provider tells none.
function timeless({ timestamp, ...data }) {
  for (const inner of [data.message, data.status]) if (Number(inner?.timestamp) === Math.floor(timestamp / 1000)) delete inner.timestamp
  return data
}

async function jobsOf(sink) {
  const jobs = []
  for (const queue of Object.values(QUEUES)) {
    const last = Number(await sink.server.client.do('GET', `bull:${queue}:id`) ?? 0)
    for (let id = 1; id <= last; id++) {
      const [name, data] = await sink.server.client.do('HMGET', `bull:${queue}:${id}`, 'name', 'data')
      jobs.push({ queue, name, data: timeless(JSON.parse(data)) })
    }
  }
  return jobs
}

function same(jobs, wanted) {
  const [a, b] = [byText(jobs), byText(wanted)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) assert.equal(a[i]?.slice(0, 2000), b[i]?.slice(0, 2000))
}

const byText = (jobs) => jobs.map((job) => JSON.stringify(job)).sort()

function twilioSign(url, params = {}, token = AUTH_TOKEN) {
  const text = Object.keys(params).sort().reduce((all, key) => all + key + params[key], url)
  return createHmac('sha1', token).update(text).digest('base64')
}

const postTwilio = (sink, body, signature, { path = '/webhooks/twilio', type = FORM, headers = {} } = {}) =>
  sink.post(body, { path, headers: { 'Content-Type': type, 'X-Twilio-Signature': signature, ...headers } })

const postEvolution = (sink, body, headers = { apikey: KEY }, path = '/webhooks/evolution/aurora-01') =>
  sink.post(body, { path, headers: { 'Content-Type': 'application/json', ...headers } })

// Headers as they stand, doubled ones too.
function postWith(sink, path, body, headers) {
  return new Promise((resolve, reject) => {
    const out = request(sink.url(path), { method: 'POST', headers: ['Host', 'x', 'Content-Length', String(Buffer.byteLength(body)), ...headers] }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
    })
    out.on('error', reject)
    out.end(body)
  })
}

const twilioSink = async (t, ...options) => Sink.start(t, await RedisServer.start(t), '--twilio-webhook-token', AUTH_TOKEN, ...options)
const evolutionSink = async (t, ...options) => Sink.start(t, await RedisServer.start(t), '--evolution-webhook-key', KEY, ...options)

test('ING-7: each of Twilio\'s samples becomes its jobs, once', async (t) => {
  const sink = await twilioSink(t, '--public-url', PUBLIC)
  const table = readFileSync(join(SAMPLES, 'signatures.tsv'), 'utf8').split('\n').filter((row) => row.startsWith('twilio/')).map((row) => row.split('\t'))
  const wanted = []
  assert.equal(table.length, 27)
  for (const again of [false, true])
    for (const [path, , signature, url] of table) {
      const name = path.slice('twilio/'.length)
      const type = name.endsWith('.form') ? FORM : 'application/json'
      const answer = await postTwilio(sink, readFileSync(join(SAMPLES, path)), signature, { path: `/webhooks/twilio${new URL(url).search}`, type })
      assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'text/xml', '<Response/>'], name)
      if (!again) wanted.push(...goldenJobs('twilio', name))
    }
  same(await jobsOf(sink), once(wanted))
  const { posts, updates, known } = await sink.counts()
  assert.deepEqual([posts, updates, known], [54, 2 * wanted.length, 2 * wanted.length - once(wanted).length])
})

test('ING-7: each of Evolution\'s samples becomes its jobs, once', async (t) => {
  const sink = await evolutionSink(t)
  const samples = samplesOf('evolution')
  const wanted = []
  for (const again of [false, true])
    for (const { name, body } of samples) {
      const answer = await postEvolution(sink, body, { apikey: KEY }, '/webhooks/evolution')
      assert.deepEqual([answer.status, await answer.text()], [200, '{"status":"received"}'], name)
      if (!again) wanted.push(...goldenJobs('evolution', name))
    }
  same(await jobsOf(sink), once(wanted))
  const { updates, known } = await sink.counts()
  assert.deepEqual([updates, known], [2 * wanted.length, 2 * wanted.length - once(wanted).length])
})
