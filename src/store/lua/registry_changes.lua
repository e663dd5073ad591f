--[[ registry_changes.lua — what has changed in a registry since somebody looked last, the oldest change first.

  Cost  O(log N + those that are read); a look that finds nothing new is three small commands.

  KEYS  ids:zset
  ARGV  base:bytes known:int most:int
  Reply {rev, full, more, {id, {field, value, …}}, …}

  Meaning  known  the rev of the last look; 0: none
           rev    as far as this look came
           full   1: what is known counts no more, this is the first page of all there is
           more   1: there is more to read
           {id, {}}  it is gone
]]
local call = redis.call
local rev = tonumber(call('GET', base .. 'rev') or 0)
known, most = tonumber(known), tonumber(most)
if known == rev then
  return { rev, 0, 0 }
end
local full = 0
if known == 0 or known > rev or known < tonumber(call('GET', base .. 'floor') or 0) then
  known, full = 0, 1
end
local after = '(' .. string.format('%d', known)
local found, upto, more = call('ZRANGEBYSCORE', base .. 'changes', after, '+inf', 'WITHSCORES', 'LIMIT', 0, most), rev, 0
if #found == 2 * most then
  upto = tonumber(found[#found])
  more = upto < rev and 1 or 0
end
local reply = { upto, full, more }
for i = 1, #found, 2 do
  reply[#reply + 1] = { found[i], call('HGETALL', base .. 'of:' .. found[i]) }
end
if full == 0 then
  for _, id in ipairs(call('ZRANGEBYSCORE', base .. 'gone', after, string.format('%d', upto))) do
    reply[#reply + 1] = { id, {} }
  end
end
return reply
