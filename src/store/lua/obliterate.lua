--[[ obliterate.lua — a paused queue is taken away with all that it holds.

  Equals   obliterate.   Cost  `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes force:bool most:int(>0)
  Reply {code, n, next}   -1: it is not paused; -2: jobs are being run, and not force; next: '1' to be called again, ''
                          nothing is left
]]
--@include lib/sweep

local LISTS = { 'active', 'wait', 'paused' }
local SETS = { 'delayed', 'completed', 'prioritized', 'failed', 'waiting-children' }
local REST = { 'events', 'delay', 'stalled-check', 'stalled', 'id', 'pc', 'marker', 'meta', 'limiter', 'repeat',
  'metrics:completed', 'metrics:failed', 'metrics:completed:data', 'metrics:failed:data' }
local left = tonumber(most)

local function spares()
  return false
end

local function take(ids)
  left = left - #ids
end

local function sweep_lists()
  for _, list in ipairs(LISTS) do
    if left > 0 then
      local gone = sweep_list(base .. list, base, 0, { most = left, limit = left, spares = spares })
      take(gone)
      for i = 1, list == 'active' and #gone or 0 do
        redis.call('DEL', base .. gone[i] .. ':lock')
      end
    end
  end
end

local function sweep_sets()
  for _, set in ipairs(SETS) do
    if left > 0 then
      take((sweep_set(base .. set, base, 0, { most = left, limit = left, spares = spares })))
    end
  end
end

local function sweep_schedulers()
  local ids = left > 0 and redis.call('ZPOPMIN', base .. 'repeat', left) or {}
  for i = 1, #ids, 2 do
    redis.call('DEL', base .. 'repeat:' .. ids[i])
    left = left - 1
  end
end

local q = queue_open(base)
if not q.paused then
  return { -1, 0, '' }
end
if force ~= '1' and redis.call('LLEN', q.active) > 0 then
  return { -2, 0, '' }
end
sweep_lists()
sweep_schedulers()
sweep_sets()
if left > 0 then
  queue_push(q)
  for _, suffix in ipairs(REST) do
    redis.call('UNLINK', base .. suffix)
  end
  q.ready, q.later = false, false
end
flush()
return { 0, tonumber(most) - left, left > 0 and '' or '1' }
