--[[ states.lua — where a job stands, and taking it out of there.

  A job is in one place only.  Long lists are not searched through just to look: a job with a hash that is in no other
  place, and near neither end of them, waits somewhere in the middle.
]]
--@include lib/remove
local SEARCHED_EACH_END = 10000 -- entries of a list that a look goes through, from each end
local SEARCHED_LAST = 200 -- before all others: what has waited longest is asked for most

local function in_list(key, id)
  return redis.call('LPOS', key, id, 'RANK', -1, 'MAXLEN', SEARCHED_EACH_END)
    or redis.call('LPOS', key, id, 'MAXLEN', SEARCHED_EACH_END)
end

local function is_long(key)
  return redis.call('LLEN', key) > 2 * SEARCHED_EACH_END
end

-- "waiting" also for those that wait in a paused queue; "unknown": in no place.
local function job_state(base, id)
  for _, set in ipairs({ 'completed', 'failed', 'delayed', 'prioritized', 'waiting-children' }) do
    if redis.call('ZSCORE', base .. set, id) then
      return set
    end
  end
  if in_list(base .. 'active', id) then
    return 'active'
  end
  if in_list(base .. 'wait', id) or in_list(base .. 'paused', id) then
    return 'waiting'
  end
  local hidden = is_long(base .. 'wait') or is_long(base .. 'paused')
  return hidden and redis.call('EXISTS', base .. id) == 1 and 'waiting' or 'unknown'
end

-- One entry, searched from the end that is nearer to it when that is close; false: it is not there.
local function leave_list(key, id)
  local first = not redis.call('LPOS', key, id, 'RANK', -1, 'MAXLEN', SEARCHED_LAST)
    and redis.call('LPOS', key, id, 'MAXLEN', SEARCHED_EACH_END) and 1 or -1
  return redis.call('LREM', key, first, id) == 1
end

-- The set or list that the job was taken out of; "unknown": it was in none.
local function leave_state(base, id)
  for _, set in ipairs({ 'completed', 'waiting-children', 'delayed', 'failed', 'prioritized' }) do
    if redis.call('ZREM', base .. set, id) == 1 then
      return set
    end
  end
  for _, list in ipairs({ 'active', 'wait', 'paused' }) do
    if leave_list(base .. list, id) then
      return list
    end
  end
  return 'unknown'
end

-- The job that a scheduler made last: it cannot go alone, its successor hangs on it.
local function is_current_iteration(base, id, rjk)
  local due = rjk and redis.call('ZSCORE', base .. 'repeat', rjk)
  return due and id == 'repeat:' .. rjk .. ':' .. due
end
