// SPDX-License-Identifier: MIT
// slow.test.mjs — some hundred peers who take their time: `willaq serve` ends each at its limit, and serves the quick.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { freePort, start, until } from './support.mjs'

const LIMIT_MS = 1500
const BYTE_MS = 50 // between two bytes of a head
const EACH = 80 // connections of each kind

// A connection that sends `text`, then with `more` a byte now and then, until the server ends it.
function slow(url, text, more) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const begun = Date.now()
  let got = ''
  const timer = more && setInterval(() => socket.write(more), BYTE_MS)
  return new Promise((resolve, reject) => {
    socket.setEncoding('latin1').on('data', (piece) => (got += piece)).on('error', reject)
    socket.on('end', () => clearInterval(timer)).on('close', () => resolve({ got, ms: Date.now() - begun }))
    socket.write(text)
  }).finally(() => clearInterval(timer))
}

const TOO_SLOW = /^HTTP\/1\.1 408 .*\r\nConnection: close\r\n/s
const GET = 'GET /livez HTTP/1.1\r\nHost: a\r\n'
const kinds = [
  { what: 'a head a byte at a time', text: `${GET}X-Slow: `, more: 'a', answer: TOO_SLOW },
  { what: 'a head that stalls', text: 'GET /li', answer: TOO_SLOW },
  { what: 'a body that stalls', text: `${GET}Content-Length: 9\r\n\r\nhalf`, answer: TOO_SLOW },
  { what: 'not a byte', text: '', answer: /^$/ },
  { what: 'idle after an answer', text: `${GET}\r\n`, answer: /^HTTP\/1\.1 200 (?!.*HTTP\/1\.1).*\{"status":"ok"\}$/s },
]

const descriptors = (server) => readdirSync(`/proc/${server.pid}/fd`).length

// {status, text} over a connection of its own.
const ask = (url) => new Promise((resolve, reject) =>
  request(url, { agent: false }, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece) => (text += piece)).on('error', reject)
    answer.on('end', () => resolve({ status: answer.statusCode, text }))
  }).on('error', reject).end())

async function metric(url, name) {
  const { text } = await ask(`${url}/metrics`)
  return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.slice(name.length + 1))
}

test('slow peers meet their limits, quick ones are served meanwhile, and nothing is left open', async (t) => {
  const limits = ['--head-timeout', '--body-timeout', '--idle-timeout'].flatMap((flag) => [flag, `${LIMIT_MS}ms`])
  const server = start(['serve', '--port', '0', '--redis-url', `redis://127.0.0.1:${await freePort()}`, ...limits], { t })
  const url = (await server.until(/listening (http:\/\/\S+)/))[1]
  const before = descriptors(server)

  let ended = 0
  const peers = kinds.flatMap((kind) => Array.from({ length: EACH }, async () => {
    const { got, ms } = await slow(url, kind.text, kind.more).finally(() => ended++)
    assert.match(got, kind.answer, kind.what)
    assert.ok(ms > LIMIT_MS / 2, `${kind.what}: ended after ${ms} ms`)
  }))
  const all = Promise.all(peers)
  all.catch(() => {}) // told below
  let quick = 0
  while (ended < peers.length) {
    assert.equal((await ask(`${url}/livez`)).status, 200)
    quick++
  }
  await all
  assert.ok(quick > 10, `${quick} quick answers`)
  assert.equal(await metric(url, 'willaq_http_refused_total{reason="slow"}'), 3 * EACH)
  await until(() => descriptors(server) <= before)
  assert.equal((await server.stop()).code, 0)
})
