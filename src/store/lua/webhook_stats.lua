--[[ webhook_stats.lua — how much the log of webhooks holds, and what was counted since the beginning.

  KEYS  taken:stream refused:stream counts:hash
  ARGV  unused:int
  Reply {taken, refused, oldest, newest, name, count, …}   oldest, newest: ids of what was taken; '': there is none
]]
local call = redis.call
local oldest, newest = call('XRANGE', KEYS_TAKEN, '-', '+', 'COUNT', 1)[1], call('XREVRANGE', KEYS_TAKEN, '+', '-', 'COUNT', 1)[1]
return {
  call('XLEN', KEYS_TAKEN), call('XLEN', KEYS_REFUSED), oldest and oldest[1] or '', newest and newest[1] or '',
  unpack(call('HGETALL', KEYS_COUNTS)),
}
