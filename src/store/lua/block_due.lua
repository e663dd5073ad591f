--[[ block_due.lua — contacts to whom something arrived are believed; then messages that should have arrived by now, with
  what is needed to judge them.  Nothing becomes of those here (block_settle.lua).

  Cost  O(log N) and what was said since, RECENT_MAX at most, for each that is due, however many wait; a call ends behind
        the one with which it has looked at LOOKS_MAX messages.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int most:int
  Reply {now, reversed, more, {sent, late} usually, {sent, late} now, row …}
        row {id, held, state, kind, con, sent_ms, lived_ms, before, own, sent, late, sent, late}

  Meaning  now_ms    0: Redis' own clock
           more      1: there are more than are told
           usually   of the messages of 28 days: how many became `sent`, and how many of those did not arrive in time;
           now       the same of today and yesterday, so far
           held      1: it was looked at before, and could not be judged
           state     of the message, '' it is gone; kind: of what is in it, as far as that matters
           con       '' nobody's
           lived_ms  when it was last seen that the contact gets something
           before    messages in a row that did not arrive, without this one; own: those of the contact among what is late
           sent, late  of the day on which it became `sent`; and of that day, the one before and two after
]]
--@include lib/block
local RECENT_MAX, AHEAD_MS = 32, 288000000
local LOOKS_MAX, ROW_LOOKS = 150, 6 -- a row costs as much as so many messages that are looked at
local now = letter_clock(now_ms)

-- The wall clock was set back: what lies further ahead than any can is due as if it were new.
local function pull_back()
  local ahead = call('ZRANGEBYSCORE', own .. 'due:blk', block_ms(now + AHEAD_MS), '+inf', 'LIMIT', 0, most)
  for _, id in ipairs(ahead) do
    call('ZADD', own .. 'due:blk', block_ms((math.floor((now + LATE_MS) / SWEEP_MS) + 1) * SWEEP_MS), id)
  end
end

local looked, cohorts = 0, {}
local function cohort(day)
  local c = cohorts[day]
  if not c then
    local counted = call('HMGET', own .. 'day:' .. day, 'sent', 'late')
    local from = day * DAY_MS + LATE_MS
    c = { tonumber(counted[1] or 0), tonumber(counted[2] or 0)
      + call('ZCOUNT', own .. 'due:blk', '(' .. block_ms(from), block_ms(from + DAY_MS)) }
    cohorts[day] = c
  end
  return c
end

-- What is in it, if that is something of which no delivery is told, or goes to no one person.
local function kind_of(data)
  local ok, d = pcall(cjson.decode, data or '')
  if not ok or type(d) ~= 'table' then
    return ''
  end
  local kind = d.type or d.messageType or (d.reaction and 'reaction') or ''
  local to = type(d.to) == 'string' and d.to or ''
  if d.recipientType == 'group' or d.recipient_type == 'group' or string.find(to, '@g.us', 1, true) then
    return 'group'
  end
  return kind == 'reaction' and kind or ''
end

-- What was said since: when something of it was seen to arrive, and how much more has not.
local function since(con, id, sent)
  local lived, late = 0, 0
  for _, mark in ipairs(call('ZRANGEBYSCORE', own .. 'hist:' .. con, sent, '+inf', 'LIMIT', 0, RECENT_MAX)) do
    local other = string.sub(mark, 2)
    if string.sub(mark, 1, 1) == 'o' and other ~= id then
      looked = looked + 1
      local is = call('HMGET', own .. 'msg:' .. other, 'state', 'at_delivered', 'at_read')
      lived = math.max(lived, tonumber(is[2] or 0) or 0, tonumber(is[3] or 0) or 0)
      late = late + (is[1] == 'sent' and 1 or 0)
    end
  end
  return lived, late
end

local function row(id, score)
  looked = looked + ROW_LOOKS
  local rec = call('HMGET', own .. 'msg:' .. id, 'state', 'to', 'at_sent', 'at_accepted', 'made', 'data', 'late')
  local con = rec[2] and contact_of(own, rec[2]) or ''
  local sent = tonumber(rec[3] or rec[4] or rec[5] or 0) or 0
  local day = tonumber(rec[7] or nil) or math.floor((score - LATE_MS - 1) / DAY_MS)
  local lived, late, before = 0, 0, 0
  if con ~= '' then
    local is = call('HMGET', contact_key(own, con), 'blk', 'in_at', 'blk_clear')
    lived, late = since(con, id, block_ms(sent))
    lived, before = math.max(lived, tonumber(is[2] or 0), tonumber(is[3] or 0)), tonumber(is[1] or 0)
  end
  local near = { 0, 0 }
  for d = day - 1, day + 2 do
    near = { near[1] + cohort(d)[1], near[2] + cohort(d)[2] }
  end
  return { id, rec[7] and 1 or 0, rec[1] or '', kind_of(rec[6]), con, sent, lived, before, before + 1 + late,
    cohort(day)[1], cohort(day)[2], near[1], near[2] }
end

pull_back()
local reversed, answers, left = 0, {}, false
local doubts = call('ZRANGEBYSCORE', own .. 'due:doubt', '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
for i = 1, #doubts, 2 do
  if looked >= LOOKS_MAX then
    left = true
    break
  end
  local id = string.sub(doubts[i], 3)
  if string.sub(doubts[i], 1, 1) == 'c' then
    looked = looked + ROW_LOOKS
    call('ZREM', own .. 'due:doubt', doubts[i])
    id = contact_at(own, id)
    if id and block_reverse(own, id, 'a message was delivered', now, 'delivery') then
      reversed = reversed + 1
    end
  else
    answers[#answers + 1] = row(id, tonumber(doubts[i + 1]))
  end
end
local due = call('ZRANGEBYSCORE', own .. 'due:blk', '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
for i = 1, #due, 2 do
  if looked >= LOOKS_MAX then
    left = true
    break
  end
  answers[#answers + 1] = row(due[i], tonumber(due[i + 1]))
end
local more = (left or #due == 2 * most or #doubts == 2 * most) and 1 or 0
if #answers == 0 then
  return { now, reversed, more }
end
return { now, reversed, more, block_usually(own, now), block_lately(own, now), unpack(answers) }
