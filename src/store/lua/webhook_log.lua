--[[ webhook_log.lua — a page of the log of webhooks, out of its two streams in the order of time: what was taken, and what
  was refused.

  Cost     O(most): entries are read one by one, so that no page holds up Redis longer than one entry more than its bytes.

  KEYS  taken:stream refused:stream
  ARGV  order:newest|oldest taken_from:bytes taken_to:bytes refused_from:bytes refused_to:bytes
        most:int bytes:int body_max:int find:bytes
  Reply {taken_next, refused_next, looked, row, …}   next: '' behind the last entry, else where the next page begins
        row {'taken'|'refused', id, body_bytes, body, field, value, …}   body: nil when larger than body_max

  Meaning  from, to  ids of streams, '(' in front: without that one; from '': that stream is not read
           most      entries that are looked at
           bytes     of entries, after which no more is looked at
           find      part of the ids or of the body of all rows that come back; '': any
]]
local call = redis.call
local READ = order == 'newest' and 'XREVRANGE' or 'XRANGE'
local streams = {
  { name = 'taken', key = KEYS_TAKEN, from = taken_from, to = taken_to },
  { name = 'refused', key = KEYS_REFUSED, from = refused_from, to = refused_to },
}

local function read_head(stream)
  stream.head = stream.from ~= '' and call(READ, stream.key, stream.from, stream.to, 'COUNT', 1)[1]
  if not stream.head then
    stream.from = ''
  end
end

local function comes_first(a, b)
  local a_ms, a_n = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_n = string.match(b, '(%d+)-(%d+)')
  local less = tonumber(a_ms) < tonumber(b_ms) or (a_ms == b_ms and tonumber(a_n) < tonumber(b_n))
  return less == (order == 'oldest')
end

local function next_stream()
  local a, b = streams[1], streams[2]
  if a.head and b.head then
    return comes_first(a.head[1], b.head[1]) and a or b
  end
  return a.head and a or b.head and b
end

-- Names and values of an entry.  Its `row` is what the sink packed (sink.lua); of its updates those that were not known
-- were new.
local function fields_of(entry)
  local fields, known, updates = {}, 0, nil
  for i = 1, #entry, 2 do
    local name, value = entry[i], entry[i + 1]
    local is_row, row = pcall(cjson.decode, name == 'row' and value or '')
    if is_row and type(row) == 'table' then
      updates = tonumber(row.updates)
      for key, text in pairs(row) do
        fields[#fields + 1], fields[#fields + 2] = key, tostring(text)
      end
    else
      fields[#fields + 1], fields[#fields + 2] = name, value
    end
    known = name == 'known' and tonumber(value) or known
  end
  if updates then
    fields[#fields + 1], fields[#fields + 2] = 'new', tostring(updates - known)
  end
  return fields
end

-- The row, unless it lacks what is to be found; and its bytes.
local function row_of(stream)
  local id, fields = stream.head[1], fields_of(stream.head[2])
  local row, body, size, found = { stream.name, id, '0', '' }, '', 0, find == ''
  for i = 1, #fields, 2 do
    size = size + #fields[i + 1]
    if fields[i] == 'body' then
      body = fields[i + 1]
    else
      row[#row + 1] = fields[i]
      row[#row + 1] = fields[i + 1]
    end
    if not found and (fields[i] == 'ids' or fields[i] == 'body') then
      found = string.find(fields[i + 1], find, 1, true)
    end
  end
  row[3] = string.format('%d', #body)
  row[4] = #body <= tonumber(body_max) and body
  return found and row, size
end

local rows, looked, used = {}, 0, 0
read_head(streams[1])
read_head(streams[2])
while looked < tonumber(most) and used < tonumber(bytes) do
  local stream = next_stream()
  if not stream then
    break
  end
  local row, size = row_of(stream)
  rows[#rows + 1] = row or nil
  looked, used = looked + 1, used + size
  stream.from = '(' .. stream.head[1]
  read_head(stream)
end
return { streams[1].from, streams[2].from, looked, unpack(rows) }
