--[[ settle.lua — what becomes of jobs that ended, for work.lua.

  Locks are read and removed for all items at once.  A refused item (its job, lock or place gone, children pending)
  changes nothing and has its code in the reply.
]]
--@include lib/add
--@include lib/active
--@include lib/finish
--@include lib/dead

local MISSING, LOCK_MISSING, NOT_ACTIVE, CHILDREN_PENDING, LOCK_OTHER, CHILDREN_FAILED = -1, -2, -3, -4, -6, -9
local finished = { completed = 0, failed = 0 }
local ended_last = false -- the last item that left the active list is finished
local run = nil -- finishes of one kind and policy that follow each other

-- The set of finished jobs and its bounds, brought up to date.
local function close_run(q, now)
  if not run then
    return
  end
  if #run.scores > 0 then
    push_all('ZADD', run.set, run.scores)
  end
  keep_finished(q, run.set, run.keep, now)
  run = nil
end

local function run_for(q, kind, at, now)
  local count, age_s, limit = ARGV[at + ITEM_KEEP_COUNT], ARGV[at + ITEM_KEEP_AGE_S], ARGV[at + ITEM_KEEP_LIMIT]
  if not run or run.kind ~= kind or run.count ~= count or run.age_s ~= age_s or run.limit ~= limit then
    close_run(q, now)
    run = { kind = kind, count = count, age_s = age_s, limit = limit, set = q.base .. kind, scores = {},
      keep = { count = tonumber(count), age_s = tonumber(age_s), limit = tonumber(limit) } }
  end
  return run
end

-- Keys of the locks of all items, in order, their values, and whether any of their jobs has children.
local function read_locks(q)
  local keys, children, n = {}, {}, 0
  for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
    local key = q.base .. ARGV[at + ITEM_ID]
    n = n + 1
    keys[n], children[2 * n - 1], children[2 * n] = key .. ':lock', key .. ':dependencies', key .. ':unsuccessful'
  end
  return keys, redis.call('MGET', unpack(keys)), redis.call('EXISTS', unpack(children)) > 0
end

local function children_code(key)
  if redis.call('SCARD', key .. ':dependencies') > 0 then
    return CHILDREN_PENDING
  end
  return redis.call('ZCARD', key .. ':unsuccessful') > 0 and CHILDREN_FAILED or 0
end

-- What settling needs to know of a job; nil: it has no hash.
local function job_read(key)
  local job = redis.call('HMGET', key, 'timestamp', 'parentKey', 'parent', 'deid', 'atm', 'priority')
  return (job[1] or redis.call('EXISTS', key) == 1) and { parent_key = job[2], parent = job[3], deid = job[4],
    made = tonumber(job[5] or 0) or 0, priority = tonumber(job[6] or 0) or 0 } or nil
end

-- 0, or why the item is refused.
local function refusal(kind, at, key, lock, parents)
  if kind == 'completed' and parents then
    local code = children_code(key)
    if code < 0 then
      return code
    end
  end
  local held = ARGV[at + ITEM_TOKEN]
  if held == '0' or lock == held then
    return 0
  end
  return lock and LOCK_OTHER or LOCK_MISSING
end

local function keep_reason(key, at)
  if ARGV[at + ITEM_VALUE] ~= '' then
    redis.call('HSET', key, 'failedReason', ARGV[at + ITEM_VALUE])
  end
  if ARGV[at + ITEM_TRACE] ~= '' then
    redis.call('HSET', key, 'stacktrace', ARGV[at + ITEM_TRACE])
  end
end

