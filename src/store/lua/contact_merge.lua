--[[ contact_merge.lua — two contacts turn out to be one person: the younger becomes a part of the older.

  Names, facts, tags, attributes, notes and history are then the older's; what both have, the older's stays.  Who wanted
  nothing more under one of his names wants nothing more.  A sequence that only the younger was in goes on; were both in
  one, the older's does.  The younger's id leads to the older for 30 days.
  A long history goes over before, so much a call: who asks for the merge, asks again.
  Cost  O(N) of names, tags, attributes and notes of the younger, all of which are bounded, and of HISTORY_STEP moments.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int one:bytes other:bytes
  Reply {1, id, gone}: the contact that is left, and the one that is not; {0, id}: they are one already; {-1}: one of them
        is not there; {2, id, other}: there is more to do, and nobody sees them as one yet
]]
--@include lib/contact
--@include lib/window
--@include lib/enrol
--@include lib/pending
local now, fine
now, fine, now_ms = letter_clock(now_ms)

local HISTORY_STEP = 100 -- moments of one call
local HIGHEST = { in_at = true, out_at = true, last = true, window = true, fep = true, no_marketing = true }
local APART = { made = true, rev = true, words = true, al = true, said = true, tags = true, unread = true }

local function read(id)
  local rec, rows = {}, call('HGETALL', contact_key(own, id))
  for i = 1, #rows, 2 do
    rec[rows[i]] = rows[i + 1]
  end
  return rec
end

-- Out of all that it stands in.
local function unlist(id, rec)
  for _, set in ipairs({ 'cons:last', 'cons:made', 'cons:window', 'cons:unread', 'cons:optout', 'cons:blocked',
    'cons:assigned', 'cons:issues', 'due:win' }) do
    call('ZREM', own .. set, id)
  end
  for tag in string.gmatch(rec.tags or '', '%S+') do
    call('ZREM', own .. 'cons:tag:' .. tag, id)
  end
  for field, value in pairs(rec) do
    if string.sub(field, 1, 2) == 'a:' then
      call('ZREM', own .. 'cons:a:' .. string.sub(field, 3) .. '=' .. value, id)
    end
  end
  if rec.assigned then
    call('ZREM', own .. 'cons:to:' .. rec.assigned, id)
  end
  for word in string.gmatch(rec.words or '', '%S+') do
    call('ZREM', own .. 'cons:words', word .. ' ' .. id)
  end
end

local function list(id, rec)
  local made = rec.made
  for set, by in pairs({ ['cons:last'] = rec.last, ['cons:window'] = rec.window,
    ['cons:unread'] = rec.unread and rec.in_at, ['cons:optout'] = rec.optout and made,
    ['cons:blocked'] = rec.blk_state and made, ['cons:assigned'] = rec.assigned and made,
    ['cons:issues'] = rec.blk and rec.blk_at }) do
    call('ZADD', own .. set, by, id)
  end
  for tag in string.gmatch(rec.tags or '', '%S+') do
    call('ZADD', own .. 'cons:tag:' .. tag, made, id)
  end
  for field, value in pairs(rec) do
    if string.sub(field, 1, 2) == 'a:' then
      call('ZADD', own .. 'cons:a:' .. string.sub(field, 3) .. '=' .. value, made, id)
    end
  end
  if rec.assigned then
    call('ZADD', own .. 'cons:to:' .. rec.assigned, made, id)
  end
end

