--[[ sub_settle.lua — an attempt has ended: how far the subscription has come, what has to be tried again, and a row that
  tells of it; all by whoever holds the lease, or nothing.

  Cost  O(log N).

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes token:bytes now_ms:int cursor:bytes done:bytes again:bytes due_ms:int good:int
        events:int rows:int off:bytes failing_max_ms:int
  ITEM  field:bytes value:bytes
  Reply {1}; {2}: it is disabled now; {0}: it is another's by now

  Meaning  cursor   '' leaves it
           done     a unit that waits no more; again: one that does, until due_ms
           good     1: it was taken; 0: it was not; 2: it never came to the endpoint, which has nothing to do with it
           off      why it is to be disabled; ''
           failing_max_ms  failing for longer disables it; 0: never
           ITEM     of the row
]]
local call, one = redis.call, subs .. 'of:' .. id
if call('GET', subs .. 'lease:' .. id) ~= token then
  return { 0 }
end
if cursor ~= '' then
  call('HSET', one, 'cursor', cursor)
end
if done ~= '' then
  call('ZREM', subs .. 'due:' .. id, done)
end
if again ~= '' then
  call('ZADD', subs .. 'due:' .. id, due_ms, again)
end
local why, answer = off, 1
if good == '1' then
  call('HDEL', one, 'failing')
  call('HINCRBY', one, 'ok', events)
  call('HSET', one, 'ok_at', now_ms)
elseif good == '0' then
  call('HSETNX', one, 'failing', now_ms)
  call('HINCRBY', one, 'bad', 1)
  if why == '' and tonumber(failing_max_ms) > 0
    and tonumber(call('HGET', one, 'failing')) <= now_ms - failing_max_ms then
    why = 'failing'
  end
end
-- Not what somebody has paused meanwhile; and once.
if why ~= '' and call('HGET', one, 'state') == 'active' then
  answer = 2
  call('HSET', one, 'state', 'disabled', 'why', why, 'changed', now_ms)
  call('HINCRBY', one, 'rev', 1)
  -- The same step tells it, so that it is told once.
  call('XADD', subs .. 'events', '*', 'provider', 'willaq', 'account', '', 'name', 'system-subscription.disabled', 'data',
    '{"subscription":' .. cjson.encode(id) .. ',"why":' .. cjson.encode(why) .. '}')
end
local row = {}
for at = ITEM_FIRST, #ARGV do
  row[#row + 1] = ARGV[at]
end
if #row > 0 then
  call('XADD', subs .. 'log:' .. id, 'MAXLEN', '~', rows, '*', unpack(row))
end
return { answer }
