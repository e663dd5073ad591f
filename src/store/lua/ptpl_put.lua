--[[ ptpl_put.lua — templates as their provider tells of them, a page of all; behind the last page those go that it no
  longer tells of.

  Cost  O(log n) for each template; ending: for each of `most` that go.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int mark:int last:int most:int
  ITEM  name:bytes id:bytes status:bytes category:bytes quality:bytes reason:bytes data:bytes
  Reply {kept, more}   so many are known; more 1: there are more to go

  Meaning  name  NAME|LANGUAGE
           mark  when the look at all of them began (ms); 0: these are single ones
           last  1: this is the end of that look

  own .. 'ptpl:' .. NAME   hash of one: id, status, category, quality, reason, data (its components), at
  own .. 'ptpls'           zset of all, scores 0; 'ptpls:seen': by the look that found them
  own .. 'ptpl:all'        when all were last looked at (ms)
]]
local call = redis.call
local all, seen = own .. 'ptpls', own .. 'ptpls:seen'
local listed, found = {}, {} -- scores and names, of each set
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local name, n = ARGV[at + ITEM_NAME], #listed
  call('HSET', own .. 'ptpl:' .. name, 'id', ARGV[at + ITEM_ID], 'status', ARGV[at + ITEM_STATUS],
    'category', ARGV[at + ITEM_CATEGORY], 'quality', ARGV[at + ITEM_QUALITY], 'reason', ARGV[at + ITEM_REASON],
    'data', ARGV[at + ITEM_DATA], 'at', now_ms)
  listed[n + 1], listed[n + 2] = 0, name
  found[n + 1], found[n + 2] = mark == '0' and now_ms or mark, name
end
if #listed > 0 then
  call('ZADD', all, unpack(listed))
  call('ZADD', seen, unpack(found))
end
local gone = {}
if last == '1' then
  gone = call('ZRANGEBYSCORE', seen, '-inf', '(' .. mark, 'LIMIT', 0, most)
  for _, name in ipairs(gone) do
    call('DEL', own .. 'ptpl:' .. name)
  end
  if #gone > 0 then
    call('ZREM', all, unpack(gone))
    call('ZREM', seen, unpack(gone))
  end
  call('SET', own .. 'ptpl:all', now_ms)
end
return { call('ZCARD', all), #gone == tonumber(most) and 1 or 0 }
