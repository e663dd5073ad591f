--[[ send_sweep.lua — messages that a provider took, and of which no status came for too long: told, each once.

  Cost  O(log N) for each that is told.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int most:int
  Reply {told, more, waiting}   more: 1: there are others; waiting: 1: there are events to be told (outbox.h)
]]
--@include lib/letter
local now, told = tonumber(now_ms), 0
local ids = call('ZRANGEBYSCORE', own .. 'unconfirmed', '-inf', now, 'LIMIT', 0, most)
for _, id in ipairs(ids) do
  local key = own .. 'msg:' .. id
  call('ZREM', own .. 'unconfirmed', id)
  local rec = call('HMGET', key, 'state', 'pid', 'ref')
  if rec[1] == 'accepted' then
    told = told + 1
    call('HSET', key, 'at_unconfirmed', now)
    letter_row(key, now, 'unconfirmed', '')
    letter_count(own, now, 'unconfirmed')
    letter_tell(own, id, 'unconfirmed', 'accepted', rec[2], rec[3])
  end
end
return { told, #ids == tonumber(most) and 1 or 0, call('XLEN', own .. 'out') > 0 and 1 or 0 }
