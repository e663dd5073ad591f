--[[ webhook_keep.lua — what was refused goes into its stream, and what grew too old or too much goes out of both.

  Cost     O(1) for an item, and of what goes a bounded part: the reply tells whether there may be more.

  KEYS  taken:stream refused:stream counts:hash
  ARGV  now_ms:int log_max:int log_ms:int refused_max:int trim_max:int
  ITEM  status:int code:bytes path:bytes peer:bytes left_out:int count:int
  Reply how many entries went

  Meaning  log_max   webhooks that were taken, kept; refused_max: those that were refused
           log_ms    for how long
           trim_max  entries that one trim takes away
           code      '' is none to be kept, but counted
           left_out  others of that status, not kept, since the one before
           count     refusals that the item stands for in the counts
]]
local call = redis.call
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  if ARGV[at + ITEM_CODE] ~= '' then
    call('XADD', KEYS_REFUSED, '*', 'status', ARGV[at + ITEM_STATUS], 'code', ARGV[at + ITEM_CODE],
      'path', ARGV[at + ITEM_PATH], 'peer', ARGV[at + ITEM_PEER], 'left_out', ARGV[at + ITEM_LEFT_OUT])
  end
  call('HINCRBY', KEYS_COUNTS, 'refused_' .. ARGV[at + ITEM_STATUS], ARGV[at + ITEM_COUNT])
end

local oldest = string.format('%d', tonumber(now_ms) - tonumber(log_ms))
local function trim(key, most)
  return call('XTRIM', key, 'MAXLEN', '~', most, 'LIMIT', trim_max) + call('XTRIM', key, 'MINID', '~', oldest, 'LIMIT', trim_max)
end
return trim(KEYS_TAKEN, log_max) + trim(KEYS_REFUSED, refused_max)
