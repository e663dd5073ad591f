--[[ sub_tick.lua — a process keeps the subscriptions that it works, and takes those that nobody works any more.

  Lease  a key that Redis itself lets expire: no clock but its own decides whose a subscription is.
  Cost   some constants for each subscription, of which there are few (a bound of ours).

  KEYS  ids:zset
  ARGV  subs:bytes token:bytes lease_ms:int
  ITEM  id:bytes rev:int cursor:bytes
  Reply {id, rev, spec, cursor, nudges, …}  of all that are its now; spec is '' where rev is the one it knows

  Meaning  cursor  as far as it has come without anything to deliver; '' leaves it
           nudges  grows when something was put on its way that it did not see coming
]]
local call, held, known = redis.call, {}, {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  known[ARGV[at + ITEM_ID]] = at
end
for _, id in ipairs(call('ZRANGE', KEYS_IDS, 0, -1)) do
  local one, lease, at = subs .. 'of:' .. id, subs .. 'lease:' .. id, known[id]
  local now = call('HMGET', one, 'state', 'rev', 'cursor', 'nudges')
  if now[1] == 'active' then
    local owner = call('GET', lease)
    if not owner or owner == token then
      call('SET', lease, token, 'PX', lease_ms)
      if at and owner and ARGV[at + ITEM_CURSOR] ~= '' and ARGV[at + ITEM_CURSOR] ~= now[3] then
        now[3] = ARGV[at + ITEM_CURSOR]
        call('HSET', one, 'cursor', now[3])
      end
      local same = at and owner and ARGV[at + ITEM_REV] == now[2]
      held[#held + 1] = id
      held[#held + 1] = now[2]
      held[#held + 1] = same and '' or call('HGET', one, 'spec')
      held[#held + 1] = now[3]
      held[#held + 1] = now[4] or '0'
    end
  elseif at and call('GET', lease) == token then
    call('DEL', lease)
  end
end
return held
