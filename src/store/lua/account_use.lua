--[[ account_use.lua — what an account has: messages that wait, and what was ever done through it.

  KEYS  total:hash
  ARGV  own:bytes
  Reply {unconfirmed, {word, count, …}}
]]
return { redis.call('ZCARD', own .. 'unconfirmed'), redis.call('HGETALL', KEYS_TOTAL) }
