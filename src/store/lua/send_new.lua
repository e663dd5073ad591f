--[[ send_new.lua — messages that were asked for get their records, before their jobs are added; each once for its key.

  Cost  O(1) for each message.

  KEYS  state:hash
  ARGV  own:bytes now_ms:int keep_s:int once_s:int
  ITEM  id:bytes to:bytes due_ms:int data:bytes ref:bytes once:bytes print:bytes
  Reply for each {outcome, id}   1: it is new; 0: the key was used before, for the message `id`; -1: for another body

  Meaning  ref    who asks calls it that; ''
           once   digest of the idempotency key, '': none; print: digest of what was asked for
]]
--@include lib/letter
--@include lib/anew_run
local now, answers = tonumber(now_ms), {}

local function make(at)
  local id, once = ARGV[at + ITEM_ID], ARGV[at + ITEM_ONCE]
  local key = own .. 'msg:' .. id
  if once ~= '' then
    local before = call('GET', own .. 'once:' .. once)
    if before then
      local used_by, print = string.match(before, '^(%S+) (%S+)$')
      return { print == ARGV[at + ITEM_PRINT] and 0 or -1, used_by }
    end
    call('SET', own .. 'once:' .. once, id .. ' ' .. ARGV[at + ITEM_PRINT], 'EX', once_s)
  end
  call('HSET', key, 'data', ARGV[at + ITEM_DATA], 'to', ARGV[at + ITEM_TO], 'made', now, 'state', 'queued', 'led', '',
    'att', 0, 'due', ARGV[at + ITEM_DUE_MS])
  if ARGV[at + ITEM_REF] ~= '' then
    call('HSET', key, 'ref', ARGV[at + ITEM_REF])
  end
  call('EXPIRE', key, keep_s)
  letter_row(key, now, 'queued', '')
  letter_tell(own, id, 'queued', 'queued', nil, ARGV[at + ITEM_REF])
  letter_count(own, now, 'queued')
  return { 1, id }
end

-- So that the first claim is missed, too, should Redis lose it (lib/anew.lua).
if call('HEXISTS', KEYS_STATE, 'run') == 0 then
  call('HSET', KEYS_STATE, 'run', anew_run())
end
for at = ITEM_FIRST, #ARGV, ITEM_SIZE do
  answers[#answers + 1] = make(at)
end
return answers
