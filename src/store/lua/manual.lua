--[[ manual.lua — what else is told of the people of one account: messages that went to them by other hands than ours,
  messages of the past, other names, and what they wish.

  A message by hand: contact, message, interaction, what waited for a person, and the sequence, in one step.
  Cost  O(log N) for each.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int
  ITEM  id:bytes ref:bytes kind:bytes at_ms:int pid:bytes target:bytes
        ids:bytes others:bytes phone:bytes wa_id:bytes user_id:bytes parent_id:bytes lid:bytes username:bytes name:bytes
        words:bytes type:bytes text:bytes data:bytes wish:bytes
  Reply for each {outcome, contact, other}   1: it is in; 0: it was already, or is no news; 2: nothing was done, for these two
        contacts are one person: merge them first; 3: nobody can say yet whether it is ours: later

  Meaning  kind    hand: written by other hands; past_in, past_out: of the past, by them and by us; names: they go by all of
                   these; met: told of in an address book: of nobody whom we know it is no news
                   no_marketing, marketing: stops and resumes it
           others  as receive.lua
]]
--@include lib/meet
--@include lib/enrol
--@include lib/pending
local DOUBT_MS = 120000  -- a message of ours is known to its own send by then
local NEVER_MS = 4102444800000 -- 2100
local now, fine
now, fine, now_ms = letter_clock(now_ms)
--@include lib/kept

-- Whether a send of ours to one of these names is under way, whose message it may be.
local function is_doubtful(at, ms)
  if ms < now - DOUBT_MS then
    return false
  end
  for digest in string.gmatch(ARGV[at + ITEM_IDS] .. ' ' .. ARGV[at + ITEM_OTHERS], '%S+') do
    local head = call('LINDEX', own .. 'lane:' .. digest, 0)
    local led = head and call('HGET', own .. 'msg:' .. head, 'led')
    if led == 'claimed' or led == 'unknown' then
      return true
    end
  end
  return false
end

-- A person of ours has written: nobody else has to, and a sequence that waited for that goes on.  What comes late, behind
-- another answer of the customer, was none to that.
local function done_by_hand(con, ms)
  local key = contact_key(own, con)
  local rec = call('HMGET', key, 'in_at', 'out_at')
  if ms > tonumber(rec[2] or 0) then
    call('HSET', key, 'out_at', string.format('%.0f', ms))
  end
  if ms < tonumber(rec[1] or 0) then
    return
  end
  call('HDEL', key, 'unread')
  call('ZREM', own .. 'cons:unread', con)
  pending_end_all(own, now, con, 'done', 'manual')
  enrol_manual(own, now, con)
end

local by_hand = 0

local function by_hands(at)
  local ref, ms = ARGV[at + ITEM_REF], moment(at)
  local key, pid = own .. 'rcv:' .. ref, ARGV[at + ITEM_PID]
  local before = call('HGET', key, 'con')
  if before or pid ~= '' and call('EXISTS', own .. 'pid:' .. pid) == 1 then
    return { 0, before and contact_at(own, before) or '' }
  end
  if is_doubtful(at, ms) then
    return { 3, '' }
  end
  local con, one, more = meet(at, now, string.format('%.0f', ms))
  if not con then
    return { 2, one, more }
  end
  contact_touch(own, con, ms)
  contact_said(own, con, 'm' .. ref, ms)
  done_by_hand(con, ms)
  keep(at, key, con, ms)
  by_hand = by_hand + 1
  contact_tell(own, con, 'conversation.message', ',"message":"m' .. ref .. '","direction":"out","source":"manual","type":'
    .. cjson.encode(ARGV[at + ITEM_TYPE]) .. ',"at":' .. string.format('%.0f', ms))
  return { 1, con }
end

-- Into the history alone.
local function of_the_past(at, kind)
  local ref, ms = ARGV[at + ITEM_REF], moment(at)
  local key = own .. 'rcv:' .. ref
  if call('EXISTS', key) == 1 or call('EXISTS', own .. 'pid:' .. ARGV[at + ITEM_PID]) == 1 then
    return { 0, '' }
  end
  local con, one, more = meet(at, now, string.format('%.0f', ms))
  if not con then
    return { 2, one, more }
  end
  keep(at, key, con, ms)
  contact_touch(own, con, ms)
  contact_said(own, con, (kind == 'past_in' and 'i' or 'm') .. ref, ms)
  return { 1, con }
end

local function of_marketing(con, wanted)
  local key = contact_key(own, con)
  if wanted then
    call('HDEL', key, 'no_marketing')
  else
    call('HSET', key, 'no_marketing', NEVER_MS)
  end
  contact_fact(own, call('HGET', key, 'al'), 'no_marketing', not wanted and NEVER_MS or nil)
  contact_tell(own, con, wanted and 'contact.marketing_resumed' or 'contact.marketing_stopped')
end

local function of_people(at, kind)
  if kind == 'met' and not (meet_look(ARGV[at + ITEM_IDS], ARGV[at + ITEM_OTHERS], '')) then
    return { 0, '' }
  end
  local con, one, more = meet(at, now)
  if not con then
    return { 2, one, more }
  end
  if kind == 'marketing' or kind == 'no_marketing' then
    of_marketing(con, kind == 'marketing')
  end
  return { 1, con }
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local kind = ARGV[at + ITEM_KIND]
  if kind == 'hand' then
    answers[#answers + 1] = by_hands(at)
  elseif kind == 'past_in' or kind == 'past_out' then
    answers[#answers + 1] = of_the_past(at, kind)
  else
    answers[#answers + 1] = of_people(at, kind)
  end
end
if by_hand > 0 then
  letter_count(own, now, 'manual', by_hand)
end
return answers
