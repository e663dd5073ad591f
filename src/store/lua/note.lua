--[[ note.lua — something is written to a job, wherever it stands.

  Equals   updateData, updateProgress, addLog.   Cost  O(1).

  KEYS  meta:hash
  ARGV  base:bytes id:bytes kind:data|progress|log value:bytes keep:int
  Reply {code, n, ''}   -1: no such job; log: n rows are kept

  Meaning  value  JSON, or a row of the log
           keep   log: the newest rows that stay; 0: all
]]
--@include lib/queue

local q, key = queue_open(base), base .. id

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
if kind == 'data' then
  redis.call('HSET', key, 'data', value)
  return { 0, 1, '' }
end
if kind == 'progress' then
  redis.call('HSET', key, 'progress', value)
  queue_trim(q)
  emit(q, 'progress', 'jobId', id, 'data', value)
  return { 0, 1, '' }
end
local rows, most = redis.call('RPUSH', key .. ':logs', value), tonumber(keep)
if most > 0 and rows > most then
  redis.call('LTRIM', key .. ':logs', -most, -1)
  rows = most
end
return { 0, rows, '' }
