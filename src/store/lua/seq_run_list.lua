--[[ seq_run_list.lua — changes of many, the newest first, or one.

  Cost  O(log N + count).

  KEYS  runs:zset
  ARGV  own:bytes id:bytes first:int count:int
  Reply {how many there are, id, {field, value, …}, …}   without what an import replaced

  Meaning  id  ''  a page
]]
local call = redis.call
local ids = id ~= '' and { id } or call('ZREVRANGE', KEYS_RUNS, first, first + count - 1)
local names = { 'what', 'seq', 'tag', 'by', 'why', 'state', 'made', 'ended', 'looked', 'changed', 'undoes' }
local answer = { call('ZCARD', KEYS_RUNS) }
for _, one in ipairs(ids) do
  local values, fields = call('HMGET', own .. 'seqrun:' .. one, unpack(names)), {}
  for i, name in ipairs(names) do
    if values[i] then
      fields[#fields + 1], fields[#fields + 2] = name, values[i]
    end
  end
  if #fields > 0 then
    answer[#answer + 1] = one
    answer[#answer + 1] = fields
  end
end
return answer