-- What both of them have, ' ' between, each once.
local function both(a, b, max)
  local all, seen = {}, {}
  for word in string.gmatch((a or '') .. ' ' .. (b or ''), '%S+') do
    if not seen[word] and #all < max then
      all[#all + 1], seen[word] = word, true
    end
  end
  return table.concat(all, ' ')
end

-- The fields of both as those of one.
local function united(old, young)
  local rec = {}
  for field, value in pairs(old) do
    rec[field] = value
  end
  for field, value in pairs(young) do
    if HIGHEST[field] then
      rec[field] = tonumber(value) > tonumber(rec[field] or 0) and value or rec[field]
    elseif not APART[field] then
      rec[field] = rec[field] or value
    end
  end
  local tags = both(old.tags, young.tags, 1000)
  rec.tags = tags ~= '' and ' ' .. tags .. ' ' or nil
  local unread = (old.unread or 0) + (young.unread or 0)
  rec.unread = unread > 0 and string.format('%d', unread) or nil
  rec.rev = string.format('%d', old.rev + 1)
  rec.words, rec.al = both(old.words, young.words, 8), both(old.al, young.al, 64)
  return rec
end

local function write(id, rec)
  local flat = {}
  for field, value in pairs(rec) do
    flat[#flat + 1], flat[#flat + 2] = field, value
  end
  call('HSET', contact_key(own, id), unpack(flat))
end

-- Its names lead to the other, with all that holds for both.
local function rename(id, rec)
  for digest in string.gmatch(rec.al, '%S+') do
    call('HSET', own .. 'person:' .. digest, 'con', id)
  end
  contact_fact(own, rec.al, 'blk', rec.blk and id)
  for _, fact in ipairs({ 'optout', 'blocked', 'window', 'no_marketing' }) do
    if rec[fact] then
      contact_fact(own, rec.al, fact, rec[fact])
    end
  end
  for word in string.gmatch(rec.words, '%S+') do
    call('ZADD', own .. 'cons:words', 0, word .. ' ' .. id)
  end
end

-- The oldest HISTORY_STEP of them.
local function move_moments(from, to)
  local rows = call('ZRANGE', own .. 'hist:' .. from, 0, HISTORY_STEP - 1, 'WITHSCORES')
  for i = 1, #rows, 2 do
    call('ZADD', own .. 'hist:' .. to, rows[i + 1], rows[i])
    local kind, ref = string.sub(rows[i], 1, 1), string.sub(rows[i], 2)
    if kind ~= 'o' and call('EXISTS', own .. 'rcv:' .. ref) == 1 then
      call('HSET', own .. 'rcv:' .. ref, 'con', to)
    end
  end
  call('ZREMRANGEBYRANK', own .. 'hist:' .. from, 0, #rows / 2 - 1)
  call('ZREMRANGEBYRANK', own .. 'hist:' .. to, 0, -HIST_MAX - 1)
end

local function move_notes(from, to)
  local notes = call('HGETALL', own .. 'notes:' .. from)
  if #notes > 0 then
    call('HSET', own .. 'notes:' .. to, unpack(notes))
    call('DEL', own .. 'notes:' .. from)
  end
end

local function tell_window(id, rec)
  local ends = tonumber(rec.window or 0)
  if ends > 0 and rec.said ~= 'closed' or ends > now then
    call('HDEL', contact_key(own, id), 'said')
    window_due(own, id, ends, '', now)
  end
end

local function merge(id, old, gone, young)
  if call('ZCARD', own .. 'hist:' .. gone) > HISTORY_STEP then
    move_moments(gone, id)
    return { 2, id, gone }
  end
  unlist(gone, young)
  local rec = united(old, young)
  write(id, rec)
  list(id, rec)
  rename(id, rec)
  move_moments(gone, id)
  move_notes(gone, id)
  pending_merge(own, gone, id)
  enrol_merge(own, now, gone, id)
  tell_window(id, rec)
  local key = contact_key(own, gone)
  call('DEL', key)
  call('HSET', key, 'moved', id)
  call('EXPIRE', key, MOVED_S)
  contact_tell(own, id, 'contact.merged', ',"gone":' .. cjson.encode(gone .. '.' .. string.match(own, '{(.*)}')))
  return { 1, id, gone }
end

one, other = contact_at(own, one), contact_at(own, other)
if not one or not other then
  return { -1 }
elseif one == other then
  return { 0, one }
end
local a, b = read(one), read(other)
if tonumber(a.made) < tonumber(b.made) or a.made == b.made and one < other then
  return merge(one, a, other, b)
end
return merge(other, b, one, a)
