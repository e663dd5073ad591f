--[[ enr_change.lua — people who are in a sequence are paused, go on, leave it, or get its newest version.

  Cost  O(log N) for each.

  KEYS  due:zset
  ARGV  own:bytes now_ms:int what:bytes seq:bytes by:bytes why:bytes
  ITEM  con:bytes
  Reply for each 1; 0: it is so already, or has ended; -1: it is in none, or not in this one

  Meaning  what  pause, resume, stop, skip (the next step), move (to the current version)
           seq   the one that they are in; '': whichever
]]
--@include lib/enrol
local now = letter_clock(now_ms)

-- It keeps its place; a version with fewer steps is over for it.
local function move(con, rec)
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

local function change(con)
  local rec = enrol_read(own, con)
  if not rec or seq ~= '' and rec.seq ~= seq then
    return -1
  end
  if enrol_ended(rec.state) then
    return 0
  elseif what == 'pause' then
    if rec.state == 'paused' then
      return 0
    end
    enrol_state(own, now, con, rec, 'paused', why)
  elseif what == 'resume' then
    if rec.state == 'active' then
      return 0
    end
    enrol_resume(own, now, con, rec, why)
  elseif what == 'stop' then
    enrol_state(own, now, con, rec, 'stopped', why)
  elseif what == 'skip' then
    local key = own .. 'enr:' .. con
    call('HINCRBY', key, 'skipped', 1)
    call('HINCRBY', key, 'rev', 1)
    rec.at = rec.at + 1
    if rec.state == 'active' then
      enrol_next(own, now, con, rec, now)
    else
      call('HSET', key, 'at', rec.at)
    end
  else
    return move(con, rec)
  end
  call('HSET', own .. 'enr:' .. con, 'by', by)
  return 1
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local con = contact_at(own, ARGV[at + ITEM_CON]) or ARGV[at + ITEM_CON]
  answers[#answers + 1] = change(con)
end
return answers
