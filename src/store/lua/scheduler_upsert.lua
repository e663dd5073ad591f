--[[ scheduler_upsert.lua — make a scheduler or change it, and make its next job.

  Equals   addJobScheduler, but that a job of a paused queue is looked for in both lists.   Proved by tests/compat.
  Cost     O(N) in the waiting jobs when the current job waits, as of BullMQ; else O(log N).   The clock is the caller's.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int id:bytes name:bytes data:json opts:json rule:json next_ms:int every:int offset:int
        pattern:bytes tz:bytes limit:int start_ms:int end_ms:int
  Reply {job id, delay}, or -10 (its job is there and cannot be replaced), -11 (so are those of the slots behind)

  Meaning  opts     the template's
           rule     what the jobs' own options say of it, without offset
           next_ms  of a pattern; '' by `every`
           …        '' is not given
]]
--@include lib/scheduler

local COLLISION, BUSY = -10, -11
local SLOTS_MAX = 32 -- of an interval that are tried for a free one
local now, interval, given_offset = tonumber(now_ms), tonumber(every), tonumber(offset)
local q = queue_open(base)
local key = record_key(q, id)

-- Takes away the job that waits; false: it is not there, or it runs or has run.
local function remove_waiting(job_id)
  local job_key = q.base .. job_id
  if redis.call('EXISTS', job_key) == 0 then
    return false
  end
  if redis.call('ZREM', q.delayed, job_id) == 0 and redis.call('ZREM', q.prioritized, job_id) == 0
    and redis.call('LREM', q.base .. 'wait', 1, job_id) == 0 and redis.call('LREM', q.base .. 'paused', 1, job_id) == 0 then
    return false
  end
  local deid = redis.call('HGET', job_key, 'deid')
  child_drop(q.base, job_key, true)
  if deid then
    dedup_forget(q.base, deid, job_id)
  end
  job_delete(job_key)
  return true
end

-- The record is written anew; how many jobs it made stays, and its offset unless there is a new one.
local function record_write(ms, kept_offset)
  local fields = { 'name', name }
  local function put(field, value)
    if value and value ~= '' then
      fields[#fields + 1], fields[#fields + 2] = field, value
    end
  end
  local before = redis.call('HMGET', key, 'offset', 'ic')
  put('tz', tz)
  put('limit', limit)
  put('pattern', pattern)
  put('startDate', start_ms)
  put('endDate', end_ms)
  put('every', every)
  put('offset', kept_offset or before[1])
  put('opts', opts ~= '{}' and opts)
  put('data', data ~= '{}' and data)
  put('ic', before[2] or 1)
  redis.call('ZADD', q.base .. 'repeat', ms, id)
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(fields))
end

-- The first free slot of an interval; nil: none near.
local function free_slot(ms)
  for _ = 0, SLOTS_MAX do
    if redis.call('EXISTS', q.base .. iteration_id(id, ms)) == 0 then
      return ms
    end
    ms = ms + interval
  end
  return nil
end

local function upsert()
  queue_trim(q)
  local current = redis.call('ZSCORE', q.base .. 'repeat', id)
  local ms, kept_offset, changed = tonumber(next_ms), given_offset or 0, false
  if interval then
    changed = current and tonumber(redis.call('HGET', key, 'every') or nil) ~= interval
    ms, kept_offset = every_next(not changed and tonumber(current or nil) or nil, interval, now, given_offset or 0,
      tonumber(start_ms))
  end
  local removed = current and remove_waiting('repeat:' .. id .. ':' .. current)
  if removed then
    kept_offset = given_offset
    if interval and not changed then
      ms = tonumber(current)
    end
  end
  if interval then
    ms = free_slot(ms)
    if not ms then
      return BUSY
    end
  elseif not removed and redis.call('EXISTS', q.base .. iteration_id(id, ms)) == 1 then
    return COLLISION
  end
  record_write(ms, kept_offset)
  local job_opts = options_of(opts)
  local job_id = iteration_id(id, ms)
  job_opts['repeat'], job_opts.repeatJobKey = options_of(rule), id
  job_opts['repeat'].offset = given_offset
  if not interval then
    job_opts.prevMillis = ms
  end
  local delay = iteration_make(q, job_id, ms, now, job_opts, { name = name, data = data, scheduler = id, shift = 0 })
  return { job_id, delay }
end

local reply = upsert()
flush()
return reply
