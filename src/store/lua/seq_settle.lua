--[[ seq_settle.lua — what was decided of steps that are due, each all at once: the message's record, the entry for a
  person, the place in the sequence, the counts.

  Cost  O(log N) for each.

  KEYS  due:zset
  ARGV  own:bytes now_ms:int keep_s:int
  ITEM  con:bytes rev:int what:bytes until_ms:int id:bytes to:bytes data:bytes ref:bytes why:bytes text:bytes
  Reply for each 1; 0: something happened to it meanwhile, nothing was changed

  Meaning  rev   of the enrolment, as it was taken
           what  send     a message `id`, to `to`, with `data`; its job follows (lib/tosend.lua)
                 pending  a person may do it: entry `id`; the step is skipped
                 skip     the step is skipped
                 wait     it is due again at until_ms
                 pause, stop   it is paused, or leaves
           why   of all but send, for people; text: of the message, to be shown
]]
--@include lib/enrol
--@include lib/pending
--@include lib/tosend
local STEP_PRIORITY = 5
local now = letter_clock(now_ms)

local function forward(con, rec, key, count)
  call('HINCRBY', key, count, 1)
  call('HINCRBY', key, 'rev', 1)
  rec.at = rec.at + 1
  enrol_next(own, now, con, rec, now)
end

local function settle(at)
  local con, what, id, why = ARGV[at + ITEM_CON], ARGV[at + ITEM_WHAT], ARGV[at + ITEM_ID], ARGV[at + ITEM_WHY]
  local key = own .. 'enr:' .. con
  local rec = enrol_read(own, con)
  if not rec or rec.rev ~= ARGV[at + ITEM_REV] or rec.state ~= 'active' then
    return 0
  end
  local step = rec.at
  if what == 'send' then
    tosend_make(own, now, id, ARGV[at + ITEM_TO], ARGV[at + ITEM_DATA], ARGV[at + ITEM_REF], keep_s)
    call('HSET', key, 'msg', id)
    enrol_tell(own, con, rec.seq, 'step', ',"step":' .. step .. ',"message":' .. cjson.encode(id))
    forward(con, rec, key, 'steps')
  elseif what == 'pending' then
    pending_add(own, now, id, con, why, STEP_PRIORITY, { 'seq', rec.seq, 'step', step, 'text', ARGV[at + ITEM_TEXT],
      'data', ARGV[at + ITEM_DATA] })
    forward(con, rec, key, 'skipped')
  elseif what == 'skip' then
    enrol_tell(own, con, rec.seq, 'skipped', ',"step":' .. step .. ',"reason":' .. cjson.encode(why))
    forward(con, rec, key, 'skipped')
  elseif what == 'wait' then
    call('HSET', key, 'why', why)
    enrol_due(own, now, con, math.max(now + 1000, tonumber(ARGV[at + ITEM_UNTIL_MS])))
  else
    enrol_state(own, now, con, rec, what == 'pause' and 'paused' or 'stopped', why)
  end
  return 1
end

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = settle(at)
end
return answers
