--[[ sub_tell.lua — an event of the system's own goes into the stream that subscribers are fed from, if anybody is fed.

  Cost  O(1), and some entries that are too many or too old.

  KEYS  ids:zset
  ARGV  subs:bytes now_ms:int events_max:int events_ms:int type:bytes account:bytes data:json once:bytes once_ms:int
  Reply {id}; {''}: nobody is there, or it was told before

  Meaning  once  a second one of that name, within once_ms, is not told
]]
local TRIM_MAX = 200 -- entries of one call: more than it adds
local call, events = redis.call, subs .. 'events'
if call('EXISTS', KEYS_IDS, subs .. 'live') == 0 or not call('SET', subs .. 'told:' .. once, '1', 'NX', 'PX', once_ms) then
  return { '' }
end
local id = call('XADD', events, 'MAXLEN', '~', events_max, '*', 'provider', 'willaq', 'account', account,
  'name', 'system-' .. type, 'data', data)
call('XTRIM', events, 'MINID', '~', now_ms - events_ms, 'LIMIT', TRIM_MAX)
return { id }
