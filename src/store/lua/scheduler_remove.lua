--[[ scheduler_remove.lua — a scheduler goes, and its next job if that is delayed; one that waits or runs stays.

  Equals   removeJobScheduler.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes
  Reply 1 it is gone, 0 there was none
]]
--@include lib/scheduler

local q = queue_open(base)
local current = redis.call('ZSCORE', q.base .. 'repeat', id)
if not current then
  return 0
end
local job_id = 'repeat:' .. id .. ':' .. current
if redis.call('ZREM', q.delayed, job_id) == 1 then
  job_delete(q.base .. job_id)
  emit(q, 'removed', 'jobId', job_id, 'prev', 'delayed')
end
redis.call('ZREM', q.base .. 'repeat', id)
redis.call('DEL', record_key(q, id))
return 1
