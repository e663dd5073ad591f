--[[ retry.lua — a finished job is to be run once more.

  Equals   reprocessJob.   Cost  O(log N).

  KEYS  meta:hash
  ARGV  base:bytes id:bytes state:completed|failed reset_made:bool reset_started:bool
  Reply {code, n, ''}   -1: no such job; -3: it is not in that state

  Meaning  reset_*  its attempts are counted from 0 again
]]
--@include lib/again

local q, key = queue_open(base), base .. id

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
if not redis.call('ZSCORE', base .. state, id) then
  return { -3, 0, '' }
end
leave_last('ZREM', base .. state, id)
forget_outcome(key, state)
if reset_made == '1' then
  redis.call('HDEL', key, 'atm', 'attemptsMade')
end
if reset_started == '1' then
  redis.call('HDEL', key, 'ats')
end
local job = redis.call('HMGET', key, 'priority', 'opts')
make_ready(q, id, tonumber(job[1] or 0) or 0, truthy(options_of(job[2]).lifo))
parent_repair(key, state)
queue_trim(q)
flush()
emit(q, 'waiting', 'jobId', id, 'prev', state)
return { 0, 1, '' }
