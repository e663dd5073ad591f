--[[ con_notes.lua — the notes on one contact: own .. 'notes:' .. id, a hash from an id to JSON {at, by, text}.

  KEYS  state:hash
  ARGV  own:bytes id:bytes
  Reply {id, {note, json, …}} or {}
]]
--@include lib/contact
id = contact_at(own, id)
return id and { id, call('HGETALL', own .. 'notes:' .. id) } or {}
