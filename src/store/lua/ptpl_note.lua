--[[ ptpl_note.lua — a provider tells what became of a template.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int name:bytes id:bytes status:bytes category:bytes quality:bytes reason:bytes
  Reply {1}: it was known; {0}: it was not, and is now, until all are looked at, if it was told who it is

  Meaning  name  NAME|LANGUAGE
           id, status, category, quality, reason  '': as it was
]]
--@include lib/letter
local key = own .. 'ptpl:' .. name
local known = call('EXISTS', key)
if known == 0 and call('EXISTS', own .. 'ptpl:all') == 0 then
  return { 0 }
end
if status == 'DELETED' then
  call('DEL', key)
  call('ZREM', own .. 'ptpls', name)
  call('ZREM', own .. 'ptpls:seen', name)
else
  for field, value in pairs({ id = id, status = status, category = category, quality = quality }) do
    if value ~= '' then
      call('HSET', key, field, value)
    end
  end
  if status ~= '' then
    call('HSET', key, 'reason', reason)
  end
  call('HSET', key, 'at', now_ms)
  call('ZADD', own .. 'ptpls', 0, name)
  call('ZADD', own .. 'ptpls:seen', now_ms, name)
end
local json = cjson.encode
letter_out(own, 'template.updated', '{"account":' .. json(string.match(own, '{(.*)}')) .. ',"name":'
  .. json(string.match(name, '^(.*)|')) .. ',"language":' .. json(string.match(name, '|(.*)$'))
  .. (status ~= '' and ',"status":' .. json(status) or '') .. (quality ~= '' and ',"quality":' .. json(quality) or '')
  .. (category ~= '' and ',"category":' .. json(category) or '') .. (reason ~= '' and ',"reason":' .. json(reason) or '')
  .. '}')
return { known }
