--[[ sink.lua — all webhooks that arrived in one turn of the loop: told apart from those that came before, made jobs of,
  logged and counted, or nothing at all.

  Equals   per job what BullMQ's addStandardJob and addPrioritizedJob do: same keys, same events, same order.
  Cost     O(log N) for an update, three looks at the seen and some constants for a call.  Jobs are dated by the caller's clock;
           what was seen and which events are old is told by Redis', for the callers' may disagree.
           Straight code, as to make a function costs a call as much as a small command; five arguments do too, so that
           what stays together travels as one, and what is not used does not travel.

  KEYS  counts:hash
  ARGV  now_ms:int seen:bytes seen_part_s:int seen_s:int
        log:bytes log_max:int counted_as:bytes backlog_max:int
        lanes:bytes lane_s:int
        subs:bytes events_max:int events_ms:int
        base_1:bytes opts_1:json priority_1:int base_2:bytes opts_2:json priority_2:int
        base_3:bytes opts_3:json priority_3:int
  ITEM  what:bytes mark:bytes text:bytes
  Reply {new, known, …}   for each post; {} (nothing was done): too much waits

  What     ''    a post.  mark: its row of the log, as an object of JSON; text: its body
           '>'   of the post before it: text is the request as it is to be passed on.  Of a post that brought nothing new
                 it is not
           '1…'  an update of the post before it, and behind the digit the name of its job.  Of queue 1 to 3; 0: it is
                 logged and counted only.  mark: a digest by which a second one is known, '' is always new; text: data
           '@'   of the job before it: text is its lane

  Meaning  seen        begins the names of sets of what was seen, each of a stretch of `seen_part_s`: this one, the two
                       before, and the one before these, which no longer counts
           seen_s      after so long without a webhook all that was seen is forgotten
           log_max     posts kept; 0: there is no log.  webhook_keep.lua sees to their age
           counted_as  in front of the names of the counts
           backlog_max waiting jobs of a queue beyond which no webhook is taken; 0: no bound
           base_N      a queue; '' none of that number
           subs        begins the keys of subscriptions: while there is one, or somebody listens, each new update becomes
                       an event, once
           events_*    events kept, and for how long
           lanes       what the lanes of queue 1 begin with
]]
local call, items, format = redis.call, ARGV, string.format
local PRIORITY_SLOTS = 4294967296 -- of lib/enqueue.lua
local EVENTS_MAX = 10000 -- of lib/queue.lua
local VALUES_MAX = 7000 -- that one command can take from a Lua table, an even number
local TRIM_EVERY = 50 -- posts, after which the log is bounded
local TRIM_MAX = 500 -- entries that go then: more than came, and than Redis keeps together

local now_s = tonumber(call('TIME')[1])
local part = math.floor(now_s / seen_part_s)
local seen_now = seen .. part
-- Which digests of the call were seen before.
local known, digests, n = {}, {}, 0
for at = ITEM_FIRST, #items, ITEM_SIZE do
  if items[at + ITEM_MARK] ~= '' and items[at] ~= '' then
    n = n + 1
    digests[n] = items[at + ITEM_MARK]
  end
end
for _, key in ipairs(n > 0 and { seen_now, seen .. part - 1, seen .. part - 2 } or {}) do
  local found = call('SMISMEMBER', key, unpack(digests))
  for i = 1, n do
    if found[i] == 1 then
      known[digests[i]] = true
    end
  end
end

--[[ posts   {new, known} of each, flat
     fresh   digests to be remembered
     queues  those that get jobs, each a list of the places of the updates that become these
     kinds   of updates: the name of their jobs, and the queue of these ]]
