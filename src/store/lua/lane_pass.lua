--[[ lane_pass.lua — jobs left their lanes, or were parked in them: whoever is in front now runs.

  Equals   of the job that runs what promote does.   Cost  O(log N) for each item.

  KEYS  meta:hash
  ARGV  base:bytes lanes:bytes parked:bytes lane_s:int
  ITEM  lane:bytes id:bytes ended:bool
  Reply the number of jobs that were made runnable

  Meaning  ended   it has; otherwise it is a delayed job now, parked
           lane_s  a lane that nobody touches for so long is forgotten
]]
--@include lib/enqueue
--@include lib/lane

local q, woken = queue_open(base), 0
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local lane, id = lanes .. ARGV[at + ITEM_LANE], ARGV[at + ITEM_ID]
  if ARGV[at + ITEM_ENDED] == '1' then
    redis.call('LREM', lane, 1, id)
  else
    redis.call('SADD', parked, id)
  end
  local head = lane_head(q, lane)
  if head then
    redis.call('EXPIRE', lane, lane_s)
  end
  if head and redis.call('SREM', parked, head) == 1 and redis.call('ZSCORE', q.delayed, head) then
    leave_last('ZREM', q.delayed, head)
    make_ready(q, head, tonumber(redis.call('HGET', q.base .. head, 'priority') or 0) or 0, true)
    redis.call('HSET', q.base .. head, 'delay', 0)
    emit(q, 'waiting', 'jobId', head, 'prev', 'delayed')
    woken = woken + 1
  end
end
flush()
return woken
