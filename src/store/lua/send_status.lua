--[[ send_status.lua — statuses that a provider told of messages of one account.

  Cost  O(1) for each status.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int
  ITEM  pid:bytes id:bytes state:bytes at_ms:int code:int why:bytes price:bytes
  Reply for each {outcome, id}   1: it came further; 0: known, or late; -1: of no message of ours, kept for a while

  Meaning  now_ms  0: Redis' own clock
           id  of the message as its own send gave it along, and a signature proved; '': not told
]]
--@include lib/receipt
local EARLY_S, EARLY_MAX = 600, 16 -- of a message whose send has not come back yet
local now = letter_clock(now_ms)

-- How long first statuses take: their high mark, slowly forgotten.
local function note_latency(id)
  local rec = call('HMGET', own .. 'msg:' .. id, 'at_accepted', 'at_sent', 'at_delivered', 'at')
  local from = tonumber(rec[1] or rec[4] or nil)
  if from and not (rec[2] or rec[3]) then
    local high = tonumber(call('HGET', KEYS_STATE, 'latency') or 0) or 0
    call('HSET', KEYS_STATE, 'latency', math.floor(math.max(now - from, high * 0.999)))
  end
end

local function keep_early(at)
  local early = own .. 'early:' .. ARGV[at + ITEM_PID]
  call('RPUSH', early, cjson.encode({ ARGV[at + ITEM_STATE], ARGV[at + ITEM_AT_MS], ARGV[at + ITEM_CODE],
    ARGV[at + ITEM_WHY], ARGV[at + ITEM_PRICE] }))
  call('LTRIM', early, -EARLY_MAX, -1)
  call('EXPIRE', early, EARLY_S)
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local pid, id = ARGV[at + ITEM_PID], ARGV[at + ITEM_ID]
  if id == '' then
    id = call('GET', own .. 'pid:' .. pid) or ''
  end
  if id == '' or call('EXISTS', own .. 'msg:' .. id) == 0 then
    keep_early(at)
    answers[#answers + 1] = { -1, '' }
  else
    note_latency(id)
    call('HSETNX', own .. 'msg:' .. id, 'pid', pid)
    answers[#answers + 1] = { receipt_apply(own, id, now, ARGV[at + ITEM_STATE], ARGV[at + ITEM_AT_MS],
      ARGV[at + ITEM_CODE], ARGV[at + ITEM_WHY], ARGV[at + ITEM_PRICE]), id }
  end
end
if #answers > 0 then
  call('HSET', KEYS_STATE, 'status_at', now)
end
return answers
