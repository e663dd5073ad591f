--[[ con_put.lua — a contact is made, or changed: its fields, names, tags, attributes, who looks after it, what it wishes.

  All is judged before anything is written.
  Cost  O(log N) for each thing that changes.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes rev:int tags_max:int attrs_max:int notes_max:int dry:int
  ITEM  what:bytes name:bytes value:bytes
  Reply {1, id, rev}: done; {2, id, rev}: the same, and it is new; {0}: it has changed meanwhile; {-1}: there is none;
        {-2, id}: that one has one of the names; {-3, what}: there are too many of those; {-4, id, id}: the names are of two

  Meaning  rev   -1: it is new, under `id`; 0: whatever it is; else the one that is being changed
           dry   1: it is only judged, and answered as if it were done
           what  set (a field; '': none), alias, unalias (name: a digest), tag, untag, tags (all, ' ' between), attr
                 ('': none), to (who looks after it; '': nobody), words, optout, optin (why), read, note, unnote
]]
--@include lib/contact
local now = letter_clock(now_ms)

local function each_item(want)
  local at = ITEM_FIRST - ITEM_SIZE
  return function()
    repeat
      at = at + ITEM_SIZE
    until at > #ARGV or ARGV[at + ITEM_WHAT] == want
    if at <= #ARGV then
      return ARGV[at + ITEM_NAME], ARGV[at + ITEM_VALUE]
    end
  end
end

-- Whose these names are already: one, or two; nil: nobody's.
local function holders()
  local one
  for digest in each_item('alias') do
    local con = contact_of(own, digest)
    if con and one and con ~= one then
      return one, con
    end
    one = con or one
  end
  return one
end

-- Whether they are too many then, as a word; the tags as they shall be, if they change.
local function judge(key)
  local tags, n, set = nil, 0, {}
  for tag in string.gmatch(call('HGET', key, 'tags') or '', '%S+') do
    set[tag] = true
  end
  for _, all in each_item('tags') do
    set, tags = {}, true
    for tag in string.gmatch(all, '%S+') do
      set[tag] = true
    end
  end
  for tag in each_item('tag') do
    set[tag], tags = true, true
  end
  for tag in each_item('untag') do
    set[tag], tags = nil, true
  end
  for _ in pairs(set) do
    n = n + 1
  end
  if n > tonumber(tags_max) then
    return 'tags'
  end
  local has, more = 0, 0
  for name, value in each_item('attr') do
    if value ~= '' and call('HEXISTS', key, 'a:' .. name) == 0 then
      more = more + 1
    end
  end
  if more > 0 then
    for _, field in ipairs(call('HKEYS', key)) do
      has = string.sub(field, 1, 2) == 'a:' and has + 1 or has
    end
  end
  if has + more > tonumber(attrs_max) then
    return 'attributes'
  end
  return nil, tags and set
end

local function write_tags(key, made, set)
  local list = {}
  for tag in string.gmatch(call('HGET', key, 'tags') or '', '%S+') do
    if not set[tag] then
      call('ZREM', own .. 'cons:tag:' .. tag, id)
    end
  end
  for tag in pairs(set) do
    call('ZADD', own .. 'cons:tag:' .. tag, made, id)
    list[#list + 1] = tag
  end
  table.sort(list)
  if #list > 0 then
    call('HSET', key, 'tags', ' ' .. table.concat(list, ' ') .. ' ')
  else
    call('HDEL', key, 'tags')
  end
end

local function write_attr(key, made, name, value)
  local was = call('HGET', key, 'a:' .. name)
  if was then
    call('ZREM', own .. 'cons:a:' .. name .. '=' .. was, id)
  end
  if value == '' then
    call('HDEL', key, 'a:' .. name)
  else
    call('HSET', key, 'a:' .. name, value)
    call('ZADD', own .. 'cons:a:' .. name .. '=' .. value, made, id)
  end
end

local function write_to(key, made, who)
  local was = call('HGET', key, 'assigned')
  if was == who or not was and who == '' then
    return
  end
  if was then
    call('ZREM', own .. 'cons:to:' .. was, id)
  end
  if who == '' then
    call('HDEL', key, 'assigned')
    call('ZREM', own .. 'cons:assigned', id)
  else
    call('HSET', key, 'assigned', who)
    call('ZADD', own .. 'cons:assigned', made, id)
    call('ZADD', own .. 'cons:to:' .. who, made, id)
  end
  contact_tell(own, id, 'contact.assigned', ',"to":' .. (who == '' and 'null' or cjson.encode(who)))
end

local function drop_alias(key, digest)
  local person, left = own .. 'person:' .. digest, {}
  if call('HGET', person, 'con') == id then
    call('HDEL', person, 'con', 'blk', unpack(GATE))
  end
  for each in string.gmatch(call('HGET', key, 'al') or '', '%S+') do
    if each ~= digest then
      left[#left + 1] = each
    end
  end
  call('HSET', key, 'al', table.concat(left, ' '))
end

local one, other = holders()
if rev ~= '-1' then
  id = contact_at(own, id)
  if not id then
    return { -1 }
  end
  one = one ~= id and one or other
end
if one then
  return rev == '-1' and other and { -4, one, other } or { -2, one }
end
local key, fresh = contact_key(own, id), rev == '-1'
if tonumber(rev) > 0 and call('HGET', key, 'rev') ~= rev then
  return { 0 }
end
local many, tags = judge(key)
if many then
  return { -3, many }
end
for _ in each_item('note') do
  if call('HLEN', own .. 'notes:' .. id) >= tonumber(notes_max) then
    return { -3, 'notes' }
  end
end
if dry == '1' then
  return { fresh and 2 or 1, id, rev }
end

if fresh then
  contact_make(own, id, now)
end
local made = call('HGET', key, 'made')
local told
for digest in each_item('unalias') do
  drop_alias(key, digest)
end
for digest in each_item('alias') do
  contact_name(own, id, digest)
end
if call('HEXISTS', key, 'optout') == 1 then -- it did so under a name that nobody had so far
  call('ZADD', own .. 'cons:optout', made, id)
end
for name, value in each_item('set') do
  told = true
  if value == '' then
    call('HDEL', key, name)
  else
    call('HSET', key, name, value)
  end
  if name == 'name' then
    if value == '' then
      call('HDEL', key, 'named')
    else
      call('HSET', key, 'named', 1)
    end
  end
end
if tags then
  told = true
  write_tags(key, made, tags)
end
for name, value in each_item('attr') do
  told = true
  write_attr(key, made, name, value)
end
for _, value in each_item('words') do
  contact_words(own, id, value)
end
for _, who in each_item('to') do
  write_to(key, made, who)
end
for _, why in each_item('optout') do
  if contact_optout(own, id, now, why) then
    letter_count(own, now, 'opted_out')
  end
end
for _, why in each_item('optin') do
  contact_optin(own, id, why)
end
for _ in each_item('read') do
  if call('HDEL', key, 'unread') == 1 then
    call('ZREM', own .. 'cons:unread', id)
    contact_tell(own, id, 'contact.read')
  end
end
for name, value in each_item('note') do
  call('HSET', own .. 'notes:' .. id, name, value)
  contact_tell(own, id, 'contact.noted', ',"note":' .. cjson.encode(name))
end
for name in each_item('unnote') do
  call('HDEL', own .. 'notes:' .. id, name)
end
if told and not fresh then
  contact_tell(own, id, 'contact.updated')
end
return { fresh and 2 or 1, id, fresh and 1 or call('HINCRBY', key, 'rev', 1) }
