--[[ registry.lua — records that every process keeps in memory: each change has a number, by which it is found.

  rev      of the last change; it begins with a time, so that a registry that was lost and made anew counts on
  floor    who knows less than this has to read all of it again
  changes  a sorted set of the records that there are, by their last change; gone: the same of those that went
]]
local GONE_MAX = 1000 -- that are remembered

local function registry_rev(base, now_ms)
  if redis.call('EXISTS', base .. 'rev') == 0 then
    redis.call('SET', base .. 'rev', now_ms)
    redis.call('SET', base .. 'floor', now_ms)
  end
  return redis.call('INCR', base .. 'rev')
end

local function registry_touch(base, id, now_ms)
  local rev = registry_rev(base, now_ms)
  redis.call('ZADD', base .. 'changes', rev, id)
  redis.call('ZREM', base .. 'gone', id)
  return rev
end

local function registry_gone(base, id, now_ms)
  local rev = registry_rev(base, now_ms)
  redis.call('ZREM', base .. 'changes', id)
  redis.call('ZADD', base .. 'gone', rev, id)
  while redis.call('ZCARD', base .. 'gone') > GONE_MAX do
    redis.call('SET', base .. 'floor', redis.call('ZPOPMIN', base .. 'gone')[2])
  end
end
