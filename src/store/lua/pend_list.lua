--[[ pend_list.lua — what waits for people in one account, the most urgent first, then the oldest.

  Cost  O(looks).

  KEYS  state:hash
  ARGV  own:bytes score:bytes after:bytes count:int looks:int con:bytes why:bytes seq:bytes by:bytes assigned:bytes
        what:bytes
  Reply {score, id, {score, seen}, …}   score, id: how far it was looked, '': to the end; seen: as lib/pending.lua has it

  Meaning  score, after  what lies behind that one; '': from the beginning
           con, why, seq, by, assigned, what  filters, '': all; by: who took it; assigned: whose the contact is;
                         what: open or taken
]]
--@include lib/pending
local pends = own .. 'pends'

-- The rank of the first behind the cursor, which may be gone.
local function first_rank()
  if score == '' then
    return 0
  end
  local low = call('ZCOUNT', pends, '-inf', '(' .. score)
  local high = low + call('ZCOUNT', pends, score, score)
  while low < high do
    local mid = math.floor((low + high) / 2)
    if call('ZRANGE', pends, mid, mid)[1] <= after then
      low = mid + 1
    else
      high = mid
    end
  end
  return low
end

local function fits(id)
  local rec = call('HMGET', own .. 'pend:' .. id, 'con', 'why', 'seq', 'by', 'state')
  local function is(want, have)
    return want == '' or want == have
  end
  return rec[1] and is(con, rec[1]) and is(why, rec[2]) and is(seq, rec[3]) and is(by, rec[4]) and is(what, rec[5])
    and (assigned == '' or call('HGET', own .. 'con:' .. rec[1], 'assigned') == assigned)
end

-- Of one contact there are few, and they are found without looking at all.
local function of_contact()
  local rows = {}
  for _, id in ipairs(call('SMEMBERS', own .. 'pends:of:' .. con)) do
    local at = call('ZSCORE', pends, id)
    if at then
      rows[#rows + 1] = { tonumber(at), id, at }
    end
  end
  table.sort(rows, function(a, b)
    return a[1] < b[1] or a[1] == b[1] and a[2] < b[2]
  end)
  local flat, from = {}, tonumber(score)
  for _, row in ipairs(rows) do
    if #flat < 2 * looks and (not from or row[1] > from or row[1] == from and row[2] > after) then
      flat[#flat + 1] = row[2]
      flat[#flat + 1] = row[3]
    end
  end
  return flat
end

local rows
if con ~= '' then
  con = contact_at(own, con) or con
  rows = of_contact()
else
  local first = first_rank()
  rows = call('ZRANGE', pends, first, first + looks - 1, 'WITHSCORES')
end
local reply = { '', '' }
for i = 1, #rows, 2 do
  if fits(rows[i]) then
    reply[#reply + 1] = { rows[i + 1], pending_seen(own, rows[i]) }
  end
  if #reply - 2 >= tonumber(count) or i + 1 == 2 * looks then
    reply[1], reply[2] = rows[i + 1], rows[i]
    break
  end
end
return reply
