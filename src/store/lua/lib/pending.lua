--[[ pending.lua — what waits for a person to do it by hand: mostly a message that could not go out by itself.

  own .. 'pend:' .. id     hash of one; ids are "p" and hex, the caller's to make
    con, why, priority     whose; a word for the reason; 1 first … 10
    made, ends             when (ms), and when it expires by itself
    state                  open, taken, sent, skipped, done, expired
    by, at                 who took or ended it, and when
    lease                  until when it is his who took it (ms)
    text, data             what would have been said: plain, or the message as JSON
    seq, step              the sequence that it came from, and the step's number
    msg, note              the message that was sent instead; a word of people
  own .. 'pends'           zset of those that are open or taken, by priority, then by age
  own .. 'pends:of:' .. con    set of the same, of one contact
  own .. 'pends:had:' .. con   zset of those of a contact that have ended, by when
  own .. 'pends:n'         hash: how many of `pends` there are of each reason, 'why:' .. WHY, and 'taken'
  own .. 'due:pend'        zset of `pends`, by when its time, or that of who took it, runs out
]]
--@include lib/contact
local PEND_S = 7776000            -- one that has ended is kept for 90 days
local PEND_RANK = 10000000000000  -- a step of priority in the score; moments (ms) are below it
local PEND_MAX = 100000           -- open or taken, of one account; beyond, the oldest of the last priority expires
local PEND_MS = 2592000000        -- one that nobody cares for expires after 30 days
local PEND_HAD_MAX = 200          -- that have ended, of one contact

local function pending_tell(own, con, id, word, more)
  contact_tell(own, con, 'pending.' .. word, ',"id":' .. cjson.encode(id .. '.' .. string.match(own, '{(.*)}'))
    .. (more or ''))
end

local function pending_count(own, field, n)
  if call('HINCRBY', own .. 'pends:n', field, n) <= 0 then
    call('HDEL', own .. 'pends:n', field)
  end
end

-- It needs nobody any more: `state` is sent, skipped, done or expired.  Whether it did.
local function pending_end(own, now, id, state, by)
  local key = own .. 'pend:' .. id
  local rec = call('HMGET', key, 'con', 'state', 'why')
  if rec[2] ~= 'open' and rec[2] ~= 'taken' then
    return false
  end
  local had = own .. 'pends:had:' .. rec[1]
  call('HSET', key, 'state', state, 'by', by, 'at', now)
  call('HDEL', key, 'lease')
  call('EXPIRE', key, PEND_S)
  call('ZREM', own .. 'pends', id)
  call('ZREM', own .. 'due:pend', id)
  call('SREM', own .. 'pends:of:' .. rec[1], id)
  call('ZADD', had, now, id)
  call('EXPIRE', had, PEND_S)
  for _, old in ipairs(call('ZRANGE', had, 0, -PEND_HAD_MAX - 1)) do
    call('DEL', own .. 'pend:' .. old)
    call('ZREM', had, old)
  end
  pending_count(own, 'why:' .. rec[3], -1)
  if rec[2] == 'taken' then
    pending_count(own, 'taken', -1)
  end
  pending_tell(own, rec[1], id, state, by ~= '' and ',"by":' .. cjson.encode(by) or '')
  return true
end

-- The least that waits makes room.
local function pending_room(own, now)
  local pends = own .. 'pends'
  if call('ZCARD', pends) >= PEND_MAX then
    local last = call('ZREVRANGE', pends, 0, 0, 'WITHSCORES')
    local class = string.format('%.0f', math.floor(last[2] / PEND_RANK) * PEND_RANK)
    pending_end(own, now, call('ZRANGEBYSCORE', pends, class, '+inf', 'LIMIT', 0, 1)[1], 'expired', '')
  end
end

