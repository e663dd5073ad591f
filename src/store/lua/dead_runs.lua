--[[ dead_runs.lua — what is known of runs over dead letters: each process tells its own, and all can ask.

  A hash beside the queue holds a text for each run, and a flag for those that shall stop.  Ids sort by their age.
  Cost  O(runs that are kept).

  KEYS  meta:hash
  ARGV  base:bytes what:note|read|stop id:bytes text:bytes most:int keep_ms:int
  Reply note: {'1' to stop, or ''}; read, stop: {text}, or {} when there is none; read without an id: {text, …}, the newest
        first

  Meaning  most     runs that are kept; the oldest go
           keep_ms  after the last note all of them go
]]
local runs, stop = base .. 'willaq:runs', id .. ':stop'

local function ids()
  local all = {}
  for _, field in ipairs(redis.call('HKEYS', runs)) do
    if not string.find(field, ':', 1, true) then
      all[#all + 1] = field
    end
  end
  table.sort(all, function(a, b) return a > b end)
  return all
end

if what == 'note' then
  redis.call('HSET', runs, id, text)
  redis.call('PEXPIRE', runs, keep_ms)
  if redis.call('HLEN', runs) > tonumber(most) then
    local all = ids()
    for i = tonumber(most) + 1, #all do
      redis.call('HDEL', runs, all[i], all[i] .. ':stop')
    end
  end
  return { redis.call('HGET', runs, stop) or '' }
end
if id == '' then
  local all = ids()
  for i, one in ipairs(all) do
    all[i] = redis.call('HGET', runs, one)
  end
  return all
end
local known = redis.call('HGET', runs, id)
if known and what == 'stop' then
  redis.call('HSET', runs, stop, '1')
end
return { known or nil }
