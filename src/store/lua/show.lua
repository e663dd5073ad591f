--[[ show.lua — one job, and where it stands.

  Cost  O(log N), and a bounded look into lists.

  KEYS  meta:hash
  ARGV  base:bytes id:bytes bytes:int
  Reply {state, {field, value, …}, log_rows, processed, pending, failed_ignored, failed, lock_ms, id, whole}

  Meaning  bytes  a job that is larger comes without its large fields
]]
--@include lib/states
local LARGE = { 'data', 'returnvalue', 'stacktrace', 'opts', 'failedReason', 'progress' }

local key, size, hash, whole = base .. id, 0, nil, 1
for _, field in ipairs(LARGE) do
  size = size + redis.call('HSTRLEN', key, field)
end
if size <= tonumber(bytes) then
  hash = redis.call('HGETALL', key)
else
  whole = 0
  hash = { 'name', redis.call('HGET', key, 'name') or '', 'timestamp', redis.call('HGET', key, 'timestamp') or '0' }
end
return { job_state(base, id), hash, redis.call('LLEN', key .. ':logs'), redis.call('HLEN', key .. ':processed'),
  redis.call('SCARD', key .. ':dependencies'), redis.call('HLEN', key .. ':failed'),
  redis.call('ZCARD', key .. ':unsuccessful'), redis.call('PTTL', key .. ':lock'),
  id, whole }
