--[[ block_list.lua — contacts of whom it is in doubt whether they get anything, the latest first.

  Cost  O(log N) for each that is looked at, LOOKS_MAX at most.

  KEYS  state:hash
  ARGV  own:bytes state:bytes from_ms:bytes from_id:bytes most:int looks:int
  Reply {next_ms, next_id, row …}   next_ms: '' there are no others
        row {id, state, undelivered, at_ms, blocked_ms, messages, phone, wa_id, user_id, name, assigned}

  Meaning  state    of those alone: watched, probable, confirmed; '' any
           from     behind this one; '' from the first
]]
--@include lib/block
local FIELDS = { 'blk_state', 'blk', 'blk_at', 'blocked', 'blk_msgs', 'phone', 'wa_id', 'user_id', 'name', 'assigned' }
local rows, looked = {}, 0
local next_ms, next_id = '', ''
local found = call('ZREVRANGEBYSCORE', own .. 'cons:issues', from_ms == '' and '+inf' or from_ms, '-inf', 'WITHSCORES',
  'LIMIT', 0, looks + 1)
for i = 1, #found, 2 do
  local id, at = found[i], found[i + 1]
  -- Of the same moment those that come behind in the order of ids.
  if at ~= from_ms or id < from_id then
    if looked == tonumber(looks) or #rows == tonumber(most) then
      return { next_ms, next_id, unpack(rows) }
    end
    looked = looked + 1
    next_ms, next_id = at, id
    local rec = call('HMGET', contact_key(own, id), unpack(FIELDS))
    if not rec[2] then
      call('ZREM', own .. 'cons:issues', id) -- it was erased
    elseif (state == '' or state == (rec[1] or 'watched')) then
      rows[#rows + 1] = { id, rec[1] or 'watched', rec[2], rec[3] or '', rec[4] or '', rec[5] or '', rec[6] or '', rec[7] or '',
        rec[8] or '', rec[9] or '', rec[10] or '' }
    end
  end
end
return { '', '', unpack(rows) }
