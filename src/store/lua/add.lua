--[[ add.lua — add any number of jobs at once, to one queue or to several of one hash tag.

  Equals   per job what addStandardJob, addPrioritizedJob, addDelayedJob and addParentJob do, in the order given; a whole
           flow (parents before their children) is one call.  Proved by tests/compat.
  Cost     O(log N) per job.   The clock is the caller's.

  KEYS  meta:hash
  ARGV  now_ms:int plain:bool
  ITEM  base:bytes id:bytes name:bytes data:json opts:json timestamp:int delay:int priority:int flags:bytes
  MORE  parent_key:bytes parent:json rjk:bytes dedup_id:bytes dedup_ttl:int
  Reply {outcome, …}   a number: that of the new job, 0 when it has an id of its own, below 0: an error, nothing was
                       added; a text: the id of the job that stands for it

  Meaning  plain    all items are of one queue and have neither delay, priority nor flags
           base     of the item's queue; '' as the item before
           id       '' takes the next number
           flags    l lifo   c waits for children   f part of a flow: its parent is looked at when all are in
                    m MORE arguments follow the item; of deduplication: r replace   e extend   k keepLastIfActive
                    s reschedule

  To make a function costs a call as much as a small command does.  Most calls add plain jobs only, which need none;
  what only jobs with a parent or a window need is made when the first of them comes.
]]

