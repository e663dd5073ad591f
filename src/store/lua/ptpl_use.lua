--[[ ptpl_use.lua — which of the provider's templates stands for a kind of ours in a language.

  Cost  O(mappings) to tell them all, else O(1).

  KEYS  state:hash
  ARGV  own:bytes kind:bytes language:bytes data:bytes most:int
  Reply {all mappings: kind|language, data, …}; {'full'}: there are too many

  Meaning  data  '': none from now on; kind '': nothing changes
]]
local call = redis.call
local use = own .. 'ptpl:use'
if kind ~= '' then
  local field = kind .. '|' .. language
  if data == '' then
    call('HDEL', use, field)
  elseif call('HEXISTS', use, field) == 0 and call('HLEN', use) >= tonumber(most) then
    return { 'full' }
  else
    call('HSET', use, field, data)
  end
end
return call('HGETALL', use)
