--[[ send_effect.lua — what an answer means for more than its own message: for the number, a person, or a template.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes now_ms:int what:bytes subject:bytes for_ms:int why:bytes
  Reply 1; release and go: how much there was

  Meaning  now_ms  0: Redis' own clock
           what  slow      the number waits so long; told so again soon after, it is slower for a while
                 hold      nothing goes out for so long, -1: until somebody says so; a `subject` that is not empty is the
                     credential that it is for: another one ends it
                 release   it does again
                 pair      nothing to the person `subject` for so long
                 optout    the person wants nothing more; optin: again.  Of a contact: under each of its names
                 marketing no marketing to the person for so long
                 closed    the provider says that the person's window is
                 stop      the template `subject` is not sent for so long, -1: until it is again; go: it is again
                 untemplated  no template is sent for so long, -1: until it is released
]]
--@include lib/window
local SLOWER, SLOWEST = 1.5, 30
local CALM_MS = 10000 -- refusals that lie further apart have nothing to do with each other
local now = letter_clock(now_ms)
local until_ms = tonumber(for_ms) < 0 and -1 or now + for_ms
local person = own .. 'person:' .. subject

-- Of the account itself; `how`: held, released, stopped.
local function tell(how)
  letter_out(own, 'account.' .. how, '{"account":'
    .. cjson.encode(string.match(own, '{(.*)}')) .. ',"until":' .. (tonumber(until_ms) > 0 and until_ms or 'null') .. ',"reason":'
    .. cjson.encode(why) .. ((what == 'stop' or what == 'go') and ',"template":' .. cjson.encode(subject) or '') .. '}')
end

-- What was sent before a stop is answered during it: that is no news.
local function slow_down()
  local st = call('HMGET', KEYS_STATE, 'slow', 'slow_until', 'slow_for')
  local before, slow = tonumber(st[2] or 0), tonumber(st[1] or 1)
  local stopped = before > now and before <= now + tonumber(st[3] or 0)
  if not stopped and now - before < CALM_MS then
    slow = math.min(SLOWEST, slow * SLOWER)
  end
  call('HSET', KEYS_STATE, 'slow_until', stopped and math.max(before, until_ms) or until_ms,
    'slow_for', math.max(stopped and tonumber(st[3]) or 0, tonumber(for_ms)), 'slow', slow, 'slow_at', now)
end

if what == 'slow' then
  slow_down()
elseif what == 'hold' then
  if (call('HGET', KEYS_STATE, 'hold_why') or '') ~= why then
    tell('held')
  end
  call('HSET', KEYS_STATE, 'hold', until_ms, 'hold_why', why, 'hold_at', now, 'hold_for', subject)
elseif what == 'release' then
  local ended = call('HDEL', KEYS_STATE, 'hold', 'hold_why', 'hold_at', 'hold_for', 'untemplated')
  if ended > 0 then
    tell('released')
  end
  return ended
elseif what == 'pair' then
  call('HSET', person, 'pause', until_ms, 'pause_at', now)
elseif what == 'optout' or what == 'optin' then
  local id = contact_of(own, subject)
  if id and what == 'optout' then
    contact_optout(own, id, now, why)
  elseif id then
    contact_optin(own, id, why, now)
  elseif what == 'optout' then
    call('HSET', person, 'optout', now, 'optout_why', why)
  else
    call('HDEL', person, 'optout', 'optout_why')
  end
elseif what == 'marketing' then
  call('HSET', person, 'no_marketing', until_ms)
elseif what == 'closed' then
  window_shut(own, subject, now)
elseif what == 'stop' then
  if call('HEXISTS', own .. 'stopped', subject) == 0 then
    tell('template_stopped')
  end
  call('HSET', own .. 'stopped', subject, until_ms .. ' ' .. now .. ' ' .. why)
elseif what == 'go' then
  local ended = call('HDEL', own .. 'stopped', subject)
  if ended > 0 then
    tell('template_released')
  end
  return ended
elseif what == 'untemplated' then
  tell('templates_held')
  call('HSET', KEYS_STATE, 'untemplated', until_ms)
end
return 1
