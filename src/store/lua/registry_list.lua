--[[ registry_list.lua — records of a registry: one, or a page of all or of one business, the oldest first.

  Cost  O(those that are looked at), which are at most `looks`.

  KEYS  ids:zset
  ARGV  base:bytes id:bytes of_one:bool business:bytes provider:bytes state:bytes first:int count:int looks:int
  Reply {next, {id, {field, value, …}}, …}

  Meaning  id       '' for a page
           of_one   1: those of `business` alone
           provider, state  '': whatever it is; of accounts
           next     where the next page begins; -1: there is none
]]
local call, page = redis.call, {}
if id ~= '' then
  local fields = call('HGETALL', base .. 'of:' .. id)
  return #fields > 0 and { -1, { id, fields } } or { -1 }
end
local index, at, last = of_one == '1' and base .. 'in:' .. business or KEYS_IDS, tonumber(first), first + looks
local STEP = 50
while #page < tonumber(count) and at < last do
  local ids = call('ZRANGE', index, at, at + STEP - 1)
  for _, each in ipairs(ids) do
    if #page == tonumber(count) then
      break
    end
    at = at + 1
    local is = call('HMGET', base .. 'of:' .. each, 'provider', 'state')
    if (provider == '' or is[1] == provider) and (state == '' or is[2] == state) then
      page[#page + 1] = { each, call('HGETALL', base .. 'of:' .. each) }
    end
  end
  if #ids < STEP then
    break
  end
end
local reply = { at < call('ZCARD', index) and at or -1 }
for _, each in ipairs(page) do
  reply[#reply + 1] = each
end
return reply
