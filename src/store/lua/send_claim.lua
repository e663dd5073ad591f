--[[ send_claim.lua — may these messages of one account be sent now?  Asks gate, lane, limits and ledger in one step, and
  writes the ledger's claim of each that may.

  Cost  O(1) for each message.  Moments stay text where they can: Redis takes that faster than numbers.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int grace_ms:int interval_us:int burst:int jitter_ms:int pair_ms:int pair_burst:int
        per_hour:int per_day:int people:int people_all:int warmup_days:int age_max_ms:int quiet_until_ms:int
        credential:bytes anew_ms:int people_zones:int
  ITEM  id:bytes to:bytes tok:bytes class:int flags:int template:bytes data:bytes ref:bytes asked_ms:int expires_ms:int met_ms:int
  Reply for each {answer, number, text}

  Meaning  credential   a digest of what the account signs in with: a hold for a bad one ends with it
           anew_ms      so long after Redis was begun anew, or another took over, nobody gets a token: those who live
                        write what it may have lost (journal.h)
           now_ms       0: Redis' own clock, which all processes share
           interval_us  one message of the account in so long; 0: no bound
           per_hour     messages of the account, at most; per_day; 0: no bound
           people       persons a day that it may write to first; 0: no bound; people_all: free text counts as well
           warmup_days  caps grow to their full height in so long; 0: are there from the start
           met_ms       0: the portfolio was not asked; -1: it granted this person; above: it says to wait so long
           flags        1 forced, 2 bulk, 4 a signal: neither lane, ledger nor pair, 8 goes through a closed window,
                        16 waits until quiet hours are over, 32 a closed window does not end it, 64 its person's hours
                        were asked
           people_zones 1: hours are those of the person's own zone, where one is known
           ref          who asked for it calls it that, of a record that has to be made; ''
           expires_ms   0: age_max_ms after it was asked for, or after its moment
           class        0 strict, 1 at least once, 2 at most once
           answer  'go'      number: the try; it is claimed
                   'wait'    number: ms until it is worth asking again, text: why
                   'done'    it was sent, text: the provider's id
                   'ended'   it failed, or was cancelled, parked, expired or barred; text: which, and why
                   'closed'  the window is closed
                   'zone'    text: the person's zone; ask again when it is time there, with flag 64
                   'people'  the portfolio has to grant this person; number: persons a day
]]
--@include lib/letter
--@include lib/anew
--@include lib/back
local FORCED, BULK, SIGNAL, OPEN, CAN_WAIT, KEEPS, IN_HOURS = 1, 2, 4, 8, 16, 32, 64
local HELD_FIRST_MS, HELD_MAX_MS = 5000, 60000
local DOUBT_LOOK_MS = 60000 -- its sender may live after all, and tell
local BUSY_MS = 150        -- for each that stands before it in its lane
local MET_MS = 60000       -- a person who was granted is asked for again after that

local now, fine
now, fine, now_ms = letter_clock(now_ms)
local st = call('HMGET', KEYS_STATE, 'hold', 'hold_why', 'hold_for', 'status_at', 'latency', 'untemplated',
  'mark', 'run', 'anew', 'now')
local back = back_is_ahead(st[10], now)
back_moved(KEYS_STATE, st[10], now, st, { [1] = 'hold', [4] = 'status_at', [6] = 'untemplated' })
--@include lib/pace
if st[3] and st[3] ~= '' and st[3] ~= credential then
  call('HDEL', KEYS_STATE, 'hold', 'hold_why', 'hold_at', 'hold_for')
  st[1] = nil
end
local anew = anew_wait(KEYS_STATE, st[7], st[8], tonumber(st[9] or '0'), now, tonumber(anew_ms))

local function has(flags, bit)
  return flags > 0 and math.floor(flags / bit) % 2 == 1
end

-- Until when it is held, by the account: nil, or a wait in ms.
local function held(key, template)
  local hold = tonumber(st[1] or 0) or 0
  if template ~= '' and (hold == 0 or hold > 0 and hold <= now) then
    hold = tonumber(st[6] or 0) or 0
  end
  if hold == 0 or hold > 0 and hold <= now then
    return nil
  end
  local n = call('HINCRBY', key, 'holds', 1)
  local wait = math.min(HELD_MAX_MS, HELD_FIRST_MS * 2 ^ math.min(n - 1, 10))
  return hold > 0 and math.min(wait, hold - now + 1) or wait
