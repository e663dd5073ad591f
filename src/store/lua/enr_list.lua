--[[ enr_list.lua — who is in a sequence, a page; or where one contact stands.

  Cost  O(log N + looks).

  KEYS  due:zset
  ARGV  own:bytes seq:bytes con:bytes state:bytes first:int count:int looks:int
  Reply {next, contact, {field, value, …}, …}   next: where the next page begins, -1: there is none

  Meaning  con    one contact, in whatever sequence; '': a page of `seq`, in the order in which they were enrolled
           state  only those; '': all
           looks  contacts that one page looks at
]]
--@include lib/contact
local answer = { -1 }

local function show(one)
  local fields = call('HGETALL', own .. 'enr:' .. one)
  local facts = call('HMGET', own .. 'con:' .. one, 'name', 'phone')
  for i, name in ipairs({ 'c:name', 'c:phone' }) do
    if facts[i] then
      fields[#fields + 1], fields[#fields + 2] = name, facts[i]
    end
  end
  answer[#answer + 1] = one
  answer[#answer + 1] = fields
end

if con ~= '' then
  local at = contact_at(own, con)
  if at and call('EXISTS', own .. 'enr:' .. at) == 1 then
    show(at)
  end
  return answer
end
local ids = call('ZRANGE', own .. 'seq:' .. seq .. ':in', first, first + looks - 1)
local found = 0
for i, one in ipairs(ids) do
  if found == tonumber(count) then
    answer[1] = first + i - 1
    return answer
  end
  if state == '' or call('HGET', own .. 'enr:' .. one, 'state') == state then
    show(one)
    found = found + 1
  end
end
if #ids == tonumber(looks) then
  answer[1] = first + looks
end
return answer
