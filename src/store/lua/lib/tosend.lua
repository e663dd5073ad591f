--[[ tosend.lua — messages whose records a script makes, until their jobs are in the queue, which is in another slot.

  own .. 'jobs'   zset of ids, by when somebody looks after one whose job did not come
]]
--@include lib/letter
local TOSEND_MS = 15000 -- who made it adds its job at once; after that, another does

-- The record, as asking for a message makes it.  Whether it was not there.
local function tosend_make(own, now, id, to, data, ref, keep_s)
  local key = own .. 'msg:' .. id
  if call('EXISTS', key) == 1 then
    return false
  end
  call('HSET', key, 'data', data, 'to', to, 'made', now, 'state', 'queued', 'led', '', 'att', 0, 'due', 0,
    'tl', letter_told('', now, 'queued', ''))
  if ref ~= '' then
    call('HSET', key, 'ref', ref)
  end
  call('EXPIRE', key, keep_s)
  letter_tell(own, id, 'queued', 'queued', nil, ref)
  letter_count(own, now, 'queued')
  call('ZADD', own .. 'jobs', now + TOSEND_MS, id)
  return true
end
