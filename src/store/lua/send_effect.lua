--[[ send_effect.lua — what an answer means for more than its own message: for the number, a person, or a template.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int what:bytes subject:bytes until_ms:int why:bytes
  Reply 1; release and go: how much there was

  Meaning  what  slow      the number waits until then, and is slower for a while after
                 hold      nothing goes out until then, -1: until somebody says so; a `subject` that is not empty is the
                     credential that it is for: another one ends it
                 release   it does again
                 pair      nothing to the person `subject` until then
                 optout    the person wants nothing more; optin: again
                 marketing no marketing to the person until then
                 stop      the template `subject` is not sent until then, -1: until it is again; go: it is again
                 untemplated  no template is sent until then, -1: until it is released
]]
local call, now = redis.call, tonumber(now_ms)
local SLOWER, SLOWEST = 1.5, 30
local person = own .. 'person:' .. subject

if what == 'slow' then
  local st = call('HMGET', KEYS_STATE, 'tat', 'slow')
  local slow = math.min(SLOWEST, (tonumber(st[2] or 1) or 1) * SLOWER)
  call('HSET', KEYS_STATE, 'tat', math.max(tonumber(st[1] or 0) or 0, tonumber(until_ms)), 'slow', slow, 'slow_at', now)
elseif what == 'hold' then
  call('HSET', KEYS_STATE, 'hold', until_ms, 'hold_why', why, 'hold_at', now, 'hold_for', subject)
elseif what == 'release' then
  return call('HDEL', KEYS_STATE, 'hold', 'hold_why', 'hold_at', 'hold_for', 'untemplated')
elseif what == 'pair' then
  call('HSET', person, 'pause', until_ms, 'pause_at', now_ms)
elseif what == 'optout' then
  call('HSET', person, 'optout', now, 'optout_why', why)
elseif what == 'optin' then
  call('HDEL', person, 'optout', 'optout_why')
elseif what == 'marketing' then
  call('HSET', person, 'no_marketing', until_ms)
elseif what == 'stop' then
  call('HSET', own .. 'stopped', subject, until_ms .. ' ' .. now .. ' ' .. why)
elseif what == 'go' then
  return call('HDEL', own .. 'stopped', subject)
elseif what == 'untemplated' then
  call('HSET', KEYS_STATE, 'untemplated', until_ms)
end
return 1
