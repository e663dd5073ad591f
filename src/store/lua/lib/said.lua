--[[ said.lua — what a page shows of one moment of a conversation (lib/contact.lua: hist).

  of ours, by our own sends   data, state, ref, pid, code, why, at_accepted, at_sent, at_delivered, at_read, at_failed
  all others                  all that is kept
]]
local call = redis.call
local MSG = { 'data', 'state', 'ref', 'pid', 'code', 'why', 'at_accepted', 'at_sent', 'at_delivered', 'at_read', 'at_failed' }

local function said_fields(own, mark)
  local kind, id = string.sub(mark, 1, 1), string.sub(mark, 2)
  if kind ~= 'o' then
    return call('HGETALL', own .. 'rcv:' .. id)
  end
  local fields, values = {}, call('HMGET', own .. 'msg:' .. id, unpack(MSG))
  for i, name in ipairs(MSG) do
    if values[i] then
      fields[#fields + 1], fields[#fields + 2] = name, values[i]
    end
  end
  return fields
end
