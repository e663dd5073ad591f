--[[ minutes.lua — how many jobs finished, minute by minute, the newest first.

  Cost  O(n).

  KEYS  meta:hash
  ARGV  base:bytes state:completed|failed n:int
  Reply {count, previous_ms, previous_count, minutes in all, minute, …}
]]
local key = base .. 'metrics:' .. state
local head, most = redis.call('HMGET', key, 'count', 'prevTS', 'prevCount'), tonumber(n)
local reply = { head[1] or 0, head[2] or 0, head[3] or 0, redis.call('LLEN', key .. ':data') }
for _, minute in ipairs(most > 0 and redis.call('LRANGE', key .. ':data', 0, most - 1) or {}) do
  reply[#reply + 1] = minute
end
return reply
