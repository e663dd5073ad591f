--[[ sweep.lua — taking many jobs out of one list or set, a bounded part at a time.

  sweep {most, limit, spares}
        most    entries that this call looks at
        limit   jobs that it may take
        spares  spares(id, key) is true for a job that stays
  Entries that stay are passed over: `from` of them stand before those that are looked at.  Gives the ids taken, and how
  many were passed over in all; nil: there is nothing behind.
]]
--@include lib/states

-- All that a job leaves behind goes with it; a parent that waited for nothing else goes too.
local function job_discard(base, id)
  local key = base .. id
  local fields = redis.call('HMGET', key, 'parentKey', 'parent', 'deid')
  child_drop(base, key, true, fields)
  if fields[3] then
    dedup_forget(base, fields[3], id)
  end
  job_delete(key)
end

local function discard_all(base, ids)
  for _, id in ipairs(ids) do
    job_discard(base, id)
  end
end

-- The oldest entries of a list stand at its right end.
local function sweep_list(key, base, from, sweep)
  local ids, gone, left = redis.call('LRANGE', key, -from - sweep.most, -from - 1), {}, from
  for i = #ids, 1, -1 do
    if #gone == sweep.limit then
      break
    end
    if sweep.spares(ids[i], base .. ids[i]) then
      left = left + 1
    else
      gone[#gone + 1] = ids[i]
      redis.call('LSET', key, -from - (#ids - i) - 1, '')
    end
  end
  if #gone == #ids and from == 0 then
    redis.call('LTRIM', key, 0, -#ids - 1)
  elseif #gone > 0 then
    redis.call('LREM', key, -#gone, '')
  end
  discard_all(base, gone)
  return gone, #ids == sweep.most and left or nil
end

-- `until_score`: only those up to it.
local function sweep_set(key, base, from, sweep, until_score)
  local ids = until_score and redis.call('ZRANGEBYSCORE', key, '-inf', until_score, 'LIMIT', from, sweep.most)
    or redis.call('ZRANGE', key, from, from + sweep.most - 1)
  local gone, left = {}, from
  for _, id in ipairs(ids) do
    if #gone == sweep.limit then
      break
    end
    if sweep.spares(id, base .. id) then
      left = left + 1
    else
      gone[#gone + 1] = id
    end
  end
  if #gone > 0 then
    redis.call('ZREM', key, unpack(gone))
  end
  discard_all(base, gone)
  return gone, #ids == sweep.most and left or nil
end
