--[[ tosend_take.lua — messages that have their records, and whose jobs did not come.

  Cost  O(log N) for each.
  Lease as in seq_take.lua; a job that is added twice is one, for its id is the message's.

  KEYS  jobs:zset
  ARGV  own:bytes now_ms:int count:int lease_ms:int
  Reply {more, id, data, …}   more 1: there may be more
]]
--@include lib/letter
local now, _, moment = letter_clock(now_ms)
local lease = string.format('%.0f', now + lease_ms)
local ids = call('ZRANGE', KEYS_JOBS, '-inf', moment, 'BYSCORE', 'LIMIT', 0, count)
local answer = { #ids == tonumber(count) and 1 or 0 }
for _, id in ipairs(ids) do
  local rec = call('HMGET', own .. 'msg:' .. id, 'data', 'state')
  if rec[1] and rec[2] == 'queued' then
    call('ZADD', KEYS_JOBS, lease, id)
    answer[#answer + 1] = id
    answer[#answer + 1] = rec[1]
  else
    call('ZREM', KEYS_JOBS, id)
  end
end
return answer
