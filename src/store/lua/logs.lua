--[[ logs.lua — rows of a job's log, from the `from`-th on.

  Cost  at most `n` rows and some `bytes` of them.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes from:int n:int(>0) ascending:bool bytes:int
  Reply {rows in all, row, …}
]]
local PART = 10 -- rows read at once
local key, room = base .. id .. ':logs', tonumber(bytes)
local reply = { redis.call('LLEN', key) }
local first, most = tonumber(from), tonumber(n)

local function part(skip, count)
  if ascending == '1' then
    return redis.call('LRANGE', key, skip, skip + count - 1)
  end
  local rows, turned = redis.call('LRANGE', key, -skip - count, -skip - 1), {}
  for i = #rows, 1, -1 do
    turned[#turned + 1] = rows[i]
  end
  return turned
end

while most > 0 and room > 0 and first < reply[1] do
  local rows = part(first, math.min(PART, most, reply[1] - first))
  for _, row in ipairs(rows) do
    reply[#reply + 1] = row
    room = room - #row
  end
  first, most = first + #rows, most - #rows
end
return reply
