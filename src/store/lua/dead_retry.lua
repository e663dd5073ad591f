--[[ dead_retry.lua — a dead letter goes back to the queue that it died in, to be run once more.

  Whether the dead job is still there decides: if it stands among the failed, it is that one that runs again, with the
  letter's data and its attempts counted from 0; if it is gone, a job of the same id is made; if its id was taken by
  another meanwhile, a job of a new id.   Cost  O(log N), and a bounded look into a list.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes seen:bytes now_ms:int target:bytes job_id:bytes name:bytes data:bytes opts:bytes
  Reply {code, job id}   0: done; -1: no such letter; -3: it is not waiting; 3: it has been changed since it was read

  Meaning  seen    its data as they were read
           target  the base of the queue that it died in
]]
--@include lib/again
--@include lib/states

local key = base .. id
local letter = redis.call('HGET', key, 'data')
if not letter then
  return { -1, '' }
end
if letter ~= seen then
  return { 3, '' }
end
if not leave_list(base .. 'wait', id) and not leave_list(base .. 'paused', id)
  and redis.call('ZREM', base .. 'prioritized', id) == 0 then
  return { -3, '' }
end
local dead = queue_open(base)
job_delete(key)
queue_trim(dead)
emit(dead, 'removed', 'jobId', id, 'prev', 'waiting')

local q, job_key = queue_open(target), target .. job_id
queue_trim(q)
local options, ran = options_of(opts), job_id
if job_id ~= '' and redis.call('ZREM', target .. 'failed', job_id) == 1 and redis.call('EXISTS', job_key) == 1 then
  forget_outcome(job_key, 'failed')
  redis.call('HDEL', job_key, 'atm', 'attemptsMade', 'stc', 'stalledCounter')
  redis.call('HSET', job_key, 'data', data)
  make_ready(q, job_id, tonumber(redis.call('HGET', job_key, 'priority') or 0) or 0, truthy(options.lifo))
  parent_repair(job_key, 'failed')
  flush()
  emit(q, 'waiting', 'jobId', job_id, 'prev', 'failed')
else
  local counter = redis.call('INCR', target .. 'id')
  if job_id == '' or redis.call('EXISTS', job_key) == 1 then
    ran = tostring(counter)
  end
  job_make(q, { id = ran, name = name, data = data, opts = opts, timestamp = now_ms, delay = 0,
    priority = tonumber(options.priority) or 0, front = truthy(options.lifo) })
  flush()
end
return { 0, ran }
