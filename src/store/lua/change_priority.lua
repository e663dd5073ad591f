--[[ change_priority.lua — a waiting job gets another priority and its new place.

  Equals   changePriority.   Cost  O(log N) of a prioritized job, a search through the list of one without priority.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes priority:int front:bool
  Reply {code, n, ''}   -1: no such job

  Meaning  front  before all others of its priority
]]
--@include lib/states

local q, key = queue_open(base), base .. id
local level, first = tonumber(priority), front == '1'

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
if redis.call('ZREM', q.prioritized, id) == 1 or leave_list(base .. 'wait', id) or leave_list(base .. 'paused', id) then
  if level > 0 and first then
    prioritize_front(q, id, level)
  else
    make_ready(q, id, level, first)
  end
end
redis.call('HSET', key, 'priority', priority)
flush()
return { 0, 1, '' }
