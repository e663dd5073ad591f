--[[ con_show.lua — one contact, by its id or by one of its names.

  KEYS  state:hash
  ARGV  own:bytes id:bytes digest:bytes
  Reply {id, {field, value, …}, {seq, state, at, due}, pending} or {}

  Meaning  digest   of a name, '': by id
           pending  how much waits for a person, of it
]]
--@include lib/contact
if digest ~= '' then
  id = contact_of(own, digest)
else
  id = contact_at(own, id)
end
if not id then
  return {}
end
return { id, call('HGETALL', contact_key(own, id)), call('HMGET', own .. 'enr:' .. id, 'seq', 'state', 'at', 'due'),
  call('SCARD', own .. 'pends:of:' .. id) }
