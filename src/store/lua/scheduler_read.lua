--[[ scheduler_read.lua — one scheduler, or a page of them by the time of their next job.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes first:int count:int ascending:bool
  Reply { how many there are, {id, next_ms, {field, value, …}}, … }   next_ms as text

  Meaning  id  '' a page
]]
local key = base .. 'repeat'
local reply = { redis.call('ZCARD', key) }

local function add(scheduler, ms)
  reply[#reply + 1] = { scheduler, ms, redis.call('HGETALL', key .. ':' .. scheduler) }
end

if id ~= '' then
  local ms = redis.call('ZSCORE', key, id)
  if ms then
    add(id, ms)
  end
else
  local found = redis.call(ascending == '1' and 'ZRANGE' or 'ZREVRANGE', key, first, first + count - 1, 'WITHSCORES')
  for i = 1, #found, 2 do
    add(found[i], found[i + 1])
  end
end
return reply
