--[[ pend_counts.lua — how much waits for people in one account.

  Cost  O(log n) for each priority, O(reasons).

  KEYS  state:hash
  ARGV  own:bytes
  Reply {total, oldest_ms, {of priority 1, …}, {word, n, …}}   oldest_ms: 0: none; the words of 'pends:n'
]]
--@include lib/pending
local pends, of, oldest = own .. 'pends', {}, 0
for priority = 1, 10 do
  local from = string.format('%.0f', priority * PEND_RANK)
  local to = string.format('(%.0f', (priority + 1) * PEND_RANK)
  of[priority] = call('ZCOUNT', pends, from, to)
  local first = call('ZRANGEBYSCORE', pends, from, to, 'WITHSCORES', 'LIMIT', 0, 1)[2]
  if first and (oldest == 0 or first - priority * PEND_RANK < oldest) then
    oldest = first - priority * PEND_RANK
  end
end
return { call('ZCARD', pends), oldest, of, call('HGETALL', own .. 'pends:n') }
