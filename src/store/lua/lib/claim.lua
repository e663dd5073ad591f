--[[ claim.lua — taking runnable jobs for one worker.

  claim {now_ms, most, token, lock_ms, worker, limit_max, limit_ms, older}
        now_ms   as text: Redis takes that faster than a number
        most     jobs wanted
        worker   name to leave in the job, or ''
        limit_*  the worker's own rate limit, 0: none
        older    true while a 4.x worker shares the queue: attemptsMade is then left as it stands
]]
--@include lib/enqueue
--@include lib/active

-- Milliseconds until the queue's rate limit allows another start, and how many starts are left until then.
local function limit_left(q, claim)
  local most = q.max or claim.limit_max > 0 and claim.limit_max or nil
  if not most then
    return 0, math.huge
  end
  local key = q.base .. 'limiter'
  local left = most - (tonumber(redis.call('GET', key) or 0) or 0)
  if left <= 0 then
    local ttl = redis.call('PTTL', key)
    if ttl > 0 then
      return ttl, 0
    end
    if ttl == 0 then
      redis.call('DEL', key)
    end
    return 0, math.huge
  end
  return 0, left
end

local function limit_count(q, claim, started)
  if started == 0 or not (q.max or claim.limit_max > 0) then
    return
  end
  local duration = claim.limit_ms > 0 and claim.limit_ms or q.duration or 0
  if redis.call('INCRBY', q.base .. 'limiter', started) == started then
    redis.call('PEXPIRE', q.base .. 'limiter', math.floor(math.abs(duration)))
  end
end

-- Up to n ids from the waiting end, and how many entries these are; entries "0:…" are marks of 4.x, not jobs.
local function take_waiting(q, n)
  local list = q.base .. 'wait'
  local ids, entries = {}, 0
  while #ids < n do
    local got = redis.call('LRANGE', list, -entries - n + #ids, -entries - 1)
    if #got == 0 then
      break
    end
    entries = entries + #got
    for i = #got, 1, -1 do
      if string.sub(got[i], 1, 2) ~= '0:' then
        ids[#ids + 1] = got[i]
      end
    end
  end
  return ids, entries
end

-- Up to n ids of the first of those with a priority.
local function take_prioritized(q, n)
  if n <= 0 then
    return {}
  end
  local ids = redis.call('ZRANGE', q.prioritized, 0, n - 1)
  if #ids == 0 then
    redis.call('DEL', q.base .. 'pc')
  end
  return ids
end

-- What is claimed leaves where it waited with flush.
local function claim_leave(q, entries, ids)
  q.listed, q.ranked = entries, #ids
  if #ids > 0 then
    leave_last('ZREM', q.prioritized, unpack(ids))
  end
  if entries > 0 then -- behind that too: it goes by position
    leave_last('LTRIM', q.base .. 'wait', 0, -entries - 1)
  end
end

-- Locks and stamps one job.  Its hash as it was before, then its id and place: an array less to answer with, which costs
-- as much as a command does.  nil: it has no hash.
local function claim_job(q, claim, active, id)
  local key = q.base .. id
  local job = redis.call('HGETALL', key)
  if #job == 0 then
    return nil
  end
  local started, made, older, deferred = 0, 0, nil, false
  for i = 1, #job, 2 do
    local field = job[i]
    if field == 'ats' then
      started = tonumber(job[i + 1]) or 0
    elseif field == 'atm' then
      made = tonumber(job[i + 1]) or 0
    elseif field == 'attemptsMade' then
      older = tonumber(job[i + 1])
    elseif field == 'defa' then
      deferred = true
    end
  end
  local place = active_insert(active, id)
  redis.call('SET', key .. ':lock', claim.token, 'PX', claim.lock_ms)
  redis.call('XADD', q.events, '*', 'event', 'active', 'jobId', id, 'prev', 'waiting')
  started = decimal(started + 1)
  if claim.worker ~= '' then
    redis.call('HSET', key, 'processedOn', claim.now_ms, 'ats', started, 'pb', claim.worker)
  else
    redis.call('HSET', key, 'processedOn', claim.now_ms, 'ats', started)
  end
  if older and not claim.older then
    redis.call('HSET', key, 'atm', made + older)
    redis.call('HDEL', key, 'attemptsMade')
  end
  job[#job + 1] = id
  job[#job + 1] = place
  return job, deferred
end

--[[ {jobs, ms to wait for the rate limit, ms at which the next delayed job is due}.  Jobs are taken only as far as the
  limits allow, those without priority first. ]]
local function claim_jobs(q, claim, active)
  local wait_ms, left = limit_left(q, claim)
  if wait_ms > 0 then
    return { {}, wait_ms, 0 }
  end
  if q.paused then
    return { {}, 0, 0 }
  end
  local most = math.min(claim.most, left)
  if q.concurrency then
    most = math.min(most, q.concurrency - active.count + #active.free)
  end
  if most <= 0 then
    return { {}, 0, 0 }
  end
  local jobs, counted = {}, 0
  local listed, entries = take_waiting(q, most)
  local ranked = take_prioritized(q, most - #listed)
  claim_leave(q, entries, ranked)
  for _, ids in ipairs({ listed, ranked }) do
    for _, id in ipairs(ids) do
      local job, deferred = claim_job(q, claim, active, id)
      if job then
        jobs[#jobs + 1] = job
        counted = counted + (deferred and 0 or 1)
      end
    end
  end
  limit_count(q, claim, counted)
  if #jobs < claim.most and #jobs >= left then
    wait_ms = math.max(redis.call('PTTL', q.base .. 'limiter'), 0)
  end
  return { jobs, wait_ms, #jobs < most and next_due(q) or 0 }
end
