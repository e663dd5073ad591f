--[[ vacate.lua — what a queue without a job leaves in Redis goes too.

  Cost     O(1).   A queue that holds a job, of whatever state, or a scheduler is left as it is.

  KEYS  meta:hash
  ARGV  base:bytes
  Reply {0, n, ''}   n: keys that went; 0: it holds something, or there was nothing
]]

local HOLDS = { 'active', 'wait', 'paused', 'delayed', 'completed', 'prioritized', 'failed', 'waiting-children', 'repeat' }
local REST = { 'events', 'delay', 'stalled-check', 'stalled', 'id', 'pc', 'marker', 'meta', 'limiter',
  'metrics:completed', 'metrics:failed', 'metrics:completed:data', 'metrics:failed:data' }

for _, key in ipairs(HOLDS) do
  if redis.call('EXISTS', base .. key) == 1 then
    return { 0, 0, '' }
  end
end
local n = 0
for _, key in ipairs(REST) do
  n = n + redis.call('DEL', base .. key)
end
return { 0, n, '' }
