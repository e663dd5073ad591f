--[[ contact.lua — the people of one account: who they are by any of their names, what is known of them, what was said.

  own .. 'con:' .. id         hash of one; ids are "c" and hex, the caller's to make
    made, rev                 when (ms); grows with each change
    phone, wa_id, user_id, parent_id, lid   names that identify it: '+593…', digits, 'EC.7001…', '…@lid'; each may be missing
    username, name, lang, zone   told by the provider or by people; they identify nobody
    named                     people of ours gave it that name: what the provider tells does not replace it
    words                     what it is found by, ' ' between: of index_words
    al                        digests of its names, ' ' between: its keys person:DIGEST
    in_at, out_at, last       the customer's last message, ours, the latest interaction of any kind (ms)
    window, fep               until when free text may be sent, and until when it is free of charge (ms)
    said                      what was told of the window: 'closing', 'closed'
    tags                      ' ' around each: ' lead vip '
    a:NAME                    an attribute
    assigned                  who looks after it
    optout, optout_why        since when it wants nothing more (ms); optin: since when it does again
    no_marketing              it wants no marketing until then (ms)
    blocked, blocked_why      since when it is taken to have blocked us (ms)
    unread                    messages of the customer that nobody has read
    moved                     the contact that it became part of; nothing else is there then
  own .. 'person:' .. digest  hash of each of its names: `con`, and the facts that the gate of sending asks for
  own .. 'hist:' .. id        zset of what was said, scored by its moment: 'i' .. REF inbound, 'o' .. ID ours (msg:),
                              'm' .. REF ours by other hands
  own .. 'rcv:' .. ref        hash of an inbound message, or one by other hands: con, at, type, text, data, pid
  own .. 'cons:last'          zset of all, by their last interaction; cons:made: by when they were made
  own .. 'cons:window'        those with a window, by its end; cons:unread: by in_at
  own .. 'cons:tag:' .. TAG, 'cons:a:' .. NAME .. '=' .. VALUE, 'cons:to:' .. WHO, 'cons:assigned' (to anybody),
        'cons:optout', 'cons:blocked'   by `made`
  own .. 'cons:words'         zset, all scores 0: WORD .. ' ' .. id, to be found by their beginnings
  own .. 'notes:' .. id       hash of notes: an id that sorts by time, and JSON {at, by, text}
  own .. 'due:win'            zset of contacts, by when something has to be told of their window
]]
--@include lib/letter
local HIST_MAX = 1000         -- moments of one contact that are kept, and a few more
local MOVED_S = 2592000       -- a contact that was merged is found under its old id for 30 days
local MOVES_MAX = 4
local GATE = { 'optout', 'blocked', 'window', 'no_marketing', 'pause', 'pause_at' }

local function contact_key(own, id)
  return own .. 'con:' .. id
end

-- The id under which it goes now; nil: there is none.
local function contact_at(own, id)
  for _ = 1, MOVES_MAX do
    local rec = call('HMGET', contact_key(own, id), 'made', 'moved')
    if not rec[2] then
      return rec[1] and id or nil
    end
    id = rec[2]
  end
  return nil
end

-- Whose name this is; nil: nobody's.
local function contact_of(own, digest)
  local id = call('HGET', own .. 'person:' .. digest, 'con')
  return id and contact_at(own, id)
end

-- A fact that the gate asks for, at each of its names; value nil: it is no more.
local function contact_fact(own, al, field, value)
  for digest in string.gmatch(al or '', '%S+') do
    if value then
      call('HSET', own .. 'person:' .. digest, field, value)
    else
      call('HDEL', own .. 'person:' .. digest, field)
    end
  end
end

local function contact_tell(own, id, what, more)
  local account = letter_account(own)
  letter_out(own, what, '{"contact":"' .. id .. '.' .. account .. '","account":"' .. account .. '"' .. (more or '') .. '}')
end

