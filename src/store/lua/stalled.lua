--[[ stalled.lua — put back jobs whose worker is gone, a bounded part at a time.

  Equals   moveStalledJobsToWait: a job that is active at one check and without a lock at the next is stalled.
  Cost     at most `most` jobs a call.  A first call (mark_from < 0) looks at those marked before, until none is left;
           then the active list is marked from its oldest end, `most` a call.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int every_ms:int(>0) stalls_max:int most:int(>0) phase:first|check|mark mark_from:int
  Reply {"busy"}                another worker has checked within every_ms
        {"check", id, …}        stalled jobs that are waiting again; more are to be checked
        {"mark", next, id, …}   as above, none is left to check; mark on from `next`
        {"done"}
]]
--@include lib/enqueue

local q = queue_open(base)
local now, most = tonumber(now_ms), tonumber(most)
local stalled = base .. 'stalled'
local FAILED = 'job stalled more than allowable limit'

-- A job of a scheduler is never failed for stalling: its successor hangs on it.
local function is_scheduled(rjk)
  return rjk and (redis.call('EXISTS', base .. 'repeat:' .. rjk) == 1 or redis.call('ZSCORE', base .. 'repeat', rjk))
end

local function put_back(id)
  if string.sub(id, 1, 2) == '0:' then
    redis.call('LREM', q.active, 1, id)
    return false
  end
  local key = base .. id
  if redis.call('EXISTS', key .. ':lock') == 1 or not redis.call('LPOS', q.active, id, 'RANK', -1) then
    return false
  end
  leave_last('LREM', q.active, -1, id)
  q.leaving = q.leaving + 1
  if redis.call('EXISTS', key) == 0 then
    return false
  end
  local stalls = redis.call('HINCRBY', key, 'stc', 1)
  local before = redis.call('HMGET', key, 'rjk', 'stalledCounter')
  if stalls + (tonumber(before[2] or 0) or 0) > tonumber(stalls_max) and not is_scheduled(before[1]) then
    redis.call('HSET', key, 'defa', FAILED)
  end
  push_front(q, id)
  emit(q, 'waiting', 'jobId', id, 'prev', 'active')
  emit(q, 'stalled', 'jobId', id)
  return true
end

local function check()
  local ids, back = redis.call('SPOP', stalled, most), {}
  for _, id in ipairs(ids) do
    if put_back(id) then
      back[#back + 1] = id
    end
  end
  return back, #ids == most
end

local function mark(from)
  local ids = redis.call('LRANGE', q.active, -from - most, -from - 1)
  if #ids > 0 then
    push_all('SADD', stalled, ids)
  end
  return #ids == most and { 'mark', tostring(from + most) } or { 'done' }
end

local reply
if phase == 'mark' then
  reply = mark(tonumber(mark_from))
else
  if phase == 'first' then
    if not redis.call('SET', base .. 'stalled-check', now_ms, 'PX', every_ms, 'NX') then
      return { 'busy' }
    end
    queue_trim(q)
  end
  local back, more = check()
  reply = more and { 'check' } or { 'mark', '0' }
  for _, id in ipairs(back) do
    reply[#reply + 1] = id
  end
end
flush()
return reply
