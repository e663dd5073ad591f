--[[ dead_growth.lua — how many dead letters there are, and how many of them came lately.

  Cost  O(log N) looks into a list for each of the two moments.

  KEYS  meta:hash
  ARGV  base:bytes hour_ms:int day_ms:int
  Reply {letters, since the hour, since the day, oldest ms, newest ms}   0: there is none

  Meaning  hour_ms, day_ms  moments: letters that came then or later are counted
]]
local LISTS = { 'wait', 'paused' }
local letters, hour, day, oldest, newest = 0, 0, 0, 0, 0

-- When the letter came that stands at `i`; one without a hash counts as very old.
local function came(key, i)
  local id = redis.call('LINDEX', key, i)
  return id and tonumber(redis.call('HGET', base .. id, 'timestamp') or 0) or 0
end

-- Letters are pushed in front as they come: those since a moment stand first.
local function since(key, n, moment)
  local low, high = 0, n
  while low < high do
    local middle = math.floor((low + high) / 2)
    if came(key, middle) >= moment then
      low = middle + 1
    else
      high = middle
    end
  end
  return low
end

for _, list in ipairs(LISTS) do
  local key = base .. list
  local n, tail = redis.call('LLEN', key), redis.call('LINDEX', key, -1)
  if tail and string.sub(tail, 1, 2) == '0:' then -- a mark of 4.x
    n = n - 1
  end
  if n > 0 then
    local first, last = came(key, n - 1), came(key, 0)
    letters = letters + n
    hour = hour + since(key, n, tonumber(hour_ms))
    day = day + since(key, n, tonumber(day_ms))
    newest = math.max(newest, last)
    oldest = oldest == 0 and first or math.min(oldest, first)
  end
end
return { letters, hour, day, oldest, newest }
