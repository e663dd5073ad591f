--[[ sub_release.lua — a process that ends gives its subscriptions back, so that another need not wait.

  Cost  a look at each subscription.

  KEYS  ids:zset
  ARGV  subs:bytes token:bytes
  Reply {}
]]
for _, id in ipairs(redis.call('ZRANGE', KEYS_IDS, 0, -1)) do
  local lease = subs .. 'lease:' .. id
  if redis.call('GET', lease) == token then
    redis.call('DEL', lease)
  end
end
return {}
