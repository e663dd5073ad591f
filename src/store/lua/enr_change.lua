--[[ enr_change.lua — people who are in a sequence are paused, go on, leave it, or get its newest version.

  Cost  O(log N) for each.

  KEYS  due:zset
  ARGV  own:bytes now_ms:int what:bytes seq:bytes by:bytes why:bytes
  ITEM  con:bytes
  Reply for each 1; 0: it is so already, or has ended; -1: it is in none, or not in this one

  Meaning  what  pause, resume, stop, skip (the next step), move (to the current version)
           seq   the one that they are in; '': whichever
]]
--@include lib/enrolling
local now = letter_clock(now_ms)

local answers = {}
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local con = contact_at(own, ARGV[at + ITEM_CON]) or ARGV[at + ITEM_CON]
  answers[#answers + 1] = enrol_change(own, now, con, what, seq, by, why)
end
return answers
