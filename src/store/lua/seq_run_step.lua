--[[ seq_run_step.lua — the next contacts of a change of many: changed, and what they were before kept.

  Whoever comes next goes on where the last one stopped: the place is written by the same step.
  Cost  O(log N) for each contact, `count` at most.

  KEYS  due:zset
  ARGV  own:bytes now_ms:int count:int keep_s:int
  Reply {more}   1: there is more to do; 0: nothing is under way
]]
--@include lib/enrolling
local LEASE_MOST_MS = 60000
local now, _, moment = letter_clock(now_ms)
local id = call('ZRANGE', KEYS_DUE, 0, 0)[1]
if not id then
  return { 0 }
end
local key = own .. 'seqrun:' .. id
local was = key .. ':was'
local r = call('HMGET', key, 'what', 'seq', 'tag', 'by', 'why', 'flags', 'last', 'undoes', 'score')
local what, seq, tag, by, why = r[1], r[2], r[3], r[4], r[5]
local flags = tonumber(r[6] or 0)

local function keep(con)
  local e = call('HMGET', own .. 'enr:' .. con, 'seq', 'ver', 'at', 'state', 'due')
  call('RPUSH', was, con .. ' ' .. (e[1] or '-') .. ' ' .. (e[2] or 0) .. ' ' .. (e[3] or 0) .. ' ' .. (e[4] or 'stopped')
    .. ' ' .. (e[5] or 0))
end

-- The contacts that come next of a set, and where the one behind them is.
local function next_of(set)
  local rank = 0
  if r[7] then
    local at = call('ZRANK', set, r[7])
    rank = at and at + 1 or call('ZCOUNT', set, '-inf', '(' .. r[9])
  end
  return call('ZRANGE', set, rank, rank + count - 1, 'WITHSCORES')
end

local function done(state)
  call('ZREM', KEYS_DUE, id)
  call('HSET', key, 'state', state, 'ended', moment)
  call('EXPIRE', key, keep_s)
  call('EXPIRE', was, keep_s)
  letter_out(own, 'sequence.changed', '{"sequence":' .. cjson.encode(seq) .. ',"account":'
    .. cjson.encode(string.match(own, '{(.*)}')) .. ',"what":"' .. what .. '","run":' .. cjson.encode(id) .. '}')
end

-- Of one contact: as it was before the run that is undone.
local function undo(row)
  local con, old, ver, at, state, due = string.match(row, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  local rec = con and enrol_read(own, con)
  if not rec then
    return 0
  end
  keep(con)
  if not enrol_ended(rec.state) then
    enrol_state(own, now, con, rec, 'stopped', 'undone')
  end
  if old == '-' or enrol_ended(state) or call('EXISTS', own .. 'seq:' .. old .. ':' .. ver) == 0 then
    return 1
  end
  enrol_begin(own, now, con, old, ver, by, tonumber(due))
  call('HSET', own .. 'enr:' .. con, 'at', at)
  if state ~= 'active' then
    enrol_state(own, now, con, enrol_read(own, con), state, 'undone')
    call('HSET', own .. 'enr:' .. con, 'due', due)
  end
  return 1
end

-- Of one definition: its version of then becomes its newest; one that was new is archived.
local function undo_import(one, ver)
  local hash = own .. 'seq:' .. one
  if ver == 0 then
    call('HSET', hash, 'state', 'archived')
    return
  end
  if call('EXISTS', hash .. ':' .. ver) == 1 and tonumber(call('HGET', hash, 'ver') or 0) ~= ver then
    local new = call('HINCRBY', hash, 'ver', 1)
    call('COPY', hash .. ':' .. ver, hash .. ':' .. new)
    local f = call('HMGET', hash .. ':' .. new, 'name', 'on_answer', 'again', 'print', 'steps')
    call('HSET', hash, 'name', f[1], 'on_answer', f[2], 'again', f[3], 'print', f[4], 'steps', f[5], 'changed', moment)
    call('HSET', hash .. ':' .. new, 'at', moment, 'by', by, 'what', 'restored')
    seq_log(own, one, now, by, 'restored', ',"version":' .. new)
  end
end

-- The clock was set back: what was decided while it was ahead is as long from now as it was from then, and nobody holds
-- a lease, or is adding a job, until a moment far ahead.
local function bring_back()
  local steps = own .. 'due:seq'
  local page = call('ZSCAN', steps, r[7] or '0', 'COUNT', count)
  for i = 1, #page[2], 2 do
    local con, score = page[2][i], tonumber(page[2][i + 1])
    local rec = enrol_read(own, con)
    if rec and back_is_ahead(rec.set, now) then
      call('HINCRBY', own .. 'enr:' .. con, 'rev', 1)
      enrol_due(own, now, con, enrol_due_of(rec, now))
    elseif rec and score > math.max(now, rec.due) + LEASE_MOST_MS then
      call('ZADD', steps, string.format('%.0f', rec.due), con)
    end
  end
  for _, msg in ipairs(call('ZRANGE', own .. 'jobs', now + LEASE_MOST_MS, '+inf', 'BYSCORE', 'LIMIT', 0, count)) do
    call('ZADD', own .. 'jobs', moment, msg)
  end
  if page[1] ~= '0' then
    call('HSET', key, 'last', page[1])
  elseif not call('ZRANGE', own .. 'jobs', now + LEASE_MOST_MS, '+inf', 'BYSCORE', 'LIMIT', 0, 1)[1] then
    call('ZREM', KEYS_DUE, id)
    call('DEL', key)
  end
end

if not what then
  call('ZREM', KEYS_DUE, id)
  return { 1 }
elseif what == 'back' then
  bring_back()
  return { 1 }
end
call('HINCRBY', key, 'steps', 1)
local changed, looked = 0, 0
if what == 'undo' then
  local before = call('HGET', own .. 'seqrun:' .. r[8], 'before')
  if before and before ~= '' then
    for one, ver in pairs(cjson.decode(before)) do
      undo_import(one, ver)
      changed = changed + 1
    end
  end
  local from = tonumber(r[7] or 0)
  local rows = call('LRANGE', own .. 'seqrun:' .. r[8] .. ':was', from, from + count - 1)
  for _, row in ipairs(rows) do
    changed = changed + undo(row)
  end
  looked = #rows
  call('HSET', key, 'last', from + #rows)
else
  local of = call('HMGET', own .. 'seq:' .. seq, 'ver', 'state', 'again')
  local rows = next_of(tag ~= '' and own .. 'cons:tag:' .. tag or own .. 'seq:' .. seq .. ':in')
  for i = 1, #rows, 2 do
    local con = rows[i]
    keep(con)
    local outcome
    if what == 'enrol' then
      outcome = of[1] and enrol_try(own, now, con, seq, of, by, 0, flags % 2 == 1, flags >= 2) or -1
    else
      outcome = enrol_change(own, now, con, what, seq, by, why)
    end
    if outcome == 1 then
      changed = changed + 1
    else
      call('RPOP', was)
    end
  end
  looked = #rows / 2
  if looked > 0 then
    call('HSET', key, 'last', rows[#rows - 1], 'score', rows[#rows])
  end
end
call('HINCRBY', key, 'looked', looked)
call('HINCRBY', key, 'changed', changed)
if looked < tonumber(count) then
  done('done')
end
return { 1 }
