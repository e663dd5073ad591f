--[[ seq_list.lua — sequences of an account: a page of all, or one.

  Cost  O(log N + count).

  KEYS  seqs:zset
  ARGV  own:bytes id:bytes first:int count:int
  Reply {how many there are, id, {field, value, …}, …}

  Meaning  id  ''  a page, the oldest first
]]
local call = redis.call
local ids = id ~= '' and { id } or call('ZRANGE', KEYS_SEQS, first, first + count - 1)
local answer = { call('ZCARD', KEYS_SEQS) }
for _, one in ipairs(ids) do
  local fields = call('HGETALL', own .. 'seq:' .. one)
  if #fields > 0 then
    answer[#answer + 1] = one
    answer[#answer + 1] = fields
  end
end
return answer
