--[[ remove_pending.lua — the children that a job still waits for are taken away, but for those that are being run.

  Equals   removeUnprocessedChildren.   Cost  some `most` jobs a call.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes most:int(>0) from:bytes
  Reply {code, n, next}   -1: no such job; next: the next call's `from`, '' done
]]
--@include lib/uproot

local key = base .. id

if redis.call('EXISTS', key) == 0 then
  return { -1, 0, '' }
end
uproot_left = tonumber(most)
local page = redis.call('SSCAN', key .. ':dependencies', from, 'COUNT', math.floor(tonumber(most) / 2) + 1)
for _, child in ipairs(page[2]) do
  local child_base, child_id = parts_of(child)
  if child_base and not redis.call('ZSCORE', child_base .. 'failed', child_id) and not is_held(child, true, uproot_left) then
    uproot(child_base, child_id, true)
  end
end
flush()
return { 0, uprooted, page[1] == '0' and '' or page[1] }
