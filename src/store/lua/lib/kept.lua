--[[ kept.lua — what is kept of a message that came in, or went out by other hands.  Of a script that has its items and
  arguments, and `now` (ms).
]]

-- When it was said: one that is not told, or still to come, is of now.
local function moment(at)
  local ms = tonumber(ARGV[at + ITEM_AT_MS])
  return ms > 0 and ms < now and ms or now
end

-- Whether what was said at `ms` was said after `since`.  Moments are told in whole seconds: what was said in that of `since` is
-- taken for an answer to it.
local function is_since(ms, since)
  return ms >= since - since % 1000
end

-- What is kept of it: the last of a step, so that one that Redis breaks off is done again.
local function keep(at, key, con, ms)
  local fields = { 'con', con, 'at', string.format('%.0f', ms), 'type', ARGV[at + ITEM_TYPE], 'pid', ARGV[at + ITEM_PID] }
  if ARGV[at + ITEM_TEXT] ~= '' then
    fields[#fields + 1], fields[#fields + 2] = 'text', ARGV[at + ITEM_TEXT]
  end
  if ARGV[at + ITEM_DATA] ~= '' then
    fields[#fields + 1], fields[#fields + 2] = 'data', ARGV[at + ITEM_DATA]
  end
  call('HSET', key, unpack(fields))
  call('EXPIRE', key, keep_s)
end
