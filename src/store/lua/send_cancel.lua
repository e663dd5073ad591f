--[[ send_cancel.lua — a message that has not been tried is taken back, or gets another moment.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes id:bytes now_ms:int due_ms:int
  Reply {1}: done; {0, state}: it is too late, or it has ended; {-1}: there is none

  Meaning  due_ms  its new moment; '': it is cancelled
]]
--@include lib/letter
local key = own .. 'msg:' .. id
local rec = call('HMGET', key, 'state', 'led', 'to')
if not rec[1] then
  return { -1 }
end
if rec[1] ~= 'queued' or rec[2] ~= '' then
  return { 0, rec[2] == 'claimed' and 'sending' or rec[2] == 'unknown' and 'in doubt' or rec[1] }
end
if due_ms ~= '' then
  call('HSET', key, 'due', due_ms)
  letter_row(key, now_ms, 'rescheduled', due_ms)
  return { 1 }
end
call('HSET', key, 'state', 'cancelled', 'at_cancelled', now_ms)
letter_row(key, now_ms, 'cancelled', '')
letter_count(own, tonumber(now_ms), 'cancelled')
letter_leave(own, rec[3], id)
letter_tell(own, id, 'cancelled', 'cancelled', nil, call('HGET', key, 'ref'))
return { 1 }
