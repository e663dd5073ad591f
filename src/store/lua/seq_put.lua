--[[ seq_put.lua — a sequence is made, or gets another version; who is in it keeps the one that they began with.

  Cost  O(steps).

  KEYS  seqs:zset
  ARGV  own:bytes id:bytes rev:int now_ms:int by:bytes what:bytes spec:json head:json name:bytes on_answer:bytes again:int
        print:bytes most:int versions:int
  ITEM  delay_ms:int step:json
  Reply {version}: done; {0}: it has changed meanwhile; {-1}: there are too many; {-2}: it is there already; {-3}: it is not

  Meaning  rev    0: it is new; -1: whatever it is; -2: also when it is not there; else: the version that is being changed
           what   created, changed, restored, imported: of its history
           print  digest of the spec: what is as it was makes no version
           versions  so many are kept, besides those that contacts are in
]]
--@include lib/enrol
local DROPS = 4 -- old versions that one call looks at
local now, _, moment = letter_clock(now_ms)
local key, wanted = own .. 'seq:' .. id, tonumber(rev)
local was = call('HMGET', key, 'ver', 'print', 'low')

-- Those that are too old, unless somebody is in one: then it and all behind it stay.
local function drop_old(ver)
  local low = tonumber(was[3] or 1)
  for _ = 1, DROPS do
    if ver - low < tonumber(versions) or tonumber(call('HGET', key, 'v:' .. low) or 0) > 0 then
      break
    end
    call('DEL', key .. ':' .. low)
    call('HDEL', key, 'v:' .. low)
    low = low + 1
  end
  call('HSET', key, 'low', low)
end

if was[1] and wanted == 0 then
  return { -2 }
elseif not was[1] and (wanted > 0 or wanted == -1) then
  return { -3 }
elseif was[1] and wanted > 0 and was[1] ~= rev then
  return { 0 }
elseif not was[1] and call('ZCARD', KEYS_SEQS) >= tonumber(most) then
  return { -1 }
end
if was[2] == print then
  return { tonumber(was[1]) }
end
if not was[1] then
  call('ZADD', KEYS_SEQS, moment, id)
  call('HSET', key, 'made', moment, 'state', 'active')
end
local ver = call('HINCRBY', key, 'ver', 1)
local version = key .. ':' .. ver
call('HSET', key, 'name', name, 'on_answer', on_answer, 'again', again, 'print', print, 'changed', moment)
local steps = 0
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  call('HSET', version, 'delay:' .. steps, ARGV[at + ITEM_DELAY_MS], 'step:' .. steps, ARGV[at + ITEM_STEP])
  steps = steps + 1
end
call('HSET', version, 'steps', steps, 'spec', spec, 'head', head, 'at', moment, 'by', by, 'what', what,
  'name', name, 'on_answer', on_answer, 'again', again, 'print', print)
call('HSET', key, 'steps', steps)
drop_old(ver)
seq_log(own, id, now, by, what, ',"version":' .. ver)
letter_out(own, 'sequence.changed', '{"sequence":' .. cjson.encode(id) .. ',"account":'
  .. cjson.encode(string.match(own, '{(.*)}')) .. ',"what":"' .. what .. '","version":' .. ver .. '}')
return { ver }
