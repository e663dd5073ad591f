--[[ block.lua — contacts that seem to have blocked us: messages to them stay `sent`.

  con hash   blk (messages in a row that were not delivered in time), blk_at, blk_state: probable, confirmed;
             blocked while confirmed: the gate refuses
  own .. 'cons:blocked'   zset of those with a verdict, by `made`
]]
--@include lib/contact

-- Something shows that it has not: a delivery, a read, a message, or a person.  Whether there was a verdict.
local function block_reverse(own, id, why)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'blk', 'blk_state', 'al')
  if not rec[1] then
    return false
  end
  call('HDEL', key, 'blk', 'blk_at', 'blk_state', 'blocked', 'blocked_why')
  if not rec[2] then
    return false
  end
  call('ZREM', own .. 'cons:blocked', id)
  contact_fact(own, rec[3], 'blocked', nil)
  contact_tell(own, id, 'contact.unblocked', ',"reason":' .. cjson.encode(why))
  return true
end
