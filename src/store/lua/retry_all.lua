--[[ retry_all.lua — finished jobs are to be run once more, the oldest first; priorities are not looked at.

  Equals   retryJobs.   Cost  `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes state:completed|failed until_ms:int most:int(>0)
  Reply {0, n, next}   next: '1' to be called again, '' done

  Meaning  until_ms  only those that finished by then
]]
--@include lib/again

local q = queue_open(base)
local ids = redis.call('ZRANGEBYSCORE', base .. state, 0, until_ms, 'LIMIT', 0, most)

if #ids > 0 then
  for _, id in ipairs(ids) do
    forget_outcome(base .. id, state)
    parent_repair(base .. id, state)
    emit(q, 'waiting', 'jobId', id, 'prev', state)
    push_back(q, id)
  end
  leave_last('ZREM', base .. state, unpack(ids))
  queue_trim(q)
  flush()
end
return { 0, #ids, #ids == tonumber(most) and '1' or '' }
