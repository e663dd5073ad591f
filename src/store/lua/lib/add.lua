--[[ add.lua — a job made by another that ends: the request that was kept within a window.
]]
--@include lib/make
--@include lib/dedup

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
