--[[ detach.lua — a job is no child of its parent any more.

  Equals   removeChildDependency.   Cost  O(1).

  KEYS  meta:hash
  ARGV  base:bytes id:bytes
  Reply {code, n, ''}   -1: no such job; -5: its parent is gone; 1: its parent did not wait for it
]]
--@include lib/remove

local key = base .. id

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
local fields = redis.call('HMGET', key, 'parentKey', 'parent')
if not fields[1] then
  return { 1, 0, '' }
end
if redis.call('EXISTS', fields[1]) == 0 then
  return { -5, 0, '' }
end
if redis.call('SISMEMBER', fields[1] .. ':dependencies', key) == 0 then
  return { 1, 0, '' }
end
child_drop(base, key, false, fields)
redis.call('HDEL', key, 'parentKey', 'parent')
flush()
return { 0, 1, '' }
