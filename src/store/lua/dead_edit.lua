--[[ dead_edit.lua — a dead letter gets other data, if it still has those that were read.

  Cost  O(1).

  KEYS  meta:hash
  ARGV  base:bytes id:bytes seen:bytes data:bytes
  Reply code   0: done; -1: no such letter; 3: it has been changed since it was read

  Meaning  seen  its data as they were read
]]
local key = base .. id
local letter = redis.call('HGET', key, 'data')
if not letter then
  return -1
end
if letter ~= seen then
  return 3
end
redis.call('HSET', key, 'data', data)
return 0