-- Plain jobs, to a queue that is open to all.
if plain == '1' then
  local call, base = redis.call, ARGV[ITEM_FIRST + ITEM_BASE]
  local meta = call('HMGET', base .. 'meta', 'paused', 'concurrency', 'opts.maxLenEvents', 'version')
  if not meta[1] and not meta[2] and meta[3] and string.sub(meta[4] or 'bullmq:', 1, 7) == 'bullmq:' then
    local events, waiting, results = base .. 'events', {}, {}
    local count = (#ARGV - ITEM_FIRST + 1) / ITEM_SIZE
    local number = call('INCRBY', base .. 'id', count) - count
    for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
      local id, name = ARGV[at + ITEM_ID], ARGV[at + ITEM_NAME]
      number = number + 1
      if id ~= '' and call('EXISTS', base .. id) == 1 then
        call('XADD', events, '*', 'event', 'duplicated', 'jobId', id)
        results[#results + 1] = id
      else
        results[#results + 1] = id == '' and number or 0
        id = id == '' and tostring(number) or id
        call('HSET', base .. id, 'name', name, 'data', ARGV[at + ITEM_DATA], 'opts', ARGV[at + ITEM_OPTS],
          'timestamp', ARGV[at + ITEM_TIMESTAMP], 'delay', 0, 'priority', 0)
        call('XADD', events, '*', 'event', 'added', 'jobId', id, 'name', name)
        call('XADD', events, '*', 'event', 'waiting', 'jobId', id)
        waiting[#waiting + 1] = id
      end
    end
    if #waiting > 0 then
      call('LPUSH', base .. 'wait', unpack(waiting))
      call('ZADD', base .. 'marker', 0, '0')
    end
    call('XTRIM', events, 'MAXLEN', '~', meta[3])
    return results
  end
end

--@include lib/make

local FOREIGN = -100
local now = tonumber(now_ms)
local add_related, flow_end -- made when the first is needed

local function text(value)
  return value ~= '' and value or nil
end

local function queue_use(base)
  local q = queue_open(base)
  if q.foreign == nil then
    q.foreign = queue_foreign(q) or false
  end
  return q
end

-- Items from `at` on that take a number whatever comes: they are of the same queue and have no parent that may be missing.
local function numbers_wanted(at)
  local n = 1
  for next_at = at + ITEM_SIZE, #ARGV, ITEM_SIZE do
    if ARGV[next_at] ~= '' or string.find(ARGV[next_at + ITEM_FLAGS], 'm', 1, true) then
      break
    end
    n = n + 1
  end
  return n
end

-- The next number of the queue.  Comes before any other write: it is refused when memory is short.
local function number_take(q, at, plain)
  if not q.numbers or q.numbers == 0 then
    q.numbers = plain and numbers_wanted(at) or 1
    q.number = redis.call('INCRBY', q.base .. 'id', q.numbers) - q.numbers
    queue_trim(q)
  end
  q.numbers, q.number = q.numbers - 1, q.number + 1
  return q.number
end

-- What only jobs with a parent, a scheduler or a deduplication id need.
local function related_ways()
--@include lib/dedup
  local PARENT_MISSING, PARENT_OTHER = -5, -7
  local flow_parents, refused = {}, {}

  local function attached(key, parent, flow)
    if flow then
      flow_parents[#flow_parents + 1] = parent
    else
      parent_check(parent, now)
    end
  end

  -- The custom id is taken: no second job, but the first may get a parent.
  local function adopt(q, job, flow)
    local key, parent_key = q.base .. job.id, job.parent_key
    local before = redis.call('HGET', key, 'parentKey')
    if before and before ~= parent_key and redis.call('EXISTS', before) == 1 then
      refused[parent_key] = true
      return PARENT_OTHER
    end
    local parent = parent_of(parent_key, job.parent)
    if redis.call('ZSCORE', q.base .. 'completed', job.id) then
      redis.call('HSET', parent_key .. ':processed', key, redis.call('HGET', key, 'returnvalue') or 'null')
      attached(key, parent, flow)
    else
      redis.call('SADD', parent_key .. ':dependencies', key)
    end
    redis.call('HSET', key, 'parentKey', parent_key, 'parent', job.parent)
    emit(q, 'duplicated', 'jobId', job.id)
    return job.id
  end

  local function dedup_request(at, flags, deid)
    local function has(letter)
      return string.find(flags, letter, 1, true) and true or false
    end
    return { id = deid, ttl = tonumber(ARGV[at + MORE_DEDUP_TTL]), replace = has('r') and not has('c'),
      extend = has('e'), keep = has('k'), reschedule = has('s') and not has('c') }
  end

  function add_related(q, at, job, flags)
    local more = at + ITEM_SIZE
    job.parent_key, job.parent = text(ARGV[more + MORE_PARENT_KEY]), text(ARGV[more + MORE_PARENT])
    job.rjk, job.deid = text(ARGV[more + MORE_RJK]), text(ARGV[more + MORE_DEDUP_ID])
    if job.parent_key and redis.call('EXISTS', job.parent_key) == 0 then
      return PARENT_MISSING
    end
    local number = number_take(q, at, false)
    job.id = job.custom or tostring(number)
    if job.custom and redis.call('EXISTS', q.base .. job.id) == 1 then
      if job.parent_key then
        return adopt(q, job, string.find(flags, 'f', 1, true))
      end
      emit(q, 'duplicated', 'jobId', job.id)
      return job.id
    end
    local owner = job.deid and dedup_owner(q, dedup_request(more, flags, job.deid), job)
    if owner then
      return owner
    end
    job_make(q, job)
    return job.custom and 0 or number
  end

  function flow_end()
    for i = 1, #flow_parents do
      if not refused[flow_parents[i].key] then
        parent_check(flow_parents[i], now)
      end
    end
  end
end

local function add_one(q, at, flags)
  local custom = text(ARGV[at + ITEM_ID])
  local job = { custom = custom, name = ARGV[at + ITEM_NAME], data = ARGV[at + ITEM_DATA], opts = ARGV[at + ITEM_OPTS],
    timestamp = ARGV[at + ITEM_TIMESTAMP], delay = ARGV[at + ITEM_DELAY], priority = ARGV[at + ITEM_PRIORITY], now = now }
  if flags ~= '' then
    job.front, job.children = string.find(flags, 'l', 1, true), string.find(flags, 'c', 1, true)
    if string.find(flags, 'm', 1, true) then
      if not add_related then
        related_ways()
      end
      return add_related(q, at, job, flags)
    end
  end
  local number = number_take(q, at, true)
  job.id = custom or tostring(number)
  if custom and redis.call('EXISTS', q.base .. custom) == 1 then
    emit(q, 'duplicated', 'jobId', custom)
    return custom
  end
  job_make(q, job)
  return custom and 0 or number
end

local results, q, at = {}, nil, ITEM_FIRST
while at <= #ARGV do
  local base, flags = ARGV[at + ITEM_BASE], ARGV[at + ITEM_FLAGS]
  if base ~= '' then
    q = queue_use(base)
  end
  results[#results + 1] = q.foreign and FOREIGN or add_one(q, at, flags)
  at = at + ITEM_SIZE
  if flags ~= '' and string.find(flags, 'm', 1, true) then
    at = at + MORE_SIZE
  end
end
if flow_end then
  flow_end()
end
flush()
return results
