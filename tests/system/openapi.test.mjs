// SPDX-License-Identifier: MIT
// openapi.test.mjs — /openapi.json tells the truth: its examples are taken, and what it does not allow is refused.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Description } from './openapi.mjs'
import { QueueRedis } from './plain_queue.mjs'
import { start } from './support.mjs'

const KEY = 'a-key-of-the-test'

describe('the description of the API', () => {
  let redis, server, url, description
  const refused = (status) => [400, 413, 422].includes(status)
  const filled = (path) => path.replace('{name}', 'letters').replace('{id}', 'one').replace('{kind}', 'greeting').replace('{language}', 'es')
  async function ask({ method, path }, { query = '', body, headers = { apikey: KEY } } = {}) {
    const response = await fetch(url + filled(path) + query, { method: method.toUpperCase(), headers, body: body && JSON.stringify(body) })
    return { status: response.status, ...(await response.json()) }
  }
  // Webhooks are signed by whoever posts them: no key.
  const told = () => description.operations.filter(({ path }) => path.startsWith('/api/') && !path.startsWith('/api/webhooks/'))
  const withBody = () => told().filter(({ requestBody }) => requestBody)
  const example = ({ requestBody }) => requestBody.content['application/json'].example

  before(async () => {
    redis = await QueueRedis.start()
    const account = { WHATSAPP_TOKEN: 'none', WHATSAPP_PHONE_NUMBER_ID: '100000000000001', WILLAQ_GRAPH_URL: 'http://127.0.0.1:1' }
    server = start(['serve', '--port', '0', '--redis-url', redis.url], { env: { WILLAQ_API_KEY: KEY, ...account } })
    url = (await server.until(/listening (http:\/\/\S+)/))[1]
    description = await Description.of(url)
  })
  after(async () => {
    assert.equal((await server.stop()).code, 0)
    await redis.end()
  })

  test('is OpenAPI 3.1', () => {
    description.assertWellFormed()
    assert.ok(told().length > 20)
    for (const { method, path, security, responses } of told()) {
      assert.ok(security.length, `${method} ${path} needs a key`)
      assert.ok(Object.entries(responses).some(([status, { content }]) => status.startsWith('2') && content), `${method} ${path} tells its answer`)
    }
  })

  test('the sandbox tells its own', async (t) => {
    const sandbox = start(['sandbox', '--port', '0', '--webhook', 'http://127.0.0.1:1/'], { t })
    const [, at] = await sandbox.until(/listening (http:\/\/\S+)/)
    const own = await Description.of(at)
    own.assertWellFormed()
    for (const [method, path, body] of [['POST', '/_sandbox/faults', '{"do":"error"}'], ['POST', '/_sandbox/inbound', '{"from":"593900000011","text":"Hi"}'], ['DELETE', '/_sandbox/faults'], ['DELETE', '/_sandbox']]) {
      const { status } = await fetch(at + path, { method, body })
      assert.ok(own.find(method, path).responses[status], `${method} ${path}: ${status}`)
    }
  })

  test('what needs a key says so', async () => {
    for (const operation of description.operations) {
      if (operation.path.includes('{') && !operation.security) continue
      const response = await fetch(url + filled(operation.path), { method: operation.method.toUpperCase() })
      await response.arrayBuffer()
      assert.equal(response.status === 401, operation.security !== undefined, `${operation.method} ${operation.path}`)
    }
  })

  test('examples are taken', async () => {
    for (const operation of withBody()) {
      const what = `${operation.method} ${operation.path}`
      assert.ok(example(operation), `${what} has an example`)
      assert.deepEqual(description.problems(operation.requestBody.content['application/json'].schema, example(operation)), [], what)
      const answer = await ask(operation, { body: example(operation) })
      assert.ok(!refused(answer.status), `${what}: ${JSON.stringify(answer)}`)
    }
  })

  test('members that are not described are refused', async () => {
    for (const operation of withBody()) {
      const schema = description.resolve(operation.requestBody.content['application/json'].schema)
      if (schema.additionalProperties !== false) continue // it says that there may be more
      const { status } = await ask(operation, { body: { ...example(operation), surprise: 1 } })
      assert.ok(refused(status), `${operation.method} ${operation.path}: ${status}`)
    }
  })

  test('a body can be left out where that is said', async () => {
    for (const operation of withBody()) {
      const { status } = await ask(operation)
      assert.equal(refused(status), operation.requestBody.required, `${operation.method} ${operation.path}: ${status}`)
    }
  })

  test('parameters are held to what is said of them', async () => {
    const wrong = ({ type, enum: words, minimum, maximum }) => [
      ...(words || type === 'boolean' ? ['nonsense'] : []),
      ...(minimum === undefined ? [] : [minimum - 1]),
      ...(maximum === undefined ? [] : [maximum + 1]),
    ]
    for (const operation of told()) {
      const query = operation.parameters.filter((p) => p.in === 'query')
      const needed = query.filter((p) => p.required).map((p) => `${p.name}=${p.schema.enum[0]}`)
      for (const { name, schema } of query)
        for (const value of wrong(description.resolve(schema))) {
          const others = needed.filter((one) => !one.startsWith(`${name}=`))
          const { status } = await ask(operation, { query: `?${[`${name}=${value}`, ...others].join('&')}` })
          assert.ok(refused(status), `${operation.method} ${operation.path} ${name}=${value}: ${status}`)
        }
      if (needed.length) assert.ok(refused((await ask(operation)).status), `${operation.method} ${operation.path} without ${needed}`)
    }
  })
})