-- `fields`: of the hash, name and value in turn, beyond those that are set here.  False: it is there already.
local function pending_add(own, now, id, con, why, priority, fields)
  local key = own .. 'pend:' .. id
  if call('EXISTS', key) == 1 then
    return false
  end
  pending_room(own, now)
  local ends = string.format('%.0f', now + PEND_MS)
  call('HSET', key, 'con', con, 'why', why, 'priority', priority, 'made', now, 'ends', ends, 'state', 'open', unpack(fields))
  call('ZADD', own .. 'pends', string.format('%.0f', priority * PEND_RANK + now), id)
  call('ZADD', own .. 'due:pend', ends, id)
  call('SADD', own .. 'pends:of:' .. con, id)
  pending_count(own, 'why:' .. why, 1)
  pending_tell(own, con, id, 'added', ',"reason":' .. cjson.encode(why) .. ',"priority":' .. string.format('%d', priority))
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

-- It is his alone until then; who takes his own again has it for longer.
local function pending_take(own, now, id, by, lease)
  local key = own .. 'pend:' .. id
  local rec = call('HMGET', key, 'state', 'by', 'con', 'ends')
  call('HSET', key, 'state', 'taken', 'by', by, 'at', now, 'lease', lease)
  call('ZADD', own .. 'due:pend', string.format('%.0f', math.min(tonumber(lease), tonumber(rec[4]))), id)
  if rec[1] ~= 'taken' then
    pending_count(own, 'taken', 1)
  end
  if rec[1] ~= 'taken' or rec[2] ~= by then
    pending_tell(own, rec[3], id, 'taken', ',"by":' .. cjson.encode(by))
  end
end

-- It is anybody's again.
local function pending_release(own, id, by)
  local key = own .. 'pend:' .. id
  local rec = call('HMGET', key, 'con', 'ends')
  call('HSET', key, 'state', 'open')
  call('HDEL', key, 'by', 'at', 'lease')
  call('ZADD', own .. 'due:pend', rec[2], id)
  pending_count(own, 'taken', -1)
  pending_tell(own, rec[1], id, 'released', ',"by":' .. cjson.encode(by))
end

-- They become another contact's, who is the same person.
local function pending_merge(own, from, to)
  for _, id in ipairs(call('SMEMBERS', own .. 'pends:of:' .. from)) do
    call('HSET', own .. 'pend:' .. id, 'con', to)
    call('SADD', own .. 'pends:of:' .. to, id)
  end
  local had = call('ZRANGE', own .. 'pends:had:' .. from, 0, -1, 'WITHSCORES')
  for i = 1, #had, 2 do
    call('HSET', own .. 'pend:' .. had[i], 'con', to)
    call('EXPIRE', own .. 'pend:' .. had[i], PEND_S)
    call('ZADD', own .. 'pends:had:' .. to, had[i + 1], had[i])
  end
  call('EXPIRE', own .. 'pends:had:' .. to, PEND_S)
  call('DEL', own .. 'pends:of:' .. from, own .. 'pends:had:' .. from)
end

-- Nothing of a contact is left, nor that there was; false: `most` were ended, and there may be more.
local function pending_erase(own, now, con, most)
  local ids = call('SRANDMEMBER', own .. 'pends:of:' .. con, most)
  for _, id in ipairs(ids) do
    pending_end(own, now, id, 'done', '')
  end
  if #ids == most then
    return false
  end
  for _, id in ipairs(call('ZRANGE', own .. 'pends:had:' .. con, 0, -1)) do
    call('DEL', own .. 'pend:' .. id)
  end
  call('DEL', own .. 'pends:had:' .. con)
  return true
end

-- One as it is shown: its id, its fields, and of its contact what who cares for it wants to know (pending.h).
local function pending_seen(own, id)
  local fields = call('HGETALL', own .. 'pend:' .. id)
  local con = call('HGET', own .. 'pend:' .. id, 'con')
  return { id, fields, con and call('HMGET', own .. 'con:' .. con, 'phone', 'wa_id', 'user_id', 'lid', 'name', 'assigned',
    'window', 'fep', 'optout', 'blocked') or {} }
end
