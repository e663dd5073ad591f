--[[ key_remove.lua — a key of the API goes, and opens nothing any more.

  KEYS  ids:zset
  ARGV  key:bytes id:bytes of_one:bool business:bytes now_ms:int
  Reply {1}; {-3}: it is not there, or another business's

  Meaning  of_one  1: only if it is of `business`
]]
--@include lib/registry
local call = redis.call
local whose = call('HGET', key .. 'of:' .. id, 'business')
if not whose or of_one == '1' and whose ~= business then
  return { -3 }
end
call('ZREM', KEYS_IDS, id)
call('ZREM', key .. 'in:' .. whose, id)
call('UNLINK', key .. 'of:' .. id)
registry_gone(key, id, now_ms)
return { 1 }
