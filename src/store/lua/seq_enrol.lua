--[[ seq_enrol.lua — people begin a sequence.

  Cost  O(log N) for each.

  KEYS  due:zset
  ARGV  own:bytes seq:bytes now_ms:int by:bytes first_ms:int flags:int
  ITEM  who:bytes id:bytes phone:bytes words:bytes
  Reply {version, {outcome, contact}, …}   version 0: there is no such sequence, -1: it is archived

  Meaning  first_ms  when their first step is due; 0: after its delay
           flags     1 who is in another leaves it, 2 who has been through it begins anew
           who       'c…' a contact, or the digest of a name behind 'p'
           id        of the contact that is made where the name is nobody's; '': none is
           outcome   1 enrolled; 0 it is in it already; -1 no such contact; -2 in another; -3 opted out; -4 blocked;
                     -5 it has been through it
]]
--@include lib/enrolling
local now = letter_clock(now_ms)
local replace, anew = flags % 2 == 1, tonumber(flags) >= 2
local seq_now = call('HMGET', own .. 'seq:' .. seq, 'ver', 'state', 'again')
if not seq_now[1] or seq_now[2] == 'archived' then
  return { seq_now[1] and -1 or 0 }
end

local function make(at)
  local id, phone = ARGV[at + ITEM_ID], ARGV[at + ITEM_PHONE]
  contact_make(own, id, now)
  call('HSET', own .. 'con:' .. id, 'phone', phone, 'wa_id', string.sub(phone, 2))
  contact_name(own, id, string.sub(ARGV[at + ITEM_WHO], 2))
  contact_words(own, id, ARGV[at + ITEM_WORDS])
  return id
end

local function enrol(at)
  local who = ARGV[at + ITEM_WHO]
  local con
  if string.sub(who, 1, 1) == 'p' then
    con = contact_of(own, string.sub(who, 2))
  else
    con = contact_at(own, who)
  end
  if not con then
    if ARGV[at + ITEM_ID] == '' then
      return { -1, '' }
    end
    con = make(at)
  end
  return { enrol_try(own, now, con, seq, seq_now, by, tonumber(first_ms), replace, anew), con }
end

local answer = { tonumber(seq_now[1]) }
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answer[#answer + 1] = enrol(at)
end
return answer
