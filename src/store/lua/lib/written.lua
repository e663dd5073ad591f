--[[ written.lua — messages of ours that went out become part of conversations; whoever nothing is known of is a contact then.

  For scripts of many messages: what one command can do for all of them it does in written_end.
]]
--@include lib/contact
local last, made, words = {}, {}, {} -- what there is to be added to sets

-- Whoever a message of ours goes to, of whom nothing is known: by its own words.  nil: it is a group.
local function written_make(own, now_ms, digest, msg)
  local data = call('HGET', own .. 'msg:' .. msg, 'data') or ''
  local to = string.match(data, '"to":"([^"]+)"')
  if not to or string.find(data, '"recipientType":"group"', 1, true) or string.find(to, '@g.us', 1, true) then
    return nil
  end
  local id, phone = 'c' .. string.sub(redis.sha1hex(msg), 1, 20), string.match(to, '^%+(%d+)$')
  local key, person = contact_key(own, id), own .. 'person:' .. digest
  if phone then
    call('HSET', key, 'made', now_ms, 'rev', '1', 'last', now_ms, 'out_at', now_ms, 'al', digest, 'phone', to, 'words', phone)
    words[#words + 1], words[#words + 2] = '0', phone .. ' ' .. id
  else
    call('HSET', key, 'made', now_ms, 'rev', '1', 'last', now_ms, 'out_at', now_ms, 'al', digest,
      string.find(to, '@', 1, true) and 'lid' or 'user_id', to)
  end
  made[#made + 1], made[#made + 2] = now_ms, id
  call('HSET', person, 'con', id)
  if call('HLEN', person) > 1 then
    local facts = call('HMGET', person, 'optout', 'blocked')
    for i = 1, 2 do
      if facts[i] then
        call('HSET', key, GATE[i], facts[i])
      end
    end
  end
  contact_tell(own, id, 'contact.created')
  return id
end

-- A message of ours went out.
local function written(own, now_ms, digest, msg)
  local id = call('HGET', own .. 'person:' .. digest, 'con')
  if id then
    call('HSET', contact_key(own, id), 'out_at', now_ms, 'last', now_ms)
  else
    id = written_make(own, now_ms, digest, msg)
  end
  if id then
    contact_mark(own .. 'hist:' .. id, now_ms, 'o' .. msg)
    last[#last + 1], last[#last + 2] = now_ms, id
  end
end

local function written_end(own, now)
  if #last > 0 then
    call('ZADD', own .. 'cons:last', unpack(last))
  end
  if #made > 0 then
    call('ZADD', own .. 'cons:made', unpack(made))
    letter_count(own, now, 'contacts', #made / 2)
  end
  if #words > 0 then
    call('ZADD', own .. 'cons:words', unpack(words))
  end
end
