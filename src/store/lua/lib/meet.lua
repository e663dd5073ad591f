--[[ meet.lua — a person shows up in an account: whose names these are, and what else is told of him.

  For scripts whose ITEM has  id:bytes ids:bytes others:bytes phone:bytes wa_id:bytes user_id:bytes parent_id:bytes
  lid:bytes username:bytes name:bytes words:bytes.
    id      of the contact, should it have to be made
    ids     digests of user ids, ' ' between: whoever has one is that person
    others  digests of all other names: a phone may have gone over to somebody else since
]]
--@include lib/contact
local TOLD = { 'phone', 'wa_id', 'user_id', 'parent_id', 'lid', 'username', 'name' } -- as ITEM has them

-- Somebody else has that name now.
local function meet_lose(con, digest)
  local key, left = contact_key(own, con), {}
  for each in string.gmatch(call('HGET', key, 'al') or '', '%S+') do
    if each ~= digest then
      left[#left + 1] = each
    end
  end
  call('HSET', key, 'al', table.concat(left, ' '))
  call('HDEL', key, 'phone', 'wa_id')
  call('DEL', own .. 'person:' .. digest)
end

-- The contact that goes by these names; another one that does too; whether one of them is new.
local function meet_look(ids, others, user_id)
  local one, more, new
  for digest in string.gmatch(ids, '%S+') do
    local con = contact_of(own, digest)
    new, one, more = new or not con, one or con, one and con and con ~= one and con or more
  end
  for digest in string.gmatch(others, '%S+') do
    local con = contact_of(own, digest)
    if con and con ~= one and user_id ~= '' then
      local has = call('HGET', contact_key(own, con), 'user_id')
      if has and has ~= user_id then
        meet_lose(con, digest)
        con = nil
      end
    end
    new, one, more = new or not con, one or con, one and con and con ~= one and con or more
  end
  return one, more, new
end

-- What it is found by from now on.
local function meet_words(at, id, rec)
  local words = ARGV[at + ITEM_WORDS]
  if rec[8] then
    words = (rec[9] or '') .. ' ' .. words
  elseif ARGV[at + ITEM_PHONE] == '' and rec[1] then
    words = string.sub(rec[1], 2) .. ' ' .. words
  end
  local list, seen = {}, {}
  for word in string.gmatch(words, '%S+') do
    if not seen[word] and #list < 8 then
      list[#list + 1], seen[word] = word, true
    end
  end
  contact_words(own, id, table.concat(list, ' '))
end

-- What is told of it, into its record.
local function meet_note(at, id, new)
  local key = contact_key(own, id)
  local rec = call('HMGET', key, 'phone', 'wa_id', 'user_id', 'parent_id', 'lid', 'username', 'name', 'named', 'words')
  local set, found_by = {}, false
  for i, field in ipairs(TOLD) do
    local told = ARGV[at + ITEM_PHONE + i - 1]
    if told ~= '' and told ~= rec[i] and not (i == 7 and rec[8]) then
      set[#set + 1], set[#set + 2] = field, told
      found_by = found_by or i == 1 or i >= 6
    end
  end
  if #set > 0 then
    call('HSET', key, unpack(set))
    call('HINCRBY', key, 'rev', 1)
  end
  if found_by then
    meet_words(at, id, rec)
  end
  if new then
    contact_name(own, id, ARGV[at + ITEM_IDS] .. ' ' .. ARGV[at + ITEM_OTHERS])
  end
end

-- The contact, made if it is new; or nil and two that turn out to be one person.  `last`: the moment of what shows him.
local function meet(at, now, last)
  local one, more, new = meet_look(ARGV[at + ITEM_IDS], ARGV[at + ITEM_OTHERS], ARGV[at + ITEM_USER_ID])
  if more then
    return nil, one, more
  end
  if not one then
    one = ARGV[at + ITEM_ID]
    contact_make(own, one, now, last)
  end
  meet_note(at, one, new)
  return one
end
