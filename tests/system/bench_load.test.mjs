// SPDX-License-Identifier: MIT
// bench_load.test.mjs — `willaq bench webhook` and `bench send`: what they post, how they measure, what they refuse.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { RedisServer } from './redis.mjs'
import { NUMBER_ID, Receiver } from './sandbox_world.mjs'
import { SECRET, Sink } from './sink_world.mjs'
import { BIN, freePort, run, scratch, start } from './support.mjs'

const QUICK = ['--warm-up', '0s', '--quiet', '--json'] // and 30 s at most, or until --count

// The result of a run that ended with `code`.
async function bench(args, { code = 0, ...opts } = {}) {
  const done = await run(['bench', ...args, ...QUICK], opts)
  assert.equal(done.code, code, done.stderr)
  return { ...JSON.parse(done.stdout), stderr: done.stderr, text: done.stdout }
}

// A server whose answer is fn's, [status, text]; {url, port}.
async function serve(t, fn, create = createServer, options = {}) {
  const server = create(options, (request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      const [status, text = ''] = fn(Buffer.concat(pieces).toString(), request)
      response.writeHead(status)
      response.end(text)
    })
  })
  const port = await freePort()
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port, url: `http://127.0.0.1:${port}` }
}

describe('bench webhook', () => {
  test('posts what Meta posts, signed, to a receiver that agrees with every count', async (t) => {
    const receiver = await Receiver.start(t)
    const result = await bench(['webhook', '--url', receiver.url, '--secret', SECRET, '--count', '600', '--people', '7', '--body', '640',
      '--statuses', '40', '--duplicates', '20', '--reorder', '10', '--connections', '8', '--account', NUMBER_ID])
    assert.equal(result.counts.ok, 600)
    assert.equal(receiver.got.length, 600)
    for (const { raw, signature } of receiver.got) assert.equal(signature, `sha256=${createHmac('sha256', SECRET).update(raw).digest('hex')}`)
    const values = receiver.values()
    for (const value of values) assert.equal(value.metadata.phone_number_id, NUMBER_ID)
    const messages = values.flatMap((value) => value.messages ?? [])
    const statuses = values.flatMap((value) => value.statuses ?? [])
    assert.equal(result.facts.messages, messages.length)
    assert.equal(result.facts.statuses, statuses.length)
    assert.ok(statuses.length > 150 && statuses.length < 330, `${statuses.length} statuses of 600`)
    const keys = [...messages.map(({ id }) => id), ...statuses.map(({ id, status }) => `${id} ${status}`)]
    assert.equal(keys.length - new Set(keys).size, result.facts.delivered_again)
    assert.ok(result.facts.delivered_again > 60 && result.facts.delivered_again < 190)
    assert.ok(result.facts.out_of_order > 10 && result.facts.out_of_order < 120)
    assert.equal(new Set(messages.map(({ from }) => from)).size, 7)
    assert.deepEqual([...new Set(statuses.map(({ status }) => status))].sort(), ['delivered', 'read', 'sent'])
    for (const { raw, body } of receiver.got) if (body.entry[0].changes[0].value.messages) assert.equal(raw.length, 640)
  })

  test('posts what Evolution posts, with its key', async (t) => {
    const receiver = await Receiver.start(t)
    const result = await bench(['webhook', '--provider', 'evolution', '--url', receiver.url, '--secret', 'k"1', '--count', '200', '--statuses', '50',
      '--account', 'aurora-01', '--connections', '4'])
    assert.equal(result.counts.ok, 200)
    const ids = new Set()
    for (const { headers, body } of receiver.got) {
      assert.equal(headers.apikey, 'k"1')
      assert.equal(body.apikey, 'k"1')
      assert.equal(body.instance, 'aurora-01')
      ids.add(body.event === 'messages.upsert' ? body.data.key.id : `${body.data.keyId} ${body.data.status}`)
    }
    assert.equal(ids.size, 200)
    assert.deepEqual([...new Set(receiver.got.map(({ body }) => body.event))].sort(), ['messages.update', 'messages.upsert'])
  })

  test('posts what Twilio posts, signed', async (t) => {
    const receiver = await Receiver.start(t)
    const result = await bench(['webhook', '--provider', 'twilio', '--url', `${receiver.url}?a=b`, '--secret', 'token', '--count', '100', '--statuses', '50',
      '--connections', '4'])
    assert.equal(result.counts.ok, 100)
    for (const { headers, body } of receiver.got) {
      const signed = `${receiver.url}?a=b` + Object.keys(body).sort().map((name) => name + body[name]).join('')
      assert.equal(headers['x-twilio-signature'], createHmac('sha1', 'token').update(signed).digest('base64'))
      assert.match(body.MessageSid, /^SM[0-9a-f]{32}$/)
      assert.match(body.MessageStatus ?? body.SmsStatus, /^(received|sent|delivered|read)$/)
    }
    assert.ok(!result.text.includes('token"'), 'no secret in the result')
  })

  test('is taken by a sink, message by message', async (t) => {
    const server = await RedisServer.start(t)
    const sink = await Sink.start(t, server, '--evolution-webhook-key', 'key', '--twilio-webhook-token', 'token')
    const cases = [['cloud', '/webhooks/whatsapp', SECRET], ['evolution', '/webhooks/evolution/bench', 'key'], ['twilio', '/webhooks/twilio', 'token']]
    let jobs = 0
    for (const [provider, path, secret] of cases) {
      const result = await bench(['webhook', '--provider', provider, '--url', sink.url(path), '--secret', '-', '--count', '120', '--duplicates', '25',
        '--connections', '8'], { stdin: `${secret}\n` })
      assert.deepEqual([result.counts.ok, result.counts.refused], [120, 0], provider)
      jobs += 120 - result.facts.delivered_again
      assert.equal((await sink.jobs()).length, jobs, provider)
    }
    const wrong = await bench(['webhook', '--url', sink.url(), '--secret', 'wrong', '--count', '10', '--connections', '2'], { code: 1 })
    assert.deepEqual([wrong.counts.ok, wrong.statuses], [0, { 401: 10 }])
  })

  test('tells refusals by their status, and what had no answer by its reason', async (t) => {
    let n = 0
    const { url } = await serve(t, (body, request) => {
      n++
      if (n % 10 === 3) request.socket.destroy()
      return [n % 10 === 1 ? 503 : n % 10 === 2 ? 202 : 200]
    })
    const result = await bench(['webhook', '--url', url, '--secret', 's', '--count', '100', '--connections', '1'])
    assert.deepEqual(result.statuses, { 202: 10, 503: 10 }) // Meta takes nothing but 200 for "received"
    assert.deepEqual([result.counts.ok, result.counts.refused, result.counts.lost], [70, 20, 10])
    assert.match(result.notes.join(), /10 without an answer: the server closed the connection/)
  })

  test('has no answer from who does not answer in time', async (t) => {
    const { url } = await serve(t, () => [200])
    const { server } = await serve(t, () => [200])
    server.removeAllListeners('request')
    const silent = `http://127.0.0.1:${server.address().port}`
    const result = await bench(['webhook', '--url', silent, '--secret', 's', '--count', '4', '--connections', '4', '--timeout', '200ms'], { code: 1 })
    assert.equal(result.counts.timed_out, 4)
    const late = await bench(['webhook', '--url', silent, '--secret', 's', '--rate', '50', '--duration', '300ms', '--drain', '300ms', '--connections', '5'], { code: 1 })
    assert.deepEqual([late.counts.timed_out, late.counts.never_begun, late.counts.lost], [5, 10, 0])
    assert.ok(late.latency_us.min >= 300_000, `the shortest waited ${late.latency_us.min} us`)
    assert.equal((await bench(['webhook', '--url', url, '--secret', 's', '--count', '4', '--timeout', '20s'])).counts.ok, 4)
  })

  // One stall of 600 ms: of 2 s at 100/s some 60 were due while it lasted.  Who measures from when a request was begun
  // sees one slow request in 200.
  test('counts from when a webhook was due, not from when it could be begun', async (t) => {
    let n = 0
    const { url } = await serve(t, () => {
      if (++n === 50) for (const until = performance.now() + 600; performance.now() < until; );
      return [200]
    })
    const { latency_us: latency, service_us: service, counts } = await bench(['webhook', '--url', url, '--secret', 's', '--rate', '100', '--duration', '2s',
      '--connections', '1'])
    assert.equal(counts.ok, 200)
    assert.ok(latency.p90 > 200_000, `latency: p90 ${latency.p90} us`)
    assert.ok(latency.max >= 590_000, `latency: max ${latency.max} us`)
    assert.ok(service.p95 < 150_000, `service: p95 ${service.p95} us`)
    assert.ok(counts.starved >= 30, `${counts.starved} were due while nothing was free`)
  })

  test('speaks TLS, and takes no certificate that it should not', async (t) => {
    const dir = scratch(t)
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(dir, name))
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert,
      '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'], { stdio: 'ignore' })
    const { port } = await serve(t, () => [200], createSecureServer, { key: readFileSync(key), cert: readFileSync(cert) })
    const args = ['webhook', '--url', `https://localhost:${port}/`, '--secret', 's', '--count', '50', '--connections', '3']
    const refused = await run(['bench', ...args, ...QUICK])
    assert.equal(refused.code, 1)
    assert.match(refused.stderr, /no connection to https:\/\/localhost:\d+\/: no secure connection: .*certificate.*--ca-file/i)
    assert.equal((await bench([...args, '--ca-file', cert])).counts.ok, 50)
    assert.equal((await bench([...args, '--insecure'])).counts.ok, 50)
    const other = await run(['bench', ...args.with(2, `https://127.0.0.1:${port}/`), '--ca-file', cert, ...QUICK])
    assert.equal(other.code, 1, 'a certificate for another name')
  })

  test('goes on when the receiver goes away and comes back', async (t) => {
    const { server, port, url } = await serve(t, () => [200])
    const program = start(['bench', 'webhook', '--url', url, '--secret', 's', '--rate', '100', '--duration', '3s', '--warm-up', '0s', '--json'], { t })
    await new Promise((resolve) => server.once('request', resolve))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const again = createServer((request, response) => {
      request.resume()
      response.end()
    })
    await new Promise((resolve) => again.listen(port, '127.0.0.1', resolve))
    const first = new Promise((resolve) => again.once('request', resolve))
    await first
    const { code, stdout } = await program.end()
    again.closeAllConnections()
    again.close()
    const { counts } = JSON.parse(stdout)
    assert.equal(code, 0)
    assert.equal(counts.ok + counts.lost + counts.timed_out + counts.unanswered, counts.begun)
    assert.ok(counts.ok > 100, JSON.stringify(counts))
  })
})

