--[[ sub_list.lua — what is known of subscriptions: of one, or of a page of all, the newest first.

  Cost  O(those that are read).

  KEYS  ids:zset
  ARGV  subs:bytes id:bytes first:int count:int
  Reply {total, {id, waiting, due, owned, {field, value, …}}, …}

  Meaning  id       '' for a page
           waiting  units that failed, or are replayed, and will be tried again
           due      when the first of them is; 0: none
           owned    1: a process works it
]]
local call = redis.call
local ids = id ~= '' and { id } or call('ZREVRANGE', KEYS_IDS, first, first + count - 1)
local all = { call('ZCARD', KEYS_IDS) }
for _, each in ipairs(ids) do
  local fields = call('HGETALL', subs .. 'of:' .. each)
  if #fields > 0 then
    local due = call('ZRANGE', subs .. 'due:' .. each, 0, 0, 'WITHSCORES')
    all[#all + 1] = { each, call('ZCARD', subs .. 'due:' .. each), due[2] or '0',
      call('EXISTS', subs .. 'lease:' .. each), fields }
  end
end
return all
