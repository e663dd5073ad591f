--[[ renew.lua — keep the locks of jobs that still run.

  Equals   extendLocks.   Cost  O(1) per job.

  KEYS  meta:hash
  ARGV  base:bytes lock_ms:int(>0)
  ITEM  id:bytes token:bytes
  Reply {id, …}   those whose lock is gone or another's
]]
local lost = {}
local keys = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  keys[#keys + 1] = base .. ARGV[at + ITEM_ID] .. ':lock'
end
if #keys == 0 then
  return lost
end
local locks = redis.call('MGET', unpack(keys))
local i = 0
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  i = i + 1
  if locks[i] == ARGV[at + ITEM_TOKEN] then
    redis.call('SET', keys[i], locks[i], 'PX', lock_ms)
    redis.call('SREM', base .. 'stalled', ARGV[at + ITEM_ID])
  else
    lost[#lost + 1] = ARGV[at + ITEM_ID]
  end
end
return lost
