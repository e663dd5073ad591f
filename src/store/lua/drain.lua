--[[ drain.lua — all that waits is taken away, but for the next jobs of schedulers.

  Equals   drain.   Cost  `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes place:wait|paused|prioritized|delayed most:int(>0) from:int
  Reply {0, n, next}   next: the next call's `from`, '' nothing is left of that place
]]
--@include lib/sweep

local function spares(id, key)
  return is_current_iteration(base, id, redis.call('HGET', key, 'rjk'))
end

queue_open(base)
local sweep = { most = tonumber(most), limit = tonumber(most), spares = spares }
local key, gone, behind = base .. place, nil, nil
if place == 'wait' or place == 'paused' then
  gone, behind = sweep_list(key, base, tonumber(from), sweep)
else
  gone, behind = sweep_set(key, base, tonumber(from), sweep)
end
flush()
return { 0, #gone, behind and tostring(behind) or '' }
