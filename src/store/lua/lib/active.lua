--[[ active.lua — leaving the list of active jobs at a cost that does not grow with it.

  A short list is read once, and what left its oldest end is cut off in one step.  In a long one a job is found by its
  place, counted from the oldest end (0 is the oldest): a place only changes when an older job leaves, and is looked for
  nearby then.  What leaves is replaced by a job that comes, or by the newest, whose new place is told.

  Nothing of this is in Redis before active_close.
]]
local SEARCHED_MAX = 128 -- active jobs up to which a search is as cheap as a look
local NEARBY = 32        -- places to the older side that are looked at before the whole list is searched

-- The place of `id`, at or a little below the one it had; nil: not there.
local function active_find(q, id, place)
  if redis.call('LINDEX', q.active, -place - 1) == id then
    return place
  end
  local oldest = math.max(place - NEARBY, 0)
  local near = redis.call('LRANGE', q.active, -place - 1, -oldest - 1)
  for i = 1, #near do
    if near[i] == id then
      return place - i + 1
    end
  end
  return nil
end

--[[ One per call.
  count    jobs that are active, with those that came and without those that left
  here     short list: how often each id is in it
  left     short list: ids that left
  free     long list: places that became free; `freed` has them as keys
  came     ids without a free place ]]
local function active_open(q)
  local count = redis.call('LLEN', q.active)
  return { q = q, count = count, long = count > SEARCHED_MAX, left = {}, free = {}, freed = {}, came = {} }
end

local function active_read(active)
  local here = {}
  active.ids = redis.call('LRANGE', active.q.active, 0, -1)
  for _, id in ipairs(active.ids) do
    here[id] = (here[id] or 0) + 1
  end
  active.here = here
  return here
end

local function active_remove_short(active, id)
  local here = active.here or active_read(active)
  local times = here[id] or 0
  if times == 0 then
    return false
  end
  here[id] = times - 1
  active.left[#active.left + 1] = id
  active.count = active.count - 1
  return true
end

-- False: it was not there.  `place` < 0: unknown.
local function active_remove(active, id, place)
  if not active.long then
    return active_remove_short(active, id)
  end
  -- Jobs that others took away may have made the list shorter than that.
  local found = place >= 0 and active_find(active.q, id, math.min(place, active.count - 1))
  if not found then
    local index = redis.call('LPOS', active.q.active, id, 'RANK', -1)
    if not index then
      return false
    end
    found = active.count - 1 - index
  end
  if active.freed[found] then
    return false
  end
  active.freed[found] = true
  active.free[#active.free + 1] = found
  return true
end

-- Puts an id in; its place.
local function active_insert(active, id)
  local place = table.remove(active.free)
  if place then
    redis.call('LSET', active.q.active, -place - 1, id)
    return place
  end
  active.came[#active.came + 1] = id
  active.count = active.count + 1
  return active.count - 1
end

-- Takes those that left out of a short list: with one cut if they are its oldest.
local function active_cut(active)
  local ids, left, oldest = active.ids, active.left, {}
  for i = #ids - #left + 1, #ids do
    oldest[ids[i]] = (oldest[ids[i]] or 0) + 1
  end
  for _, id in ipairs(left) do
    oldest[id] = (oldest[id] or 0) - 1
    if oldest[id] < 0 then
      for _, each in ipairs(left) do
        redis.call('LREM', active.q.active, -1, each)
      end
      return
    end
  end
  redis.call('LTRIM', active.q.active, 0, -#left - 1)
end

-- Writes it all down, what came first (see leave_last); gaps that are left in a long list are closed with the newest jobs.  A
-- flat list of these and their new places.
local function active_close(active)
  local moved, free = {}, active.free
  push_all('LPUSH', active.q.active, active.came)
  if #active.left > 0 then
    active_cut(active)
  end
  if #free == 0 then
    return moved
  end
  local count = active.count - #free
  local newest, gone = redis.call('LRANGE', active.q.active, 0, #free - 1), {}
  table.sort(free)
  for _, place in ipairs(free) do
    gone[place] = true
  end
  local next_free = 1
  for i = 1, #newest do
    if not gone[active.count - i] then
      redis.call('LSET', active.q.active, -free[next_free] - 1, newest[i])
      moved[#moved + 1] = newest[i]
      moved[#moved + 1] = free[next_free]
      next_free = next_free + 1
    end
  end
  active.count = count
  redis.call('LTRIM', active.q.active, #free, -1)
  return moved
end
