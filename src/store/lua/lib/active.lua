--[[ active.lua — leaving the list of active jobs at a cost that does not grow with it.

  A short list is searched from its oldest end, as everybody does.  In a long one a job is found by its place, counted
  from the oldest end (0 is the oldest): a place only changes when an older job leaves, and is looked for nearby
  then.  What leaves is replaced by a job that comes, or by the newest, whose new place is told.
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

-- `free`: places that became free in a long list; one per call.
local function active_open(q)
  local count = redis.call('LLEN', q.active)
  return { q = q, count = count, long = count > SEARCHED_MAX, free = {} }
end

-- False: it was not there.  `place` < 0: unknown.
local function active_remove(active, id, place)
  local q = active.q
  if not active.long then
    local removed = redis.call('LREM', q.active, -1, id)
    active.count = active.count - removed
    return removed == 1
  end
  local found = place >= 0 and active_find(q, id, place)
  if not found then
    local index = redis.call('LPOS', q.active, id, 'RANK', -1)
    if not index then
      return false
    end
    found = active.count - 1 - index
  end
  redis.call('LSET', q.active, -found - 1, '')
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
  redis.call('LPUSH', active.q.active, id)
  active.count = active.count + 1
  return active.count - 1
end

-- Closes the gaps that are left with the newest jobs; a flat list of ids and their new places.
local function active_close(active)
  local moved = {}
  table.sort(active.free)
  for i = #active.free, 1, -1 do
    local place = active.free[i]
    local newest = redis.call('LPOP', active.q.active)
    active.count = active.count - 1
    if place < active.count then
      redis.call('LSET', active.q.active, -place - 1, newest)
      moved[#moved + 1] = newest
      moved[#moved + 1] = place
    end
  end
  active.free = {}
  return moved
end
