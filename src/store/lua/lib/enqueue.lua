--[[ enqueue.lua — the four ways into a queue: back, front, by priority, later.

  Each leaves its marker to queue_mark.
]]
--@include lib/queue
local PRIORITY_SLOTS = 4294967296 -- a prioritized score is the priority times this, plus an order of arrival

local function push_back(q, id)
  q.back[#q.back + 1] = id
end

local function push_front(q, id)
  q.front[#q.front + 1] = id
end

local function prioritize(q, id, priority)
  local order = redis.call('INCR', q.base .. 'pc')
  redis.call('ZADD', q.prioritized, priority * PRIORITY_SLOTS + order % PRIORITY_SLOTS, id)
  q.ready = true
end

-- Before all others of its priority.  No marker: who puts a job back this way is about to look again.
local function prioritize_front(q, id, priority)
  redis.call('ZADD', q.prioritized, priority * PRIORITY_SLOTS, id)
end

-- Runnable at once, by its priority.
local function make_ready(q, id, priority, front)
  if priority > 0 then
    prioritize(q, id, priority)
  elseif front then
    push_front(q, id)
  else
    push_back(q, id)
  end
end

-- Due at `due` ms, behind those that are due in the same millisecond.
local function make_delayed(q, id, due)
  local lowest, highest = due * SLOTS_PER_MS, (due + 1) * SLOTS_PER_MS - 1
  local last = redis.call('ZREVRANGEBYSCORE', q.delayed, highest, lowest, 'WITHSCORES', 'LIMIT', 0, 1)[2]
  local score = last and math.min(tonumber(last) + 1, highest) or lowest
  redis.call('ZADD', q.delayed, score, id)
  q.later = true
end

-- Moves at most `most` due jobs to where they wait, with all that was collected before.  True when more are due.
local function promote(q, now, most)
  local due = redis.call('ZRANGEBYSCORE', q.delayed, 0, (now + 1) * SLOTS_PER_MS - 1, 'LIMIT', 0, most)
  if #due == 0 then
    return false
  end
  for _, id in ipairs(due) do
    local key = q.base .. id
    local job = redis.call('HMGET', key, 'priority', 'timestamp')
    if job[2] then -- a place without a job (job_make) must not become one that has nothing but a delay
      make_ready(q, id, tonumber(job[1] or 0) or 0, false)
      emit(q, 'waiting', 'jobId', id, 'prev', 'delayed')
      redis.call('HSET', key, 'delay', 0)
    end
  end
  queue_push(q)
  redis.call('ZREM', q.delayed, unpack(due)) -- behind that: see leave_last
  return #due == most
end

-- Milliseconds at which the next delayed job is due; 0: none is.
local function next_due(q)
  local first = redis.call('ZRANGE', q.delayed, 0, 0, 'WITHSCORES')
  return first[2] and math.floor(tonumber(first[2]) / SLOTS_PER_MS) or 0
end
