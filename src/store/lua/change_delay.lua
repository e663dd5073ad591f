--[[ change_delay.lua — a delayed job is due `delay_ms` from now.

  Equals   changeDelay.   Cost  O(log N).   The clock is the caller's.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int id:bytes delay_ms:int
  Reply {code, n, ''}   -1: no such job; -3: it is not delayed
]]
--@include lib/enqueue

local q, key = queue_open(base), base .. id

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
if redis.call('ZREM', q.delayed, id) == 0 then
  return { -3, 0, '' }
end
local due = tonumber(now_ms) + tonumber(delay_ms)
redis.call('HSET', key, 'delay', delay_ms)
make_delayed(q, id, due)
queue_trim(q)
emit(q, 'delayed', 'jobId', id, 'delay', string.format('%.0f', due))
flush()
return { 0, 1, '' }
