--[[ win_tick.lua — windows that are about to close, or have: told, each once.

  Cost  O(log N) for each that is told, however many are open.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int most:int
  Reply {closing, closed, more}   how many were told; more: 1: others are due as well

  Meaning  now_ms  0: Redis' own clock
]]
--@include lib/window
local now = letter_clock(now_ms)
local due, open = own .. 'due:win', own .. 'cons:window'
local closing, closed = 0, 0

-- It is not due any more when this is called.
local function tell(id, ends, said)
  local key = contact_key(own, id)
  if ends <= now then
    call('HSET', key, 'said', 'closed')
    contact_tell(own, id, 'window.closed', ',"since":' .. string.format('%.0f', ends))
    closed = closed + 1
  elseif ends - CLOSING_MS <= now and said ~= 'closing' then
    call('HSET', key, 'said', 'closing')
    window_due(own, id, ends, 'closing', now)
    contact_tell(own, id, 'window.closing', ',"until":' .. string.format('%.0f', ends))
    closing = closing + 1
  else
    window_due(own, id, ends, said, now)
  end
end

-- They are the first of all: by their rank they leave without a search for each.
local ids = call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most)
if #ids > 0 then
  call('ZREMRANGEBYRANK', due, 0, #ids - 1)
end
for _, id in ipairs(ids) do
  local rec = call('HMGET', contact_key(own, id), 'window', 'said', 'moved')
  if rec[1] and rec[2] ~= 'closed' and not rec[3] then
    tell(id, tonumber(rec[1]), rec[2] or '')
  end
end
local shut = closed > 0 and call('ZCOUNT', open, '-inf', now) or 0
if shut > 0 then
  call('ZREMRANGEBYRANK', open, 0, math.min(shut, 2 * most) - 1)
end
return { closing, closed, #ids == tonumber(most) and 1 or 0 }
