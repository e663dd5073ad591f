// SPDX-License-Identifier: MIT
// dump.mjs — what a database holds, in the form in which two of them can be compared.
//
// dump() reads every key.  normalise() takes out what is free to differ: order of JSON members, ids of stream entries,
// UUIDs, fields that no reader needs.  diff() lists the paths at which two normalised dumps differ.
const SCAN_COUNT = 1000
const TTL_SLACK_MS = 1500 // both sides ran at slightly different times
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

const pairs = (flat) => {
  const out = {}
  for (let i = 0; i + 1 < flat.length; i += 2) out[flat[i]] = flat[i + 1]
  return out
}

const readers = {
  string: (redis, key) => redis.get(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: async (redis, key) => (await redis.smembers(key)).sort(),
  zset: async (redis, key) => pairs(await redis.zrange(key, 0, -1, 'WITHSCORES')),
  hash: (redis, key) => redis.hgetall(key),
  stream: async (redis, key) => (await redis.xrange(key, '-', '+')).map(([, fields]) => pairs(fields)),
}

// {key: {type, ttl (ms, -1 none), value}}
export async function dump(redis) {
  const keys = []
  let cursor = '0'
  do {
    const [next, found] = await redis.scan(cursor, 'COUNT', SCAN_COUNT)
    cursor = next
    keys.push(...found)
  } while (cursor !== '0')
  const out = {}
  await Promise.all([...new Set(keys)].sort().map(async (key) => {
    const type = await redis.type(key)
    if (type === 'none') return
    const [value, ttl] = await Promise.all([readers[type](redis, key), redis.pttl(key)])
    out[key] = { type, ttl, value }
  }))
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sorted(value) {
  if (Array.isArray(value)) return value.length === 0 ? {} : value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]))
}

function parsed(text) {
  if (text === undefined) return undefined
  try {
    return sorted(JSON.parse(text))
  } catch {
    return `not JSON: ${text}`
  }
}

function options(text) {
  const opts = parsed(text)
  if (opts && opts.attempts === 0) delete opts.attempts
  return opts
}

function jobHash(hash) {
  const out = { ...hash, opts: options(hash.opts ?? '{}') }
  delete out.nrjid
  if (hash.parent !== undefined) out.parent = parsed(hash.parent)
  if (hash.stacktrace !== undefined) out.stacktrace = `${JSON.parse(hash.stacktrace).length} entries`
  return out
}

function withJson(hash, ...names) {
  const out = { ...hash }
  for (const name of names) if (out[name] !== undefined) out[name] = name === 'opts' ? options(out[name]) : parsed(out[name])
  return out
}

function normalValue(suffix, value, type) {
  if (suffix === 'meta') {
    const { version, ...rest } = value
    return rest
  }
  if (suffix === 'events') return value.filter((e) => e.event !== 'debounced')
  if (suffix === 'stalled-check') return 'any'
  if (suffix.startsWith('dn:')) return withJson(value, 'opts', 'pd')
  if (type !== 'hash') return value
  if (/^repeat:/.test(suffix) && value.timestamp === undefined) return withJson(value, 'opts', 'data')
  if (/:(processed|failed)$/.test(suffix) || /^metrics:/.test(suffix)) return value
  return jobHash(value)
}

// Same UUIDs become the same symbols, in the order in which they appear.
function symbols(text) {
  const names = new Map()
  return text.replace(UUID, (uuid) => {
    if (!names.has(uuid)) names.set(uuid, `<uuid ${names.size + 1}>`)
    return names.get(uuid)
  })
}

// "0" in a marker says that work may be there.  Where none is, it is left over from work that was taken, and no matter.
function withoutIdleMarkers(dumped) {
  for (const key of Object.keys(dumped).filter((name) => name.endsWith(':marker'))) {
    const base = key.slice(0, -'marker'.length)
    if (`${base}wait` in dumped || `${base}prioritized` in dumped) continue
    delete dumped[key].value['0']
    if (Object.keys(dumped[key].value).length === 0) delete dumped[key]
  }
  return dumped
}

export function normalise(raw, prefix) {
  const out = {}
  for (const [key, { type, ttl, value }] of Object.entries(raw)) {
    const [, , suffix] = /^([^:]*):(.*)$/s.exec(key.slice(prefix.length + 1)) ?? []
    out[key] = { type, ttl, value: normalValue(suffix ?? key, value, type) }
  }
  return withoutIdleMarkers(JSON.parse(symbols(JSON.stringify(out))))
}

const same = (path, a, b) => {
  if (a === b) return true
  return path.endsWith('.ttl') && typeof a === 'number' && typeof b === 'number' && a > 0 && b > 0 && Math.abs(a - b) <= TTL_SLACK_MS
}

// A list of ids is told as a whole.
const isFlat = (v) => Array.isArray(v) && v.every((item) => typeof item === 'string')
const isTree = (v) => v !== null && typeof v === 'object'

// [{path, want, got}]; a missing side is undefined.
export function diff(want, got, path = '') {
  if (isFlat(want) && isFlat(got)) return want.join('\n') === got.join('\n') ? [] : [{ path, want, got }]
  if (isTree(want) && isTree(got) && Array.isArray(want) === Array.isArray(got)) {
    const names = [...new Set([...Object.keys(want), ...Object.keys(got)])]
    return names.flatMap((name) => diff(want[name], got[name], path ? `${path}.${name}` : name))
  }
  if (isTree(want) && isTree(got) && Object.keys(want).length + Object.keys(got).length === 0) return []
  return same(path, want, got) ? [] : [{ path, want, got }]
}

const short = (value) => {
  const text = value === undefined ? '(nothing)' : JSON.stringify(value)
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}

export function describe(differences) {
  return differences.map(({ path, want, got }) => `  ${path}\n    BullMQ: ${short(want)}\n    ours:   ${short(got)}`).join('\n')
}
