--[[ seq_state.lua — a sequence is paused, goes on, or is archived: nobody begins it any more.

  Steps that come due while it is paused are held; once it goes on they are due, some hundreds a call.
  Cost  O(log N) for each that was held, some hundreds at most.

  KEYS  due:zset
  ARGV  own:bytes id:bytes now_ms:int state:bytes by:bytes
  Reply {changed, held}   changed: 1, 0 or -3: there is none; held: more than 0: call again
]]
--@include lib/enrol
local HELD = 500
local now, _, moment = letter_clock(now_ms)
local key = own .. 'seq:' .. id
local was = call('HGET', key, 'state')
if not was then
  return { -3, 0 }
end
local changed = 0
if was ~= state then
  call('HSET', key, 'state', state, 'changed', moment)
  seq_log(own, id, now, by, state == 'active' and 'resumed' or state)
  letter_out(own, 'sequence.changed', '{"sequence":' .. cjson.encode(id) .. ',"account":'
    .. cjson.encode(string.match(own, '{(.*)}')) .. ',"what":"' .. state .. '"}')
  changed = 1
end
if state == 'active' then
  local held = call('ZRANGE', key .. ':held', 0, HELD - 1, 'WITHSCORES')
  for i = 1, #held, 2 do
    call('ZADD', KEYS_DUE, math.min(held[i + 1], now), held[i]) -- they were due, by whatever clock
    call('ZREM', key .. ':held', held[i])
  end
end
return { changed, state == 'active' and call('ZCARD', key .. ':held') or 0 }
