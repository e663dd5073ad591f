--[[ key_put.lua — a key of the API is made; the key itself never comes here, its sum alone.

  KEYS  ids:zset
  ARGV  key:bytes biz:bytes id:bytes business:bytes role:bytes name:bytes sum:bytes now_ms:int most:int
  Reply {1}; {-1}: there are too many; {-3}: there is no such business

  Meaning  business  '': it is for all of them
]]
--@include lib/registry
local call = redis.call
if business ~= '' and not call('ZSCORE', biz .. 'ids', business) then
  return { -3 }
end
if call('ZCARD', KEYS_IDS) >= tonumber(most) then
  return { -1 }
end
call('ZADD', KEYS_IDS, now_ms, id)
call('ZADD', key .. 'in:' .. business, now_ms, id)
call('HSET', key .. 'of:' .. id, 'business', business, 'role', role, 'name', name, 'sum', sum, 'created', now_ms)
registry_touch(key, id, now_ms)
return { 1 }
