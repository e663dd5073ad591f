--[[ send_people.lua — whom the numbers of one portfolio wrote to first within the last day: one more, if there is room.

  Cost  O(log n).

  KEYS  people:zset turn:string
  ARGV  now_ms:int limit:int to:bytes back:bytes
  Reply {1, moment, new}   granted, at `moment`; new 1: he was not among them before
        {0, wait_ms}       there is no room before that; or taken back

  Meaning  now_ms  0: Redis' own clock
           back    a moment that was granted for naught, to be taken back; '': none
]]
--@include lib/letter
local PERSON_MS = 86460000 -- a day, and what may lie between the grant and the message
local TRIM_MAX = 128       -- that are forgotten in one call: more than come
local LONGEST_MS = 900000  -- there may be more room sooner: a tier that was raised, a grant taken back
local now = letter_clock(now_ms)

if back ~= '' then
  if call('ZSCORE', KEYS_PEOPLE, to) == back then
    call('ZREM', KEYS_PEOPLE, to)
  end
  return { 0, 0 }
end

local old = call('ZCOUNT', KEYS_PEOPLE, '-inf', now - PERSON_MS)
if old > 0 then
  local trimmed = math.min(old, TRIM_MAX)
  call('ZREMRANGEBYRANK', KEYS_PEOPLE, 0, trimmed - 1)
  old = old - trimmed
end
local seen = tonumber(call('ZSCORE', KEYS_PEOPLE, to) or 0)
local live = call('ZCARD', KEYS_PEOPLE) - old
if seen <= now - PERSON_MS and live >= tonumber(limit) then
  -- Who waits comes back when the oldest, the next oldest … leaves.
  local turn = call('INCR', KEYS_TURN)
  call('PEXPIRE', KEYS_TURN, PERSON_MS)
  local row = call('ZRANGE', KEYS_PEOPLE, old + (turn - 1) % live, old + (turn - 1) % live, 'WITHSCORES')
  return { 0, math.max(1, math.min(LONGEST_MS, row[2] + PERSON_MS - now)) }
end
call('ZADD', KEYS_PEOPLE, now, to)
call('PEXPIRE', KEYS_PEOPLE, PERSON_MS)
return { 1, now, seen <= now - PERSON_MS and 1 or 0 }
