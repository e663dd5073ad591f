--[[ dead_retry.lua — a dead letter goes back to the queue that it died in, to be run once more.

  Whether the dead job is still there decides: if it stands among the failed, it is that one that runs again, with the
  letter's data and its attempts counted from 0; if it is gone, a job of the same id is made; if its id was taken by
  another meanwhile, a job of a new id.  A parent that knows it as failed waits for it again, if it is of the same id.
  A letter whose queue turns out to be broken stays a letter.
  Cost  O(log N), and a bounded look into a list.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes seen:bytes now_ms:int target:bytes job_id:bytes name:bytes data:bytes opts:bytes failed_ms:int
        parent_key:bytes parent:bytes
  Reply {code, job id}   0: done; -1: no such letter; -3: it is not waiting; -4: the queue that it died in is another
                         library's; 3: it has been changed since it was read

  Meaning  seen       its data as they were read
           target     the base of the queue that it died in
           parent*    of the job, if it was the child of a flow; '' none
           failed_ms  when it died: a job that was made later is another
]]
--@include lib/again
--@include lib/states

local key = base .. id

-- The place that the letter was taken out of; nil: it does not wait.
local function leave()
  for _, list in ipairs({ 'wait', 'paused' }) do
    if leave_list(base .. list, id) then
      return list
    end
  end
  return redis.call('ZREM', base .. 'prioritized', id) == 1 and 'wait' or nil
end

local function is_here(job_key)
  local made = tonumber(redis.call('HGET', job_key, 'timestamp') or 0) or 0
  return redis.call('EXISTS', job_key) == 1 and made <= tonumber(failed_ms)
    and redis.call('ZREM', target .. 'failed', job_id) == 1
end

local function again(q, job_key, front)
  forget_outcome(job_key, 'failed')
  redis.call('HDEL', job_key, 'atm', 'attemptsMade', 'stc', 'stalledCounter')
  redis.call('HSET', job_key, 'data', data)
  make_ready(q, job_id, tonumber(redis.call('HGET', job_key, 'priority') or 0) or 0, front)
  parent_repair(job_key, 'failed')
  emit(q, 'waiting', 'jobId', job_id, 'prev', 'failed')
  return job_id
end

-- True when the parent had counted the job among those that failed.
local function is_child(job_key)
  return parent_key ~= '' and redis.call('EXISTS', parent_key) == 1
    and redis.call('ZREM', parent_key .. ':unsuccessful', job_key) + redis.call('HDEL', parent_key .. ':failed', job_key) > 0
end

local function anew(q, job_key, options)
  local counter, job = redis.call('INCR', target .. 'id'), { id = job_id, name = name, data = data, opts = opts,
    timestamp = now_ms, delay = 0, priority = tonumber(options.priority) or 0, front = truthy(options.lifo) }
  if job_id == '' or redis.call('EXISTS', job_key) == 1 then
    job.id = tostring(counter)
  elseif is_child(job_key) then
    job.parent_key, job.parent = parent_key, parent
  end
  job_make(q, job)
  return job.id
end

local function run()
  local q, job_key, options = queue_open(target), target .. job_id, options_of(opts)
  queue_trim(q)
  local ran = job_id ~= '' and is_here(job_key) and again(q, job_key, truthy(options.lifo)) or anew(q, job_key, options)
  flush()
  return ran
end

local letter = redis.call('HGET', key, 'data')
if not letter then
  return { -1, '' }
end
if letter ~= seen then
  return { 3, '' }
end
if queue_foreign(queue_open(target)) then
  return { -4, '' }
end
local place = leave()
if not place then
  return { -3, '' }
end
local ok, ran = pcall(run)
if not ok then
  redis.call('RPUSH', base .. place, id)
  return type(ran) == 'table' and ran or redis.error_reply(ran)
end
job_delete(key)
local dead = queue_open(base)
queue_trim(dead)
emit(dead, 'removed', 'jobId', id, 'prev', 'waiting')
return { 0, ran }