end

-- It does not go out, for this reason.
local function refuse(key, rec, id, to, why, answer)
  call('HSET', key, 'state', 'failed', 'led', 'rejected', 'code', '0', 'why', why, 'at_failed', now_ms)
  letter_row(key, now_ms, 'failed', why)
  letter_count(own, now_ms, 'failed')
  letter_leave(own, to, id)
  letter_tell(own, id, 'failed', 'failed', nil, rec[13], 0, why)
  return answer
end

-- What the person at the other end wants: nil, or the answer.
local function barred(facts, flags, template)
  if has(flags, FORCED) then
    return nil
  end
  if facts[1] then
    return { 'ended', 0, 'barred opted_out' }
  end
  if facts[2] then
    return { 'ended', 0, 'barred blocked' }
  end
  if template == '' and facts[3] and tonumber(facts[3]) <= now and not has(flags, OPEN) then
    return { 'closed', tonumber(facts[3]), '' }
  end
  if template ~= '' and facts[4] and tonumber(facts[4]) > now and has(flags, BULK) then
    return { 'ended', 0, 'barred no_marketing' }
  end
  return nil
end

-- Whether the provider takes it no more; what was stopped for a time ends by itself.
local function stopped(template)
  local row = call('HGET', own .. 'stopped', template)
  if not row then
    return false
  end
  local until_ms = tonumber(string.match(row, '^-?%d+'))
  if until_ms >= 0 and until_ms <= now then
    call('HDEL', own .. 'stopped', template)
    return false
  end
  return true
end

-- Nil: it may go now, by the clock.
local function too_late_or_early(flags, con)
  if not has(flags, CAN_WAIT) or has(flags, IN_HOURS) then
    return nil
  end
  local zone = people_zones == '1' and con and call('HGET', own .. 'con:' .. con, 'zone')
  if zone and zone ~= '' then
    return { 'zone', 0, zone }
  end
  return tonumber(quiet_until_ms) > now and { 'wait', quiet_until_ms - now, 'quiet hours' } or nil
end

