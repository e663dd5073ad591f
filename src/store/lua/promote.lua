--[[ promote.lua — a delayed job becomes runnable at once.

  Equals   promote.   Cost  O(log N).

  KEYS  meta:hash
  ARGV  base:bytes id:bytes
  Reply {code, n, ''}   -3: it is not delayed
]]
--@include lib/enqueue

local q, key = queue_open(base), base .. id

if not redis.call('ZSCORE', q.delayed, id) then
  return { -3, 0, '' }
end
leave_last('ZREM', q.delayed, id)
make_ready(q, id, tonumber(redis.call('HGET', key, 'priority') or 0) or 0, false)
flush()
emit(q, 'waiting', 'jobId', id, 'prev', 'delayed')
redis.call('HSET', key, 'delay', 0)
return { 0, 1, '' }
