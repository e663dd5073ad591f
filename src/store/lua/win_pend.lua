--[[ win_pend.lua — a message that may not go, for its window is closed, waits for somebody who sends it by hand.

  Once  the entry's id is made of the message's: who comes again changes nothing.
  Cost  O(log N).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int id:bytes to:bytes phone:bytes text:bytes priority:int
        why:bytes says:bytes
  Reply {1, entry}  it waits; 0: it was sent, or is under way

  Meaning  now_ms  0: Redis' own clock
           phone   of a recipient of whom nothing is known yet; '': it is none
           text    for people
           why     a word for the reason; says: '', or a sentence about it
]]
--@include lib/pending
local _, _, now = letter_clock(now_ms)
local key = own .. 'msg:' .. id
local rec = call('HMGET', key, 'led', 'state', 'ref', 'data')
local entry = 'p' .. string.sub(redis.sha1hex(id), 1, 20)
if rec[1] == 'claimed' or rec[1] == 'unknown' or rec[1] == 'sent' or rec[1] == 'confirmed' then
  return { 0, '' }
end
local con = contact_of(own, to)
if not con then
  con = 'c' .. string.sub(redis.sha1hex(to), 1, 20)
  contact_make(own, con, now)
  if phone ~= '' then
    call('HSET', contact_key(own, con), 'phone', phone)
  end
  contact_name(own, con, to)
end
pending_add(own, now, entry, con, why, priority, { 'from', id, 'data', rec[4] or '', 'text', text })
if rec[2] ~= 'parked' then
  local told = 'the 24-hour window is closed' .. (says ~= '' and ', and ' .. says or '') .. ': somebody has to send it by hand (' .. entry .. ')'
  call('HSET', key, 'state', 'parked', 'led', 'rejected', 'code', '0', 'why', told)
  call('EXPIRE', key, keep_s)
  letter_row(key, now, 'parked', told)
  letter_count(own, now, 'parked')
  letter_leave(own, to, id)
  letter_tell(own, id, 'parked', 'parked', nil, rec[3], 0, told)
end
return { 1, entry }
