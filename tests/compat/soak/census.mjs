// SPDX-License-Identifier: MIT
// census.mjs — what must hold in a queue at any moment, and of every job's life when all is over.
//
// census() looks at one instant, in one script.  lives() reads the events from first to last.
const EARLY = ['wait', 'paused', 'prioritized', 'delayed', 'active', 'waiting-children']

// KEYS 1: "<prefix>:<queue>:"
const LOOK = `
local base = KEYS[1]
local seen, problems, counts = {}, {}, {}
local function tell(text) if #problems < 20 then problems[#problems + 1] = text end end
for _, place in ipairs({'wait', 'paused', 'active', 'prioritized', 'delayed', 'waiting-children', 'completed', 'failed'}) do
  local key = base .. place
  local type = redis.call('TYPE', key).ok
  local ids = type == 'list' and redis.call('LRANGE', key, 0, -1) or type == 'zset' and redis.call('ZRANGE', key, 0, -1) or {}
  counts[#counts + 1] = place
  counts[#counts + 1] = #ids
  for _, id in ipairs(ids) do
    if string.sub(id, 1, 2) ~= '0:' then
      if seen[id] then tell(id .. ' is in ' .. seen[id] .. ' and in ' .. place) end
      seen[id] = place
      if redis.call('EXISTS', base .. id) == 0 then tell(id .. ' is in ' .. place .. ' and has no hash') end
      if place == 'waiting-children' and redis.call('SCARD', base .. id .. ':dependencies') == 0 then
        tell(id .. ' waits for children and has none')
      end
    end
  end
end
if redis.call('EXISTS', base .. 'limiter') == 1 and redis.call('PTTL', base .. 'limiter') == -1 then
  tell('limiter has no ttl')
end
local concurrency = redis.call('HGET', base .. 'meta', 'concurrency')
if concurrency and redis.call('LLEN', base .. 'active') > tonumber(concurrency) then tell('more active than allowed') end
for i = 1, tonumber(ARGV[1]) do
  local window = base .. 'de:d' .. i
  local owner = redis.call('GET', window)
  if owner and redis.call('PTTL', window) == -1 then
    local place = seen[owner]
    if not place or place == 'completed' or place == 'failed' then
      tell(window .. ' is owned by ' .. owner .. ', which is ' .. (place or 'nowhere'))
    end
  end
end
local first = redis.call('ZRANGE', base .. 'delayed', 0, 0, 'WITHSCORES')
return { problems, counts, redis.call('GET', base .. 'id') or '0', redis.call('EXISTS', base .. 'marker'),
  redis.call('HEXISTS', base .. 'meta', 'paused'), first[2] and tostring(math.floor(tonumber(first[2]) / 4096)) or '0' }
`

export async function census(redis, base, dedupIds) {
  const [problems, flat, id, marked, paused, firstDue] = await redis.eval(LOOK, 1, base, dedupIds)
  const counts = {}
  for (let i = 0; i < flat.length; i += 2) counts[flat[i]] = flat[i + 1]
  const open = EARLY.reduce((sum, place) => sum + counts[place], 0)
  return { problems, counts, open, id: Number(id), marked: marked === 1, paused: paused === 1, firstDue: Number(firstDue) }
}

// What may follow what; the state a job is in after the event.
const NEXT = {
  none: { added: 'added' },
  added: { waiting: 'waiting', delayed: 'delayed', 'waiting-children': 'children' },
  waiting: { active: 'active', removed: 'gone' },
  delayed: { waiting: 'waiting', delayed: 'delayed', removed: 'gone' },
  children: { waiting: 'waiting', delayed: 'delayed', removed: 'gone' },
  active: { completed: 'completed', failed: 'failed', waiting: 'waiting', delayed: 'delayed', 'waiting-children': 'children', progress: 'active' },
  completed: {},
  failed: { 'retries-exhausted': 'failed' },
  gone: {},
}
const ABOUT_QUEUE = new Set(['drained', 'paused', 'resumed', 'cleaned'])
const NO_CHANGE = new Set(['stalled', 'duplicated', 'debounced', 'deduplicated'])

// {problems, counts of events by name, jobs: Map id → {state, starts, stalls}}
export function lives(events) {
  const jobs = new Map(), counts = {}, problems = []
  for (const event of events) {
    counts[event.event] = (counts[event.event] ?? 0) + 1
    if (ABOUT_QUEUE.has(event.event)) continue
    const job = jobs.get(event.jobId) ?? { state: 'none', starts: 0, stalls: 0, trail: [] }
    jobs.set(event.jobId, job)
    job.trail.push(event.event)
    if (event.event === 'stalled') job.stalls++
    if (NO_CHANGE.has(event.event)) continue
    if (event.event === 'active') job.starts++
    const state = NEXT[job.state][event.event]
    if (!state) problems.push(`${event.jobId}: ${event.event} after ${job.trail.slice(-4, -1).join(', ') || 'nothing'}`)
    job.state = state ?? job.state
  }
  return { problems, counts, jobs }
}

export async function readEvents(redis, base) {
  const events = []
  for (let from = '-';;) {
    const part = await redis.xrange(`${base}events`, from, '+', 'COUNT', 5000)
    for (const [, fields] of part) {
      const event = {}
      for (let i = 0; i < fields.length; i += 2) event[fields[i]] = fields[i + 1]
      events.push(event)
    }
    if (part.length < 5000) return events
    from = `(${part.at(-1)[0]}`
  }
}
