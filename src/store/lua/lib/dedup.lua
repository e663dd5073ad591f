--[[ dedup.lua — the windows within which a second job of the same deduplication id is not made.

  de:<id>  the job that owns the window; it has a time to live if the window has one
  dn:<id>  the job to make when the owner finishes (keepLastIfActive)
  A request is {id, ttl, replace, extend, keep, reschedule}.
]]
--@include lib/remove

local function window_claim(window, request, id)
  if request.ttl > 0 and not request.keep then
    redis.call('SET', window, id, 'PX', request.ttl)
  else
    redis.call('SET', window, id)
  end
end

-- A delayed owner gives way: the window is now `id`'s.
local function window_replace(q, window, request, owner, id)
  job_delete(q.base .. owner)
  emit(q, 'removed', 'jobId', owner, 'prev', 'delayed')
  emit(q, 'deduplicated', 'jobId', id, 'deduplicationId', request.id, 'deduplicatedJobId', owner)
  if request.ttl > 0 and not request.keep and not request.extend then
    redis.call('SET', window, id, 'KEEPTTL')
  else
    window_claim(window, request, id)
  end
  redis.call('DEL', q.base .. 'dn:' .. request.id)
end

-- While the owner runs, the newest request is kept for when it is done.
local function window_keep_next(q, window, request, job)
  local following = { 'name', job.name, 'data', job.data, 'opts', job.opts }
  local optional = { jid = job.id, pk = job.parent_key, pd = job.parent, rjk = job.rjk,
    pdk = job.parent_key and job.parent_key .. ':dependencies' }
  for field, value in pairs(optional) do
    following[#following + 1] = field
    following[#following + 1] = value
  end
  local key = q.base .. 'dn:' .. request.id
  redis.call('DEL', key)
  redis.call('HSET', key, unpack(following))
  redis.call('PERSIST', window)
end

local function is_active(q, id)
  return redis.call('LPOS', q.active, id) and true or false
end

--[[ The id of the job that owns the window, or nil: `job` is to be made and owns it from now on.
  job {id, name, data, opts, delay, now, parent_key, parent, rjk} ]]
local function dedup_owner(q, request, job)
  local window = q.base .. 'de:' .. request.id
  local owner = redis.call('GET', window)
  if owner and redis.call('PTTL', window) == -1 and redis.call('EXISTS', q.base .. owner) == 0 then
    redis.call('DEL', window, q.base .. 'dn:' .. request.id)
    owner = false
  end
  if not owner then
    window_claim(window, request, job.id)
    return nil
  end
  if request.replace and redis.call('ZREM', q.delayed, owner) == 1 then
    window_replace(q, window, request, owner, job.id)
    return nil
  end
  local kept = request.keep and is_active(q, owner)
  if kept then
    window_keep_next(q, window, request, job)
  elseif request.replace then
    return owner
  elseif request.extend and request.ttl > 0 then
    window_claim(window, request, owner)
  end
  emit(q, 'deduplicated', 'jobId', owner, 'deduplicationId', request.id, 'deduplicatedJobId', job.id)
  if request.reschedule and redis.call('ZSCORE', q.delayed, owner) then
    local due = job.timestamp + job.delay
    redis.call('HSET', q.base .. owner, 'delay', job.delay)
    make_delayed(q, owner, due)
    emit(q, 'delayed', 'jobId', owner, 'delay', due)
  end
  return owner
end