-- It goes by these names too.  Facts that were known of a name before become the contact's, and its become the name's.
local function contact_name(own, id, digests)
  local key = contact_key(own, id)
  local al = call('HGET', key, 'al') or ''
  for digest in string.gmatch(digests, '%S+') do
    if not string.find(' ' .. al .. ' ', ' ' .. digest .. ' ', 1, true) then
      local person = own .. 'person:' .. digest
      for i, value in ipairs(call('HMGET', person, unpack(GATE))) do
        if value and i <= 2 and call('HSETNX', key, GATE[i], value) == 1 then
          call('ZADD', own .. 'cons:' .. GATE[i], call('HGET', key, 'made') or value, id)
        end
      end
      call('HSET', person, 'con', id)
      al = al == '' and digest or al .. ' ' .. digest
    end
  end
  call('HSET', key, 'al', al)
  local rec = call('HMGET', key, 'optout', 'blocked', 'window', 'no_marketing', 'blk')
  for i = 1, 4 do
    if rec[i] then
      contact_fact(own, al, GATE[i], rec[i])
    end
  end
  if rec[5] then
    contact_fact(own, al, 'blk', id)
  end
  return al
end

-- One that was not there; `last`: its first interaction, if that was not now.
local function contact_make(own, id, now, last)
  call('HSET', contact_key(own, id), 'made', now, 'rev', 1, 'last', last or now)
  call('ZADD', own .. 'cons:made', now, id)
  call('ZADD', own .. 'cons:last', last or now, id)
  letter_count(own, now, 'contacts')
  contact_tell(own, id, 'contact.created')
end

-- Something happened between us at that moment.
local function contact_touch(own, id, at)
  local key = contact_key(own, id)
  if tonumber(call('HGET', key, 'last') or 0) < at then
    call('HSET', key, 'last', at)
    call('ZADD', own .. 'cons:last', at, id)
  end
end

-- One moment more; the oldest beyond HIST_MAX go at some of them, as their ids have it: looking at each costs more.
local function contact_mark(hist, at, mark)
  call('ZADD', hist, at, mark)
  if string.byte(mark, -1) % 8 == 0 then
    call('ZREMRANGEBYRANK', hist, 0, -HIST_MAX - 1)
  end
end

-- It becomes part of the conversation; `mark`: 'i', 'o' or 'm' and the id.  Providers tell whole seconds: what comes in
-- one of them stays in the order in which it came.
local function contact_said(own, id, mark, at)
  local hist = own .. 'hist:' .. id
  if at % 1000 == 0 then
    local top = call('ZREVRANGEBYSCORE', hist, at + 999, at, 'WITHSCORES', 'LIMIT', 0, 1)
    at = top[2] and math.min(top[2] + 1, at + 999) or at
  end
  contact_mark(hist, at, mark)
end

-- What it is found by, instead of what it was.
local function contact_words(own, id, words)
  local key, at = contact_key(own, id), own .. 'cons:words'
  for word in string.gmatch(call('HGET', key, 'words') or '', '%S+') do
    call('ZREM', at, word .. ' ' .. id)
  end
  for word in string.gmatch(words, '%S+') do
    call('ZADD', at, 0, word .. ' ' .. id)
  end
  call('HSET', key, 'words', words)
end

-- It wants nothing more, or does again; `why`: for people, `at`: since when.  Whether that is new.
local function contact_optout(own, id, now, why)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'optout', 'al', 'made')
  if rec[1] then
    return false
  end
  call('HSET', key, 'optout', now, 'optout_why', why)
  call('HDEL', key, 'optin')
  call('ZADD', own .. 'cons:optout', rec[3], id)
  contact_fact(own, rec[2], 'optout', now)
  contact_tell(own, id, 'contact.opted_out', ',"reason":' .. cjson.encode(why))
  return true
end

local function contact_optin(own, id, why, at)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'optout', 'al')
  if not rec[1] then
    return false
  end
  call('HDEL', key, 'optout', 'optout_why')
  if at then
    call('HSET', key, 'optin', at)
  end
  call('ZREM', own .. 'cons:optout', id)
  contact_fact(own, rec[2], 'optout', nil)
  contact_tell(own, id, 'contact.opted_in', ',"reason":' .. cjson.encode(why))
  return true
end
