--[[ promote_all.lua — delayed jobs become runnable at once, those due first in front; priorities are not looked at.

  Equals   promoteJobs.   Cost  `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes most:int(>0)
  Reply {0, n, next}   next: '1' to be called again, '' done
]]
--@include lib/enqueue

local q = queue_open(base)
local ids = redis.call('ZRANGE', q.delayed, 0, tonumber(most) - 1)

if #ids > 0 then
  for _, id in ipairs(ids) do
    emit(q, 'waiting', 'jobId', id, 'prev', 'delayed')
    push_back(q, id)
  end
  leave_last('ZREM', q.delayed, unpack(ids))
  flush()
end
return { 0, #ids, #ids == tonumber(most) and '1' or '' }
