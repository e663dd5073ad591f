--[[ dead.lua — a copy of a job that failed for good, in the queue of dead letters beside its own.

  The copy waits there like any job: a consumer may work it, the inspector may send it back.
]]
--@include lib/add

-- `data` is the dead job's with its history in it.  Beyond dead_max the oldest goes.
local function dead_letter(key, data, now)
  if dead_base == '' then
    return
  end
  local q = queue_open(dead_base)
  local name = redis.call('HGET', key, 'name') or ''
  queue_trim(q)
  job_make(q, { id = tostring(redis.call('INCR', dead_base .. 'id')), name = name, data = data,
    opts = '{"attempts":0}', timestamp = now, delay = 0, priority = 0 })
  queue_push(q)
  local list = queue_list(q)
  if redis.call('LLEN', list) > tonumber(dead_max) then
    local oldest = redis.call('RPOP', list)
    if oldest then
      job_delete(dead_base .. oldest)
    end
  end
end
