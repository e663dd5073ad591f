--[[ remove.lua — taking jobs away without leaving a parent or a deduplication window behind.
]]
--@include lib/parent

-- Appends the keys of a job that go with it; its lock is its holder's.
local function job_keys(keys, key)
  local n = #keys
  keys[n + 1], keys[n + 2], keys[n + 3] = key, key .. ':logs', key .. ':dependencies'
  keys[n + 4], keys[n + 5], keys[n + 6] = key .. ':processed', key .. ':failed', key .. ':unsuccessful'
end

local function delete_all(keys)
  for first = 1, #keys, VALUES_MAX do
    redis.call('DEL', unpack(keys, first, math.min(first + VALUES_MAX - 1, #keys)))
  end
end

local function job_delete(key)
  local keys = {}
  job_keys(keys, key)
  return redis.call('DEL', unpack(keys))
end

-- A removed job no longer owns its window.
local function dedup_forget(base, deid, id)
  local window = base .. 'de:' .. deid
  if redis.call('GET', window) == id then
    redis.call('DEL', window, base .. 'dn:' .. deid)
  end
end

--[[ The job `key` stops being a child.  A parent that waited for nothing else becomes runnable; with `hard`, as when its
  queue is emptied, it goes too if it lives in the same queue.  `fields`: parentKey and parent as stored; nil: read. ]]
local function child_drop(base, key, hard, fields)
  fields = fields or redis.call('HMGET', key, 'parentKey', 'parent')
  local parent = parent_of(fields[1], fields[2])
  if not parent or redis.call('SREM', parent.key .. ':dependencies', key) == 0
    or redis.call('SCARD', parent.key .. ':dependencies') > 0
    or redis.call('ZREM', parent.base .. 'waiting-children', parent.id) == 0 then
    return
  end
  if hard and parent.base == base then
    local deid = redis.call('HGET', parent.key, 'deid')
    child_drop(base, parent.key, true)
    job_delete(parent.key)
    if deid then
      dedup_forget(base, deid, parent.id)
    end
    return
  end
  local q = queue_open(parent.base)
  push_front(q, parent.id)
  if not hard then
    emit(q, 'waiting', 'jobId', parent.id, 'prev', 'waiting-children')
  end
end
