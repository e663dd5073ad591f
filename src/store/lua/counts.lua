--[[ counts.lua — how many jobs are in each state, and what holds the queue.

  Cost  O(log N).   The clock is the caller's.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int
  Reply {waiting, active, delayed, prioritized, waiting_children, completed, failed, paused, concurrency, max, duration_ms,
         limiter_ms, version, due_ms, finished_minute, exists, schedulers}

  Meaning  limiter_ms       nothing starts for so long; -1: no end is known
           due_ms           of the delayed job that is due first; 0: none
           finished_minute  kept jobs that finished within the last minute
]]
--@include lib/enqueue

local q = queue_open(base)

-- A mark of 4.x at the end is no job.
local function length(list)
  local n = redis.call('LLEN', base .. list)
  local last = n > 0 and redis.call('LINDEX', base .. list, -1)
  return last and string.sub(last, 1, 2) == '0:' and n - 1 or n
end

local function finished(set)
  return redis.call('ZCOUNT', base .. set, '(' .. tostring(tonumber(now_ms) - 60000), '+inf')
end

local function limiter_ms()
  local max = q.max
  local started = tonumber(redis.call('GET', base .. 'limiter') or 0) or 0
  if started == 0 or started < (max or 9007199254740991) then
    return 0
  end
  return redis.call('PTTL', base .. 'limiter')
end

return { length('wait') + length('paused'), redis.call('LLEN', q.active), redis.call('ZCARD', q.delayed),
  redis.call('ZCARD', q.prioritized), redis.call('ZCARD', base .. 'waiting-children'), redis.call('ZCARD', base .. 'completed'),
  redis.call('ZCARD', base .. 'failed'), q.paused and 1 or 0, q.concurrency or 0, q.max or 0, q.duration or 0, limiter_ms(),
  q.version, next_due(q), finished('completed') + finished('failed'), redis.call('EXISTS', KEYS_META, base .. 'id'),
  redis.call('ZCARD', base .. 'repeat') }
