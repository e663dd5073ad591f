// SPDX-License-Identifier: MIT
// smuggling.test.mjs — the streams of tests/support/smuggling.h against `willaq serve`: whole, in halves, bytewise.
//
// Its pages know no POST, and a refusal at the head would hide what follows; so the streams that post to / ask for
// /livez with a body instead, which is framed by the same rules, and /next is another page.  /evil is none: a 404 shows
// that the hidden request was read.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { told } from './fault.mjs'
import { freePort, ROOT, start } from './support.mjs'

const STREAMS_MIN = 140
const BATCH = 50 // connections at once
const TEXT = String.raw`"(?:[^"\\]|\\.)*"`
const ESCAPES = { r: '\r', n: '\n', t: '\t', v: '\v', f: '\f', 0: '\0' }

const unescape = (text) =>
  text.slice(1, -1).replace(/\\(?:x([0-9a-f]+)|(.))/gi, (_, hex, one) =>
    hex ? String.fromCharCode(parseInt(hex, 16)) : (ESCAPES[one] ?? one))

// The table of the header: its texts are C strings and macros of such, side by side.
function readStreams() {
  const source = readFileSync(join(ROOT, 'tests/support/smuggling.h'), 'latin1')
  const macros = {}
  const expand = (tokens) =>
    tokens.match(new RegExp(`${TEXT}|\\w+`, 'g')).map((one) => (one[0] === '"' ? unescape(one) : macros[one])).join('')
  for (const [, name, tokens] of source.matchAll(/^#define (\w+) +(.*)$/gm)) macros[name] = expand(tokens)
  const entry = new RegExp(`\\{ (${TEXT}),\\s*WQ_STR\\(((?:${TEXT}|[^()"])*)\\),\\s*(${TEXT}) \\}`, 'g')
  const streams = [...source.matchAll(entry)].map(([, what, tokens, want]) => ({
    what: unescape(what), bytes: expand(tokens), want: unescape(want),
  }))
  assert.equal(streams.length, source.match(/^\t\{ "/gm).length, 'every line of the table is understood')
  assert.ok(streams.length >= STREAMS_MIN)
  return streams
}

const onServe = (bytes) => bytes.replace(/^(\r\n)?(?:POST|GET) \/ HTTP/, '$1GET /livez HTTP').replaceAll('/next', '/healthz')

// "POST / [hello] GET /next [] 400": the statuses that must come.
const statuses = (want) => [...want.matchAll(/\w+ \S+ \[.*?\]|\d{3}/g)].map(([one]) => (one.endsWith(']') ? '200' : one))

function pieces(bytes, size) {
  const all = []
  for (let at = 0; at < bytes.length; at += size) all.push(bytes.slice(at, at + size))
  return all
}

// The statuses that came until the server ended the connection.  A refusal must end it by itself.
function send(port, stream, size) {
  const want = statuses(stream.want)
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const rest = pieces(onServe(stream.bytes), size)
    let got = ''
    let over = false
    const next = () => {
      if (over) return
      if (rest.length > 0) socket.write(rest.shift(), 'latin1', () => setImmediate(next))
      else if (want.at(-1) === '200') socket.end()
    }
    socket.setEncoding('latin1').on('data', (piece) => (got += piece))
    socket.on('end', () => {
      over = true
      socket.end()
      resolve([...got.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status).filter((status) => status !== '100'))
    })
    socket.on('error', (error) => reject(new Error(`${stream.what}: ${error.message} after ${got}`))).on('connect', next)
  })
}

test('R16: smuggling is refused or read the same, however it is cut', async (t) => {
  const server = start(['serve', '--port', '0', '--redis-url', `redis://127.0.0.1:${await freePort()}`], { t })
  const port = Number(new URL((await server.until(/listening (http:\/\/\S+)/))[1]).port)
  const runs = readStreams().flatMap((stream) =>
    [stream.bytes.length, Math.ceil(stream.bytes.length / 2), 1].map((size) => async () => {
      const want = statuses(stream.want)
      assert.deepEqual(await send(port, stream, size), want, `${stream.what}, in pieces of ${size}`)
    }))
  for (let at = 0; at < runs.length; at += BATCH) await Promise.all(runs.slice(at, at + BATCH).map((run) => run()))
  told(t, { streams: runs.length / 3, connections: runs.length })
  assert.equal((await server.stop()).code, 0)
})
