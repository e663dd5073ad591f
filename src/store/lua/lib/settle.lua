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

local function run_for(q, kind, policy, now)
  if not run or run.kind ~= kind or run.policy ~= policy then
    close_run(q, now)
    local count, age_s, limit = string.match(policy, '^(%S+) (%S+) (%S+)$')
    run = { kind = kind, policy = policy, set = q.base .. kind, scores = {},
      keep = { count = tonumber(count), age_s = tonumber(age_s), limit = tonumber(limit) } }
  end
  return run
end

local function item_after(at)
  return at + (ARGV[at + ITEM_KIND] == 'completed' and ITEM_SIZE or ITEM_SIZE + MORE_SIZE)
end

--[[ What one look at all items tells of their jobs.
  at     where each item begins
  keys   of the jobs; locks: keys of their locks; held: the tokens in these
  all    every one of the jobs has a hash
  parents  one of them has children ]]
local function read_items(q)
  local at, keys, locks, children, n = {}, {}, {}, {}, 0
  local first = ITEM_FIRST
  while first <= #ARGV do
    local key = q.base .. ARGV[first + ITEM_ID]
    n = n + 1
    at[n], keys[n], locks[n] = first, key, key .. ':lock'
    children[2 * n - 1], children[2 * n] = key .. ':dependencies', key .. ':unsuccessful'
    first = item_after(first)
  end
  return { at = at, keys = keys, locks = locks, held = redis.call('MGET', unpack(locks)),
    all = redis.call('EXISTS', unpack(keys)) == n, parents = redis.call('EXISTS', unpack(children)) > 0 }
end

local function children_code(key)
  if redis.call('SCARD', key .. ':dependencies') > 0 then
    return CHILDREN_PENDING
  end
  return redis.call('ZCARD', key .. ':unsuccessful') > 0 and CHILDREN_FAILED or 0
end

-- 0, or why the item is refused.
local function refusal(kind, at, key, lock, parents)
  if kind == 'completed' and parents then
    local code = children_code(key)
    if code < 0 then
      return code
    end
  end
  local token = ARGV[at + ITEM_TOKEN]
  if token == '0' or lock == token then
    return 0
  end
  return lock and LOCK_OTHER or LOCK_MISSING
end

local function keep_reason(more, key, reason)
  if reason ~= '' then
    redis.call('HSET', key, 'failedReason', reason)
  end
  if ARGV[more + MORE_TRACE] ~= '' then
    redis.call('HSET', key, 'stacktrace', ARGV[more + MORE_TRACE])
  end
end

-- The job's attempts made and its deduplication id, as whoever holds its lock knows them.
local function known_of(at, key)
  local made = tonumber(ARGV[at + ITEM_MADE])
  if made >= 0 then
    return made, ARGV[at + ITEM_DEDUP_ID]
  end
  local stored = redis.call('HMGET', key, 'atm', 'deid')
  return tonumber(stored[1] or 0) or 0, stored[2] or ''
end

-- A parent is looked for: a job may become a child, or stop being one, while it runs.
local function tell_parent(kind, key, value, now)
  local parent_key = redis.call('HGET', key, 'parentKey')
  if not parent_key or parent_key == '' then
    return nil
  end
  local stored = redis.call('HGET', key, 'parent')
  local parent = parent_of(parent_key, stored)
  if not parent then
    return nil
  end
  if kind == 'completed' then
    child_completed(key, parent, value, now)
  else
    child_failed(key, parent, value, now)
  end
  return { parent_key, stored }
end

