--[[ con_hist.lua — what was said with one contact, the latest first.

  Cost  O(count).

  KEYS  state:hash
  ARGV  own:bytes id:bytes score:bytes mark:bytes count:int
  Reply {'', id, {mark, at, {field, value, …}}, …}; {'more', …}: and there is more behind; {}: there is no such contact

  Meaning  score, mark  of the last one before; '': from the beginning
]]
--@include lib/contact
--@include lib/said
id = contact_at(own, id)
if not id then
  return {}
end
local hist, most = own .. 'hist:' .. id, tonumber(count)
local at = mark ~= '' and call('ZREVRANK', hist, mark)
local rows
if mark == '' or at then
  at = at and at + 1 or 0
  rows = call('ZREVRANGE', hist, at, at + most, 'WITHSCORES')
else
  rows = call('ZREVRANGEBYSCORE', hist, '(' .. score, '-inf', 'WITHSCORES', 'LIMIT', 0, most + 1)
end
local reply = { #rows > 2 * most and 'more' or '', id }
for i = 1, math.min(#rows, 2 * most), 2 do
  reply[#reply + 1] = { rows[i], rows[i + 1], said_fields(own, rows[i]) }
end
return reply
