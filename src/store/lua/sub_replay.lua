--[[ sub_replay.lua — events of a stretch of time are put on the way of a subscription once more, at a rate.

  They wait with what failed, each until its turn: a chunk by each call, until there is no next one.
  Cost  O(count log N).

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes from:bytes to:bytes count:int due_ms:int step_us:int most:int
  Reply {next, n}  next '' when that was the last; {'', -1}: too many wait

  Meaning  from     the first id, '(ID' behind one; to: the last
           due_ms   of the first of them; step_us: between two
]]
local call, due = redis.call, subs .. 'due:' .. id
if call('EXISTS', subs .. 'of:' .. id) == 0 then
  return { '', -3 }
end
if call('ZCARD', due) + tonumber(count) > tonumber(most) then
  return { '', -1 }
end
local found = call('XRANGE', subs .. 'events', from, to, 'COUNT', count)
local last = ''
for i, entry in ipairs(found) do
  last = entry[1]
  call('ZADD', due, string.format('%d', due_ms + math.floor((i - 1) * step_us / 1000)), '0|0|r|' .. last)
end
if #found > 0 then
  call('HINCRBY', subs .. 'of:' .. id, 'nudges', 1) -- whoever works it looks with its next tick
end
return { #found == tonumber(count) and '(' .. last or '', #found }
