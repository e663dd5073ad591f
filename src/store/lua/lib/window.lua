--[[ window.lua — the 24 hours in which a customer may be written to freely, and the 72 that an advertisement opens.

  See lib/contact.lua for where they are kept.  Of each window it is told once that it is about to close, and once that it
  has; `due:win` holds the earlier of what is still to be told.
]]
--@include lib/contact
local WINDOW_MS, FEP_MS = 86400000, 259200000
local CLOSING_MS = 3600000 -- so long before its end it is about to close

-- When something has to be told of one that ends then.
local function window_due(own, id, ends, said, now)
  if said == 'closed' then
    call('ZREM', own .. 'due:win', id)
  else
    local closing = ends - CLOSING_MS
    call('ZADD', own .. 'due:win', (said == 'closing' or closing <= now) and ends or closing, id)
  end
end

--[[ The customer wrote at that moment (or did what opens a window just so); `free`: through an advertisement.  A message
  that comes late opens what is left of its window.  Whether a window opened that was closed. ]]
local function window_open(own, id, al, at, now, free)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'window', 'fep', 'said')
  local was, ends = tonumber(rec[1] or 0), at + WINDOW_MS
  if free and at + FEP_MS > tonumber(rec[2] or 0) then
    call('HSET', key, 'fep', at + FEP_MS)
  end
  if ends <= was then
    return false
  end
  call('HSET', key, 'window', ends)
  if rec[3] then
    call('HDEL', key, 'said')
  end
  contact_fact(own, al, 'window', ends)
  call('ZADD', own .. 'cons:window', ends, id)
  if ends <= now then
    call('HSET', key, 'said', 'closed')
    call('ZREM', own .. 'due:win', id)
    return false
  end
  window_due(own, id, ends, '', now)
  if was <= now or rec[3] == 'closed' then
    contact_tell(own, id, 'window.opened', ',"until":' .. string.format('%.0f', ends))
    return true
  end
  return false
end

-- The provider says so, whatever we had counted.
local function window_shut(own, digest, now)
  local id = contact_of(own, digest)
  if not id then
    call('HSET', own .. 'person:' .. digest, 'window', now)
    return
  end
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'al', 'window', 'said')
  call('HSET', key, 'window', now, 'said', 'closed')
  call('ZREM', own .. 'due:win', id)
  call('ZREM', own .. 'cons:window', id)
  contact_fact(own, rec[1], 'window', now)
  if rec[2] and rec[3] ~= 'closed' then
    contact_tell(own, id, 'window.closed', ',"since":' .. string.format('%.0f', now))
  end
end
