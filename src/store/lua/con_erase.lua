--[[ con_erase.lua — all that is kept of one person goes, so much a call; a row without him tells that it did.

  own .. 'erased'   stream of those rows: con, by, why, said (moments of the conversation that went)

  A message that still waits is cancelled; of others the text and the recipient go, and their states and times stay.
  Cost  O(`most`), or PENDS_MOST of what waits for people; of the last call O(all that lists him).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes most:int by:bytes why:bytes
  Reply {1, id, …}: there is more, and what was cancelled or done of the messages `id`; {0, id, …}: he is gone;
        {-1}: there is no such contact
]]
--@include lib/contact
--@include lib/enrol
--@include lib/pending
local ERASED_MAX = 10000
local PENDS_MOST = 10
local now, fine, stamp = letter_clock(now_ms)
id = contact_at(own, id)
if not id then
  return { -1 }
end
local key, hist, ours = contact_key(own, id), own .. 'hist:' .. id, {}

local function erase_ours(ref)
  local msg = own .. 'msg:' .. ref
  local rec = call('HMGET', msg, 'state', 'led', 'to')
  ours[#ours + 1] = ref
  if not rec[1] then
    return
  end
  if rec[2] == '' and rec[1] == 'queued' then
    call('HSET', msg, 'state', 'cancelled', 'at_cancelled', stamp)
    letter_leave(own, rec[3], ref)
  end
  call('HDEL', msg, 'data', 'why', 'tl', 'ref')
  if rec[2] ~= 'claimed' and rec[2] ~= 'unknown' then
    call('HDEL', msg, 'to')
  end
end

local function erase_said(rows)
  for _, mark in ipairs(rows) do
    local kind, ref = string.sub(mark, 1, 1), string.sub(mark, 2)
    if kind == 'o' then
      erase_ours(ref)
    else
      call('UNLINK', own .. 'rcv:' .. ref)
    end
    call('ZREM', hist, mark)
  end
  call('HINCRBY', key, 'erasing', #rows)
end

-- Who wanted nothing more is still not written to: of him a digest is left that says so.
local function forget(person)
  local since = call('HGET', person, 'optout')
  call('UNLINK', person)
  if since then
    call('HSET', person, 'optout', since)
  end
end

local function unlist()
  local rows = call('HGETALL', key)
  for _, set in ipairs({ 'cons:last', 'cons:made', 'cons:window', 'cons:unread', 'cons:optout', 'cons:blocked',
    'cons:assigned', 'cons:issues', 'due:win', 'due:seq' }) do
    call('ZREM', own .. set, id)
  end
  for i = 1, #rows, 2 do
    local field, value = rows[i], rows[i + 1]
    if field == 'tags' then
      for tag in string.gmatch(value, '%S+') do
        call('ZREM', own .. 'cons:tag:' .. tag, id)
      end
    elseif field == 'assigned' then
      call('ZREM', own .. 'cons:to:' .. value, id)
    elseif field == 'al' then
      for digest in string.gmatch(value, '%S+') do
        forget(own .. 'person:' .. digest)
      end
    elseif string.sub(field, 1, 2) == 'a:' then
      call('ZREM', own .. 'cons:a:' .. string.sub(field, 3) .. '=' .. value, id)
    end
  end
  contact_words(own, id, '')
end

erase_said(call('ZRANGE', hist, 0, most - 1))
if call('EXISTS', hist) == 1 or not pending_erase(own, now, id, PENDS_MOST) then
  return { 1, unpack(ours) }
end
call('UNLINK', own .. 'notes:' .. id)
enrol_erase(own, now, id)
unlist()
call('XADD', own .. 'erased', 'MAXLEN', '~', ERASED_MAX, '*', 'con', id, 'at', stamp, 'by', by, 'why', why,
  'said', call('HGET', key, 'erasing') or 0)
call('UNLINK', key)
letter_count(own, now, 'erased')
contact_tell(own, id, 'contact.erased')
return { 0, unpack(ours) }