-- Up to when the tokens of each recipient are given.
local given = {}
if #ARGV >= ITEM_FIRST and tonumber(pair_ms) > 0 then
  local people, keys = {}, {}
  for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
    people[#people + 1] = ARGV[at + ITEM_TO]
    keys[#people] = own .. 'pair:' .. ARGV[at + ITEM_TO]
  end
  for i, due in ipairs(call('MGET', unpack(keys))) do
    given[people[i]] = due
  end
end

local function pair_take(to, due)
  given[to] = string.format('%.0f', due + pair_ms)
  call('SET', own .. 'pair:' .. to, given[to], 'PX', string.format('%.0f', given[to] - now + pair_ms * pair_burst))
end

-- A token of the recipient: nil, or a wait.  Not taken before all else is there.
local function pair_wait(to)
  local due = math.min(math.max(tonumber(given[to] or 0) or 0, now), now + pair_burst * pair_ms)
  local wait = due - (pair_burst - 1) * pair_ms - now
  return wait > 0 and wait or nil, due
end

-- Whether the business speaks first, so that the person counts.
local function is_first_word(template, window)
  return tonumber(people) > 0 and (template ~= '' or people_all == '1') and not (window and tonumber(window) > now)
end

-- Nil: the portfolio granted the person, now or at `before`; or the answer.
local function granted(met, before)
  if met < 0 or met == 0 and before + MET_MS > now then
    return nil
  end
  if met == 0 then
    return { 'people', math.max(1, math.floor(people * pace_grown())), '' }
  end
  return { 'wait', met, 'people of the day' }
end

-- A try that somebody began and did not end.
local function doubtful(key, rec, id, to, class)
  local since = tonumber(rec[4] or 0) or 0
  if rec[1] == 'claimed' then
    call('HSET', key, 'led', 'unknown', 'at', now_ms)
    letter_row(key, now_ms, 'unknown', 'its sender is gone')
    since = now
  elseif back_is_ahead(since, now) then
    call('HSET', key, 'at', now_ms)
    since = now
  end
  local grace = math.max(tonumber(grace_ms), 3 * (tonumber(st[5] or 0) or 0))
  if now < since + grace then
    return { 'wait', math.min(since + grace - now, DOUBT_LOOK_MS), 'unknown' }
  end
  local heard = (tonumber(st[4] or 0) or 0) > since
  if class == '1' and (heard or now >= since + 4 * grace) then
    letter_row(key, now_ms, 'absent', heard and 'no status came' or 'nobody tells')
    return nil
  end
  if class == '1' then
    return { 'wait', math.min(grace, DOUBT_LOOK_MS), 'unknown' }
  end
  call('HSET', key, 'led', 'parked', 'state', 'parked', 'why', 'nobody knows whether it was sent')
  letter_row(key, now_ms, 'parked', '')
  letter_count(own, now_ms, 'parked')
  letter_leave(own, to, id)
  letter_tell(own, id, 'parked', 'parked', rec[6], rec[13], 0, 'nobody knows whether it was sent')
  return { 'ended', 0, 'parked nobody knows whether it was sent' }
end

-- One that was rejected was not sent: who brings it again wants it tried again.
local function known_end(key, rec, id, to, forced, asked, expires)
  if expires == 0 then
    expires = math.max(asked, tonumber(rec[9] or 0) or 0) + age_max_ms
  end
  if rec[1] == 'sent' or rec[1] == 'confirmed' then
    return { 'done', 0, rec[6] or '' }
  end
  if rec[1] == 'parked' and not forced then
    return { 'ended', 0, 'parked ' .. (rec[7] or '') }
  end
  if rec[5] == 'cancelled' then
    return { 'ended', 0, 'cancelled' }
  end
  if expires <= now and rec[1] ~= 'claimed' and rec[1] ~= 'unknown' then
    local why = 'it expired before it could be sent'
    return refuse(key, rec, id, to, why, { 'ended', 0, 'rejected ' .. why })
  end
  return nil
end

-- The ledger's claim.  Nobody may have kept a record before.
local function claim(at, key, rec)
  local att, tok = (tonumber(rec[2] or 0) or 0) + 1, ARGV[at + ITEM_TOK]
  if rec[5] then
    call('HSET', key, 'led', 'claimed', 'state', 'queued', 'att', att, 'tok', tok, 'at', now_ms)
  else
    call('HSET', key, 'data', ARGV[at + ITEM_DATA], 'to', ARGV[at + ITEM_TO], 'made', now_ms, 'led', 'claimed',
      'state', 'queued', 'att', '1', 'tok', tok, 'at', now_ms)
    call('EXPIRE', key, keep_s)
  end
  if rec[8] or rec[11] or rec[12] then
    call('HDEL', key, 'slot', 'holds', 'met')
  end
  return { 'go', att, '' }
end

-- What is left of one that may not be sent now: whoever reads its record sees it.
local function put_off(at, key, rec, answer)
  if answer[1] == 'wait' then
    answer[2] = math.max(1, math.ceil(answer[2]))
    call('HSET', key, 'next', string.format('%.0f', now + answer[2]))
    if has(tonumber(ARGV[at + ITEM_FLAGS]), BULK) then
      call('HSET', key, 'bulk', '1')
    end
    if ARGV[at + ITEM_MET_MS] == '-1' then
      call('HSET', key, 'met', now_ms)
    end
  end
  if not rec[5] then
    call('HSET', key, 'data', ARGV[at + ITEM_DATA], 'to', ARGV[at + ITEM_TO], 'made', now_ms)
    if call('HSETNX', key, 'state', 'queued') == 1 then
      call('HSET', key, 'led', '', 'att', '0')
    end
    call('EXPIRE', key, keep_s)
  end
  return answer
end

local function ask(at, key, rec)
  local id, to, flags = ARGV[at + ITEM_ID], ARGV[at + ITEM_TO], tonumber(ARGV[at + ITEM_FLAGS])
  local template = ARGV[at + ITEM_TEMPLATE]
  local answer = known_end(key, rec, id, to, has(flags, FORCED), tonumber(ARGV[at + ITEM_ASKED_MS]),
    tonumber(ARGV[at + ITEM_EXPIRES_MS]))
  if answer then
    letter_leave(own, to, id)
    return answer
  end
  if rec[1] == 'claimed' and rec[3] == ARGV[at + ITEM_TOK] then
    return { 'go', tonumber(rec[2]), '' } -- the answer to this very claim was lost
  end
  if rec[1] == 'claimed' or rec[1] == 'unknown' then
    answer = doubtful(key, rec, id, to, ARGV[at + ITEM_CLASS])
    if answer then
      return answer
    end
  end
  if anew then
    return { 'wait', anew, 'Redis has begun anew' }
  end
  local wait = held(key, template)
  if wait then
    return { 'wait', wait, st[2] or 'held' }
  end
  local facts = call('HMGET', own .. 'person:' .. to, 'optout', 'blocked', 'window', 'no_marketing', 'pause', 'pause_at',
    'con')
  answer = barred(facts, flags, template)
  if answer and answer[1] == 'closed' and has(flags, KEEPS) then
    letter_row(key, now_ms, 'window_closed', '')
    return answer
  end
  if answer then
    local closed = 'the 24-hour window is closed: only a template can be sent'
    return refuse(key, rec, id, to, answer[1] == 'closed' and closed or string.sub(answer[3], 8), answer)
  end
  if has(flags, FORCED) and (facts[1] or facts[2]) then
    letter_row(key, now_ms, 'forced', facts[1] and 'opted_out' or 'blocked')
  end
  answer = too_late_or_early(flags, facts[7])
  if answer then
    return answer
  end
  if facts[5] and tonumber(facts[5]) > now and not back_is_ahead(facts[6], now) then
    return { 'wait', tonumber(facts[5]) - now, 'pair limit' }
  end
  if template ~= '' and stopped(template) then
    return refuse(key, rec, id, to, 'template_stopped', { 'ended', 0, 'barred template_stopped' })
  end
  local bulk, signal = has(flags, BULK), has(flags, SIGNAL)
  local pair_due, holder, due, place
  if not signal then
    holder, due, place = lane_take(own, to, id, now, rec[10], not bulk)
    if holder then
      return { 'wait', math.min(math.max(due - now, 0), HELD_MAX_MS) + BUSY_MS * math.max(1, place), 'behind another message to the same person' }
    end
    if tonumber(pair_ms) > 0 then
      wait, pair_due = pair_wait(to)
    end
    if wait then
      return { 'wait', math.ceil(wait), 'pair limit' }
    end
  end
  wait = pace_wait(key, tonumber(rec[8] or nil), bulk, signal)
  if wait then
    return { 'wait', wait, 'number limit' }
  end
  if not signal and is_first_word(template, facts[3]) then
    answer = granted(tonumber(ARGV[at + ITEM_MET_MS]), tonumber(rec[12] or 0))
    if answer then
      letter_leave(own, to, id)
      return answer
    end
  end
  if place and place > 0 then
    lane_first(own, to, id)
  end
  pace_take(ARGV[at + ITEM_TOK], bulk, signal)
  if pair_due then
    pair_take(to, pair_due)
  end
  return claim(at, key, rec)
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local key = own .. 'msg:' .. ARGV[at + ITEM_ID]
  local rec = call('HMGET', key, 'led', 'att', 'tok', 'at', 'state', 'pid', 'why', 'slot', 'due', 'next', 'holds',
    'met', 'ref')
  if not rec[5] then
    rec[13] = ARGV[at + ITEM_REF]
    if rec[13] ~= '' then
      call('HSET', key, 'ref', rec[13])
    end
    letter_tell(own, ARGV[at + ITEM_ID], 'queued', 'queued', nil, rec[13])
  end
  local answer = ask(at, key, rec)
  answers[#answers + 1] = answer[1] == 'go' and answer or put_off(at, key, rec, answer)
end
pace_keep()
return answers
