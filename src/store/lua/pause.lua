--[[ pause.lua — nothing of the queue starts until it is resumed.

  Equals   pause, but no list is ever renamed onto another.  Where 4.x or 5.x may look, waiting jobs go to `paused`.
  Cost     O(1), or `most` moved jobs when both lists are there; told to call again then.

  KEYS  meta:hash
  ARGV  base:bytes most:int(>0) again:bool
  Reply {0, 0, next}   next: '1' to be called again with, '' done
]]
--@include lib/splice

local q = queue_open(base)
local major = tonumber(string.match(q.version, '^bullmq:(%d+)')) or 0
local moves = again == '1' or not q.paused and major < 6

if again ~= '1' then
  redis.call('HSET', KEYS_META, 'paused', 1)
  redis.call('DEL', q.marker)
end
if moves and not splice(base .. 'paused', base .. 'wait', base .. 'paused', tonumber(most)) then
  return { 0, 0, '1' }
end
emit(q, 'paused')
return { 0, 0, '' }
