--[[ block.lua — contacts that seem to have blocked us: messages to them stay `sent`.

  own .. 'due:blk'       zset of messages that are `sent`, by when it is looked whether they arrived (lib/receipt.lua)
  own .. 'due:doubt'     zset, by when they are looked at: 'm:' .. ID of those that could not be judged then, 'c:' .. id of
                         contacts to whom something arrived
  con hash   blk         messages in a row that did not arrive in time; blk_at: when the last one was counted; blk_msgs: ids
             blk_state   probable, confirmed; there is none: it is only watched
             blocked     since when it is confirmed (ms): the gate refuses; blocked_why
             blk_clear   when it was last shown not to have (ms): nothing from before counts
  own .. 'person:' .. digest   blk: the contact, while there is a doubt
  own .. 'cons:issues'   zset of contacts of whom there is a doubt, by blk_at
  own .. 'cons:blocked'  zset of those with a verdict, by `made`
  own .. 'day:' .. DAY   late: of the messages that became `sent` that day, those that had not arrived when they were judged;
                         blk_probable, blk_confirmed: verdicts passed that day; false_probable, false_confirmed: proved wrong
                         by what arrived; undone_probable, undone_confirmed: taken back by a person
  own .. 'state'         blk_health: ill while no verdict is passed for the account's own sake
]]
--@include lib/enrol
local BLOCK_MSGS_MAX = 8     -- kept of one contact, to be shown
local BLOCK_PAUSE = 'probably blocked'
local LATE_MS, SWEEP_MS = 259200000, 21600000
local USUAL_DAYS, SETTLED_DAYS = 28, 4

local function block_ms(n)
  return string.format('%.0f', n)
end

-- Of the messages of 28 days, those of which all is known by now: how many became `sent`, and how many of those were late.
local function block_usually(own, now)
  local sum, today = { 0, 0 }, math.floor(now / DAY_MS)
  for day = today - SETTLED_DAYS - USUAL_DAYS + 1, today - SETTLED_DAYS do
    local counted = call('HMGET', own .. 'day:' .. day, 'sent', 'late')
    sum = { sum[1] + (counted[1] or 0), sum[2] + (counted[2] or 0) }
  end
  return sum
end

-- The same of today and yesterday; what was sent within the last hours may still be on its way.
local function block_lately(own, now)
  local today = math.floor(now / DAY_MS)
  local sent = (call('HGET', own .. 'day:' .. today, 'sent') or 0) + (call('HGET', own .. 'day:' .. today - 1, 'sent') or 0)
  return { sent, call('ZCOUNT', own .. 'due:blk', '(' .. block_ms((today - 1) * DAY_MS + LATE_MS),
    block_ms(math.floor((now + LATE_MS) / SWEEP_MS) * SWEEP_MS)) }
end

-- What was paused for the block goes on where it stood.
local function block_resume(own, now, con)
  local rec = enrol_read(own, con)
  if rec and rec.state == 'paused' and call('HGET', own .. 'enr:' .. con, 'why') == BLOCK_PAUSE then
    enrol_resume(own, now, con, rec, 'not blocked')
  end
end

-- One more message did not arrive; `state`: '', probable, confirmed.
local function block_count(own, now, id, msg, row, state, why)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'al', 'made', 'blk_state', 'blk_msgs')
  local msgs = {}
  for one in string.gmatch((rec[4] or '') .. ' ' .. msg, '%S+') do
    msgs[#msgs + 1] = one
  end
  call('HSET', key, 'blk', row, 'blk_at', now,
    'blk_msgs', table.concat(msgs, ' ', math.max(1, #msgs - BLOCK_MSGS_MAX + 1)))
  call('ZADD', own .. 'cons:issues', now, id)
  contact_fact(own, rec[1], 'blk', id)
  if state == '' or state == rec[3] or rec[3] == 'confirmed' then
    return
  end
  call('HSET', key, 'blk_state', state)
  call('ZADD', own .. 'cons:blocked', rec[2] or now, id)
  letter_count(own, now, 'blk_' .. state)
  enrol_pause(own, now, id, BLOCK_PAUSE)
  if state == 'confirmed' then
    call('HSET', key, 'blocked', now, 'blocked_why', why)
    contact_fact(own, rec[1], 'blocked', now)
  end
  contact_tell(own, id, state == 'confirmed' and 'contact.blocked' or 'contact.block_probable', ',"undelivered":' .. row
    .. ',"reason":' .. cjson.encode(why))
end

--[[ Something shows that it has not: a delivery, a read, a message, or (`by` is 'person') somebody who knows.  `now`: nil
  for Redis' own.  Whether there was a verdict. ]]
local function block_reverse(own, id, why, now, by)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'blk', 'blk_state', 'al', 'blocked')
  if not rec[1] and not rec[4] then
    return false
  end
  now = now or letter_clock(0)
  call('HDEL', key, 'blk', 'blk_at', 'blk_msgs', 'blk_state', 'blocked', 'blocked_why')
  call('HSET', key, 'blk_clear', now)
  call('ZREM', own .. 'cons:issues', id)
  call('ZREM', own .. 'cons:blocked', id)
  contact_fact(own, rec[3], 'blk', nil)
  contact_fact(own, rec[3], 'blocked', nil)
  if not rec[2] and not rec[4] then
    return false
  end
  if rec[2] then
    letter_count(own, now, (by == 'person' and 'undone_' or 'false_') .. rec[2])
  end
  block_resume(own, now, id)
  contact_tell(own, id, 'contact.unblocked', ',"reason":' .. cjson.encode(why))
  return true
end
