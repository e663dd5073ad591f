--[[ win_facts.lua — what is known of a person before he is written to.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int id:bytes person:bytes
  Reply {now, contact, window, fep, optout, blocked, no_marketing, zone, phone, user_id}   '' where nothing is known

  Meaning  now_ms  0: Redis' own clock
           id      of a contact, '': whose name `person` is; a contact that is not there: only `now`
]]
--@include lib/contact
local _, _, now = letter_clock(now_ms)
if id ~= '' then
  id = contact_at(own, id)
  if not id then
    return { now }
  end
else
  id = contact_of(own, person)
end
local rec = id and call('HMGET', contact_key(own, id), 'window', 'fep', 'optout', 'blocked', 'zone', 'phone', 'user_id', 'al') or {}
if person == '' then
  person = string.match(rec[8] or '', '^%S+') or ''
end
local facts = call('HMGET', own .. 'person:' .. person, 'window', 'optout', 'blocked', 'no_marketing')
return { now, id or '', rec[1] or facts[1] or '', rec[2] or '', rec[3] or facts[2] or '', rec[4] or facts[3] or '',
  facts[4] or '', rec[5] or '', rec[6] or '', rec[7] or '' }
