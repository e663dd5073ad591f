--[[ sink.lua — all webhooks that arrived in one turn of the loop: told apart from those that came before, made jobs of,
  logged and counted, or nothing at all.

  Equals   per job what BullMQ's addStandardJob and addPrioritizedJob do: same keys, same events, same order.
  Cost     O(log N) for an update, three looks at the seen and some constants for a call.  The clock is the caller's.

  KEYS  meta:hash
  ARGV  own:bytes now_ms:int period:int seen_s:int log_max:int log_ms:int log_body:bool backlog_max:int counted_as:bytes
        lanes:bytes lane_s:int
        subs:bytes events_max:int events_ms:int
        base_1:bytes opts_1:json priority_1:int base_2:bytes opts_2:json priority_2:int
        base_3:bytes opts_3:json priority_3:int
  ITEM  updates:int provider:bytes kinds:bytes account:bytes ids:bytes peer:bytes business:bytes type:bytes
        body:bytes raw:bytes
  MORE  queue:int digest:bytes name:bytes data:json lane:bytes
  Reply {new, known, …}   for each post; {} (nothing was done): too much waits

  Meaning  own          our own keys begin with it
           period      number of the current stretch of time; what was seen in it and in the two before counts
           seen_s      after so long without a webhook all that was seen is forgotten
           log_*       posts kept, and for how long; log_body: with the bytes that came
           counted_as  in front of the names of the counts
           backlog_max waiting jobs of a queue beyond which no webhook is taken; 0: no bound
           base_N      a queue; '' none of that number
           subs        begins the keys of subscriptions: while there is one, or somebody listens, each new update becomes
                       an event, once
           events_*    events kept, and for how long
           raw         the request as it is to be passed on, '' if it is not; of a post that brought nothing new it is not
           updates     so many MORE groups follow the item
           queue       1-3, or 0: it is logged and counted only
           digest      by which a second one is known; '' is always new
           lanes       what the lanes of queue 1 begin with; '' none are written; lane: the job's, '' none
]]
--@include lib/enqueue

local call, now = redis.call, tonumber(now_ms)
local PERIODS = 3
local LOG_TRIM_MAX = 200 -- entries of one call, too many or too old: more than it adds, and than Redis keeps together
local listens = call('EXISTS', subs .. 'ids', subs .. 'live') > 0

