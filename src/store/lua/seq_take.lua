--[[ seq_take.lua — steps that are due, with all that it takes to decide what becomes of each.

  Cost  O(log N) for each, and what its contact's record holds; nothing for those that only wait.
  Lease while one is being decided it is due again only after lease_ms: whoever took it may die.  Two who decide the same
        are told from each other by rev (seq_settle.lua).

  KEYS  due:zset
  ARGV  own:bytes now_ms:int count:int lease_ms:int
  Reply {now, more, {contact, sequence, version, at, rev, step, head, {of the contact}}, …}   more 1: there may be more
]]
--@include lib/enrol
local now, _, moment = letter_clock(now_ms)
local lease = string.format('%.0f', now + lease_ms)
local ids = call('ZRANGE', KEYS_DUE, '-inf', moment, 'BYSCORE', 'LIMIT', 0, count)
local answer, seqs = { moment, #ids == tonumber(count) and 1 or 0 }, {}

-- nil: it needs no decision.
local function take(con)
  local r = call('HMGET', own .. 'enr:' .. con, 'seq', 'ver', 'at', 'rev', 'state', 'due')
  if r[5] ~= 'active' then
    call('ZREM', KEYS_DUE, con)
    return nil
  end
  local seq = own .. 'seq:' .. r[1]
  seqs[r[1]] = seqs[r[1]] or call('HGET', seq, 'state') or ''
  if seqs[r[1]] == 'paused' then
    call('ZADD', seq .. ':held', r[6], con)
    call('ZREM', KEYS_DUE, con)
    return nil
  end
  local contact = call('HGETALL', own .. 'con:' .. con)
  local version = call('HMGET', seq .. ':' .. r[2], 'step:' .. r[3], 'head')
  if #contact == 0 or not version[1] then
    local rec = { seq = r[1], ver = r[2], state = r[5] }
    enrol_state(own, now, con, rec, #contact == 0 and 'stopped' or 'completed', #contact == 0 and 'there is no such contact' or '')
    return nil
  end
  call('ZADD', KEYS_DUE, lease, con)
  return { con, r[1], r[2], r[3], r[4], version[1], version[2], contact }
end

for _, con in ipairs(ids) do
  answer[#answer + 1] = take(con)
end
return answer
