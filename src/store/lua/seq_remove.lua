--[[ seq_remove.lua — a sequence that nobody is in is deleted, with its versions and its history.

  Cost  O(versions), which are bounded.

  KEYS  seqs:zset
  ARGV  own:bytes id:bytes
  Reply {1}: gone; {-3}: there is none; {0, n}: so many contacts are in it
]]
--@include lib/enrol
local key = own .. 'seq:' .. id
local range = call('HMGET', key, 'ver', 'low')
if not range[1] then
  return { -3 }
end
local inside = call('ZCARD', key .. ':in')
if inside > 0 then
  return { 0, inside }
end
for v = tonumber(range[2] or 1), tonumber(range[1]) do
  call('UNLINK', key .. ':' .. v)
end
call('UNLINK', key, key .. ':in', key .. ':held', key .. ':log')
call('ZREM', KEYS_SEQS, id)
letter_out(own, 'sequence.changed', '{"sequence":' .. cjson.encode(id) .. ',"account":'
  .. cjson.encode(string.match(own, '{(.*)}')) .. ',"what":"removed"}')
return { 1 }
