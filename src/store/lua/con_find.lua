--[[ con_find.lua — contacts of which each word that is asked for begins a word: by the index of words, in its order.

  Cost  at most `looks` of the words that begin so.

  KEYS  state:hash
  ARGV  own:bytes after:bytes count:int looks:int said:bool words:bytes
  ITEM  index:bytes want:bool above:int
  Reply as con_list's: {'', after, looked, {id, …}, …}

  Meaning  after  the entry of the index that was looked at last; '': from the beginning, or there are no more
           words  as the index has them, ' ' between; the longest is looked up
           ITEM   as con_list's
]]
--@include lib/said
local index, most, page, looked, longest = own .. 'cons:words', tonumber(looks), {}, 0, ''
for word in string.gmatch(words, '%S+') do
  if #word > #longest then
    longest = word
  end
end

-- Whether each word begins one of these, and this entry is the first of it that the longest begins.
local function is_like(has, entry)
  local first
  for word in string.gmatch(has, '%S+') do
    if string.sub(word, 1, #longest) == longest and (not first or word < first) then
      first = word
    end
  end
  if first ~= entry then
    return false
  end
  for word in string.gmatch(words, '%S+') do
    if not string.find(' ' .. has, ' ' .. word, 1, true) then
      return false
    end
  end
  return true
end

local function passes(id)
  for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
    local score = call('ZSCORE', own .. 'cons:' .. ARGV[at + ITEM_INDEX], id)
    local is = score and tonumber(score) > tonumber(ARGV[at + ITEM_ABOVE]) or false
    if is ~= (ARGV[at + ITEM_WANT] == '1') then
      return false
    end
  end
  return true
end

local entries = call('ZRANGEBYLEX', index, after == '' and '[' .. longest or '(' .. after, '(' .. longest .. '\255', 'LIMIT', 0,
  most)
local last = ''
for _, entry in ipairs(entries) do
  local word, id = string.match(entry, '^(%S+) (%S+)$')
  looked, last = looked + 1, entry
  if is_like(call('HGET', own .. 'con:' .. id, 'words') or '', word) and passes(id) then
    page[#page + 1] = id
    if #page == tonumber(count) then
      break
    end
  end
end
if looked == #entries and #entries < most then
  last = ''
end
local reply = { '', last, looked }
for _, id in ipairs(page) do
  local row = { id, call('HGETALL', own .. 'con:' .. id) }
  local mark = said == '1' and call('ZREVRANGE', own .. 'hist:' .. id, 0, 0, 'WITHSCORES') or {}
  if mark[1] then
    row[3], row[4], row[5] = mark[1], mark[2], said_fields(own, mark[1])
  end
  reply[#reply + 1] = row
end
return reply
