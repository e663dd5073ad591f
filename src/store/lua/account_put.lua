--[[ account_put.lua — an account is made, or changed: its fields, and the indices by which it is found.

  Keys  acc..'of:ID' is one; acc..'numbers' and acc..'names' are hashes to ids; acc..'in:BUSINESS' has those of one
        business, the oldest first; acc..'primary' and acc..'default' are hashes from business to id.
  Cost  O(log N).

  KEYS  ids:zset
  ARGV  acc:bytes biz:bytes id:bytes rev:int now_ms:int most:int business:bytes name:bytes number:bytes rank:bytes
        subs:bytes
  ITEM  field:bytes value:bytes
  Reply {rev}: done; {0}: it has changed meanwhile; {-1}: there are too many; {-2}: it is there already; {-3}: it is
        not; {-4, id}: that one has the number; {-5, id}: that one has the name; {-6}: another has to be made it first

  Meaning  rev       0: it is new; -1: whatever it is; else: the one that is being changed
           business  of a new one; it stays for good
           name, number  '' leaves them; the number with its provider in front
           rank      'primary', 'default', 'secondary'; '' leaves it
]]
--@include lib/registry
--@include lib/account
local call, one = redis.call, acc .. 'of:' .. id
local now = call('HMGET', one, 'rev', 'business', 'name_key', 'number_key')
local rev_now = tonumber(now[1] or 0)

if tonumber(rev) == 0 then
  if rev_now > 0 then
    return { -2 }
  end
  if call('ZCARD', KEYS_IDS) >= tonumber(most) then
    return { -1 }
  end
elseif rev_now == 0 then
  return { -3 }
elseif tonumber(rev) > 0 and tonumber(rev) ~= rev_now then
  return { 0 }
else
  business = now[2]
end
local name_key = name ~= '' and business .. '/' .. name or now[3]
local number_key = number ~= '' and number or now[4]
local has_number, has_name = call('HGET', acc .. 'numbers', number_key), call('HGET', acc .. 'names', name_key)
if has_number and has_number ~= id then
  return { -4, has_number }
end
if has_name and has_name ~= id then
  return { -5, has_name }
end
for _, each in ipairs({ 'primary', 'default' }) do
  local holder = call('HGET', acc .. each, business)
  if rank == 'secondary' and holder == id then
    return { -6 }
  end
end

if rev_now == 0 then
  call('ZADD', KEYS_IDS, now_ms, id)
  call('ZADD', acc .. 'in:' .. business, now_ms, id)
  call('HSET', one, 'business', business, 'created', now_ms, 'primary', 0, 'default', 0)
  if business ~= '' then
    call('ZADD', biz .. 'ids', 'NX', now_ms, business)
    call('HSETNX', biz .. 'of:' .. business, 'created', now_ms)
  end
end
if now[3] and now[3] ~= name_key then
  call('HDEL', acc .. 'names', now[3])
end
if now[4] and now[4] ~= number_key then
  call('HDEL', acc .. 'numbers', now[4])
end
call('HSET', acc .. 'names', name_key, id)
call('HSET', acc .. 'numbers', number_key, id)
call('HSET', one, 'name_key', name_key, 'number_key', number_key, 'changed', now_ms)
local changed = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local field, value = ARGV[at + ITEM_FIELD], ARGV[at + ITEM_VALUE]
  if call('HGET', one, field) ~= value then
    call('HSET', one, field, value)
    changed[#changed + 1] = field
  end
end
if #changed == 1 and changed[1] == 'sealed' then
  changed = {} -- the same, under another key
end
for _, each in ipairs({ 'primary', 'default' }) do
  local holder = call('HGET', acc .. each, business)
  if holder ~= id and (rank == each or not holder) then
    changed[#changed + 1] = each
    call('HSET', acc .. each, business, id)
    call('HSET', one, each, 1)
    if holder then
      call('HSET', acc .. 'of:' .. holder, each, 0)
      registry_touch(acc, holder, now_ms)
    end
  end
end
registry_touch(acc, id, now_ms)
if rev_now == 0 or #changed > 0 then
  account_tell(subs, one, id, rev_now == 0 and 'created' or 'updated', changed)
end
return { call('HINCRBY', one, 'rev', 1) }
