--[[ remove.lua — a job is taken away, with its children if that is wanted.

  Equals   removeJob.   Cost  at most `most` jobs a call; a search through the list of one that waits without priority.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes children:bool most:int(>0)
  Reply {code, n, next}   0: gone; 2: it, or a child that is pending, is being run: nothing was taken; -8: the next job
                          of a scheduler; n: 0, there was no such job; next: '1' to be called again, '' done
]]
--@include lib/uproot

local key, deep = base .. id, children == '1'

if is_current_iteration(base, id, redis.call('HGET', key, 'rjk')) then
  return { -8, 0, '' }
end
if is_held(key, deep, tonumber(most)) then
  return { 2, 0, '' }
end
uproot_left = tonumber(most)
local done = uproot(base, id, deep)
flush()
return { 0, uprooted, done and '' or '1' }