describe('bench send', () => {
  const base = ['send', '--phone-number-id', NUMBER_ID, '--token', 'demo-token']

  test('sends to a sandbox, which knows each message', async (t) => {
    const sandbox = start(['sandbox', '--port', '0'], { t })
    const [, url] = await sandbox.until(/listening (http:\/\/\S+)/)
    const result = await bench([...base, '--url', `${url}/v24.0/`, '--count', '60', '--people', '20', '--connections', '4'])
    assert.equal(result.counts.ok, 60, JSON.stringify([result.statuses, result.notes]))
    assert.ok(!result.text.includes('demo-token'))
  })

  test('looks for the id of a message, and counts the codes of errors', async (t) => {
    const seen = []
    const { url } = await serve(t, (body, request) => {
      const n = seen.push({ body: JSON.parse(body), headers: request.headers, url: request.url })
      if (n % 10 === 1) return [429, '{"error":{"message":"slow","code":130429}}']
      if (n % 10 === 2) return [200, '{"messages":[]}']
      if (n % 10 === 3) return [500, 'nothing']
      if (n % 10 === 4) return [200, '{"messages":[{"id":']
      return [200, `{"messaging_product":"whatsapp","messages":[{"id":"wamid.${n}"}]}`]
    })
    const result = await bench([...base, '--url', `${url}/v24.0`, '--to', '+593900000001,593900000002', '--count', '100', '--connections', '1', '--body', '300'])
    assert.deepEqual(result.statuses, { 200: 20, 500: 10, 130429: 10 })
    assert.equal(result.counts.ok, 60)
    assert.equal(result.facts.without_id, 20)
    assert.deepEqual([...new Set(seen.map(({ body }) => body.to))], ['+593900000001', '593900000002'])
    assert.equal(new Set(seen.map(({ body }) => body.text.body)).size, 100)
    for (const each of seen) {
      assert.equal(each.url, `/v24.0/${NUMBER_ID}/messages`)
      assert.equal(each.headers.authorization, 'Bearer demo-token')
    }
  })
})

