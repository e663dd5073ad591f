--[[ pend_show.lua — one thing that waits for a person, or did.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes id:bytes
  Reply {1, seen}, as lib/pending.lua has it; {-1}: there is none
]]
--@include lib/pending
local seen = pending_seen(own, id)
return #seen[2] > 0 and { 1, seen } or { -1 }
