--[[ clean.lua — jobs of one state that are old enough are taken away, the oldest first.

  Equals   clean.   Cost  `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes state:bytes until_ms:int limit:int most:int(>0) from:int before:int
  Reply {0, n, next, id, …}   next: the next call's `from`, '' done

  Meaning  state   a list (wait, paused, active) or a set
           limit   jobs to take in all; 0: no bound
           before  jobs that earlier calls took
]]
--@include lib/sweep

local LISTS = { wait = true, paused = true, active = true }
local q, key, newest = queue_open(base), base .. state, tonumber(until_ms)
local finished = state == 'completed' or state == 'failed'

local function is_young(job)
  for i = 1, 3 do
    if job[i] then
      return (tonumber(job[i]) or 0) > newest
    end
  end
  return false
end

local function spares(id, job_key)
  if string.sub(id, 1, 2) == '0:' then
    return true
  end
  local job = redis.call('HMGET', job_key, 'finishedOn', 'processedOn', 'timestamp', 'rjk')
  if not finished and is_young(job) then
    return true
  end
  return state == 'active' and redis.call('EXISTS', job_key .. ':lock') == 1 or is_current_iteration(base, id, job[4])
end

local sweep = { most = tonumber(most), limit = tonumber(limit) > 0 and tonumber(limit) - tonumber(before) or tonumber(most),
  spares = spares }
local gone, behind
if LISTS[state] then
  gone, behind = sweep_list(key, base, tonumber(from), sweep)
else
  gone, behind = sweep_set(key, base, tonumber(from), sweep, finished and until_ms or nil)
end
local total = tonumber(before) + #gone
if not behind or tonumber(limit) > 0 and total >= tonumber(limit) then
  emit(q, 'cleaned', 'count', total)
  behind = nil
end
flush()
local reply = { 0, #gone, behind and tostring(behind) or '' }
for _, id in ipairs(gone) do
  reply[#reply + 1] = id
end
return reply
