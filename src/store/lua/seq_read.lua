--[[ seq_read.lua — one sequence with one of its versions, or rows of all of them.

  Cost  O(count).

  KEYS  seqs:zset
  ARGV  own:bytes id:bytes ver:int first:int count:int
  Reply {}: there is none; {fields, version, {of the version}, …}: fields is empty if that version is not there any more

  Meaning  ver    0: the current one; above: that one; -1: rows of `count`, from `first` below the current one on
]]
local call = redis.call
local key = own .. 'seq:' .. id
local fields = call('HGETALL', key)
if #fields == 0 then
  return {}
end
local range = call('HMGET', key, 'ver', 'low')
local answer, current = { fields }, tonumber(range[1])
local from, to = tonumber(ver), tonumber(ver)
if from == 0 then
  from, to = current, current
elseif from < 0 then
  from = current - first
  to = math.max(from - count + 1, tonumber(range[2] or 1))
end
for v = from, to, -1 do
  local names = tonumber(ver) < 0 and { 'steps', 'at', 'by', 'what' } or { 'steps', 'at', 'by', 'what', 'spec' }
  local values = call('HMGET', key .. ':' .. v, unpack(names))
  local row = {}
  for i, name in ipairs(names) do
    if values[i] then
      row[#row + 1], row[#row + 2] = name, values[i]
    end
  end
  if #row > 0 then
    row[#row + 1], row[#row + 2] = 'contacts', call('HGET', key, 'v:' .. v) or '0'
  end
  answer[#answer + 1] = v
  answer[#answer + 1] = row
end
return answer
