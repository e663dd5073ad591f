--[[ send_settle.lua — what became of tries, into ledger and record; by whoever holds the claim.

  Cost  O(1) for each message.  What a call can do for all of them at once it does: counts, what waits for a status, the
        look for statuses that were earlier.  Moments stay text: Redis takes that faster than numbers.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int unconfirmed_ms:int extends:int
  ITEM  id:bytes to:bytes tok:bytes what:bytes pid:bytes code:int why:bytes wait_ms:int number:int
  Reply for each 1; 0: the claim is another's by now, or was judged without us: nothing was changed; 2: the claim was
        not there, for Redis had lost it: both were written

  Meaning  now_ms  0: Redis' own clock
           extends  1: what we write opens its recipient's window, as what he writes does
           tok   whose claim it is: also of one that somebody else gave up for lost meanwhile
           what  sent     the provider took it as `pid`; '': it gave none, as for signals
                 again    it was not sent for certain, and is tried again in wait_ms
                 failed   it was not sent, and never will be
                 unknown  nobody can say
                 open     it is under way
           number  the try, as the claim told it
]]
--@include lib/receipt
--@include lib/written
--@include lib/window
local now, fine
now, fine, now_ms = letter_clock(now_ms)
local missed = string.format('%.0f', now + unconfirmed_ms)

local taken = 0
local sent = { keys = {}, due = {} } -- ids that statuses follow, the keys of their early ones, and when each is missed

local function take(key, id, to, pid, rec)
  call('HSET', key, 'led', 'sent', 'state', 'accepted', 'pid', pid, 'at_accepted', now_ms,
    'tl', letter_told(rec[3], now_ms, 'accepted', pid))
  if rec[4] then
    call('HDEL', key, 'code', 'why', 'at_failed')
  end
  letter_leave(own, to, id)
  letter_tell(own, id, 'accepted', 'accepted', pid, rec[6])
  taken = taken + 1
  local con = extends == '1' and pid ~= '' and to ~= '' and contact_of(own, to)
  if con then
    window_open(own, con, call('HGET', contact_key(own, con), 'al'), now, now, false)
  end
  if pid == '' then
    return -- a signal: no status follows
  end
  if to ~= '' then
    written(own, now_ms, to, id)
  end
  call('SET', own .. 'pid:' .. pid, id, 'EX', keep_s)
  local n = #sent + 1
  sent[n], sent.keys[n] = id, own .. 'early:' .. pid
  sent.due[2 * n - 1], sent.due[2 * n] = missed, id
end

-- Statuses that came before the answer.
local function catch_up(id, early)
  for _, row in ipairs(call('LRANGE', early, '0', '15')) do
    local r = cjson.decode(row)
    receipt_apply(own, id, now_ms, r[1], r[2], r[3], r[4], r[5])
  end
  call('DEL', early)
end

-- Its claim as it was before Redis lost it; the timeline.
local function restore(key, id, to, tok, number, tl)
  tl = letter_told(tl, now_ms, 'restored', 'Redis had lost its try')
  call('HSET', key, 'led', 'claimed', 'state', 'queued', 'att', number, 'tok', tok, 'at', now_ms, 'to', to, 'tl', tl)
  call('EXPIRE', key, keep_s)
  if to ~= '' then
    lane_first(own, to, id)
  end
  return tl
end

local function settle(at)
  local id, to, what = ARGV[at + ITEM_ID], ARGV[at + ITEM_TO], ARGV[at + ITEM_WHAT]
  local key = own .. 'msg:' .. id
  local rec = call('HMGET', key, 'led', 'tok', 'tl', 'code', 'att', 'ref')
  local tok, number = ARGV[at + ITEM_TOK], ARGV[at + ITEM_NUMBER]
  local done = 1
  if tonumber(rec[5] or '0') < tonumber(number) and rec[1] ~= 'sent' and rec[1] ~= 'confirmed' then
    rec = { 'claimed', tok, restore(key, id, to, tok, number, rec[3]), rec[4], rec[5], rec[6] }
    done = 2
  end
  if what == 'open' then
    return done
  end
  local ours = rec[2] == tok and (rec[1] == 'claimed' or rec[1] == 'unknown' and what ~= 'unknown')
  if what == 'sent' and rec[1] ~= 'sent' and rec[1] ~= 'confirmed' then
    take(key, id, to, ARGV[at + ITEM_PID], rec)
    return done
  end
  if not ours then
    return 0
  end
  local code, why = ARGV[at + ITEM_CODE], ARGV[at + ITEM_WHY]
  call('HSET', key, 'code', code, 'why', why, 'next', string.format('%.0f', now + ARGV[at + ITEM_WAIT_MS]))
  if what == 'again' then
    call('HSET', key, 'led', '')
  elseif what == 'unknown' then
    call('HSET', key, 'led', 'unknown', 'at', now_ms)
  else
    call('HSET', key, 'led', 'rejected', 'state', 'failed', 'at_failed', now_ms)
    letter_leave(own, to, id)
    letter_count(own, now_ms, 'failed')
    letter_tell(own, id, 'failed', 'failed', nil, rec[6], code, why)
  end
  letter_row(key, now_ms, what, code .. ' ' .. why)
  return done
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = settle(at)
end
if taken > 0 then
  letter_count(own, now_ms, 'accepted', taken)
end
written_end(own, now)
if #sent > 0 then
  call('ZADD', own .. 'unconfirmed', unpack(sent.due))
  if call('EXISTS', unpack(sent.keys)) > 0 then
    for i, id in ipairs(sent) do
      catch_up(id, sent.keys[i])
    end
  end
end
return answers
