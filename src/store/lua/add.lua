--[[ add.lua — add any number of jobs at once, to one queue or to several of one hash tag.

  Equals   per job what addStandardJob, addPrioritizedJob, addDelayedJob and addParentJob do, in the order given; a whole
           flow (parents before their children) is one call.  Proved by tests/compat.
  Cost     O(log N) per job.   The clock is the caller's.

  KEYS  meta:hash
  ARGV  now_ms:int
  ITEM  base:bytes id:bytes name:bytes data:json opts:json timestamp:int delay:int priority:int flags:bytes
        parent_key:bytes parent:json rjk:bytes dedup_id:bytes dedup_ttl:int
  Reply {id or code, …}   the id of the job, or of the one that stands for it; below 0: an error, nothing was added

  Meaning  base     of the item's queue
           id       '' takes the next number
           flags    l lifo   c waits for children   f part of a flow: its parent is looked at when all are in
                    of deduplication: r replace   e extend   k keepLastIfActive   s reschedule
]]
--@include lib/add

local PARENT_MISSING, PARENT_OTHER = -5, -7
local now = tonumber(now_ms)
local flow_parents, refused = {}, {}

local function text(value)
  return value ~= '' and value or nil
end

local function attached(key, parent, flow)
  if flow then
    flow_parents[#flow_parents + 1] = parent
  else
    parent_check(parent, now)
  end
end

-- The custom id is taken: no second job, but the first may get a parent.
local function add_duplicate(q, at, id)
  local key, parent_key = q.base .. id, text(ARGV[at + ITEM_PARENT_KEY])
  local flow = string.find(ARGV[at + ITEM_FLAGS], 'f', 1, true)
  if parent_key then
    local before = redis.call('HGET', key, 'parentKey')
    if before and before ~= parent_key and redis.call('EXISTS', before) == 1 then
      refused[parent_key] = true
      return PARENT_OTHER
    end
    local parent = parent_of(parent_key, ARGV[at + ITEM_PARENT])
    if redis.call('ZSCORE', q.base .. 'completed', id) then
      redis.call('HSET', parent_key .. ':processed', key, redis.call('HGET', key, 'returnvalue') or 'null')
      attached(key, parent, flow)
    else
      redis.call('SADD', parent_key .. ':dependencies', key)
    end
    redis.call('HSET', key, 'parentKey', parent_key, 'parent', ARGV[at + ITEM_PARENT])
  end
  emit(q, 'duplicated', 'jobId', id)
  return id
end

local function dedup_request(at, flags)
  local id = text(ARGV[at + ITEM_DEDUP_ID])
  if not id then
    return nil
  end
  local function has(letter)
    return string.find(flags, letter, 1, true) and true or false
  end
  return { id = id, ttl = tonumber(ARGV[at + ITEM_DEDUP_TTL]), replace = has('r') and not has('c'), extend = has('e'),
    keep = has('k'), reschedule = has('s') }
end

local function add_one(at)
  local q, flags = queue_open(ARGV[at + ITEM_BASE]), ARGV[at + ITEM_FLAGS]
  local parent_key = text(ARGV[at + ITEM_PARENT_KEY])
  if parent_key and redis.call('EXISTS', parent_key) == 0 then
    return PARENT_MISSING
  end
  queue_trim(q)
  local counter = redis.call('INCR', q.base .. 'id')
  local custom = text(ARGV[at + ITEM_ID])
  local id = custom or tostring(counter)
  if custom and redis.call('EXISTS', q.base .. custom) == 1 then
    return add_duplicate(q, at, custom)
  end
  local job = { id = id, name = ARGV[at + ITEM_NAME], data = ARGV[at + ITEM_DATA],
    opts = ARGV[at + ITEM_OPTS], timestamp = ARGV[at + ITEM_TIMESTAMP], delay = ARGV[at + ITEM_DELAY], now = now,
    priority = ARGV[at + ITEM_PRIORITY], front = string.find(flags, 'l', 1, true),
    children = string.find(flags, 'c', 1, true), parent_key = parent_key, parent = text(ARGV[at + ITEM_PARENT]),
    rjk = text(ARGV[at + ITEM_RJK]), deid = text(ARGV[at + ITEM_DEDUP_ID]) }
  local request = dedup_request(at, flags)
  local owner = request and dedup_owner(q, request, job)
  if owner then
    return owner
  end
  job_make(q, job)
  return id
end

local results = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  results[#results + 1] = add_one(at)
end
for _, parent in ipairs(flow_parents) do
  if not refused[parent.key] then
    parent_check(parent, now)
  end
end
flush()
return results