const NOBODY = 'http://127.0.0.1:1/'
const REFUSED = [
  [['webhook'], 2, /needs --url/],
  [['webhook', '--url', NOBODY], 2, /--secret takes the app secret/],
  [['webhook', '--url', 'ftp://127.0.0.1/', '--secret', 's'], 2, /must begin with http:\/\/ or https:\/\//],
  [['webhook', '--url', '127.0.0.1:8780', '--secret', 's'], 2, /cannot be posted to/],
  [['webhook', '--url', 'http://me:pw@127.0.0.1/', '--secret', 's'], 2, /\*\*\*@127\.0\.0\.1\/ cannot be posted to: no user/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--provider', 'meta'], 2, /--provider takes cloud, evolution or twilio, not "meta"/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--rate', '0'], 2, /--rate takes .* above 0/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--statuses', '101'], 2, /--statuses takes a percentage/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--people', '0'], 2, /--people takes a whole number from 1/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--body', '100'], 2, /--body is too small: .* 447 bytes/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--timeout', '0'], 2, /--timeout takes a time above 0/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--connections', '20001'], 2, /at most 20000 --connections/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--account', 'a b'], 2, /--account takes letters/],
  [['webhook', '--url', NOBODY, '--secret', 's', '--secret-file', 'x'], 2, /give one/],
  [['webhook', '--url', NOBODY, '--secret-file', '/nonexistent'], 2, /--secret-file cannot be read/],
  [['webhook', '--url', NOBODY, '--secret', 'a\nb', '--provider', 'evolution'], 2, /line break/],
  [['webhook', '--url', NOBODY, '--secret', 's'], 1, /no connection to http:\/\/127\.0\.0\.1:1\/: connection refused; is it running\?/],
  [['webhook', '--url', 'http://none.invalid/', '--secret', 's'], 1, /the name has no address/],
  [['webhook', '--url', 'https://127.0.0.1/', '--secret', 's', '--ca-file', '/nonexistent'], 1, /the file of its CA cannot be used/],
  [['send'], 2, /needs --url/],
  [['send', '--url', NOBODY], 2, /needs --phone-number-id/],
  [['send', '--url', NOBODY, '--phone-number-id', '1'], 2, /needs --token/],
  [['send', '--url', `${NOBODY}?a=b`, '--phone-number-id', '1', '--token', 't'], 2, /no query/],
  [['send', '--url', NOBODY, '--phone-number-id', '1', '--token', 't', '--to', '12'], 2, /--to takes phone numbers/],
  [['send', '--url', NOBODY, '--phone-number-id', '1', '--token', 't', '--to', '593900000001', '--people', '3'], 2, /give one/],
  [['send', '--url', NOBODY, '--phone-number-id', '1', '--token', 't', '--body', '10'], 2, /--body is too small/],
  [['send', '--url', 'https://graph.facebook.com/v24.0', '--phone-number-id', '1', '--token', 't'], 2, /only to numbers that you name/],
  [['send', '--url', NOBODY, '--phone-number-id', '1', '--token', 't'], 1, /connection refused/],
]

describe('what bench refuses', () => {
  for (const [args, code, says] of REFUSED) {
    test(args.join(' ').replaceAll('\n', '\\n'), async () => {
      const done = await run(['bench', ...args, '--warm-up', '0s', '--duration', '100ms', '--quiet'])
      assert.equal(done.code, code, done.stderr)
      assert.match(done.stderr, says)
      assert.equal(done.stdout, '')
    })
  }

  test('more connections than there can be open files', async () => {
    const done = await run(['--nofile=200', BIN, 'bench', 'webhook', '--url', NOBODY, '--secret', 's', '--connections', '190'], { bin: 'prlimit' })
    assert.equal(done.code, 2, done.stderr)
    assert.match(done.stderr, /allows 200 open files, too few for 190 --connections/)
  })

  test('a secret from a file', async (t) => {
    const dir = scratch(t)
    const receiver = await Receiver.start(t)
    writeFileSync(join(dir, 'secret'), `${SECRET}\n`)
    await bench(['webhook', '--url', receiver.url, '--secret-file', join(dir, 'secret'), '--count', '1', '--connections', '1'])
    assert.equal(receiver.got[0].signature, `sha256=${createHmac('sha256', SECRET).update(receiver.got[0].raw).digest('hex')}`)
  })
})
