--[[ pend_change.lua — somebody takes, gives back or ends what waits for a person.

  Cost  O(log n).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes act:bytes by:bytes lease_ms:int any:int msg:bytes note:bytes
  Reply {1, seen}       done; as lib/pending.lua has it
        {0, seen}       it is another's, or has ended, or (release) nobody has it
        {-1}            there is none

  Meaning  now_ms  0: Redis' own clock
           act     take, release, skipped, done; sent: by `msg`, whoever has it meanwhile
           lease_ms  for how long it is taken
           any     1: it may be another's
]]
--@include lib/pending
--@include lib/enrol
local now = letter_clock(now_ms)
local key = own .. 'pend:' .. id
local rec = call('HMGET', key, 'state', 'by', 'lease', 'con')
if not rec[1] then
  return { -1 }
end
local waits = rec[1] == 'open' or rec[1] == 'taken'
local held = rec[1] == 'taken' and rec[2] ~= by and tonumber(rec[3] or 0) > now
if not waits or (held and any ~= '1' and act ~= 'sent') or (act == 'release' and rec[1] ~= 'taken') then
  return { 0, pending_seen(own, id) }
end
if note ~= '' then
  call('HSET', key, 'note', note)
end
if act == 'take' then
  pending_take(own, now, id, by, string.format('%.0f', now + lease_ms))
elseif act == 'release' then
  pending_release(own, id, by)
else
  if msg ~= '' then
    call('HSET', key, 'msg', msg)
  end
  pending_end(own, now, id, act, by)
  if act == 'sent' then
    enrol_manual(own, now, rec[4])
  end
end
return { 1, pending_seen(own, id) }
