// SPDX-License-Identifier: MIT
// sandbox_world.mjs — a sandbox, somebody who takes its webhooks, and the calls that tests make.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { freePort, start, until } from './support.mjs'

export const SECRET = 'demo-app-secret'
export const NUMBER_ID = '100000000000001'
export const CUSTOMER = '593900000011'

// Takes webhooks on localhost.  `status` is what it answers, and may be a function of how many came before.
export class Receiver {
  got = [] // {raw, body, signature, status}, in the order of arrival
  status = 200

  static async start(t) {
    const receiver = new Receiver()
    receiver.server = createServer((request, response) => receiver.take(request, response))
    const port = await freePort() // for a test that ends it and has it come back
    await new Promise((resolve) => receiver.server.listen(port, '127.0.0.1', resolve))
    receiver.url = `http://localhost:${receiver.server.address().port}/webhooks/whatsapp`
    t.after(() => {
      receiver.server.closeAllConnections()
      receiver.server.close()
    })
    return receiver
  }

  take(request, response) {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      const raw = Buffer.concat(pieces)
      const status = typeof this.status === 'function' ? this.status(this.got.length) : this.status
      const form = /form/.test(request.headers['content-type'])
      this.got.push({ raw, body: form ? Object.fromEntries(new URLSearchParams(raw.toString())) : JSON.parse(raw),
        url: `http://${request.headers.host}${request.url}`, headers: request.headers,
        signature: request.headers['x-hub-signature-256'] ?? request.headers['x-twilio-signature'], status })
      response.writeHead(status)
      response.end()
    })
  }

  values() {
    return this.got.map(({ body }) => body.entry[0].changes[0].value)
  }

  statuses() {
    return this.values().flatMap((value) => value.statuses ?? [])
  }

  messages() {
    return this.values().flatMap((value) => value.messages ?? [])
  }

  has(n) {
    return until(() => this.got.length >= n && this.got, undefined, `${n} webhooks`)
  }
}

export const sign = (raw, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`

// As Twilio says: the URL, and each parameter by name.
export const signTwilio = (url, raw, token = TWILIO.token) => {
  const params = [...new URLSearchParams(raw.toString())].sort(([a], [b]) => (a < b ? -1 : 1))
  return createHmac('sha1', token).update(url + params.map(([name, value]) => name + value).join('')).digest('base64')
}

export const TWILIO = { sid: `AC${'0'.repeat(31)}2`, token: 'demo-auth-token', number: '+12025550100' }
export const INSTANCE = { name: 'aurora-01', key: '00000000-DEMO-TOKEN-0000-000000000001' }

export class Sandbox {
  // args as on the command line; with a receiver, its webhooks go there.
  static async start(t, args = [], receiver) {
    const sandbox = new Sandbox()
    const aim = receiver ? ['--webhook', receiver.url, '--webhook-secret', SECRET] : []
    const delay = args.includes('--status-delay') ? [] : ['--status-delay', '10ms']
    sandbox.program = start(['sandbox', '--port', '0', ...delay, ...aim, ...args], { t })
    sandbox.url = (await sandbox.program.until(/listening (http:\/\/\S+)/))[1]
    return sandbox
  }

  call(method, path, body, headers = {}) {
    return fetch(this.url + path, {
      method,
      headers: { authorization: 'Bearer any', ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  async json(method, path, body, want = 200) {
    const answer = await this.call(method, path, body)
    const text = await answer.text()
    assert.equal(answer.status, want, text)
    return text === '' ? null : JSON.parse(text)
  }

  post(message, { id = NUMBER_ID, version = 'v24.0' } = {}) {
    return this.call('POST', `/${version}/${id}/messages`, { messaging_product: 'whatsapp', to: `+${CUSTOMER}`, ...message })
  }

  // The id of an accepted message.
  async send(message = { text: { body: 'Hello' } }, where) {
    const answer = await this.post(message, where)
    const body = await answer.json()
    assert.equal(answer.status, 200, JSON.stringify(body))
    return body.messages[0].id
  }

  // {status, code} of an answer, or {error} when there was none.
  async outcome(message = { text: { body: 'Hello' } }, where) {
    try {
      const answer = await this.post(message, where)
      const body = await answer.json()
      return { status: answer.status, code: body.error?.code }
    } catch (error) {
      return { error: error.cause?.code ?? error.message }
    }
  }

  // {status, body} of a form posted to Twilio.
  async twilio(params = {}, { sid = TWILIO.sid, token = TWILIO.token, path = `/2010-04-01/Accounts/${sid}/Messages.json` } = {}) {
    const form = { To: `whatsapp:+${CUSTOMER}`, From: `whatsapp:${TWILIO.number}`, Body: 'Hello', ...params }
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}` },
      body: new URLSearchParams(Object.entries(form).filter(([, value]) => value !== undefined)),
    })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  }

  // The same of a GET.
  async twilioGet(path) {
    const answer = await fetch(`${this.url}/2010-04-01/Accounts/${TWILIO.sid}${path}`, { headers: { authorization: `Basic ${btoa(`${TWILIO.sid}:${TWILIO.token}`)}` } })
    return { status: answer.status, body: await answer.json() }
  }

  // {status, body} of what Evolution is asked.
  async evolution(op, body, { instance = INSTANCE.name, key = INSTANCE.key, method = 'POST' } = {}) {
    const answer = await fetch(`${this.url}/${op}/${instance}`, {
      method, headers: { 'content-type': 'application/json', ...(key && { apikey: key }) }, body: body && JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }

  order(fault) {
    return this.json('POST', '/_sandbox/faults', fault, 201)
  }

  counts() {
    return this.json('GET', '/_sandbox/counts')
  }

  async messages(query = '') {
    return (await this.json('GET', `/_sandbox/messages${query}`)).data
  }
}
