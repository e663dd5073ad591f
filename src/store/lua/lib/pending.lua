--[[ pending.lua — what waits for a person to do it by hand: mostly a message that could not go out by itself.

  own .. 'pend:' .. id     hash: con, why, priority (1 first … 10), made, state (open, taken, sent, skipped, done), by, at,
                           text, data (the message as JSON, if there is one), seq, step, msg
  own .. 'pends'           zset of those that are open or taken, by priority, then by age
  own .. 'pends:of:' .. con   set of the same, of one contact
]]
--@include lib/contact
local PEND_S = 7776000      -- one that has ended is kept for 90 days
local PEND_RANK = 10000000000000 -- a step of priority in the score; moments (ms) are below it

-- `fields`: of the hash, name and value in turn, beyond those that are set here.
local function pending_add(own, now, id, con, why, priority, fields)
  local key = own .. 'pend:' .. id
  if call('EXISTS', key) == 1 then
    return false
  end
  call('HSET', key, 'con', con, 'why', why, 'priority', priority, 'made', now, 'state', 'open', unpack(fields))
  call('ZADD', own .. 'pends', string.format('%.0f', priority * PEND_RANK + now), id)
  call('SADD', own .. 'pends:of:' .. con, id)
  contact_tell(own, con, 'pending.added', ',"id":' .. cjson.encode(id) .. ',"reason":' .. cjson.encode(why)
    .. ',"priority":' .. string.format('%d', priority))
  return true
end

-- It needs nobody any more: `state` is sent, skipped or done.  Whether it did.
local function pending_end(own, now, id, state, by)
  local key = own .. 'pend:' .. id
  local rec = call('HMGET', key, 'con', 'state')
  if rec[2] ~= 'open' and rec[2] ~= 'taken' then
    return false
  end
  call('HSET', key, 'state', state, 'by', by, 'at', now)
  call('EXPIRE', key, PEND_S)
  call('ZREM', own .. 'pends', id)
  call('SREM', own .. 'pends:of:' .. rec[1], id)
  contact_tell(own, rec[1], 'pending.' .. state, ',"id":' .. cjson.encode(id) .. ',"by":' .. cjson.encode(by))
  return true
end

-- Somebody wrote to the contact by hand: all that waited for that is done.  How many there were.
local function pending_end_all(own, now, con, state, by)
  local ids = call('SMEMBERS', own .. 'pends:of:' .. con)
  for _, id in ipairs(ids) do
    pending_end(own, now, id, state, by)
  end
  return #ids
end
