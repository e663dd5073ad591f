--[[ ptpl_show.lua — what is known of templates of the provider, before they are sent.

  Cost  O(1) for each.

  KEYS  state:hash
  ARGV  own:bytes
  ITEM  name:bytes
  Reply {synced_ms, {field, value, …}, …}   synced_ms '': never; no fields: there is none of that name

  Meaning  name  NAME|LANGUAGE
]]
local call = redis.call
local reply = { call('GET', own .. 'ptpl:all') or '' }
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  reply[#reply + 1] = call('HGETALL', own .. 'ptpl:' .. ARGV[at + ITEM_NAME])
end
return reply
