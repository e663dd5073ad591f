--[[ ptpl_drop.lua — a template of the provider is no more, in one language or in all.

  Cost  O(languages).

  KEYS  state:hash
  ARGV  own:bytes name:bytes language:bytes
  Reply {n}   so many were known

  Meaning  language  '': all of them
]]
local call = redis.call
local names
if language ~= '' then
  names = { name .. '|' .. language }
else
  names = call('ZRANGEBYLEX', own .. 'ptpls', '[' .. name .. '|', '(' .. name .. '}', 'LIMIT', 0, 200)
end
local n = 0
for _, each in ipairs(names) do
  n = n + call('ZREM', own .. 'ptpls', each)
  call('ZREM', own .. 'ptpls:seen', each)
  call('DEL', own .. 'ptpl:' .. each)
end
return { n }
