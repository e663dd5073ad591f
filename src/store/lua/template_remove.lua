--[[ template_remove.lua — an owner's own version of a text goes.

  KEYS  ids:zset
  ARGV  base:bytes id:bytes now_ms:int
  Reply {1}; {-3}: it is not there
]]
--@include lib/registry
local call = redis.call
if call('ZREM', KEYS_IDS, id) == 0 then
  return { -3 }
end
call('UNLINK', base .. 'of:' .. id)
registry_gone(base, id, now_ms)
return { 1 }
