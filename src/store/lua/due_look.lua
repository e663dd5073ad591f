--[[ due_look.lua — when the first of each kind of things is due in an account.

  Cost  O(log N) for each kind, whatever waits there.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int
  ITEM  set:bytes
  Reply {now, first, …}   moments (ms) as text; first is '' where nothing waits

  Meaning  now_ms  0: Redis' own clock
]]
--@include lib/letter
local _, _, now = letter_clock(now_ms)
local firsts = { now }
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  firsts[#firsts + 1] = call('ZRANGE', own .. ARGV[at + ITEM_SET], 0, 0, 'WITHSCORES')[2] or ''
end
return firsts
