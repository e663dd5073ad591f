--[[ ptpl_for.lua — the provider's template that stands for a kind of ours, in the first language that has one.

  Cost  O(languages); O(mappings) where none of them has one.

  KEYS  state:hash
  ARGV  own:bytes kind:bytes
  ITEM  language:bytes
  Reply {data, {field, value, …}}   data: as mapped (ptpl_use.lua); no fields: that template is not known any more;
        {}: none stands for it, in any language
]]
local call = redis.call
local use, data = own .. 'ptpl:use', false
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  data = data or call('HGET', use, kind .. '|' .. ARGV[at + ITEM_LANGUAGE])
end
if not data then
  local names = {}
  for _, name in ipairs(call('HKEYS', use)) do
    if string.sub(name, 1, #kind + 1) == kind .. '|' then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  data = names[1] and call('HGET', use, names[1])
end
if not data then
  return {}
end
local is = cjson.decode(data)
return { data, call('HGETALL', own .. 'ptpl:' .. is.name .. '|' .. is.language) }
