--[[ block_settle.lua — what was found of messages that should have arrived: into their contacts, each once.

  Cost  O(log N) for each.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int health:bytes
  ITEM  id:bytes con:bytes what:bytes before:int row:int state:bytes why:bytes again_ms:int
  Reply for each 1; 0: somebody else did, it arrived meanwhile, or another message of the contact was counted first: it
        is looked at again

  Meaning  now_ms  0: Redis' own clock
           health  of the account: normal, ill; unknown: as it was
           what    drop    it is not looked at any more
                   wait    it was not due yet: it is in again_ms
                   late    nor later, and it is counted among what the account did not deliver
                   hold    it is looked at again in again_ms
                   count   as late, and against the contact: `row` in a row by now, `before` without it; state: '',
                           probable, confirmed
]]
--@include lib/block
local now = letter_clock(now_ms)

local function tell_health()
  local was = call('HGET', KEYS_STATE, 'blk_health') or 'normal'
  if health == 'unknown' or health == was then
    return
  end
  call('HSET', KEYS_STATE, 'blk_health', health, 'blk_health_at', now)
  letter_out(own, health == 'ill' and 'account.delivery_abnormal' or 'account.delivery_normal', '{"account":'
    .. cjson.encode(string.match(own, '{(.*)}')) .. '}')
end

-- It belongs to the day on which it became `sent`, and counts there once.
local function count_late(id, score)
  local day = math.floor((score - LATE_MS - 1) / DAY_MS)
  if call('HSETNX', own .. 'msg:' .. id, 'late', day) == 1 then
    letter_count(own, day * DAY_MS, 'late')
  end
end

local function settle(at)
  local id, con, what = ARGV[at + ITEM_ID], ARGV[at + ITEM_CON], ARGV[at + ITEM_WHAT]
  local due, held = call('ZSCORE', own .. 'due:blk', id), call('ZSCORE', own .. 'due:doubt', 'm:' .. id)
  if not due and not held then
    return 0
  end
  local state = call('HGET', own .. 'msg:' .. id, 'state')
  if what ~= 'drop' and state ~= 'sent' then
    what = 'drop'
  end
  if what == 'count' and tonumber(call('HGET', contact_key(own, con), 'blk') or 0) ~= tonumber(ARGV[at + ITEM_BEFORE]) then
    return 0
  end
  if what == 'wait' then
    call('ZREM', own .. 'due:doubt', 'm:' .. id)
    call('ZADD', own .. 'due:blk', block_ms(now + ARGV[at + ITEM_AGAIN_MS]), id)
    return 1
  end
  if what ~= 'drop' and due then
    count_late(id, tonumber(due))
  end
  call('ZREM', own .. 'due:blk', id)
  if what == 'hold' then
    call('ZADD', own .. 'due:doubt', block_ms(now + ARGV[at + ITEM_AGAIN_MS]), 'm:' .. id)
    return 1
  end
  call('ZREM', own .. 'due:doubt', 'm:' .. id)
  if what == 'count' then
    block_count(own, now, con, id, ARGV[at + ITEM_ROW], ARGV[at + ITEM_STATE], ARGV[at + ITEM_WHY])
  end
  return 1
end

tell_health()
local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = settle(at)
end
return answers
