--[[ send_settle.lua — what became of tries, into ledger and record; by whoever holds the claim.

  Cost  O(1) for each message.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int unconfirmed_ms:int
  ITEM  id:bytes to:bytes tok:bytes what:bytes pid:bytes code:int why:bytes next_ms:int
  Reply for each 1; 0: the claim is another's by now, or was judged without us: nothing was changed

  Meaning  what  sent     the provider took it as `pid`; '': it gave none, as for signals
                 again    it was not sent for certain, and is tried again at next_ms
                 failed   it was not sent, and never will be
                 unknown  nobody can say
]]
--@include lib/receipt
local now = tonumber(now_ms)

local function sent(key, id, to, pid)
  call('HSET', key, 'led', 'sent', 'state', 'accepted', 'pid', pid, 'at_accepted', now)
  call('HDEL', key, 'code', 'why')
  letter_leave(own, to, id)
  letter_row(key, now, 'accepted', pid)
  letter_count(own, now, 'accepted')
  if pid == '' then
    return -- a signal: no status follows
  end
  call('SET', own .. 'pid:' .. pid, id, 'EX', keep_s)
  call('ZADD', own .. 'unconfirmed', now + unconfirmed_ms, id)
  local early = own .. 'early:' .. pid
  for _, row in ipairs(call('LRANGE', early, 0, 15)) do
    local r = cjson.decode(row)
    receipt_apply(own, id, now, r[1], r[2], r[3], r[4], r[5])
  end
  call('DEL', early)
end

local function settle(at)
  local id, to, what = ARGV[at + ITEM_ID], ARGV[at + ITEM_TO], ARGV[at + ITEM_WHAT]
  local key = own .. 'msg:' .. id
  local rec = call('HMGET', key, 'led', 'tok')
  local ours = rec[1] == 'claimed' and rec[2] == ARGV[at + ITEM_TOK]
  if what == 'sent' and rec[1] ~= 'sent' and rec[1] ~= 'confirmed' then
    sent(key, id, to, ARGV[at + ITEM_PID])
    return 1
  end
  if not ours then
    return 0
  end
  local code, why = ARGV[at + ITEM_CODE], ARGV[at + ITEM_WHY]
  call('HSET', key, 'code', code, 'why', why, 'next', ARGV[at + ITEM_NEXT_MS])
  if what == 'again' then
    call('HSET', key, 'led', '')
  elseif what == 'unknown' then
    call('HSET', key, 'led', 'unknown', 'at', now)
  else
    call('HSET', key, 'led', 'rejected', 'state', 'failed', 'at_failed', now)
    letter_leave(own, to, id)
    letter_count(own, now, 'failed')
  end
  letter_row(key, now, what, code .. ' ' .. why)
  return 1
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = settle(at)
end
return answers
