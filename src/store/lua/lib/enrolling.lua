--[[ enrolling.lua — one contact begins a sequence, or what is changed of its place in one; by itself or among many. ]]
--@include lib/enrol

-- `of`: the sequence's ver, state and again.  1: it began; 0, -2 … -5: see seq_enrol.lua.
local function enrol_try(own, now, con, seq, of, by, first, replace, anew)
  local facts = call('HMGET', own .. 'con:' .. con, 'optout', 'blocked')
  if facts[1] or facts[2] then
    return facts[1] and -3 or -4
  end
  local rec = enrol_read(own, con)
  if rec and not enrol_ended(rec.state) then
    if rec.seq == seq then
      return 0
    elseif not replace then
      return -2
    end
    enrol_state(own, now, con, rec, 'stopped', 'it began another sequence')
  elseif rec and rec.seq == seq and not anew and of[3] ~= '1' then
    return -5
  end
  enrol_begin(own, now, con, seq, of[1], by, first)
  return 1
end

-- It keeps its place; a version with fewer steps is over for it.
local function enrol_move(own, now, con, rec)
  local key = own .. 'seq:' .. rec.seq
  local ver = call('HGET', key, 'ver')
  if not ver or ver == rec.ver then
    return 0
  end
  call('HINCRBY', key, 'v:' .. rec.ver, -1)
  call('HINCRBY', key, 'v:' .. ver, 1)
  call('HSET', own .. 'enr:' .. con, 'ver', ver)
  call('HINCRBY', own .. 'enr:' .. con, 'rev', 1)
  rec.ver = ver
  if call('HEXISTS', key .. ':' .. ver, 'delay:' .. rec.at) == 0 then
    enrol_state(own, now, con, rec, 'completed', 'its new version has no more steps')
  end
  return 1
end

local function enrol_skip(own, now, con, rec)
  local key = own .. 'enr:' .. con
  call('HINCRBY', key, 'skipped', 1)
  call('HINCRBY', key, 'rev', 1)
  rec.at = rec.at + 1
  if rec.state == 'active' then
    enrol_next(own, now, con, rec, now)
  else
    call('HSET', key, 'at', rec.at)
  end
  return 1
end

-- 1: changed; 0: it is so already, or has ended; -1: it is in none, or not in `seq` ('': whichever).
local function enrol_change(own, now, con, what, seq, by, why)
  local rec = enrol_read(own, con)
  if not rec or seq ~= '' and rec.seq ~= seq then
    return -1
  end
  local is = { pause = 'paused', resume = 'active', stop = 'stopped' }
  if enrol_ended(rec.state) or rec.state == is[what] then
    return 0
  elseif what == 'resume' then
    enrol_resume(own, now, con, rec, why)
  elseif is[what] then
    enrol_state(own, now, con, rec, is[what], why)
  elseif what == 'skip' then
    enrol_skip(own, now, con, rec)
  elseif enrol_move(own, now, con, rec) == 0 then
    return 0
  end
  call('HSET', own .. 'enr:' .. con, 'by', by)
  return 1
end
