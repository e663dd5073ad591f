--[[ receipt.lua — what a provider tells of a message that it took, written into its record: forward only.

  RANK    a higher one replaces a lower one; failed ends what is not yet delivered, and a later delivered or read
          proves it wrong
]]
--@include lib/letter
local RANK = { queued = 0, accepted = 1, sent = 2, delivered = 3, read = 4, played = 5 }

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
  call('ZREM', own .. 'unconfirmed', id)
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
