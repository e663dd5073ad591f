--[[ business_put.lua — a business is made, or gets another name.

  KEYS  ids:zset
  ARGV  biz:bytes id:bytes name:bytes fresh:bool now_ms:int most:int
  Reply {1}; {-1}: there are too many; {-2}: it is there already; {-3}: it is not
]]
local call = redis.call
local there = call('ZSCORE', KEYS_IDS, id)
if fresh == '1' then
  if there then
    return { -2 }
  end
  if call('ZCARD', KEYS_IDS) >= tonumber(most) then
    return { -1 }
  end
  call('ZADD', KEYS_IDS, now_ms, id)
  call('HSET', biz .. 'of:' .. id, 'created', now_ms)
elseif not there then
  return { -3 }
end
call('HSET', biz .. 'of:' .. id, 'name', name)
return { 1 }
