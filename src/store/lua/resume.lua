--[[ resume.lua — a paused queue goes on.

  Equals   resume, but no list is ever renamed onto another: jobs of `paused` run before those of `wait`.
  Cost     O(1), or `most` moved jobs when both lists are there; told to call again then.

  KEYS  meta:hash
  ARGV  base:bytes most:int(>0)
  Reply {0, 0, next}   next: '1' to be called again, '' done
]]
--@include lib/splice

local q = queue_open(base)

redis.call('HDEL', KEYS_META, 'paused')
q.paused = false
if not splice(base .. 'paused', base .. 'wait', base .. 'wait', tonumber(most)) then
  return { 0, 0, '1' }
end
q.ready = redis.call('EXISTS', base .. 'wait', q.prioritized) > 0
q.later = not q.ready
flush()
emit(q, 'resumed')
return { 0, 0, '' }
