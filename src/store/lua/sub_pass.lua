--[[ sub_pass.lua — events that waited in an account's outbox go into the stream that subscribers are fed from, if anybody
  is fed; each once, however often it is passed on.

  Cost  O(events), and some entries that are too old.

  KEYS  ids:zset
  ARGV  subs:bytes now_ms:int events_max:int events_ms:int box:bytes account:bytes
  ITEM  id:bytes type:bytes data:json
  Reply {told}

  Meaning  box  whose outbox it is; `passed` remembers the last of each
           id   "MS-SEQ" of the entry, in order
]]
local TRIM_MAX = 400 -- entries of one call: more than it adds
local call, events = redis.call, subs .. 'events'
if call('EXISTS', KEYS_IDS, subs .. 'live') == 0 then
  return { 0 }
end
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms) or 0, tonumber(seq) or 0
end
local last_ms, last_seq = parts(call('HGET', subs .. 'passed', box) or '')
local told, last = 0, nil
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  local ms, seq = parts(ARGV[at + ITEM_ID])
  if ms > last_ms or ms == last_ms and seq > last_seq then
    call('XADD', events, 'MAXLEN', '~', events_max, '*', 'provider', 'willaq', 'account', account, 'name',
      'system-' .. ARGV[at + ITEM_TYPE], 'data', ARGV[at + ITEM_DATA])
    told, last = told + 1, ARGV[at + ITEM_ID]
  end
end
if last then
  call('HSET', subs .. 'passed', box, last)
end
call('XTRIM', events, 'MINID', '~', now_ms - events_ms, 'LIMIT', TRIM_MAX)
return { told }
