--[[ sub_read.lua — what a subscription may deliver next: a unit that is due again, and new events.

  Cost  O(log N + events).

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes now_ms:int cursor:bytes count:int due:bool
  Reply {unit, when, {entry, …}, {entry, …}}

  Meaning  cursor  events behind it are read, `count` of them, fewer if they are large
           due     a unit may be taken
           unit    the first one that waits, '' if none does; its events follow if its time has come: those that the
                   stream still holds
]]
local call = redis.call
local STEP, BYTES_MAX = 20, 2000000
local unit, when, again, new = '', 0, {}, {}
if due == '1' then
  local first = call('ZRANGE', subs .. 'due:' .. id, 0, 0, 'WITHSCORES')
  if first[1] then
    unit, when = first[1], first[2]
    if tonumber(when) <= tonumber(now_ms) then
      for event in string.gmatch(string.match(unit, '[^|]*$'), '[^,]+') do
        local found = call('XRANGE', subs .. 'events', event, event)
        again[#again + 1] = found[1]
      end
    end
  end
end
local bytes, left = 0, tonumber(count)
while left > 0 and bytes < BYTES_MAX do
  local found = call('XRANGE', subs .. 'events', '(' .. cursor, '+', 'COUNT', math.min(left, STEP))
  for _, entry in ipairs(found) do
    new[#new + 1] = entry
    cursor = entry[1]
    for _, value in ipairs(entry[2]) do
      bytes = bytes + #value
    end
  end
  left = #found < STEP and 0 or left - #found
end
return { unit, when, again, new }
