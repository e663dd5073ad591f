--[[ ptpl_list.lua — templates of the provider that an account knows: a page of them, by name.

  Cost  O(looks).

  KEYS  state:hash
  ARGV  own:bytes after:bytes count:int looks:int status:bytes language:bytes
  Reply {synced_ms, next, {name, {field, value, …}}, …}   next: '' at the end; synced_ms '': never; names: NAME|LANGUAGE

  Meaning  status, language  '': all
]]
local call = redis.call
local names = call('ZRANGEBYLEX', own .. 'ptpls', after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, looks)
local reply = { call('GET', own .. 'ptpl:all') or '', '' }
for i, name in ipairs(names) do
  if (language == '' or string.match(name, '|(.*)$') == language)
    and (status == '' or status == call('HGET', own .. 'ptpl:' .. name, 'status')) then
    reply[#reply + 1] = { name, call('HGETALL', own .. 'ptpl:' .. name) }
  end
  if #reply - 2 >= tonumber(count) or i == tonumber(looks) then
    reply[2] = name
    break
  end
end
return reply
