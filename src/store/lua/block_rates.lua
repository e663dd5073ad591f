--[[ block_rates.lua — how an account delivers, and how good its verdicts were.

  Cost  O(1): 30 days.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int
  Reply {{sent, late} usually, {sent, late} lately, health, since_ms, waiting, doubts, verdicts, probable, confirmed,
        false_probable, false_confirmed, undone_probable, undone_confirmed}

  Meaning  health    normal, ill: as the last sweep found it, since when ('': it never changed)
           waiting   messages that are `sent`; doubts: contacts of whom there is one; verdicts: those with one now
           probable  … verdicts ever; false_: proved wrong by what arrived; undone_: taken back by a person
]]
--@include lib/block
local now = letter_clock(now_ms)
local st = call('HMGET', KEYS_STATE, 'blk_health', 'blk_health_at')
local counted = call('HMGET', own .. 'total', 'blk_probable', 'blk_confirmed', 'false_probable', 'false_confirmed',
  'undone_probable', 'undone_confirmed')
local answer = { block_usually(own, now), block_lately(own, now), st[1] or 'normal', st[2] or '',
  call('ZCARD', own .. 'due:blk'), call('ZCARD', own .. 'cons:issues'), call('ZCARD', own .. 'cons:blocked') }
for i = 1, 6 do
  answer[#answer + 1] = tonumber(counted[i] or 0)
end
return answer
