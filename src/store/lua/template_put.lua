--[[ template_put.lua — an owner's own version of a text is written, in the place of what was there.

  KEYS  ids:zset
  ARGV  base:bytes id:bytes of:int owner:bytes business:bytes kind:bytes language:bytes source:bytes by:bytes now_ms:int
        most:int
  Reply {1}: it is new; {0}: there was one; {-1}: there are too many
]]
--@include lib/registry
local call = redis.call
local fresh = not call('ZSCORE', KEYS_IDS, id)
if fresh and call('ZCARD', KEYS_IDS) >= tonumber(most) then
  return { -1 }
end
call('ZADD', KEYS_IDS, 'NX', now_ms, id)
call('HSET', base .. 'of:' .. id, 'of', of, 'owner', owner, 'business', business, 'kind', kind, 'language', language,
  'source', source, 'by', by, 'changed', now_ms)
registry_touch(base, id, now_ms)
return { fresh and 1 or 0 }
