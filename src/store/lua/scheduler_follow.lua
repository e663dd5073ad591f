--[[ scheduler_follow.lua — make the successors of jobs that were taken, at times that the caller computed.

  Equals   updateJobScheduler; for what came before schedulers updateRepeatableJobMillis and the addition of a delayed job.
  Cost     O(log N) per job.   The clock is the caller's.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int
  ITEM  id:bytes next_ms:int
  Reply {made, …}   1 or 0, one per item

  Meaning  next_ms  when the successor is due; 0: by the interval of the scheduler
]]
--@include lib/scheduler

local now = tonumber(now_ms)
local q = queue_open(base)
local made = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local id = ARGV[at + ITEM_ID]
  local job = redis.call('HMGET', q.base .. id, 'rjk', 'opts', 'name', 'data')
  local ms = tonumber(ARGV[at + ITEM_NEXT_MS])
  local done = job[1] and scheduler_follow(q, id, { rjk = job[1], opts = job[2], name = job[3] or '', data = job[4] or '{}' },
    now, ms > 0 and ms or nil)
  made[#made + 1] = done and 1 or 0
end
flush()
return made
