--[[ parent.lua — what a parent learns of its children, and when it may run.

  A parent is named by its full key; it may live in another queue, whose own pause and markers then count.
]]
--@include lib/enqueue
local parents_left = {} -- keys of those that this call woke

-- Numbers, objects and text are true here, as for the clients that write these flags; false, null and 0 are not.
local function truthy(value)
  return value and value ~= cjson.null and value ~= 0 and value ~= ''
end

-- {key, base, id, flags} of a stored parentKey and parent; nil: no parent.
local function parent_of(key, stored)
  if not key or key == '' then
    return nil
  end
  local ok, flags = pcall(cjson.decode, stored or '')
  if not ok or type(flags) ~= 'table' then
    flags = {}
  end
  if type(flags.queueKey) == 'string' and flags.id then
    return { key = key, base = flags.queueKey .. ':', id = tostring(flags.id), flags = flags }
  end
  local base, id = string.match(key, '^(.*:)([^:]*)$')
  return base and { key = key, base = base, id = id, flags = flags } or nil
end

-- The parent left waiting-children: it becomes runnable, or delayed if it has a delay of its own.
local function parent_wake(parent, now)
  local q = queue_open(parent.base)
  local job = redis.call('HMGET', parent.key, 'priority', 'delay')
  local priority, delay = tonumber(job[1] or 0) or 0, tonumber(job[2] or 0) or 0
  if delay > 0 then
    redis.call('ZADD', q.delayed, (now + delay) * SLOTS_PER_MS, parent.id)
    q.later = true
    emit(q, 'delayed', 'jobId', parent.id, 'delay', now + delay)
    return
  end
  make_ready(q, parent.id, priority, true)
  emit(q, 'waiting', 'jobId', parent.id, 'prev', 'waiting-children')
end

-- A parent that waits for children does so no longer; false: it does not.
local function parent_leaves(parent)
  local set = parent.base .. 'waiting-children'
  if parents_left[parent.key] or not redis.call('ZSCORE', set, parent.id) then
    return false
  end
  parents_left[parent.key] = true
  leave_last('ZREM', set, parent.id)
  return true
end

-- Wakes the parent if no child is left.
local function parent_check(parent, now)
  if redis.call('SCARD', parent.key .. ':dependencies') == 0 and redis.call('EXISTS', parent.key) == 1
    and parent_leaves(parent) then
    parent_wake(parent, now)
  end
end

local function child_completed(key, parent, value, now)
  if redis.call('SREM', parent.key .. ':dependencies', key) == 1 then
    redis.call('HSET', parent.key .. ':processed', key, value)
    parent_check(parent, now)
  end
end

-- The parent fails when it is next taken, which is at once if it only waited.
local function parent_defer_failure(key, parent, now)
  if redis.call('EXISTS', parent.key) == 0 then
    return
  end
  local reason = 'child ' .. key .. ' failed'
  local woken = parent_leaves(parent)
  if not woken and redis.call('ZREM', parent.base .. 'delayed', parent.id) == 1 then
    redis.call('HSET', parent.key, 'delay', 0)
    woken = true
  end
  if woken then
    redis.call('HSET', parent.key, 'defa', reason)
    parent_wake(parent, now)
  elseif not redis.call('ZSCORE', parent.base .. 'failed', parent.id) then
    redis.call('HSET', parent.key, 'defa', reason)
  end
end

-- Without a policy the child stays a dependency, and its parent waits.
local function child_failed(key, parent, reason, now)
  local flags, dependencies = parent.flags, parent.key .. ':dependencies'
  if truthy(flags.fpof) then
    if redis.call('SREM', dependencies, key) == 1 then
      redis.call('ZADD', parent.key .. ':unsuccessful', now, key)
      parent_defer_failure(key, parent, now)
    end
  elseif truthy(flags.cpof) then
    if redis.call('SREM', dependencies, key) == 1 then
      redis.call('HSET', parent.key .. ':failed', key, reason)
      if parent_leaves(parent) then
        parent_wake(parent, now)
      end
    end
  elseif truthy(flags.idof) or truthy(flags.rdof) then
    if redis.call('SREM', dependencies, key) == 1 then
      parent_check(parent, now)
      if truthy(flags.idof) then
        redis.call('HSET', parent.key .. ':failed', key, reason)
      end
    end
  end
end
