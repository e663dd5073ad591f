--[[ finish.lua — what every finished job leaves behind: how many are kept, and the counts per minute.
]]
--@include lib/remove
local KEEP_DROPS_MAX = 1000 -- finished jobs that one call removes at most; the next call goes on

-- A completed job is no dependency any more; a failed one may still be.
local function drop_finished(q, set, ids)
  local keys = {}
  for _, id in ipairs(ids) do
    local key = q.base .. id
    if set ~= q.base .. 'completed' then
      child_drop(q.base, key, false)
    end
    job_keys(keys, key)
  end
  delete_all(keys)
  push_all('ZREM', set, ids)
end

-- keep {count, age_s, limit}: -1 stands for no bound.
local function keep_finished(q, set, keep, now)
  if keep.age_s >= 0 then
    local most = keep.limit > 0 and math.min(keep.limit, KEEP_DROPS_MAX) or KEEP_DROPS_MAX
    local old = redis.call('ZREVRANGEBYSCORE', set, now - keep.age_s * 1000, 0, 'LIMIT', 0, most)
    if #old > 0 then
      drop_finished(q, set, old)
    end
  end
  if keep.count > 0 then
    local beyond = redis.call('ZCARD', set) - keep.count
    if beyond > 0 then
      drop_finished(q, set, redis.call('ZRANGE', set, 0, math.min(beyond, KEEP_DROPS_MAX) - 1))
    end
  end
end

-- Counts `n` finishes of `set` ("completed" or "failed"); a minute that ends goes to the list of minutes.
local function count_finished(q, set, n, most, now)
  local key = q.base .. 'metrics:' .. set
  local before = redis.call('HINCRBY', key, 'count', n) - n
  local previous = redis.call('HMGET', key, 'prevTS', 'prevCount')
  if not previous[1] then
    redis.call('HSET', key, 'prevTS', now, 'prevCount', 0)
    return
  end
  local minutes = math.min(math.floor(now / 60000) - math.floor(tonumber(previous[1]) / 60000), most)
  if minutes <= 0 then
    return
  end
  local data = { before - tonumber(previous[2] or 0) }
  for _ = 2, minutes do
    data[#data + 1] = 0
  end
  push_all('LPUSH', key .. ':data', data)
  redis.call('LTRIM', key .. ':data', 0, most - 1)
  redis.call('HSET', key, 'prevCount', before, 'prevTS', now)
end
