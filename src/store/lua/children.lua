--[[ children.lua — the children of a job, a page of one kind.

  Cost  some `n` children; a value larger than `bytes` is left out.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes kind:processed|dependencies|failed|unsuccessful cursor:bytes n:int(>0) bytes:int
  Reply {next, child, value, …}   next: the next call's cursor, '' done; value '' for those without
]]
local key = base .. id .. ':' .. kind
local reply = { '' }

if kind == 'dependencies' then
  local page = redis.call('SSCAN', key, cursor, 'COUNT', n)
  reply[1] = page[1] == '0' and '' or page[1]
  for _, child in ipairs(page[2]) do
    reply[#reply + 1], reply[#reply + 2] = child, ''
  end
elseif kind == 'unsuccessful' then
  local found = redis.call('ZRANGE', key, cursor, cursor + n - 1)
  reply[1] = #found == tonumber(n) and tostring(cursor + n) or ''
  for _, child in ipairs(found) do
    reply[#reply + 1], reply[#reply + 2] = child, ''
  end
else
  local page = redis.call('HSCAN', key, cursor, 'COUNT', n)
  reply[1] = page[1] == '0' and '' or page[1]
  for i = 1, #page[2], 2 do
    local value = page[2][i + 1]
    reply[#reply + 1], reply[#reply + 2] = page[2][i], #value <= tonumber(bytes) and value or ''
  end
end
return reply
