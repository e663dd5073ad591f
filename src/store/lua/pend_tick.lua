--[[ pend_tick.lua — what waited for a person for too long, and what was taken and not ended in time.

  Cost  O(those that are due).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int most:int
  Reply {n, next_ms}   so many were looked at; when the next is due, 0: none

  Meaning  now_ms  0: Redis' own clock
]]
--@include lib/pending
local now, _, at = letter_clock(now_ms)
local due = own .. 'due:pend'
local ids = call('ZRANGEBYSCORE', due, '-inf', at, 'LIMIT', 0, most)
for _, id in ipairs(ids) do
  local rec = call('HMGET', own .. 'pend:' .. id, 'state', 'by', 'lease', 'ends')
  if not rec[1] then
    call('ZREM', due, id)
  elseif tonumber(rec[4]) <= now then
    pending_end(own, now, id, 'expired', '')
  elseif rec[1] == 'taken' and tonumber(rec[3] or 0) <= now then
    pending_release(own, id, rec[2])
  else
    call('ZADD', due, rec[1] == 'taken' and math.min(tonumber(rec[3]), tonumber(rec[4])) or rec[4], id)
  end
end
local first = call('ZRANGE', due, 0, 0, 'WITHSCORES')
return { #ids, tonumber(first[2] or 0) }
