--[[ sub_remove.lua — a subscription goes, with all that waits for it; with the last one go the events.

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes
  Reply {1}; {0}: it is not there
]]
local call = redis.call
local n = call('ZREM', KEYS_IDS, id)
for _, part in ipairs({ 'of:', 'due:', 'log:', 'lease:' }) do
  call('UNLINK', subs .. part .. id)
end
if call('EXISTS', KEYS_IDS, subs .. 'live') == 0 then
  call('UNLINK', subs .. 'events')
end
return { n }
