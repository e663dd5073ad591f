--[[ scheduler.lua — making the next job of a scheduler.

  repeat                 zset  scheduler id, and when its current job is due
  repeat:<scheduler>     hash  its record; without `ic` one of before schedulers
  repeat:<scheduler>:<ms>      one of its jobs
]]
--@include lib/add

local function record_key(q, scheduler)
  return q.base .. 'repeat:' .. scheduler
end

local function iteration_id(scheduler, ms)
  return 'repeat:' .. scheduler .. string.format(':%.0f', ms)
end

--[[ When the one behind `prev` is due, or with no prev the first; and the offset within an interval.  Slots that were
  missed are left out. ]]
local function every_next(prev, every, now, offset, start)
  local ms
  if prev then
    ms = prev + every
    if ms < now then
      ms = math.floor(now / every) * every + offset
      if ms <= now then
        ms = ms + every
      end
    end
  elseif start then
    ms = math.max(start, now)
  elseif offset > 0 then
    ms = math.floor(now / every) * every + offset
    if ms <= now then
      ms = ms + every
    end
  else
    ms = now
  end
  if offset == 0 then
    offset = ms - math.floor(ms / every) * every
  end
  return math.floor(ms), math.floor(offset)
end

-- An interval that can be reckoned with; nil: none.
local function interval_of(value)
  local every = tonumber(value or nil)
  return every and every >= 1 and every < 9007199254740992 and every or nil
end

-- Stores and enqueues a job due at `ms` with these options.
local function iteration_make(q, id, ms, now, opts, job)
  local window = type(opts.de) == 'table' and opts.de.id or nil
  local delay = math.max(ms + job.shift - now, 0)
  opts.jobId, opts.delay, opts.timestamp = id, delay, now
  local ok, text = pcall(cjson.encode, opts)
  redis.call('INCR', q.base .. 'id')
  job_make(q, { id = id, name = job.name, data = job.data, opts = ok and text or '{}', timestamp = now, delay = delay,
    priority = tonumber(opts.priority) or 0, front = truthy(opts.lifo), rjk = job.scheduler,
    deid = window and tostring(window) or nil })
  return delay
end

-- "name:jobId:endDate:tz:pattern", as it was before schedulers.
local function is_legacy(q, scheduler)
  local _, colons = string.gsub(scheduler, ':', '')
  return colons >= 4 and redis.call('HEXISTS', record_key(q, scheduler), 'ic') == 0
end

local function follow_legacy(q, id, job, opts, rule, now, ms)
  local every = interval_of(rule.every)
  if not ms and not every then
    return false
  elseif not ms then
    ms = math.floor(math.max(now, tonumber(opts.prevMillis) or 0) / every) * every + every
  end
  rule.count = (tonumber(rule.count) or 0) + 1
  rule.pattern, rule.cron = rule.pattern or rule.cron, nil
  opts.prevMillis = ms
  redis.call('ZADD', q.base .. 'repeat', ms, job.rjk)
  local next_id = (string.match(id, '^(.*):') or id) .. string.format(':%.0f', ms)
  queue_trim(q)
  if redis.call('EXISTS', q.base .. next_id) == 1 then
    redis.call('INCR', q.base .. 'id')
    emit(q, 'duplicated', 'jobId', next_id)
    return false
  end
  iteration_make(q, next_id, ms, now, opts, { name = job.name, data = job.data, scheduler = job.rjk,
    shift = tonumber(rule.offset) or 0 })
  return true
end

local function follow_record(q, id, job, opts, rule, now, ms, current)
  local key = record_key(q, job.rjk)
  local record = redis.call('HMGET', key, 'name', 'data', 'every', 'startDate', 'offset', 'ic')
  local every = interval_of(record[3] or rule.every)
  if id ~= 'repeat:' .. job.rjk .. ':' .. current then
    return false
  end
  if every then
    ms = every_next(tonumber(current), every, now, tonumber(record[5] or rule.offset or 0) or 0)
    opts.prevMillis = nil
  elseif not ms then
    return false
  else
    opts.prevMillis = ms
  end
  local next_id = iteration_id(job.rjk, ms)
  queue_trim(q)
  if redis.call('EXISTS', q.base .. next_id) == 1 then
    emit(q, 'duplicated', 'jobId', next_id)
    return false
  end
  local data = record[2] or '{}'
  if not record[2] and not record[6] and job.data ~= '{}' then
    data = job.data -- what came before schedulers has its template in its jobs
    redis.call('HSET', key, 'data', data)
  end
  rule.count = (tonumber(rule.count) or 0) + 1
  redis.call('ZADD', q.base .. 'repeat', ms, job.rjk)
  redis.call('HINCRBY', key, 'ic', 1)
  iteration_make(q, next_id, ms, now, opts, { name = record[1] or job.name, data = data, scheduler = job.rjk, shift = 0 })
  return true
end

--[[ The successor of a job that was taken; true: it was made.  `job` {rjk, opts, name, data}; `ms`: of a pattern, nil: by
  the interval.  Limit and end are the caller's business. ]]
local function scheduler_follow(q, id, job, now, ms)
  local opts = options_of(job.opts)
  local rule = opts['repeat']
  local current = redis.call('ZSCORE', q.base .. 'repeat', job.rjk)
  if not current or type(rule) ~= 'table' then
    return false
  end
  opts.repeatJobKey = job.rjk
  if is_legacy(q, job.rjk) then
    return follow_legacy(q, id, job, opts, rule, now, ms)
  end
  return follow_record(q, id, job, opts, rule, now, ms, current)
end
