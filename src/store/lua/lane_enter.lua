--[[ lane_enter.lua — which of some claimed jobs may run now: those in front of their lanes.

  Equals   nothing of BullMQ's.   Cost  O(N) of a lane for each item.

  KEYS  meta:hash
  ARGV  base:bytes lanes:bytes parked:bytes
  ITEM  lane:bytes id:bytes
  Reply {0, 1, …}   0: it may run (it is in front, or in no lane); 1: one in front of it has not ended
]]
--@include lib/lane

local q, answers = queue_open(base), {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local lane, id = lanes .. ARGV[at + ITEM_LANE], ARGV[at + ITEM_ID]
  local head = lane_head(q, lane)
  redis.call('SREM', parked, id)
  answers[#answers + 1] = head and head ~= id and redis.call('LPOS', lane, id) and 1 or 0
end
return answers
