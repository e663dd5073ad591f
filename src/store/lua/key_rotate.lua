--[[ key_rotate.lua — a key of the API is another one from now on; what it was opens nothing any more.

  KEYS  ids:zset
  ARGV  key:bytes id:bytes of_one:bool business:bytes sum:bytes now_ms:int
  Reply {1}; {-3}: it is not there, or another business's

  Meaning  of_one  1: only if it is of `business`
]]
--@include lib/registry
local whose = redis.call('HGET', key .. 'of:' .. id, 'business')
if not whose or of_one == '1' and whose ~= business then
  return { -3 }
end
redis.call('HSET', key .. 'of:' .. id, 'sum', sum, 'rotated', now_ms)
registry_touch(key, id, now_ms)
return { 1 }
