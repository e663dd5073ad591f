// SPDX-License-Identifier: MIT
// hostile_answers.mjs — what a provider may answer to a send when it means harm, and what is known of the message then.
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'

import { reset } from './support.mjs'

export const good = (id = 'wamid.good') => `{"messaging_product":"whatsapp","contacts":[{"wa_id":"1"}],"messages":[{"id":"${id}"}]}`
export const plain = (body, more = '', status = '200 OK') => Buffer.concat([
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n`), Buffer.from(body)])
const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const error = (code, more = '') => `{"error":{"message":"no","type":"OAuthException","code":${code}${more}}}`
const bytes = (text) => Buffer.from(text, 'latin1')

// `answer` is written at once; `endless` again and again; then `then`: 'close', 'reset', or nothing.  `want`: its state.
export const HOSTILE = [
  { what: 'a body without an end', answer: 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n', endless: 'x', want: 'parked' },
  { what: 'chunks without an end', answer: chunked, endless: 'chunks', want: 'parked' },
  { what: 'a body until it closes, and it never does', answer: 'HTTP/1.1 200 OK\r\n\r\n', endless: 'x', want: 'parked' },
  { what: 'headers without an end', answer: 'HTTP/1.1 200 OK\r\n', endless: 'X-Header: value\r\n', want: 'parked' },
  { what: 'a header without an end', answer: 'HTTP/1.1 200 OK\r\nX-Header: ', endless: 'y', want: 'parked' },
  { what: 'a status line without an end', answer: 'HTTP/1.1 200 ', endless: 'OK', want: 'parked' },
  { what: '100 for ever', answer: '', endless: 'HTTP/1.1 100 Continue\r\n\r\n', want: 'parked' },
  { what: 'a header of a megabyte', answer: plain(good(), `X-Header: ${'h'.repeat(1 << 20)}\r\n`), want: 'parked' },
  { what: 'ten thousand headers', answer: plain(good(), 'X-H: v\r\n'.repeat(10_000)), want: 'parked' },
  { what: 'a bomb of zeros', answer: plain(gzipSync(Buffer.alloc(64 << 20)), 'Content-Encoding: gzip\r\n'), want: 'parked' },
  { what: 'compressed, though nobody asked', answer: plain(gzipSync(good()), 'Content-Encoding: gzip\r\n'), want: 'parked' },
  { what: 'an id that is no UTF-8', answer: plain(bytes('{"messages":[{"id":"wamid.\xff\xfe"}]}')), want: 'parked' },
  { what: 'text that is no UTF-8', answer: plain(bytes('{"contacts":[{"wa_id":"\xc0\xaf"}],"messages":[{"id":"wamid.good"}]}')), want: 'parked' },
  { what: '204', answer: 'HTTP/1.1 204 No Content\r\n\r\n', want: 'parked' },
  { what: '200 and nothing', answer: plain(''), want: 'parked' },
  { what: 'nothing at all, and closed', answer: '', then: 'close', want: 'parked' },
  { what: 'nothing at all, and reset', answer: '', then: 'reset', want: 'parked' },
  { what: 'silence', answer: '', want: 'parked' },
  { what: '100 first', answer: Buffer.concat([bytes('HTTP/1.1 100 Continue\r\n\r\n'), plain(good('wamid.continued'))]), want: 'accepted' },
  { what: '103 first', answer: Buffer.concat([bytes('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'), plain(good('wamid.hinted'))]), want: 'accepted' },
  { what: '101', answer: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello', want: 'parked' },
  { what: 'shorter than it says, and closed', answer: plain(good()).subarray(0, -10), then: 'close', want: 'parked' },
  { what: 'shorter than it says, and silence', answer: plain(good()).subarray(0, -10), want: 'parked' },
  { what: 'longer than it says', answer: bytes(`HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${good()}`), want: 'parked' },
  { what: 'two lengths', answer: plain(good(), 'Content-Length: 5\r\n'), want: 'parked' },
  { what: 'a negative length', answer: `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${good()}`, then: 'close', want: 'parked' },
  { what: 'a chunk of no size', answer: `${chunked}zz\r\n${good()}\r\n0\r\n\r\n`, want: 'parked' },
  { what: 'a chunk of every size', answer: `${chunked}FFFFFFFFFFFFFFFFF\r\n${good()}`, want: 'parked' },
  { what: 'no last chunk', answer: `${chunked}${chunk(good())}`, then: 'close', want: 'parked' },
  { what: 'chunks with trailers', answer: `${chunked}${chunk(good('wamid.trailed'))}0\r\nX-T: 1\r\n\r\n`, want: 'accepted' },
  { what: 'byte by byte', answer: plain(good('wamid.dripped')), drip: true, want: 'accepted' },
  { what: '200 without an id', answer: plain('{"messages":[{}]}'), want: 'parked' },
  { what: 'an id of nothing', answer: plain(good('')), want: 'parked' },
  { what: 'an id that is a number', answer: plain('{"messages":[{"id":7}]}'), want: 'parked' },
  { what: 'an id of 10,000 bytes', answer: plain(good('w'.repeat(10_000))), want: 'parked' },
  { what: 'an id that breaks lines', answer: plain(good('wamid.\\r\\nx')), want: 'parked' },
  { what: 'an id with a NUL', answer: plain(good('wamid.\\u0000')), want: 'parked' },
  { what: 'taken and refused at once', answer: plain(`${good().slice(0, -1)},${error(131026).slice(1)}`), want: 'parked' },
  { what: 'refused by 200', answer: plain(error(131026)), want: 'failed' },
  { what: 'refused', answer: plain(error(131026), '', '400 Bad Request'), want: 'failed' },
  { what: 'refused, by a code beyond all numbers', answer: plain(error('9'.repeat(40)), '', '400 Bad Request'), want: 'failed' },
  { what: 'a vague refusal', answer: plain(error(1), '', '500 Internal Server Error'), want: 'parked' },
  { what: '400 without a word', answer: plain('<html>', '', '400 Bad Request'), want: 'parked' },
  { what: '502 of somebody between', answer: plain('<html>', '', '502 Bad Gateway'), want: 'parked' },
  { what: 'a hundred thousand brackets', answer: plain('['.repeat(100_000)), want: 'parked' },
  { what: 'an id at the end of a thousand levels', answer: plain(`${'{"a":'.repeat(1000)}${good()}${'}'.repeat(1000)}`), want: 'parked' },
  { what: 'NULs', answer: plain('\0'.repeat(1000)), want: 'parked' },
  { what: 'a header with a NUL', answer: plain(good(), 'X-\0: \0\r\n'), want: 'parked' },
  { what: 'a page', answer: plain('<html>OK</html>'), want: 'parked' },
  { what: 'two documents', answer: plain(`${good()}${good()}`), want: 'parked' },
  { what: 'no head', answer: good(), then: 'close', want: 'parked' },
  { what: 'a status of no meaning', answer: plain(good(), '', '999 Whatever'), want: 'parked' },
  { what: 'a way to somebody else', answer: plain('', 'Location: /v24.0/elsewhere/messages\r\n', '307 Temporary Redirect'), want: 'parked' },
  { what: 'one more answer in the same breath', answer: Buffer.concat([plain(good('wamid.first')), plain(good('wamid.stray'))]), want: 'accepted' },
  { what: 'one more answer a little later', answer: plain(good('wamid.before')), late: plain(good('wamid.stray')), want: 'accepted' },
]

const CHUNK = 65536
const LATE_MS = 50

// Answers to nobody before all have asked.  `posts`: how often each person was sent to; `written`: bytes of what never ends.
export class Hostile {
  posts = new Map()
  written = new Map()
  #waiting = []

  static async start(t, all, answerOf) {
    const h = new Hostile()
    Object.assign(h, { all, answerOf })
    h.server = createServer((socket) => h.#take(socket))
    await new Promise((resolve) => h.server.listen(0, '127.0.0.1', resolve))
    h.url = `http://127.0.0.1:${h.server.address().port}/v24.0`
    t.after(() => {
      for (const socket of h.sockets) socket.destroy()
      h.server.close()
    })
    return h
  }

  sockets = new Set()

  #take(socket) {
    let got = ''
    this.sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.sockets.delete(socket))
    socket.setEncoding('latin1').on('data', (text) => {
      got += text
      const head = got.indexOf('\r\n\r\n')
      const length = Number(/^content-length: *(\d+)/im.exec(got)?.[1] ?? 0)
      if (head < 0 || got.length < head + 4 + length) return
      const to = /"to":"\+?(\d+)"/.exec(got)?.[1]
      got = ''
      this.posts.set(to, (this.posts.get(to) ?? 0) + 1)
      this.#waiting.push([socket, to])
      if (this.posts.size >= this.all) for (const [one, person] of this.#waiting.splice(0)) this.#answer(one, person)
    })
  }

  #answer(socket, to) {
    const { answer, endless, drip, then, late } = this.answerOf(to)
    if (drip) return this.#drip(socket, answer)
    socket.write(answer)
    if (endless) this.#flood(socket, to, endless === 'chunks' ? chunk('x'.repeat(CHUNK)) : endless.repeat(CHUNK / endless.length))
    if (late) setTimeout(() => socket.destroyed || socket.write(late), LATE_MS)
    if (then === 'close') socket.end()
    if (then === 'reset') reset(socket)
  }

  #drip(socket, left) {
    if (socket.destroyed || left.length === 0) return
    socket.write(left.subarray(0, 1), () => setImmediate(() => this.#drip(socket, left.subarray(1))))
  }

  #flood(socket, to, text) {
    if (socket.destroyed) return
    this.written.set(to, (this.written.get(to) ?? 0) + text.length)
    socket.write(text, () => setImmediate(() => this.#flood(socket, to, text)))
  }
}
