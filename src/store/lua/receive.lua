--[[ receive.lua — what people wrote to one account: contact, message, window, sequence, block and counts in one step.

  Cost  O(log N) for each message.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int
  ITEM  id:bytes ref:bytes kind:bytes at_ms:int pid:bytes target:bytes
        ids:bytes others:bytes phone:bytes wa_id:bytes user_id:bytes parent_id:bytes lid:bytes username:bytes name:bytes
        words:bytes type:bytes text:bytes data:bytes wish:bytes
  Reply for each {outcome, contact, other}   1: it is in; 0: it was already; 2: nothing was done, for these two contacts are
        one person: merge them first

  Meaning  now_ms  0: Redis' own clock
           keep_s  messages are kept for
           ref     of the message: the same message has the same one
           kind    message; free: through an advertisement; group: among several; notice: of WhatsApp itself, about him;
                   edit, revoke: of the message `target` (a ref)
           at_ms   when it was written; 0, or still to come: now
           data    all of it as JSON; '': there is no more than its text
           wish    stop, start: a word by which he wants nothing more, or does again; ''
           others  as lib/meet.lua
]]
--@include lib/meet
--@include lib/window
--@include lib/enrol
--@include lib/block
local now, fine
now, fine, now_ms = letter_clock(now_ms)
--@include lib/kept

-- It says something else now, or nothing more.
local function amend(at, con, kind)
  local key = own .. 'rcv:' .. ARGV[at + ITEM_TARGET]
  if call('EXISTS', key) == 0 then
    return
  end
  if kind == 'revoke' then
    call('HSET', key, 'revoked', now_ms)
    call('HDEL', key, 'text', 'data')
  else
    call('HSET', key, 'edited', now_ms, 'text', ARGV[at + ITEM_TEXT])
  end
  contact_tell(own, con, 'conversation.changed', ',"message":' .. cjson.encode(ARGV[at + ITEM_TARGET]))
end

-- Whether they wrote after they were put into a sequence: what comes late may be older.
local function answers_sequence(con, ms)
  local rec = call('HMGET', own .. 'enr:' .. con, 'state', 'made')
  return rec[1] == 'active' and is_since(ms, tonumber(rec[2] or 0))
end

local function wishes(con, ms, wish)
  local rec = call('HMGET', contact_key(own, con), 'optout', 'optin')
  if wish == 'stop' and is_since(ms, tonumber(rec[2] or 0)) then
    contact_optout(own, con, ms, 'the customer wrote so')
  elseif wish == 'start' and ms >= tonumber(rec[1] or 0) then
    contact_optin(own, con, 'the customer wrote so', ms)
  end
end

-- The customer himself wrote, to us alone.
local function answered(at, con, ms, kind)
  local key = contact_key(own, con)
  local rec = call('HMGET', key, 'al', 'in_at', 'blk', 'last', 'unread')
  local moment_ms, unread = string.format('%.0f', ms), string.format('%.0f', (rec[5] or 0) + 1)
  local in_at = ms > tonumber(rec[2] or 0) and moment_ms or rec[2]
  if ms > tonumber(rec[4] or 0) then
    call('HSET', key, 'in_at', in_at, 'unread', unread, 'last', moment_ms)
    call('ZADD', own .. 'cons:last', moment_ms, con)
  else
    call('HSET', key, 'in_at', in_at, 'unread', unread)
  end
  if in_at == moment_ms then
    call('ZADD', own .. 'cons:unread', moment_ms, con)
  end
  window_open(own, con, rec[1], ms, now, kind == 'free')
  if rec[3] then
    block_reverse(own, con, 'the customer wrote', now)
  end
  if answers_sequence(con, ms) then
    enrol_answered(own, now, con)
  end
  if ARGV[at + ITEM_WISH] ~= '' then
    wishes(con, ms, ARGV[at + ITEM_WISH])
  end
end

local received = 0

local function receive(at)
  local ref, kind = ARGV[at + ITEM_REF], ARGV[at + ITEM_KIND]
  local key, ms = own .. 'rcv:' .. ref, moment(at)
  local before = call('HGET', key, 'con')
  if before then
    return { 0, contact_at(own, before) or '' }
  end
  local con, one, more = meet(at, now, string.format('%.0f', ms))
  if not con then
    return { 2, one, more }
  end
  local by_him = kind == 'message' or kind == 'free'
  if not by_him then
    contact_touch(own, con, ms)
  end
  if kind == 'edit' or kind == 'revoke' then
    amend(at, con, kind)
    keep(at, key, con, ms)
    return { 1, con }
  end
  contact_said(own, con, 'i' .. ref, ms)
  if by_him then
    answered(at, con, ms, kind)
  end
  keep(at, key, con, ms)
  received = received + 1
  contact_tell(own, con, 'conversation.message', ',"message":"i' .. ref .. '","direction":"in","type":'
    .. cjson.encode(ARGV[at + ITEM_TYPE]) .. ',"at":' .. string.format('%.0f', ms))
  return { 1, con }
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = receive(at)
end
if received > 0 then
  letter_count(own, now, 'received', received)
end
return answers
