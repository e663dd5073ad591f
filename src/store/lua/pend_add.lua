--[[ pend_add.lua — something for a person to do by hand.

  Cost  O(log n).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes con:bytes why:bytes priority:int text:bytes data:bytes note:bytes
  Reply {1, seen}: it waits (lib/pending.lua tells what `seen` is); {0}: that id is taken; {-1}: there is no such contact

  Meaning  now_ms  0: Redis' own clock
           text, data, note  ''
]]
--@include lib/pending
local now = letter_clock(now_ms)
con = contact_at(own, con)
if not con then
  return { -1 }
end
local fields = {}
for name, value in pairs({ text = text, data = data, note = note }) do
  if value ~= '' then
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end
if not pending_add(own, now, id, con, why, tonumber(priority), fields) then
  return { 0 }
end
return { 1, pending_seen(own, id) }