-- Which digests of the call were seen before.
local function seen_before()
  local digests, known, at = {}, {}, ITEM_FIRST
  while at <= #ARGV do
    local n = tonumber(ARGV[at + ITEM_UPDATES])
    at = at + ITEM_SIZE
    for _ = 1, n do
      if ARGV[at + MORE_DIGEST] ~= '' then
        digests[#digests + 1] = ARGV[at + MORE_DIGEST]
      end
      at = at + MORE_SIZE
    end
  end
  for back = 0, #digests > 0 and PERIODS - 1 or -1 do
    local found = call('SMISMEMBER', own .. 'seen:' .. (period - back), unpack(digests))
    for i = 1, #found do
      if found[i] == 1 then
        known[digests[i]] = true
      end
    end
  end
  return known
end

--[[ posts   {new, known} of each, flat
     fresh   digests to be remembered
     jobs    for each queue the places of the updates that become its jobs ]]
local function sort_out(known)
  local posts, fresh, jobs, at = {}, {}, { {}, {}, {} }, ITEM_FIRST
  while at <= #ARGV do
    local n, new = tonumber(ARGV[at + ITEM_UPDATES]), 0
    at = at + ITEM_SIZE
    for _ = 1, n do
      local digest, queue = ARGV[at + MORE_DIGEST], tonumber(ARGV[at + MORE_QUEUE])
      if not known[digest] then
        new = new + 1
        if digest ~= '' then
          known[digest] = true
          fresh[#fresh + 1] = digest
        end
        if jobs[queue] then
          jobs[queue][#jobs[queue] + 1] = at
        end
      end
      at = at + MORE_SIZE
    end
    posts[#posts + 1] = new
    posts[#posts + 1] = n - new
  end
  return posts, fresh, jobs
end

local function too_much_waits(base)
  return tonumber(backlog_max) > 0 and call('LLEN', base .. 'wait') + call('LLEN', base .. 'paused')
    + call('ZCARD', base .. 'prioritized') >= tonumber(backlog_max)
end

local function remember(fresh)
  local key = own .. 'seen:' .. period
  push_all('SADD', key, fresh)
  if call('TTL', key) < 0 then
    call('EXPIRE', key, seen_s)
    -- Bit by bit, by Redis' own helper: millions of them would hold it up.
    call('UNLINK', own .. 'seen:' .. (period - PERIODS))
  end
end

-- See lib/lane.lua.
local function enter_lane(lane, id)
  if call('RPUSH', lane, id) == 1 then
    call('EXPIRE', lane, lane_s)
  end
end

local function make_jobs(base, opts, priority_text, places)
  local q, ready, priority = queue_open(base), {}, tonumber(priority_text)
  queue_trim(q)
  local number, order = call('INCRBY', base .. 'id', #places) - #places, 0
  if priority > 0 then
    order = call('INCRBY', base .. 'pc', #places) - #places
  end
  for i, at in ipairs(places) do
    local id, name = string.format('%d', number + i), ARGV[at + MORE_NAME]
    call('HSET', base .. id, 'name', name, 'data', ARGV[at + MORE_DATA], 'opts', opts, 'timestamp', now_ms, 'delay', '0',
      'priority', priority_text)
    emit(q, 'added', 'jobId', id, 'name', name)
    call('XADD', q.events, '*', 'event', 'waiting', 'jobId', id)
    if lanes ~= '' and ARGV[at + MORE_LANE] ~= '' and base == base_1 then
      enter_lane(lanes .. ARGV[at + MORE_LANE], id)
    end
    if priority > 0 then
      ready[#ready + 1] = priority * PRIORITY_SLOTS + (order + i) % PRIORITY_SLOTS
      ready[#ready + 1] = id
    else
      push_back(q, id)
    end
  end
  if priority > 0 then
    push_all('ZADD', q.prioritized, ready)
    q.ready = true
  end
end

local function log_posts(posts)
  local at, i, updates, new = ITEM_FIRST, 1, 0, 0
  while at <= #ARGV do
    call('XADD', own .. 'log', '*', 'provider', ARGV[at + ITEM_PROVIDER], 'kinds',
      ARGV[at + ITEM_KINDS], 'account', ARGV[at + ITEM_ACCOUNT], 'ids', ARGV[at + ITEM_IDS], 'peer', ARGV[at + ITEM_PEER],
      'new', decimal(posts[i]), 'known', decimal(posts[i + 1]), 'business', ARGV[at + ITEM_BUSINESS],
      'type', ARGV[at + ITEM_TYPE], 'body', log_body == '1' and ARGV[at + ITEM_BODY] or '')
    updates, new = updates + posts[i] + posts[i + 1], new + posts[i]
    at = at + ITEM_SIZE + tonumber(ARGV[at + ITEM_UPDATES]) * MORE_SIZE
    i = i + 2
  end
  call('XTRIM', own .. 'log', 'MAXLEN', '~', log_max, 'LIMIT', LOG_TRIM_MAX)
  call('XTRIM', own .. 'log', 'MINID', '~', now - tonumber(log_ms), 'LIMIT', LOG_TRIM_MAX)
  return updates, new
end

local seen = seen_before()
local posts, fresh, jobs = sort_out(seen)
local queues = {
  { base_1, opts_1, priority_1 }, { base_2, opts_2, priority_2 }, { base_3, opts_3, priority_3 },
}
for i, queue in ipairs(queues) do
  if #jobs[i] > 0 and too_much_waits(queue[1]) then
    return {}
  end
end
if #fresh > 0 then
  remember(fresh)
end
for i, queue in ipairs(queues) do
  if #jobs[i] > 0 then
    make_jobs(queue[1], queue[2], queue[3], jobs[i])
  end
end
flush()
if listens then -- written out here: a function would cost the calls that need none
  local at, i, post = ITEM_FIRST, 1, 0
  local function event(name, data)
    call('XADD', subs .. 'events', 'MAXLEN', '~', events_max, '*', 'provider', ARGV[post + ITEM_PROVIDER], 'account',
      ARGV[post + ITEM_ACCOUNT], 'name', name, 'data', data)
  end
  for _, digest in ipairs(fresh) do
    seen[digest] = nil
  end
  while at <= #ARGV do
    local n = tonumber(ARGV[at + ITEM_UPDATES])
    post = at
    if ARGV[at + ITEM_RAW] ~= '' and (n == 0 or posts[i] > 0) then
      event('webhook', ARGV[at + ITEM_RAW])
    end
    at, i = at + ITEM_SIZE, i + 2
    for _ = 1, n do
      local digest = ARGV[at + MORE_DIGEST]
      if not seen[digest] then
        seen[digest] = digest ~= ''
        event(ARGV[at + MORE_NAME], ARGV[at + MORE_DATA])
      end
      at = at + MORE_SIZE
    end
  end
  call('XTRIM', subs .. 'events', 'MINID', '~', now - tonumber(events_ms), 'LIMIT', LOG_TRIM_MAX)
end
local updates, new = 0, 0
if tonumber(log_max) > 0 then
  updates, new = log_posts(posts)
else
  for i = 1, #posts, 2 do
    updates, new = updates + posts[i] + posts[i + 1], new + posts[i]
  end
end
call('HINCRBY', own .. 'counts', counted_as .. 'posts', #posts / 2)
call('HINCRBY', own .. 'counts', counted_as .. 'updates', updates)
call('HINCRBY', own .. 'counts', counted_as .. 'known', updates - new)
return posts
