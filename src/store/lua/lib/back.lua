--[[ back.lua — the wall clock was set back: moments that lie ahead move with it, or nobody would be sent to for as long.

  A record of then is known by its own moment, which lies ahead too.  Clocks of several machines differ by less than
  BACK_MS.
]]
local BACK_MS = 10000

-- Some of an account's values, those at `places` moments of these names, moved by what its last moment is ahead.
local function back_moved(state, last, now, values, places)
  local by = (tonumber(last or '0') or 0) - now
  if by <= BACK_MS then
    return
  end
  for at, name in pairs(places) do
    local moment = tonumber(values[at] or '0') or 0
    if moment > 0 then
      values[at] = moment - by
      redis.call('HSET', state, name, string.format('%.0f', moment - by))
    end
  end
end

local function back_is_ahead(moment, now)
  return moment and tonumber(moment) > now + BACK_MS
end
