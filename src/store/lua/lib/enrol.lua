--[[ enrol.lua — where a contact stands in the sequence that it is in; one at a time.

  own .. 'enr:' .. con     hash: seq, ver (of the sequence's definition), at (the step that comes next, from 0), made, due,
                           state: active, answered (the customer wrote), paused (by a person, or a block), completed, stopped
                           why, since (of the state), rev (grows), msg (of the last step), steps (sent), skipped
  own .. 'seq:' .. id      hash: name, state, ver, on_answer (pause, stop, continue), … ; counts: n:STATE
  own .. 'seq:' .. id .. ':in'      zset of the contacts in it, by when they were enrolled
  own .. 'seq:' .. id .. ':' .. ver hash: steps (how many), delay:N (ms), step:N (JSON)
  own .. 'due:seq'         zset of contacts, by when their next step is due
]]
--@include lib/contact
local ENR_S = 7776000 -- one that has ended is kept for 90 days

local function enrol_tell(own, con, seq, what, more)
  contact_tell(own, con, 'sequence.' .. what, ',"sequence":' .. cjson.encode(seq) .. (more or ''))
end

-- Another state; counts follow.
local function enrol_state(own, now, con, rec, state, why)
  local key = own .. 'enr:' .. con
  call('HSET', key, 'state', state, 'why', why, 'since', now)
  call('HINCRBY', key, 'rev', 1)
  call('HINCRBY', own .. 'seq:' .. rec.seq, 'n:' .. rec.state, -1)
  call('HINCRBY', own .. 'seq:' .. rec.seq, 'n:' .. state, 1)
  if state ~= 'active' then
    call('ZREM', own .. 'due:seq', con)
  end
  if state == 'completed' or state == 'stopped' then
    call('EXPIRE', key, ENR_S)
    call('ZREM', own .. 'seq:' .. rec.seq .. ':in', con)
  end
  enrol_tell(own, con, rec.seq, state, why ~= '' and ',"reason":' .. cjson.encode(why) or '')
end

-- nil: it is in none.
local function enrol_read(own, con)
  local r = call('HMGET', own .. 'enr:' .. con, 'seq', 'ver', 'at', 'state')
  return r[1] and { seq = r[1], ver = r[2], at = tonumber(r[3]), state = r[4] } or nil
end

-- Its next step is due so long after `from`; behind the last one it is completed.
local function enrol_next(own, now, con, rec, from)
  local key = own .. 'enr:' .. con
  local delay = call('HGET', own .. 'seq:' .. rec.seq .. ':' .. rec.ver, 'delay:' .. rec.at)
  if not delay then
    enrol_state(own, now, con, rec, 'completed', '')
    return
  end
  local due = string.format('%.0f', math.max(now, from + delay))
  call('HSET', key, 'at', rec.at, 'due', due)
  call('ZADD', own .. 'due:seq', due, con)
end

-- The customer wrote.  Whether that changed anything.
local function enrol_answered(own, now, con)
  local rec = enrol_read(own, con)
  if not rec or rec.state ~= 'active' then
    return false
  end
  call('HSET', own .. 'enr:' .. con, 'answered', now)
  local how = call('HGET', own .. 'seq:' .. rec.seq, 'on_answer') or 'pause'
  if how == 'continue' then
    return false
  end
  enrol_state(own, now, con, rec, how == 'stop' and 'stopped' or 'answered', 'the customer answered')
  return true
end

-- A person of ours wrote: the step that waited for that is done, and the sequence goes on.  Whether it did.
local function enrol_manual(own, now, con)
  local rec = enrol_read(own, con)
  if not rec or rec.state ~= 'answered' then
    return false
  end
  enrol_state(own, now, con, rec, 'active', 'somebody wrote by hand')
  rec.state = 'active'
  enrol_next(own, now, con, rec, now)
  return true
end
