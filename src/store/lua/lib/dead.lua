--[[ dead.lua — a copy of a job that failed for good, in the queue of dead letters beside its own.

  The copy waits there like any job: a consumer may work it, the inspector may send it back.
]]
--@include lib/add

local DROPS_EACH = 10 -- letters that go for one that comes, when a bound was lowered or time has passed

-- Beyond dead_max, and older than dead_age_s, the oldest go.
local function dead_trim(q, now)
  local list, most, age_s = queue_list(q), tonumber(dead_max), tonumber(dead_age_s)
  local n = redis.call('LLEN', list)
  for _ = 1, math.min(DROPS_EACH, n - 1) do
    local oldest = redis.call('LINDEX', list, -1)
    if string.sub(oldest, 1, 2) == '0:' then -- a mark of 4.x
      return
    end
    local key = q.base .. oldest
    local came = n <= most and age_s > 0 and tonumber(redis.call('HGET', key, 'timestamp') or 0)
    if n <= most and (not came or came > now - age_s * 1000) then
      return
    end
    redis.call('RPOP', list)
    job_delete(key)
    emit(q, 'removed', 'jobId', oldest, 'prev', 'waiting')
    n = n - 1
  end
end

-- `data` is the dead job's with its history in it.
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
  dead_trim(q, now)
end