local function finish(q, kind, at, key, job, now)
  local id, value = ARGV[at + ITEM_ID], ARGV[at + ITEM_VALUE]
  local made = decimal(job.made + 1)
  if job.deid then
    dedup_release(q, job.deid, id, now)
  end
  local parent = parent_of(job.parent_key, job.parent)
  if parent and kind == 'completed' then
    child_completed(key, parent, value, now)
  elseif parent then
    child_failed(key, parent, value, now)
  end
  if kind == 'failed' and ARGV[at + ITEM_DEAD_DATA] ~= '' then
    dead_letter(key, ARGV[at + ITEM_DEAD_DATA], now)
  end
  local policy = run_for(q, kind, at, now)
  if policy.keep.count == 0 then
    job_delete(key)
    if parent then
      child_drop(q.base, key, false, { job.parent_key, job.parent })
    end
  else
    policy.scores[#policy.scores + 1] = now_ms
    policy.scores[#policy.scores + 1] = id
    if kind == 'completed' then
      redis.call('HSET', key, 'atm', made, 'returnvalue', value, 'finishedOn', now_ms)
    else
      keep_reason(key, at)
      redis.call('HSET', key, 'atm', made, 'failedReason', value, 'finishedOn', now_ms)
      redis.call('HDEL', key, 'defa')
    end
  end
  emit(q, kind, 'jobId', id, kind == 'completed' and 'returnvalue' or 'failedReason', value, 'prev', 'active')
  if kind == 'failed' and job.made + 1 >= tonumber(ARGV[at + ITEM_ATTEMPTS]) then
    emit(q, 'retries-exhausted', 'jobId', id, 'attemptsMade', made)
  end
  finished[kind] = finished[kind] + 1
end

local function retry(q, at, key, job)
  keep_reason(key, at)
  redis.call('HINCRBY', key, 'atm', 1)
  local id = ARGV[at + ITEM_ID]
  make_ready(q, id, job.priority, job.priority == 0 and truthy(options_of(redis.call('HGET', key, 'opts')).lifo))
  emit(q, 'waiting', 'jobId', id, 'prev', 'active')
end

local function put_off(q, at, key, now)
  local id, delay = ARGV[at + ITEM_ID], tonumber(ARGV[at + ITEM_DELAY_MS])
  local due = delay > 0 and now + delay or now
  keep_reason(key, at)
  if ARGV[at + ITEM_SKIP_ATTEMPT] ~= '1' then
    redis.call('HINCRBY', key, 'atm', 1)
  end
  redis.call('HSET', key, 'delay', delay)
  make_delayed(q, id, due)
  emit(q, 'delayed', 'jobId', id, 'delay', due)
end

-- Back to the front, no attempt used.
local function put_back(q, at, job)
  local id = ARGV[at + ITEM_ID]
  if job.priority > 0 then
    prioritize_front(q, id, job.priority)
  else
    push_front(q, id)
  end
  emit(q, 'waiting', 'jobId', id, 'prev', 'active')
end

-- 0, 1 when nothing is left to wait for, or a refusal.
local function awaits_children(at, key)
  if redis.call('ZCARD', key .. ':unsuccessful') > 0 then
    return CHILDREN_FAILED
  end
  local child, dependencies = ARGV[at + ITEM_CHILD], key .. ':dependencies'
  local pending = child ~= '' and redis.call('SISMEMBER', dependencies, child) or redis.call('SCARD', dependencies)
  return pending > 0 and 0 or 1
end

local function move_on(q, kind, at, key, job, now)
  if kind == 'completed' or kind == 'failed' then
    finish(q, kind, at, key, job, now)
  elseif kind == 'retry' then
    retry(q, at, key, job)
  elseif kind == 'delayed' then
    put_off(q, at, key, now)
  elseif kind == 'wait' then
    put_back(q, at, job)
  else
    redis.call('ZADD', q.base .. 'waiting-children', now, ARGV[at + ITEM_ID])
    emit(q, 'waiting-children', 'jobId', ARGV[at + ITEM_ID], 'prev', 'active')
  end
end

-- `unlocked`: keys of locks and ids that the caller removes and unmarks.
local function settle_item(q, active, at, lock_key, lock, parents, unlocked, now)
  local kind, id = ARGV[at + ITEM_KIND], ARGV[at + ITEM_ID]
  local key = q.base .. id
  local job = job_read(key)
  if not job then
    return MISSING
  end
  local code = refusal(kind, at, key, lock, parents)
  if code == 0 and kind == 'children' then
    code = awaits_children(at, key)
  end
  if code ~= 0 then
    return code
  end
  if ARGV[at + ITEM_TOKEN] ~= '0' then
    unlocked.locks[#unlocked.locks + 1] = lock_key
    unlocked.ids[#unlocked.ids + 1] = id
  end
  if not active_remove(active, id, tonumber(ARGV[at + ITEM_PLACE])) then
    return NOT_ACTIVE
  end
  move_on(q, kind, at, key, job, now)
  ended_last = finished[kind] ~= nil
  return 0
end

-- Jobs that became due stand before one that is retried at once.
local function settles_retries()
  for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
    if ARGV[at + ITEM_KIND] == 'retry' then
      return true
    end
  end
  return false
end

local function settle_items(q, active, now)
  local codes = {}
  local keys, locks, parents = read_locks(q)
  local unlocked = { locks = {}, ids = {} }
  for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
    local i = #codes + 1
    codes[i] = settle_item(q, active, at, keys[i], locks[i], parents, unlocked, now)
  end
  delete_all(unlocked.locks)
  push_all('SREM', q.base .. 'stalled', unlocked.ids)
  close_run(q, now)
  for set, n in pairs(finished) do
    if n > 0 and tonumber(metrics_max) > 0 then
      count_finished(q, set, n, tonumber(metrics_max), now)
    end
  end
  return codes
end

-- Told once when a finish left nothing to do; all that was collected is in its list by now.  Who asked for more and was not
-- allowed to have any does not know.
local function settle_drained(q, claimed)
  if not ended_last or #claimed[1] > 0 or claimed[2] > 0 or claimed[3] > 0
    or tonumber(claim_n) > 0 and queue_blocked(q) then
    return
  end
  if redis.call('EXISTS', q.base .. 'wait', q.active, q.prioritized) == 0 then
    emit(q, 'drained')
  end
end
