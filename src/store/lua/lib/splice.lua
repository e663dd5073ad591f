--[[ splice.lua — making two waiting lists one, a bounded part at a time.  Jobs of `older` run before those of `newer`.
]]
--@include lib/queue

-- True when all of it is in `to`, one of the two; false: call again.  The shorter one is moved, the longer renamed.
local function splice(older, newer, to, most)
  local n_older, n_newer = redis.call('LLEN', older), redis.call('LLEN', newer)
  if n_older > 0 and n_newer > 0 then
    if n_older <= n_newer then
      local ids = redis.call('LRANGE', older, 0, most - 1)
      redis.call('LTRIM', older, #ids, -1)
      push_all('RPUSH', newer, ids)
      n_older = n_older - #ids
    else
      local ids = redis.call('LRANGE', newer, -most, -1)
      redis.call('LTRIM', newer, 0, -#ids - 1)
      for i = 1, math.floor(#ids / 2) do
        ids[i], ids[#ids - i + 1] = ids[#ids - i + 1], ids[i]
      end
      push_all('LPUSH', older, ids)
      n_newer = n_newer - #ids
    end
  end
  if n_older > 0 and n_newer > 0 then
    return false
  end
  local from = n_older > 0 and older or newer
  if from ~= to and redis.call('EXISTS', from) == 1 then
    redis.call('RENAMENX', from, to)
  end
  return true
end
