--[[ receipt.lua — what a provider tells of a message that it took, written into its record: forward only.

  RANK    a higher one replaces a lower one; failed ends what is not yet delivered, and a later delivered or read
          proves it wrong

  own .. 'unconfirmed'  zset of what was taken, until its first status; own .. 'due:blk' from `sent` until it arrived,
                        by when somebody looks whether it has (lib/block.lua): one set or the other, so that a status
                        costs no more than it did
]]
--@include lib/letter
local RANK = { queued = 0, accepted = 1, sent = 2, delivered = 3, read = 4, played = 5 }
local LATE_MS, SWEEP_MS = 259200000, 21600000 -- not delivered for 72 hours is late; looked at every 6

-- What waits for its next status waits for another, or for none.
local function receipt_wait(own, id, now, was, state)
  if state == 'sent' and RANK[was] and RANK[was] < 2 then
    call('ZREM', own .. 'unconfirmed', id)
    call('ZADD', own .. 'due:blk', string.format('%.0f', (math.floor((now + LATE_MS) / SWEEP_MS) + 1) * SWEEP_MS), id)
  elseif was == 'sent' then
    call('ZREM', own .. 'due:blk', id)
  elseif (RANK[was] or 0) < 3 then
    call('ZREM', own .. 'unconfirmed', id)
  end
end

-- It arrived: whoever doubted that of this person is told within a second.  Asked once a call whether there is anybody.
local doubts
local function receipt_arrived(own, now, to)
  if doubts == nil then
    doubts = call('EXISTS', own .. 'cons:issues') == 1
  end
  local con = doubts and to and call('HGET', own .. 'person:' .. to, 'blk')
  if con then
    call('ZADD', own .. 'due:doubt', now, 'c:' .. con)
  end
end

-- 1: it came further; 0: known, or older than what is known.
local function receipt_apply(own, id, now, state, at, code, why, price)
  local key = own .. 'msg:' .. id
  local rec = call('HMGET', key, 'state', 'led', 'to', 'at', 'pid', 'ref')
  local was, now_rank = rec[1], RANK[state]
  if price ~= '' then
    call('HSET', key, 'price', price)
  end
  if call('HSETNX', key, 'at_' .. state, at) == 0 then
    return 0
  end
  if rec[2] ~= 'sent' and rec[2] ~= 'confirmed' then
    call('HSET', key, 'led', 'confirmed')
    letter_leave(own, rec[3], id)
  end
  letter_row(key, now, state, why ~= '' and code .. ' ' .. why or '')
  letter_count(own, now, state)
  receipt_wait(own, id, now, was, state)
  if (now_rank or 0) >= 3 then
    receipt_arrived(own, now, rec[3])
  end
  if state == 'failed' then
    if (RANK[was] or 0) < 3 then
      call('HSET', key, 'state', 'failed', 'code', code, 'why', why)
      letter_tell(own, id, 'updated', 'failed', rec[5], rec[6], code, why)
      return 1
    end
    return 0
  end
  if now_rank and (was == 'failed' and now_rank >= 3 or now_rank > (RANK[was] or 0) and was ~= 'failed') then
    call('HSET', key, 'state', state)
    letter_tell(own, id, 'updated', state, rec[5], rec[6])
    return 1
  end
  return 0
end
