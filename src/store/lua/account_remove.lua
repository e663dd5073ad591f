--[[ account_remove.lua — an account goes; if it was its business's primary or default, the oldest of the others is.

  Cost  O(log N).

  KEYS  ids:zset
  ARGV  acc:bytes id:bytes rev:int now_ms:int subs:bytes
  Reply {1}; {0}: it has changed meanwhile; {-3}: it is not there

  Meaning  rev  -1: whatever it is
]]
--@include lib/registry
--@include lib/account
local call, one = redis.call, acc .. 'of:' .. id
local now = call('HMGET', one, 'rev', 'business', 'name_key', 'number_key')
if not now[1] then
  return { -3 }
end
if tonumber(rev) > 0 and rev ~= now[1] then
  return { 0 }
end
local business = now[2]
call('ZREM', KEYS_IDS, id)
call('ZREM', acc .. 'in:' .. business, id)
call('HDEL', acc .. 'names', now[3])
call('HDEL', acc .. 'numbers', now[4])
account_tell(subs, one, id, 'removed', {})
call('UNLINK', one)
registry_gone(acc, id, now_ms)
for _, each in ipairs({ 'primary', 'default' }) do
  if call('HGET', acc .. each, business) == id then
    local heir = call('ZRANGE', acc .. 'in:' .. business, 0, 0)[1]
    if heir then
      call('HSET', acc .. each, business, heir)
      call('HSET', acc .. 'of:' .. heir, each, 1)
      registry_touch(acc, heir, now_ms)
    else
      call('HDEL', acc .. each, business)
    end
  end
end
return { 1 }
