--[[ due_look.lua — when the first of each kind of things is due in an account.

  Cost  O(log N) for each kind, whatever waits there.
  Clock a minute's grain of it is kept (state: looked); once it lies ahead, the clock was set back, and a run of
        seq_run_step.lua brings steps back whose moments were decided while it was ahead.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int
  ITEM  set:bytes
  Reply {now, first, …}   moments (ms) as text; first is '' where nothing waits

  Meaning  now_ms  0: Redis' own clock
]]
--@include lib/back
--@include lib/letter
local LOOKED_MS = 60000
local at_ms, _, now = letter_clock(now_ms)
local looked = tonumber(call('HGET', KEYS_STATE, 'looked') or 0)
if back_is_ahead(looked, at_ms) then
  call('HSET', KEYS_STATE, 'looked', now)
  call('HSET', own .. 'seqrun:back', 'what', 'back', 'last', 0)
  call('ZADD', own .. 'due:seqrun', 0, 'back')
elseif looked + LOOKED_MS < at_ms then
  call('HSET', KEYS_STATE, 'looked', now)
end
local firsts = { now }
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  firsts[#firsts + 1] = call('ZRANGE', own .. ARGV[at + ITEM_SET], 0, 0, 'WITHSCORES')[2] or ''
end
return firsts
