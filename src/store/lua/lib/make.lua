--[[ make.lua — writing one job and putting it where it belongs.

  job  {id, name, data, opts, timestamp, delay, priority, front, children, parent_key, parent, rjk, deid}
       `children`: it waits for them first.
]]
--@include lib/enqueue

local function job_store(q, job)
  local key = q.base .. job.id
  redis.call('HSET', key, 'name', job.name, 'data', job.data, 'opts', job.opts, 'timestamp', job.timestamp,
    'delay', job.delay, 'priority', job.priority)
  if job.parent_key then
    redis.call('HSET', key, 'parentKey', job.parent_key, 'parent', job.parent)
  end
  if job.rjk then
    redis.call('HSET', key, 'rjk', job.rjk)
  end
  if job.deid then
    redis.call('HSET', key, 'deid', job.deid)
  end
end

local function job_enqueue(q, job)
  local id, delay = job.id, tonumber(job.delay)
  if job.children then
    redis.call('ZADD', q.base .. 'waiting-children', job.timestamp, id)
    emit(q, 'waiting-children', 'jobId', id)
  elseif delay > 0 then
    local due = tonumber(job.timestamp) + delay
    make_delayed(q, id, due)
    emit(q, 'delayed', 'jobId', id, 'delay', due)
  else
    make_ready(q, id, tonumber(job.priority), job.front)
    emit(q, 'waiting', 'jobId', id)
  end
end

-- Enqueue, store, and be a dependency of the parent.  In this order: of a torn call (ADR 21) a place without a job is passed
-- over, but a job without a place would be known to who adds it again.
local function job_make(q, job)
  emit(q, 'added', 'jobId', job.id, 'name', job.name)
  job_enqueue(q, job)
  job_store(q, job)
  if job.parent_key then
    redis.call('SADD', job.parent_key .. ':dependencies', q.base .. job.id)
  end
end
