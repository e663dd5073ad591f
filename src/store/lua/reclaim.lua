--[[ reclaim.lua — jobs that calls of ours claimed whose answers never came: a part of the active list at a time.

  Equals   nothing of BullMQ's, where such a job waits for the stalled check.   Cost  O(most).

  KEYS  meta:hash
  ARGV  base:bytes lock_ms:int(>0) from:int most:int(>0)
  ITEM  token:bytes
  Reply { {{id, place, {field, value, …}, token}, …}   those locked by one of the tokens; locked anew
        , next }                                       where to go on, from the oldest end; -1: that was all
]]
local wanted, found = {}, {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  wanted[ARGV[at + ITEM_TOKEN]] = true
end
local first, count = tonumber(from), tonumber(most)
local ids = redis.call('LRANGE', base .. 'active', -first - count, -first - 1)
if #ids == 0 then
  return { found, -1 }
end
local keys = {}
for i = 1, #ids do
  keys[i] = base .. ids[i] .. ':lock'
end
local locks = redis.call('MGET', unpack(keys))
for i = #ids, 1, -1 do
  local token = locks[i]
  if token and wanted[token] then
    redis.call('SET', keys[i], token, 'PX', lock_ms)
    found[#found + 1] = { ids[i], first + #ids - i, redis.call('HGETALL', base .. ids[i]), token }
  end
end
return { found, #ids == count and first + count or -1 }
