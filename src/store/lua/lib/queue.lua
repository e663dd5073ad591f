--[[ queue.lua — a queue as one call sees it.

  A call opens each queue that it touches once (its own, and those of parents), collects what becomes runnable in it,
  and flushes: one push per end of the list, one marker.  Nothing that was collected is visible before queue_push.

  base  every key of a queue begins with it: "<prefix>:<queue>:"
]]
local EVENTS_MAX = 10000     -- kept in the stream when nobody set opts.maxLenEvents
local VALUES_MAX = 7000      -- values that one command can take from a Lua table
local SLOTS_PER_MS = 4096    -- a delayed score is its due time times this, plus an order within the millisecond

local queues, opened, leaving = {}, {}, {}

local function queue_open(base)
  local q = queues[base]
  if q then
    return q
  end
  local meta = redis.call('HMGET', base .. 'meta', 'paused', 'concurrency', 'max', 'duration', 'opts.maxLenEvents',
    'version')
  q = {
    base = base, events = base .. 'events', active = base .. 'active', delayed = base .. 'delayed',
    prioritized = base .. 'prioritized', marker = base .. 'marker',
    paused = meta[1] and true or false,
    concurrency = tonumber(meta[2] or nil), max = tonumber(meta[3] or nil), duration = tonumber(meta[4] or nil),
    events_max = tonumber(meta[5] or nil), version = meta[6] or '',
    back = {}, front = {}, ready = false, later = false,
    leaving = 0, -- active jobs that leave last …
    listed = 0, ranked = 0, -- … and waiting ones, of `wait` and of `prioritized`
  }
  queues[base] = q
  opened[#opened + 1] = q
  return q
end

local BULL3, OTHER_LIBRARY = 1, 2

-- Whose queue it is if not BullMQ's: of Bull 3, which keeps its jobs under the same names but never writes `meta`, or of
-- another library that says so.  Adding to it, or working it, would harm it.
local function queue_foreign(q)
  if q.version ~= '' and string.sub(q.version, 1, 7) ~= 'bullmq:' then
    return OTHER_LIBRARY
  end
  if not q.events_max and (redis.call('EXISTS', q.base .. 'meta-paused') == 1
    or redis.call('EXISTS', q.base .. 'id') == 1 and redis.call('EXISTS', q.events) == 0) then
    return BULL3
  end
  return nil
end

-- The next event bounds the stream; a call asks for that once for each queue that it writes to by itself.
local function queue_trim(q)
  if q.trimmed then
    return
  end
  q.trimmed, q.trim = true, true
  if not q.events_max then
    q.events_max = EVENTS_MAX
    redis.call('HSET', q.base .. 'meta', 'opts.maxLenEvents', EVENTS_MAX)
  end
end

local function emit(q, event, ...)
  if q.trim then
    q.trim = false
    redis.call('XADD', q.events, 'MAXLEN', '~', q.events_max, '*', 'event', event, ...)
  else
    redis.call('XADD', q.events, '*', 'event', event, ...)
  end
end

-- Where a waiting job goes.  Up to 5.x a paused queue keeps its jobs in `paused`, 6.x leaves them in `wait`: follow what is
-- there, or else the version that last opened the queue.
local function queue_list(q)
  if not q.paused or redis.call('EXISTS', q.base .. 'paused') == 0 and (redis.call('EXISTS', q.base .. 'wait') == 1
    or (tonumber(string.match(q.version, '^bullmq:(%d+)')) or 0) >= 6) then
    return q.base .. 'wait'
  end
  return q.base .. 'paused'
end

-- True when nothing may be started: paused, or as many active as the queue allows.
local function queue_blocked(q)
  return q.paused or q.concurrency and redis.call('LLEN', q.active) - q.leaving >= q.concurrency
end

-- Whether anything waits that does not leave with this call.
local function still_waits(q)
  return redis.call('LLEN', q.base .. 'wait') > q.listed or redis.call('ZCARD', q.prioritized) > q.ranked
end

-- A small whole number as text; tostring prints it as it would a fraction, which takes as long as a command.
local function decimal(n)
  if n == 0 or n == 1 then
    return n == 1 and '1' or '0'
  end
  return string.format('%d', n)
end

local function push_all(command, key, ids)
  for first = 1, #ids, VALUES_MAX do
    redis.call(command, key, unpack(ids, first, math.min(first + VALUES_MAX - 1, #ids)))
  end
end

-- Makes collected ids visible.  The two ends of a list do not depend on each other, so one push each keeps the order.
local function queue_push(q)
  if #q.back == 0 and #q.front == 0 then
    return
  end
  local list = queue_list(q)
  push_all('LPUSH', list, q.back)
  push_all('RPUSH', list, q.front)
  q.back, q.front, q.ready = {}, {}, true
end

-- Tells idle workers: "0" that work may be there, "1" when the next delayed job is due.
local function queue_mark(q)
  if q.ready and not queue_blocked(q) then
    redis.call('ZADD', q.marker, 0, '0')
  end
  if q.later then
    local first = redis.call('ZRANGE', q.delayed, 0, 0, 'WITHSCORES')
    if first[2] then
      redis.call('ZADD', q.marker, tonumber(first[2]) / SLOTS_PER_MS, '1')
    end
  end
  q.ready, q.later = false, false
end

-- A job leaves a list or a set behind all else, when it is where it goes to: of a call that was torn a job may come back
-- twice, but is never gone (ADR 21).
local function leave_last(command, key, ...)
  leaving[#leaving + 1] = { command, key, ... }
end

-- The last thing that a call does.
local function flush()
  for i = 1, #opened do
    queue_push(opened[i])
    queue_mark(opened[i])
  end
  for i = 1, #leaving do
    redis.call(unpack(leaving[i]))
  end
  leaving = {}
end
