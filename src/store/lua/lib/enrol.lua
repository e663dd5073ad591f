--[[ enrol.lua — where a contact stands in the sequence that it is in; one at a time.

  own .. 'enr:' .. con     hash: seq, ver (of the sequence's definition), at (the step that comes next, from 0), made, due,
                           set (when due was decided),
                           state: active, answered (the customer wrote), paused (by a person, or a block), completed, stopped
                           why, since (of the state), by, rev (grows, for good), msg (of the last step), steps (sent), skipped
  own .. 'seqs'            zset of sequences, by when they were made
  own .. 'seq:' .. id      hash: name, state (active, paused, archived), ver, low (the oldest that is kept), made, changed,
                           on_answer (pause, stop, continue), again, print; counts: n:STATE, v:VERSION (contacts in it)
  own .. 'seq:' .. id .. ':in'      zset of the contacts in it, by when they were enrolled
  own .. 'seq:' .. id .. ':held'    zset of those whose step came due while it was paused, by that moment
  own .. 'seq:' .. id .. ':log'     list of changes, the newest first (JSON)
  own .. 'seq:' .. id .. ':' .. ver hash: steps (how many), head, spec (JSON), at, by, what, delay:N (ms), step:N (JSON)
  own .. 'due:seq'         zset of contacts, by when their next step is due
]]
--@include lib/back
--@include lib/contact
local ENR_S = 7776000    -- one that has ended is kept for 90 days
local SEQ_LOG_MAX = 500

local function enrol_tell(own, con, seq, what, more)
  contact_tell(own, con, 'sequence.' .. what, ',"sequence":' .. cjson.encode(seq) .. (more or ''))
end

-- A row of its history; `more`: JSON members.
local function seq_log(own, id, now, by, what, more)
  local log = own .. 'seq:' .. id .. ':log'
  call('LPUSH', log, '{"at":' .. string.format('%.0f', now) .. ',"by":' .. cjson.encode(by) .. ',"what":"' .. what .. '"'
    .. (more or '') .. '}')
  call('LTRIM', log, 0, SEQ_LOG_MAX - 1)
end

local function enrol_ended(state)
  return state == 'completed' or state == 'stopped'
end

-- Another state; counts follow.
local function enrol_state(own, now, con, rec, state, why)
  local key, seq = own .. 'enr:' .. con, own .. 'seq:' .. rec.seq
  call('HSET', key, 'state', state, 'why', why, 'since', now)
  call('HINCRBY', key, 'rev', 1)
  if call('EXISTS', seq) == 1 then
    call('HINCRBY', seq, 'n:' .. rec.state, -1)
    call('HINCRBY', seq, 'n:' .. state, 1)
  end
  if state ~= 'active' then
    call('ZREM', own .. 'due:seq', con)
    call('ZREM', seq .. ':held', con)
  end
  if enrol_ended(state) then
    call('EXPIRE', key, ENR_S)
    call('ZREM', seq .. ':in', con)
    if call('HEXISTS', seq, 'v:' .. rec.ver) == 1 then
      call('HINCRBY', seq, 'v:' .. rec.ver, -1)
    end
  end
  enrol_tell(own, con, rec.seq, state, why ~= '' and ',"reason":' .. cjson.encode(why) or '')
  rec.state = state
end

-- nil: it is in none.
local function enrol_read(own, con)
  local r = call('HMGET', own .. 'enr:' .. con, 'seq', 'ver', 'at', 'state', 'due', 'rev', 'set')
  return r[1] and { seq = r[1], ver = r[2], at = tonumber(r[3]), state = r[4], due = tonumber(r[5] or 0), rev = r[6],
    set = tonumber(r[7] or 0) } or nil
end

local function enrol_due(own, now, con, due)
  local moment = string.format('%.0f', due)
  call('HSET', own .. 'enr:' .. con, 'due', moment, 'set', string.format('%.0f', now))
  call('ZADD', own .. 'due:seq', moment, con)
end

-- Its next step is due so long after `from`; behind the last one it is completed.
local function enrol_next(own, now, con, rec, from)
  local key = own .. 'enr:' .. con
  local delay = call('HGET', own .. 'seq:' .. rec.seq .. ':' .. rec.ver, 'delay:' .. rec.at)
  call('HSET', key, 'at', rec.at)
  if not delay then
    enrol_state(own, now, con, rec, 'completed', '')
    return
  end
  enrol_due(own, now, con, math.max(now, from + delay))
end

-- It begins; `first`: when its first step is due, 0: after its delay.  It is in none, or in one that has ended.
local function enrol_begin(own, now, con, seq, ver, by, first)
  local key, hash = own .. 'enr:' .. con, own .. 'seq:' .. seq
  call('HDEL', key, 'msg', 'answered')
  call('HSET', key, 'seq', seq, 'ver', ver, 'at', 0, 'made', now, 'state', 'active', 'why', '', 'since', now, 'by', by,
    'steps', 0, 'skipped', 0)
  call('PERSIST', key)
  call('HINCRBY', key, 'rev', 1)
  call('HINCRBY', hash, 'n:active', 1)
  call('HINCRBY', hash, 'n:enrolled', 1)
  call('HINCRBY', hash, 'v:' .. ver, 1)
  call('ZADD', hash .. ':in', now, con)
  local rec = { seq = seq, ver = ver, at = 0, state = 'active' }
  enrol_tell(own, con, seq, 'enrolled')
  if first > 0 then
    enrol_due(own, now, con, math.max(now, first))
  else
    enrol_next(own, now, con, rec, now)
  end
end

-- When its step is due: decided while the clock was ahead, it is as long from now as it was from then.
local function enrol_due_of(rec, now)
  return back_is_ahead(rec.set, now) and now + rec.due - rec.set or rec.due
end

-- It goes on where it stood.
local function enrol_resume(own, now, con, rec, why)
  enrol_state(own, now, con, rec, 'active', why)
  enrol_due(own, now, con, math.max(now, enrol_due_of(rec, now)))
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
  enrol_next(own, now, con, rec, now)
  return true
end

-- Messages to it do not arrive: nothing more goes out until somebody says so, or something shows that it reads us.
local function enrol_pause(own, now, con, why)
  local rec = enrol_read(own, con)
  if not rec or rec.state ~= 'active' then
    return false
  end
  enrol_state(own, now, con, rec, 'paused', why)
  return true
end

-- It leaves for good: `why` for people.
local function enrol_stop(own, now, con, why)
  local rec = enrol_read(own, con)
  if not rec or enrol_ended(rec.state) then
    return false
  end
  enrol_state(own, now, con, rec, 'stopped', why)
  return true
end

-- `from` is the same person as `to`, and is no more: the one that is under way goes on, of two that of `to`.
local function enrol_merge(own, now, from, to)
  local rec, kept = enrol_read(own, from), enrol_read(own, to)
  if not rec then
    return
  end
  local on = not enrol_ended(rec.state)
  if kept and not (on and enrol_ended(kept.state)) then
    if on then
      enrol_state(own, now, from, rec, 'stopped', 'the contact is in another sequence, under another name')
    end
    call('DEL', own .. 'enr:' .. from)
    return
  end
  call('RENAME', own .. 'enr:' .. from, own .. 'enr:' .. to)
  call('HSET', own .. 'enr:' .. to, 'rev', math.max(tonumber(rec.rev or 0), kept and tonumber(kept.rev or 0) or 0) + 1)
  local hash = own .. 'seq:' .. rec.seq
  for _, set in ipairs({ hash .. ':in', hash .. ':held', own .. 'due:seq' }) do
    local score = call('ZSCORE', set, from)
    if score then
      call('ZREM', set, from)
      call('ZADD', set, score, to)
    end
  end
end

-- Nothing is left of it.
local function enrol_erase(own, now, con)
  enrol_stop(own, now, con, 'erased')
  call('DEL', own .. 'enr:' .. con)
end
