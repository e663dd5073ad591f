--[[ business_remove.lua — a business goes, if it has neither accounts nor keys.

  KEYS  ids:zset
  ARGV  biz:bytes acc:bytes key:bytes id:bytes
  Reply {1}; {-3}: it is not there; {-4, accounts, keys}: it has so many
]]
local call = redis.call
if not call('ZSCORE', KEYS_IDS, id) then
  return { -3 }
end
local accounts, keys = call('ZCARD', acc .. 'in:' .. id), call('ZCARD', key .. 'in:' .. id)
if accounts + keys > 0 then
  return { -4, accounts, keys }
end
call('ZREM', KEYS_IDS, id)
call('UNLINK', biz .. 'of:' .. id)
return { 1 }
