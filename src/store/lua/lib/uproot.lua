--[[ uproot.lua — taking away one job, with what it depends on if that is wanted.

  A call takes a bounded number of jobs; a tree that is larger goes from its leaves, call by call.
]]
--@include lib/states
local uproot_left = 0 -- jobs that this call may still take
local uprooted = 0    -- those that were there

-- The part before a job's id in its full key, and the id.
local function parts_of(key)
  return string.match(key, '^(.*:)([^:]*)$')
end

-- All members when they are few, else as many as wanted.
local function some_of(key, count, all, some, most)
  if most <= 0 then
    return {}
  end
  local n = redis.call(count, key)
  if n == 0 then
    return {}
  end
  return n <= most and redis.call(all, key) or redis.call(some, key, most)
end

-- At most `most` keys of children that ended or are pending.
local function children_of(key, most)
  local found = {}
  local function take(keys)
    for _, child in ipairs(keys) do
      found[#found + 1] = child
    end
  end
  take(some_of(key .. ':processed', 'HLEN', 'HKEYS', 'HRANDFIELD', most))
  take(some_of(key .. ':failed', 'HLEN', 'HKEYS', 'HRANDFIELD', most - #found))
  if #found < most then
    take(redis.call('ZRANGE', key .. ':unsuccessful', 0, most - #found - 1))
  end
  take(some_of(key .. ':dependencies', 'SCARD', 'SMEMBERS', 'SRANDMEMBER', most - #found))
  return found
end

-- True when the job, or with `deep` one that it waits for, is being run.
local function is_held(key, deep, left)
  if redis.call('EXISTS', key .. ':lock') == 1 then
    return true
  end
  if not deep or left <= 0 then
    return false
  end
  local children = some_of(key .. ':dependencies', 'SCARD', 'SMEMBERS', 'SRANDMEMBER', left)
  for _, child in ipairs(children) do
    if is_held(child, true, left - #children) then
      return true
    end
  end
  return false
end

-- What has gone is not to be met again by the next call.
local function forget_child(key, child)
  redis.call('HDEL', key .. ':processed', child)
  redis.call('HDEL', key .. ':failed', child)
  redis.call('ZREM', key .. ':unsuccessful', child)
  redis.call('SREM', key .. ':dependencies', child)
end

local function uproot_one(base, id, key, fields)
  local q = queue_open(base)
  queue_push(q)
  local prev = leave_state(base, id)
  if fields[3] then
    dedup_forget(base, fields[3], id)
  end
  local there = job_delete(key) > 0
  if there or prev ~= 'unknown' then
    uprooted = uprooted + 1
  end
  if there then
    queue_trim(q)
    emit(q, 'removed', 'jobId', id, 'prev', prev)
  end
end

-- False: this call has taken as many as it may, and the job is still there.
local function uproot(base, id, deep)
  local key = base .. id
  local fields = redis.call('HMGET', key, 'parentKey', 'parent', 'deid')
  child_drop(base, key, false, fields)
  for _, child in ipairs(deep and children_of(key, uproot_left) or {}) do
    local child_base, child_id = parts_of(child)
    if child_base and not uproot(child_base, child_id, true) then
      return false
    end
    forget_child(key, child)
  end
  if uproot_left <= 0 then
    return false
  end
  uproot_left = uproot_left - 1
  uproot_one(base, id, key, fields)
  return true
end
