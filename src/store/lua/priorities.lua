--[[ priorities.lua — how many jobs of each priority wait.

  Cost  O(log N) for each priority.

  KEYS  meta:hash
  ARGV  base:bytes
  ITEM  level:int
  Reply {n, …}   0 stands for those without a priority
]]
local SLOTS = 4294967296
local reply = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local level = tonumber(ARGV[at + ITEM_LEVEL])
  if level == 0 then
    reply[#reply + 1] = redis.call('LLEN', base .. 'wait') + redis.call('LLEN', base .. 'paused')
  else
    reply[#reply + 1] = redis.call('ZCOUNT', base .. 'prioritized', string.format('%.0f', level * SLOTS),
      string.format('%.0f', (level + 1) * SLOTS - 1))
  end
end
return reply
