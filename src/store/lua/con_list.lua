--[[ con_list.lua — contacts, the latest first, by whatever of their indices is the shortest.

  Cost  at most `looks` of them and SMALL_MAX more, however many there are.

  KEYS  state:hash
  ARGV  own:bytes by:bytes(made|last) score:bytes id:bytes count:int looks:int said:bool
  ITEM  index:bytes want:bool above:int
  Reply {score, id, looked, {id, {field, value, …}, mark, at, {…}}, …}

  Meaning  by     which moment orders them
           score, id   of the last one before; id '': from the beginning.  In the reply: of the last that was looked at;
                  '': there are no more
           said   1: with the last moment of the conversation
           index  'tag:T', 'a:NAME=VALUE', 'to:WHO', 'unread', 'optout', 'blocked', 'window': it is in it with a score
                  above that, or, want 0, is not
]]
--@include lib/said
local SMALL_MAX = 1000 -- so many are put in order as a whole
local STEP = 200
local order, most, page = own .. 'cons:' .. by, tonumber(looks), {}
local filters, smallest, walk, walk_n = {}, nil, order, call('ZCARD', order)
local small_n, whole = SMALL_MAX + 1, nil -- the filter by which the shortest goes, if all of it passes
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local f = { key = own .. 'cons:' .. ARGV[at + ITEM_INDEX], want = ARGV[at + ITEM_WANT] == '1',
    above = tonumber(ARGV[at + ITEM_ABOVE]) }
  filters[#filters + 1] = f
  if f.want then
    local n = call('ZCARD', f.key)
    if n < small_n then
      small_n, smallest, whole = n, f.key, f.above == 0 and f
    end
    -- These are scored as cons:made is.
    if by == 'made' and n < walk_n and f.above == 0 and not string.find(ARGV[at + ITEM_INDEX], '^unread') then
      walk_n, walk = n, f.key
    end
  end
end

-- Of ids and scores in turn, those that pass each filter.
local function passing(rows)
  local ids, pass = {}, {}
  for i = 1, #rows, 2 do
    ids[#ids + 1] = rows[i]
  end
  for _, f in ipairs(filters) do
    local all = f == whole or f.key == walk
    local scores = #ids > 0 and not all and call('ZMSCORE', f.key, unpack(ids)) or {}
    for i = 1, #ids do
      local is = all or scores[i] and tonumber(scores[i]) > f.above
      if (is and true or false) ~= f.want then
        pass[i] = false
      end
    end
  end
  return pass
end

local looked, last_score, last_id = 0, '', ''
-- Takes what passes; whether the page has an end within them.
local function take(rows)
  local pass = passing(rows)
  for i = 1, #rows, 2 do
    looked, last_id, last_score = looked + 1, rows[i], rows[i + 1]
    if pass[(i + 1) / 2] ~= false then
      page[#page + 1] = rows[i]
      if #page == tonumber(count) then
        return true
      end
    end
  end
  return false
end

-- The shortest in order, from behind the one before; the whole of it is read, and looked at as far as it has to be.
local function take_small()
  local rows = call('ZINTER', 2, smallest, order, 'WEIGHTS', 0, 1, 'WITHSCORES')
  local at, before = #rows - 1, tonumber(score)
  while id ~= '' and at > 0 do
    local s = tonumber(rows[at + 1])
    if s < before or s == before and rows[at] < id then
      break
    end
    at = at - 2
  end
  while at > 0 do
    local part = {}
    for i = at, math.max(1, at - 2 * STEP + 2), -2 do
      part[#part + 1], part[#part + 2] = rows[i], rows[i + 1]
    end
    local full = take(part)
    at = at - 2 * STEP
    if full and last_id ~= rows[1] then
      return
    end
  end
  last_id, last_score = '', ''
end

-- Where it goes on in the walk.
local function place()
  if id == '' then
    return 0
  end
  local now = call('ZSCORE', walk, id)
  if now and tonumber(now) == tonumber(score) then
    return call('ZREVRANK', walk, id) + 1
  end
  local probe = id .. '!' -- right behind it in the order of those with one score
  call('ZADD', walk, score, probe)
  local at = call('ZREVRANK', walk, probe)
  call('ZREM', walk, probe)
  return at
end

local function take_walk()
  local at = place()
  while looked < most do
    local rows = call('ZREVRANGE', walk, at, at + STEP - 1, 'WITHSCORES')
    if take(rows) then
      break
    end
    at = at + STEP
    if #rows < 2 * STEP then
      last_id, last_score = '', ''
      break
    end
  end
end

if smallest then
  take_small()
else
  take_walk()
end
local reply = { last_score, last_id, looked }
for _, each in ipairs(page) do
  local row = { each, call('HGETALL', own .. 'con:' .. each) }
  if said == '1' then
    local mark = call('ZREVRANGE', own .. 'hist:' .. each, 0, 0, 'WITHSCORES')
    if mark[1] then
      row[3], row[4], row[5] = mark[1], mark[2], said_fields(own, mark[1])
    end
  end
  reply[#reply + 1] = row
end
return reply
