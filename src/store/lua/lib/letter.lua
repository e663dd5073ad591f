--[[ letter.lua — the record of one outbound message, and its lane to its recipient.

  own .. 'msg:' .. id   hash: what it is, how far it came, and the ledger of its tries
    data, to, made      as it was asked for; the recipient's digest; when (ms)
    state               queued, accepted, sent, delivered, read, played, failed, cancelled, parked
    led                 '' nobody tries it; claimed, sent, rejected, unknown, confirmed, parked
    att, tok, at        tries so far; whose the last one is, and since when
    pid, code, why      the provider's id; of the last failure
    next                not looked at again before (ms)
    slot                a token that is its own from then on (ms)
    at_STATE            when it came that far
    tl                  its timeline: rows of "MS WORD DETAIL"
  own .. 'lane:' .. to  list of ids: one open try to a recipient, and those that wait behind it
]]
local call = redis.call
local TIMELINE_MAX = 4096 -- bytes; rows beyond are not kept
local HEADS_MAX = 16      -- in front of a lane that one look takes out because they have ended
local GONE_MS = 60000     -- one that is so much overdue has lost its job, and holds up nobody
local LANE_S = 604800     -- a lane that nobody touches for 7 days is forgotten
local DAY_MS = 86400000
local COUNTS_S = 34560000 -- counts of a day are kept for 400 days

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

-- It holds up nobody any more.
local function letter_leave(own, to, id)
  if to and to ~= '' then
    call('LREM', own .. 'lane:' .. to, '1', id)
  end
end

local ENDED = { sent = true, rejected = true, confirmed = true, parked = true }

-- The id in front of which nobody stands, if it is another; those that have ended leave.
local function lane_holder(own, to, id, now)
  local lane = own .. 'lane:' .. to
  for _ = 1, HEADS_MAX do
    local head = call('LINDEX', lane, 0)
    if not head or head == id then
      return nil
    end
    local rec = call('HMGET', own .. 'msg:' .. head, 'led', 'state', 'next')
    local overdue = rec[1] ~= 'claimed' and (tonumber(rec[3] or 0) or 0) < now - GONE_MS
    if not (rec[2] and (ENDED[rec[1]] or rec[2] == 'cancelled' or overdue)) and rec[2] then
      return head, tonumber(rec[3] or 0) or 0
    end
    call('LPOP', lane)
  end
  return nil
end

local function lane_enter(own, to, id)
  local lane = own .. 'lane:' .. to
  if not call('LPOS', lane, id) then
    call('RPUSH', lane, id)
    call('EXPIRE', lane, LANE_S)
  end
end

-- Takes its place, and says who stands in front.  One that was never asked about has none yet, and mostly is alone.
local function lane_take(own, to, id, now, asked)
  local lane = own .. 'lane:' .. to
  if not asked then
    if call('RPUSH', lane, id) == 1 then
      call('EXPIRE', lane, LANE_S)
      return nil
    end
    call('RPOP', lane)
  end
  local holder, due = lane_holder(own, to, id, now)
  lane_enter(own, to, id)
  return holder, due
end