local function finish(q, kind, at, key, now)
  local id, value = ARGV[at + ITEM_ID], ARGV[at + ITEM_VALUE]
  local before, dedup_id = known_of(at, key)
  local made, more = decimal(before + 1), at + ITEM_SIZE
  if dedup_id ~= '' then
    dedup_release(q, dedup_id, id, now)
  end
  local parent = tell_parent(kind, key, value, now)
  if kind == 'failed' and ARGV[more + MORE_DEAD_DATA] ~= '' then
    dead_letter(key, ARGV[more + MORE_DEAD_DATA], now)
  end
  local policy = run_for(q, kind, ARGV[at + ITEM_KEEP], now)
  if policy.keep.count == 0 then
    job_delete(key)
    if parent then
      child_drop(q.base, key, false, parent)
    end
  else
    local scores = policy.scores
    scores[#scores + 1] = now_ms
    scores[#scores + 1] = id
    if kind == 'completed' then
      redis.call('HSET', key, 'atm', made, 'returnvalue', value, 'finishedOn', now_ms)
    else
      keep_reason(more, key, value)
      redis.call('HSET', key, 'atm', made, 'failedReason', value, 'finishedOn', now_ms)
      redis.call('HDEL', key, 'defa')
    end
  end
  finished[kind] = finished[kind] + 1
  if kind == 'completed' then
    emit(q, 'completed', 'jobId', id, 'returnvalue', value, 'prev', 'active')
    return
  end
  emit(q, 'failed', 'jobId', id, 'failedReason', value, 'prev', 'active')
  if before + 1 >= tonumber(ARGV[more + MORE_ATTEMPTS]) then
    emit(q, 'retries-exhausted', 'jobId', id, 'attemptsMade', made)
  end
end

local function priority_of(key)
  return tonumber(redis.call('HGET', key, 'priority') or 0) or 0
end

local function retry(q, at, key)
  keep_reason(at + ITEM_SIZE, key, ARGV[at + ITEM_VALUE])
  redis.call('HINCRBY', key, 'atm', 1)
  local id, priority = ARGV[at + ITEM_ID], priority_of(key)
  make_ready(q, id, priority, priority == 0 and truthy(options_of(redis.call('HGET', key, 'opts')).lifo))
  emit(q, 'waiting', 'jobId', id, 'prev', 'active')
end

local function put_off(q, at, key, now)
  local more = at + ITEM_SIZE
  local id, delay = ARGV[at + ITEM_ID], tonumber(ARGV[more + MORE_DELAY_MS])
  local due = delay > 0 and now + delay or now
  keep_reason(more, key, ARGV[at + ITEM_VALUE])
  if ARGV[more + MORE_SKIP_ATTEMPT] ~= '1' then
    redis.call('HINCRBY', key, 'atm', 1)
  end
  redis.call('HSET', key, 'delay', delay)
  make_delayed(q, id, due)
  emit(q, 'delayed', 'jobId', id, 'delay', due)
end

-- Back to the front, no attempt used.
local function put_back(q, at, key)
  local id, priority = ARGV[at + ITEM_ID], priority_of(key)
  if priority > 0 then
    prioritize_front(q, id, priority)
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
  local child, dependencies = ARGV[at + ITEM_SIZE + MORE_CHILD], key .. ':dependencies'
  local pending = child ~= '' and redis.call('SISMEMBER', dependencies, child) or redis.call('SCARD', dependencies)
  return pending > 0 and 0 or 1
end

local function move_on(q, kind, at, key, now)
  if kind == 'completed' or kind == 'failed' then
    finish(q, kind, at, key, now)
  elseif kind == 'retry' then
    retry(q, at, key)
  elseif kind == 'delayed' then
    put_off(q, at, key, now)
  elseif kind == 'wait' then
    put_back(q, at, key)
  else
    redis.call('ZADD', q.base .. 'waiting-children', now, ARGV[at + ITEM_ID])
    emit(q, 'waiting-children', 'jobId', ARGV[at + ITEM_ID], 'prev', 'active')
  end
end

-- `unlocked`: keys of locks and ids that the caller removes and unmarks.
local function settle_item(q, active, items, i, unlocked, now)
  local at, key = items.at[i], items.keys[i]
  local kind, id = ARGV[at + ITEM_KIND], ARGV[at + ITEM_ID]
  if not items.all and redis.call('EXISTS', key) == 0 then
    return MISSING
  end
  local code = refusal(kind, at, key, items.held[i], items.parents)
  if code == 0 and kind == 'children' then
    code = awaits_children(at, key)
  end
  if code ~= 0 then
    return code
  end
  if ARGV[at + ITEM_TOKEN] ~= '0' then
    unlocked.locks[#unlocked.locks + 1] = items.locks[i]
    unlocked.ids[#unlocked.ids + 1] = id
  end
  if not active_remove(active, id, tonumber(ARGV[at + ITEM_PLACE])) then
    return NOT_ACTIVE
  end
  move_on(q, kind, at, key, now)
  ended_last = finished[kind] ~= nil
  return 0
end

-- Jobs that became due stand before one that is retried at once.
local function settles_retries()
  local at = ITEM_FIRST
  while at <= #ARGV do
    if ARGV[at + ITEM_KIND] == 'retry' then
      return true
    end
    at = item_after(at)
  end
  return false
end

local function settle_items(q, active, now)
  local codes, items, unlocked = {}, read_items(q), { locks = {}, ids = {} }
  for i = 1, #items.at do
    codes[i] = settle_item(q, active, items, i, unlocked, now)
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
  if redis.call('EXISTS', q.active) == 0 and not still_waits(q) then
    emit(q, 'drained')
  end
end
