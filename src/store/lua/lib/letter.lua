--[[ letter.lua — the record of one outbound message, and its lane to its recipient.

  own .. 'msg:' .. id   hash: what it is, how far it came, and the ledger of its tries
    data, to, made      as it was asked for; the recipient's digest; when (ms)
    state               queued, accepted, sent, delivered, read, played, failed, cancelled, parked
    led                 '' nobody tries it; claimed, sent, rejected, unknown, confirmed, parked
    att, tok, at        tries so far; whose the last one is, and since when
    pid, code, why      the provider's id; of the last failure
    next                not looked at again before (ms)
    slot                when it asks again for a token (ms); met: when its portfolio granted the person
    bulk                it yields to others of its lane
    at_STATE            when it came that far
    tl                  its timeline: rows of "MS WORD DETAIL"
    ref                 who asked for it calls it that; of events
  own .. 'out'          stream of what became of messages, until it is told to subscribers (outbox.h)
  own .. 'lane:' .. to  list of ids: one open try to a recipient, and those that wait behind it
]]
local call = redis.call
local OUT_MAX = 20000     -- events that wait to be told; beyond the oldest are lost
local TIMELINE_MAX = 4096 -- bytes; rows beyond are not kept
local GONE_MS = 60000     -- one that is so much overdue has lost its job, and holds up nobody ...
local UNKNOWN_MS = 900000 -- ... unless nobody knows whether it was sent: it may just as well be that nobody works
local LANE_S = 604800     -- a lane that nobody touches for 7 days is forgotten
local DAY_MS = 86400000
local COUNTS_S = 34560000 -- counts of a day are kept for 400 days

-- Milliseconds, with their fraction, and as text; of Redis, unless the caller has a clock of its own.
local function letter_clock(given)
  local fine = tonumber(given)
  if fine == 0 then
    local t = call('TIME')
    fine = t[1] * 1000 + t[2] / 1000
  end
  return math.floor(fine), fine, string.format('%.0f', math.floor(fine))
end

-- A timeline with one row more.
local function letter_told(tl, now, word, detail)
  tl = tl or ''
  return #tl < TIMELINE_MAX and tl .. now .. ' ' .. word .. ' ' .. string.sub(detail or '', 1, 200) .. '\n' or tl
end

local function letter_row(key, now, word, detail)
  call('HSET', key, 'tl', letter_told(call('HGET', key, 'tl'), now, word, detail))
end

-- n of them; none given: one.
local function letter_count(own, now, word, n)
  local day = own .. 'day:' .. math.floor(now / DAY_MS)
  n = n or 1
  call('HINCRBY', own .. 'total', word, n)
  if call('HINCRBY', day, word, n) == n then
    call('EXPIRE', day, COUNTS_S)
  end
end

-- The account's name as it stands between quotes in JSON.
local account_of, account
local function letter_account(own)
  if account_of ~= own then
    account_of, account = own, string.sub(cjson.encode(string.match(own, '{(.*)}')), 2, -2)
  end
  return account
end

-- An event for subscribers, told in the step that makes it one; `data`: JSON.
local function letter_out(own, event, data)
  call('XADD', own .. 'out', 'MAXLEN', '~', OUT_MAX, '*', 't', event, 'd', data)
end

-- An event `message.WORD`, told in the step that makes it one; `pid`, `ref`, `why`: nil, false or '': there is none.
local function letter_tell(own, id, word, state, pid, ref, code, why)
  local json = cjson.encode
  local data = '{"id":' .. json(id) .. ',"account":"' .. letter_account(own) .. '","state":"' .. state .. '"'
  if pid and pid ~= '' then
    data = data .. ',"messageId":' .. json(pid)
  end
  if ref and ref ~= '' then
    data = data .. ',"reference":' .. json(ref)
  end
  if why and why ~= '' then
    data = data .. ',"code":' .. (tonumber(code) or 0) .. ',"reason":' .. json(why)
  end
  letter_out(own, 'message.' .. word, data .. '}')
end

-- It holds up nobody any more.
local function letter_leave(own, to, id)
  if to and to ~= '' then
    call('LREM', own .. 'lane:' .. to, '1', id)
  end
end

local ENDED = { sent = true, rejected = true, confirmed = true, parked = true }

-- The id that it has to wait for; those that have ended leave.  `passes`: bulk that only waits is no hindrance.
local function lane_holder(own, to, id, now, passes)
  local lane = own .. 'lane:' .. to
  for _, head in ipairs(call('LRANGE', lane, '0', '16')) do
    if head == id then
      return nil
    end
    local rec = call('HMGET', own .. 'msg:' .. head, 'led', 'state', 'next', 'bulk')
    local flies = rec[1] == 'claimed' or rec[1] == 'unknown'
    local gone_ms = rec[1] == 'unknown' and UNKNOWN_MS or GONE_MS
    local overdue = rec[1] ~= 'claimed' and (tonumber(rec[3] or 0) or 0) < now - gone_ms
    if not rec[2] or ENDED[rec[1]] or rec[2] == 'cancelled' or overdue then
      call('LREM', lane, '1', head)
    elseif flies or not (passes and rec[4]) then
      return head, tonumber(rec[3] or 0) or 0
    end
  end
  return nil
end

-- Takes its place: whom it waits for, until when at least, and how many stand before it.  One that was never asked
-- about has none yet, and mostly is alone.
local function lane_take(own, to, id, now, asked, passes)
  local lane = own .. 'lane:' .. to
  if not asked then
    if call('RPUSH', lane, id) == 1 then
      call('EXPIRE', lane, LANE_S)
      return nil, 0, 0
    end
    call('RPOP', lane)
  end
  local holder, due = lane_holder(own, to, id, now, passes)
  local place = call('LPOS', lane, id)
  if not place then
    place = call('RPUSH', lane, id) - 1
    call('EXPIRE', lane, LANE_S)
  end
  return holder, due, place
end

local function lane_first(own, to, id)
  call('LREM', own .. 'lane:' .. to, '1', id)
  call('LPUSH', own .. 'lane:' .. to, id)
  call('EXPIRE', own .. 'lane:' .. to, LANE_S)
end
