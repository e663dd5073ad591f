--[[ page.lua — jobs of one state, from the `from`-th on.

  Cost  at most `n` jobs and some `bytes` of them; a job that does not fit any more comes without its large fields.

  KEYS  meta:hash
  ARGV  base:bytes state:bytes from:int n:int(>0) ascending:bool bytes:int ids_only:bool
  Reply {in that state, {id, {field, value, …}, whole}, …}   or   {in that state, id, …}

  Meaning  state      waiting looks into both lists
           ascending  the oldest, or those that run next, first
           whole      0: without data, opts, returnvalue, stacktrace
]]
local LISTS = { waiting = { 'wait', 'paused' }, active = { 'active' } }
local LARGE = { 'data', 'returnvalue', 'stacktrace', 'opts', 'failedReason', 'progress' }
local SMALL = { 'name', 'timestamp', 'delay', 'priority', 'ats', 'atm', 'attemptsMade', 'processedOn', 'finishedOn', 'stc',
  'stalledCounter', 'rjk', 'deid', 'parentKey', 'pb', 'defa' }
local first, count, room = tonumber(from), tonumber(n), tonumber(bytes)

local function part_of_list(key, skip, most)
  if ascending ~= '1' then
    return redis.call('LRANGE', key, skip, skip + most - 1)
  end
  local ids, turned = redis.call('LRANGE', key, -skip - most, -skip - 1), {}
  for i = #ids, 1, -1 do
    turned[#turned + 1] = ids[i]
  end
  return turned
end

-- `wait` and `paused` are one list, paused jobs run first; marks of 4.x are no jobs.
local function of_lists(lists)
  local order, total, skip, ids = {}, 0, first, {}
  for i, list in ipairs(lists) do
    order[ascending == '1' and #lists - i + 1 or i] = base .. list
  end
  for _, key in ipairs(order) do
    local length = redis.call('LLEN', key)
    total = total + length
    if skip < length and #ids < count then
      for _, id in ipairs(part_of_list(key, skip, math.min(count - #ids, length - skip))) do
        ids[#ids + 1] = id
      end
    end
    skip = math.max(skip - length, 0)
  end
  return ids, total
end

local function of_set(key)
  return redis.call(ascending == '1' and 'ZRANGE' or 'ZREVRANGE', key, first, first + count - 1), redis.call('ZCARD', key)
end

local function size_of(key)
  local size = 0
  for _, field in ipairs(LARGE) do
    size = size + redis.call('HSTRLEN', key, field)
  end
  return size
end

local function small(key)
  local values, hash = redis.call('HMGET', key, unpack(SMALL)), {}
  for i, field in ipairs(SMALL) do
    if values[i] then
      hash[#hash + 1] = field
      hash[#hash + 1] = values[i]
    end
  end
  return hash
end

local function read(id)
  local key = base .. id
  local size = size_of(key)
  if size <= room then
    room = room - size
    return { id, redis.call('HGETALL', key), 1 }
  end
  return { id, small(key), 0 }
end

local ids, total
if LISTS[state] then
  ids, total = of_lists(LISTS[state])
else
  ids, total = of_set(base .. state)
end
local reply = { total }
for _, id in ipairs(ids) do
  if string.sub(id, 1, 2) ~= '0:' then
    reply[#reply + 1] = ids_only == '1' and id or read(id)
  end
end
return reply
