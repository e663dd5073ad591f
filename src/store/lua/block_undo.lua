--[[ block_undo.lua — a person knows that a contact gets what is sent: a verdict is taken back, and what was counted.

  Cost  O(log N).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes why:bytes
  Reply 1; 0: there was no doubt; -1: there is no such contact
]]
--@include lib/block
local con = contact_at(own, id)
if not con then
  return -1
end
local rec = call('HMGET', contact_key(own, con), 'blk', 'blocked')
block_reverse(own, con, why, letter_clock(now_ms), 'person')
return (rec[1] or rec[2]) and 1 or 0
