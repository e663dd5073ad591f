--[[ sub_put.lua — a subscription is made, changed, or brought into another state.

  Keys  subs..'ids' names all of them, subs..'of:ID' is one: spec rev state why cursor and counts.
  Cost  O(log N), and as much for each unit that waits, some hundreds at most, when it is resumed.

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes rev:int spec:json state:bytes why:bytes now_ms:int most:int
  Reply {rev}: done; {0}: it has changed meanwhile; {-1}: there are too many; {-2}: it is there already; {-3}: it is not

  Meaning  rev    0: it is new; -1: whatever it is; else: the one that is being changed
           spec   '' leaves it
           state  '' leaves it
]]
local SOON = 500 -- units that a resumption makes due
local call, one = redis.call, subs .. 'of:' .. id
local rev_now = tonumber(call('HGET', one, 'rev') or 0)

if tonumber(rev) == 0 then
  if rev_now > 0 then
    return { -2 }
  end
  if call('ZCARD', KEYS_IDS) >= tonumber(most) then
    return { -1 }
  end
  -- It gets what comes from now on.
  local last = call('XREVRANGE', subs .. 'events', '+', '-', 'COUNT', 1)
  call('ZADD', KEYS_IDS, now_ms, id)
  call('HSET', one, 'cursor', last[1] and last[1][1] or '0-0', 'created', now_ms)
elseif rev_now == 0 then
  return { -3 }
elseif tonumber(rev) > 0 and tonumber(rev) ~= rev_now then
  return { 0 }
end
if spec ~= '' then
  call('HSET', one, 'spec', spec)
end
if state ~= '' then
  call('HSET', one, 'state', state, 'why', why)
  call('HDEL', one, 'failing')
  -- What waits need not wait for hours more.
  for i, unit in ipairs(state == 'active' and call('ZRANGE', subs .. 'due:' .. id, 0, SOON - 1) or {}) do
    call('ZADD', subs .. 'due:' .. id, now_ms + i, unit)
  end
end
call('HSET', one, 'changed', now_ms)
return { call('HINCRBY', one, 'rev', 1) }
