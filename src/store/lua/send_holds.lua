--[[ send_holds.lua — what keeps an account's messages from being sent.

  Cost  O(1), and the templates that are looked at.

  KEYS  state:hash
  ARGV  own:bytes most:int
  Reply {hold, why, at, untemplated, {template, "UNTIL AT WHY", …}}   times in ms; '': there is none; -1: without an end
]]
local st, reply = redis.call('HMGET', KEYS_STATE, 'hold', 'hold_why', 'hold_at', 'untemplated'), {}
for i = 1, 4 do
  reply[i] = st[i] or ''
end
reply[5] = redis.call('HSCAN', own .. 'stopped', 0, 'COUNT', most)[2]
return reply
