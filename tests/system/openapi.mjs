// SPDX-License-Identifier: MIT
// openapi.mjs — the description that a server gives of itself: whether it is one, and what requests and answers have
// to look like by it.
import assert from 'node:assert/strict'

const METHODS = ['get', 'put', 'post', 'delete', 'patch']
const KEYWORDS = ['$ref', 'type', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items', 'minimum', 'maximum']
const TYPES = {
  string: (v) => typeof v === 'string',
  boolean: (v) => typeof v === 'boolean',
  number: (v) => typeof v === 'number',
  integer: (v) => Number.isSafeInteger(v),
  null: (v) => v === null,
  array: (v) => Array.isArray(v),
  object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
}

export class Description {
  constructor(doc) {
    this.doc = doc
    this.operations = Object.entries(doc.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, ...operation })))
  }

  static async of(url) {
    return new Description(await (await fetch(`${url}/openapi.json`)).json())
  }

  resolve(schema) {
    if (!schema.$ref) return schema
    const name = /^#\/components\/schemas\/([A-Za-z]+)$/.exec(schema.$ref)?.[1]
    assert.ok(name && this.doc.components.schemas[name], `${schema.$ref} is there`)
    return this.doc.components.schemas[name]
  }

  // What is wrong with `value`; [] when it fits.  Members that the schema does not tell are wrong, also where it would
  // allow them: nothing may be answered that is not described.
  problems(schema, value, at = '$') {
    const s = this.resolve(schema)
    if (s.anyOf) {
      const all = s.anyOf.map((one) => this.problems(one, value, at))
      return all.some((found) => found.length === 0) ? [] : all.flat()
    }
    if (s.enum) return s.enum.includes(value) ? [] : [`${at}: ${JSON.stringify(value)} is none of ${s.enum}`]
    if (s.type && !TYPES[s.type](value)) return [`${at}: ${JSON.stringify(value)} is no ${s.type}`]
    if (s.minimum !== undefined && value < s.minimum) return [`${at}: ${value} is below ${s.minimum}`]
    if (s.maximum !== undefined && value > s.maximum) return [`${at}: ${value} is above ${s.maximum}`]
    if (s.type === 'array') return value.flatMap((one, i) => this.problems(s.items, one, `${at}[${i}]`))
    if (s.type !== 'object') return []
    return [
      ...s.required.filter((name) => !(name in value)).map((name) => `${at}: ${name} is missing`),
      ...Object.entries(value).flatMap(([name, one]) => (s.properties[name] ? this.problems(s.properties[name], one, `${at}.${name}`) : [`${at}: ${name} is not described`])),
    ]
  }

  // The operation that a request is for: literal segments win.
  find(method, path) {
    const segments = path.split('?')[0].split('/')
    const fits = ({ path: template }) => {
      const parts = template.split('/')
      return parts.length === segments.length && parts.every((part, i) => part === segments[i] || /^\{.*\}$/.test(part))
    }
    const literals = ({ path: template }) => template.split('/').filter((part) => !part.startsWith('{')).length
    return this.operations.filter((o) => o.method === method.toLowerCase() && fits(o)).sort((a, b) => literals(b) - literals(a))[0]
  }

  // A request that was not refused, and its answer: both as described.
  assertFits(method, path, body, status, answer) {
    const what = `${method} ${path}`
    const operation = this.find(method, path)
    assert.ok(operation, `${what} is described`)
    const response = operation.responses[status]
    assert.ok(response, `${what}: status ${status} is described`)
    const schema = response.content?.['application/json'].schema
    assert.deepEqual(schema ? this.problems(schema, answer) : [], [], `the answer to ${what}`)
    if (body === undefined) return
    assert.ok(operation.requestBody, `${what} takes a body`)
    assert.deepEqual(this.problems(operation.requestBody.content['application/json'].schema, body), [], `the body of ${what}`)
  }

  assertSchema(schema, at) {
    assert.deepEqual(Object.keys(schema).filter((key) => !KEYWORDS.includes(key)), [], `keywords of ${at}`)
    this.resolve(schema)
    if (schema.type) assert.ok(TYPES[schema.type], `${at}: type ${schema.type}`)
    for (const name of schema.required ?? []) assert.ok(schema.properties[name], `${at}: ${name}, which is required, is described`)
    for (const [name, one] of Object.entries(schema.properties ?? {})) this.assertSchema(one, `${at}.${name}`)
    for (const one of schema.anyOf ?? []) this.assertSchema(one, at)
    if (schema.items) this.assertSchema(schema.items, `${at}[]`)
  }

  assertOperation({ path, method, summary, parameters, requestBody, responses, security }) {
    const what = `${method} ${path}`
    assert.ok(METHODS.includes(method) && summary, what)
    const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
    assert.deepEqual(parameters.filter((p) => p.in === 'path').map((p) => p.name), named, what)
    assert.equal(new Set(parameters.map((p) => p.in + p.name)).size, parameters.length, `${what}: each parameter once`)
    for (const p of parameters) {
      assert.ok(['path', 'query'].includes(p.in) && (p.in === 'query' || p.required === true), `${what}: ${p.name}`)
      this.assertSchema(p.schema, `${what} ${p.name}`)
    }
    if (requestBody) this.assertSchema(requestBody.content['application/json'].schema, `${what} body`)
    for (const [status, { description, content }] of Object.entries(responses)) {
      assert.match(status, /^([2-5]\d\d|default)$/, what)
      assert.ok(description, `${what} ${status}`)
      for (const { schema } of Object.values(content ?? {})) this.assertSchema(schema, `${what} ${status}`)
    }
    for (const one of security ?? []) for (const name of Object.keys(one)) assert.ok(this.doc.components.securitySchemes[name], `${what}: ${name}`)
  }

  // OpenAPI 3.1, as far as we use it.
  assertWellFormed() {
    const { doc } = this
    assert.match(doc.openapi, /^3\.1\.\d+$/)
    assert.ok(doc.info.title && doc.info.version)
    for (const path of Object.keys(doc.paths)) assert.match(path, /^\/[^?#]*$/)
    for (const [name, schema] of Object.entries(doc.components.schemas)) this.assertSchema(schema, name)
    for (const operation of this.operations) this.assertOperation(operation)
  }
}