local posts, post, fresh, queues, kinds = {}, -1, {}, {}, {}
for at = ITEM_FIRST, #items, ITEM_SIZE do
  local what, mark = items[at], items[at + ITEM_MARK]
  if what == '' then
    post = post + 2
    posts[post], posts[post + 1] = 0, 0
  elseif what ~= '>' and what ~= '@' then
    if known[mark] then
      posts[post + 1] = posts[post + 1] + 1
    else
      local kind = kinds[what]
      if not kind then
        local number = string.sub(what, 1, 1)
        queues[number] = queues[number] or {}
        kind = { name = string.sub(what, 2), queue = queues[number] }
        kinds[what] = kind
      end
      kind.queue[#kind.queue + 1] = at
      posts[post] = posts[post] + 1
      if mark ~= '' then
        known[mark] = true
        fresh[#fresh + 1] = mark
      end
    end
  end
end
queues['0'] = nil

for number, queue in pairs(queues) do
  local base, opts, priority = base_1, opts_1, priority_1
  if number == '2' then
    base, opts, priority = base_2, opts_2, priority_2
  elseif number == '3' then
    base, opts, priority = base_3, opts_3, priority_3
  end
  local meta = call('HMGET', base .. 'meta', 'paused', 'concurrency', 'opts.maxLenEvents')
  if backlog_max ~= '0' and call('LLEN', base .. 'wait') + call('ZCARD', base .. 'prioritized')
    + (meta[1] and call('LLEN', base .. 'paused') or 0) >= tonumber(backlog_max) then
    return {}
  end
  queue.base, queue.opts, queue.priority, queue.meta = base, opts, priority, meta
end

-- Nothing was written so far, and all is from here on: the jobs first.
for _, queue in pairs(queues) do
  local base, paused, concurrency, events_most = queue.base, unpack(queue.meta, 1, 3)
  local events, count, ready = base .. 'events', format('%d', #queue), {}
  if not events_most then
    events_most = EVENTS_MAX
    call('HSET', base .. 'meta', 'opts.maxLenEvents', EVENTS_MAX)
  end
  local last = call('INCRBY', base .. 'id', count) - #queue
  local priority, order = queue.priority * PRIORITY_SLOTS, 0
  if priority > 0 then
    order = call('INCRBY', base .. 'pc', count) - #queue
  end
  for i, at in ipairs(queue) do
    local id, name = format('%d', last + i), kinds[items[at]].name
    call('HSET', base .. id, 'name', name, 'data', items[at + ITEM_TEXT], 'opts', queue.opts, 'timestamp', now_ms,
      'delay', '0', 'priority', queue.priority)
    if i == 1 then
      call('XADD', events, 'MAXLEN', '~', events_most, '*', 'event', 'added', 'jobId', id, 'name', name)
    else
      call('XADD', events, '*', 'event', 'added', 'jobId', id, 'name', name)
    end
    call('XADD', events, '*', 'event', 'waiting', 'jobId', id)
    -- See lib/lane.lua.
    if items[at + ITEM_SIZE] == '@' and call('RPUSH', lanes .. items[at + ITEM_SIZE + ITEM_TEXT], id) == 1 then
      call('EXPIRE', lanes .. items[at + ITEM_SIZE + ITEM_TEXT], lane_s)
    end
    if priority > 0 then
      ready[2 * i - 1] = format('%d', priority + (order + i) % PRIORITY_SLOTS)
      ready[2 * i] = id
    else
      ready[i] = id
    end
  end
  local list = base .. 'wait'
  if paused and priority == 0 then
--@include lib/queue
    list = queue_list(queue_open(base))
  end
  for first = 1, #ready, VALUES_MAX do
    local behind = math.min(first + VALUES_MAX - 1, #ready)
    if priority > 0 then
      call('ZADD', base .. 'prioritized', unpack(ready, first, behind))
    else
      call('LPUSH', list, unpack(ready, first, behind))
    end
  end
  -- Tells idle workers, unless none may start a job.
  if not paused and (not concurrency or call('LLEN', base .. 'active') < tonumber(concurrency)) then
    call('ZADD', base .. 'marker', '0', '0')
  end
end

if call('EXISTS', subs .. 'ids', subs .. 'live') > 0 then
  local row
  local function event(name, data)
    call('XADD', subs .. 'events', 'MAXLEN', '~', events_max, '*', 'provider', row.provider or '', 'account',
      row.account or '', 'name', name, 'data', data)
  end
  for _, digest in ipairs(fresh) do
    known[digest] = nil
  end
  post = -1
  for at = ITEM_FIRST, #items, ITEM_SIZE do
    local what, mark, text = items[at], items[at + ITEM_MARK], items[at + ITEM_TEXT]
    if what == '' then
      post, row = post + 2, cjson.decode(mark)
    elseif what == '>' then
      if posts[post] > 0 or posts[post + 1] == 0 then
        event('webhook', text)
      end
    elseif what ~= '@' and not known[mark] then
      known[mark] = mark ~= ''
      event(string.sub(what, 2), text)
    end
  end
  call('XTRIM', subs .. 'events', 'MINID', '~', format('%d', now_s * 1000 - events_ms), 'LIMIT', TRIM_MAX)
end

local all_known, all = 0, 0
post = -1
for at = ITEM_FIRST, #items, ITEM_SIZE do
  if items[at] == '' then
    post = post + 2
    local before = posts[post + 1]
    all, all_known = all + posts[post] + before, all_known + before
    if log_max ~= '0' then
      call('XADD', log, '*', 'row', items[at + ITEM_MARK], 'known', before == 0 and '0' or format('%d', before), 'body',
        items[at + ITEM_TEXT])
    end
  end
end
local count = #posts / 2
local total = call('HINCRBY', KEYS_COUNTS, counted_as .. 'posts', format('%d', count))
if total % TRIM_EVERY < count then
  call('XTRIM', log, 'MAXLEN', '~', log_max, 'LIMIT', TRIM_MAX)
end
call('HINCRBY', KEYS_COUNTS, counted_as .. 'updates', format('%d', all))
if all_known > 0 then
  call('HINCRBY', KEYS_COUNTS, counted_as .. 'known', format('%d', all_known))
end
-- Behind all else: a Redis that lost the end of this call, but not its beginning, must not know what it has no job of (ADR 21).
if #fresh > 0 and call('TTL', seen_now) < 0 then
  call('SADD', seen_now, '') -- no webhook's: there has to be something that goes in time
  call('EXPIRE', seen_now, seen_s)
  -- Bit by bit, by Redis' own helper: millions of them would hold it up.
  call('UNLINK', seen .. part - 3)
end
for first = 1, #fresh, VALUES_MAX do
  call('SADD', seen_now, unpack(fresh, first, math.min(first + VALUES_MAX - 1, #fresh)))
end
return posts
