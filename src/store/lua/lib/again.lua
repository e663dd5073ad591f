--[[ again.lua — a finished job is to be run once more.
]]
--@include lib/add

-- The child that had finished is again one that its parent depends on.
local function parent_repair(key, state)
  local parent_key = redis.call('HGET', key, 'parentKey')
  if not parent_key or redis.call('EXISTS', parent_key) == 0 then
    return
  end
  local was = 0
  if state == 'failed' then
    was = redis.call('ZREM', parent_key .. ':unsuccessful', key) + redis.call('HDEL', parent_key .. ':failed', key)
  else
    was = redis.call('HDEL', parent_key .. ':processed', key)
  end
  if was > 0 then
    redis.call('SADD', parent_key .. ':dependencies', key)
  end
end

local function forget_outcome(key, state)
  redis.call('HDEL', key, 'finishedOn', 'processedOn', state == 'failed' and 'failedReason' or 'returnvalue')
end
