--[[ add.lua — writing one job and putting it where it belongs.

  job  {id, name, data, opts, timestamp, delay, priority, front, children, parent_key, parent, rjk, deid}
       `children`: it waits for them first.
]]
--@include lib/dedup

local function job_store(q, job)
  local fields = { 'name', job.name, 'data', job.data, 'opts', job.opts, 'timestamp', job.timestamp,
    'delay', job.delay, 'priority', job.priority }
  local n = #fields
  if job.parent_key then
    fields[n + 1], fields[n + 2], fields[n + 3], fields[n + 4] = 'parentKey', job.parent_key, 'parent', job.parent
    n = n + 4
  end
  if job.rjk then
    fields[n + 1], fields[n + 2] = 'rjk', job.rjk
    n = n + 2
  end
  if job.deid then
    fields[n + 1], fields[n + 2] = 'deid', job.deid
  end
  redis.call('HSET', q.base .. job.id, unpack(fields))
  emit(q, 'added', 'jobId', job.id, 'name', job.name)
end

local function job_enqueue(q, job)
  local id, delay, priority = job.id, tonumber(job.delay), tonumber(job.priority)
  if job.children then
    redis.call('ZADD', q.base .. 'waiting-children', job.timestamp, id)
    emit(q, 'waiting-children', 'jobId', id)
  elseif delay > 0 then
    local due = tonumber(job.timestamp) + delay
    make_delayed(q, id, due)
    emit(q, 'delayed', 'jobId', id, 'delay', due)
  else
    make_ready(q, id, priority, job.front)
    emit(q, 'waiting', 'jobId', id)
  end
end

-- Store, enqueue, and be a dependency of the parent.
local function job_make(q, job)
  job_store(q, job)
  job_enqueue(q, job)
  if job.parent_key then
    redis.call('SADD', job.parent_key .. ':dependencies', q.base .. job.id)
  end
end

-- What a stored request said of its own delay, priority and order.
local function options_of(json)
  local ok, opts = pcall(cjson.decode, json or '')
  return ok and type(opts) == 'table' and opts or {}
end

--[[ The owner of a window is finished: the window closes unless its time still runs, and the request that was kept
  meanwhile becomes a job. ]]
local function dedup_release(q, deid, id, now)
  local window, kept = q.base .. 'de:' .. deid, q.base .. 'dn:' .. deid
  local ttl = redis.call('PTTL', window)
  if ttl == 0 or ttl == -1 and redis.call('GET', window) == id then
    redis.call('DEL', window)
  end
  local next_job = redis.call('HMGET', kept, 'name', 'data', 'opts', 'jid', 'pk', 'pd', 'rjk')
  if not next_job[1] then
    return
  end
  local opts = options_of(next_job[3])
  local request = type(opts.de) == 'table' and opts.de or {}
  local counter = redis.call('INCR', q.base .. 'id')
  local job = { id = next_job[4] or tostring(counter), name = next_job[1], data = next_job[2], opts = next_job[3],
    timestamp = now, delay = tonumber(opts.delay) or 0, priority = tonumber(opts.priority) or 0,
    front = truthy(opts.lifo), parent_key = next_job[5] or nil, parent = next_job[6] or nil,
    rjk = next_job[7] or nil, deid = deid }
  window_claim(window, { ttl = tonumber(request.ttl) or 0, keep = truthy(request.keepLastIfActive) }, job.id)
  redis.call('DEL', kept)
  job_make(q, job)
end
