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

-- True: nothing more will be due.
local function tell(id, ends, said)
  local key = contact_key(own, id)
  if ends <= now then
    call('HSET', key, 'said', 'closed')
    contact_tell(own, id, 'window.closed', ',"since":' .. string.format('%.0f', ends))
    closed = closed + 1
    return true
  elseif ends - CLOSING_MS <= now and said ~= 'closing' then
    call('HSET', key, 'said', 'closing')
    window_due(own, id, ends, 'closing', now)
    contact_tell(own, id, 'window.closing', ',"until":' .. string.format('%.0f', ends))
    closing = closing + 1
  else
    window_due(own, id, ends, said, now)
  end
  return false
end

-- What leaves does so last, and by name or time: by its rank another would when a torn call comes back (ADR 21).
local ids, over = call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, most), {}
for _, id in ipairs(ids) do
  local rec = call('HMGET', contact_key(own, id), 'window', 'said', 'moved')
  if not rec[1] or rec[2] == 'closed' or rec[3] or tell(id, tonumber(rec[1]), rec[2] or '') then
    over[#over + 1] = id
  end
end
if #over > 0 then
  call('ZREM', due, unpack(over))
end
if closed > 0 then
  local last = call('ZRANGE', open, '-inf', now, 'BYSCORE', 'LIMIT', 2 * most - 1, 1, 'WITHSCORES')[2]
  call('ZREMRANGEBYSCORE', open, '-inf', last or now)
end
return { closing, closed, #ids == tonumber(most) and 1 or 0 }
