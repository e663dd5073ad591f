--[[ work.lua — one turn of a worker: settle the jobs that ended, then claim as many as there are slots for.

  Equals   per job what moveToFinished, retryJob, moveToDelayed, moveJobFromActiveToWait, moveToWaitingChildren and
           moveToActive do: same keys, same events, same order; proved by tests/compat.
  Cost     O(1) per job besides its own keys, whatever the number of active or delayed jobs; at most promote_max
           promotions.  The clock is the caller's.

  KEYS  meta:hash
  ARGV  base:bytes now_ms:int claim_n:int token:bytes lock_ms:int(>0) worker:bytes limit_max:int limit_ms:int
        promote_max:int metrics_max:int older:bool dead_base:bytes dead_max:int
        dead_age_s:int
  ITEM  kind:completed|failed|retry|delayed|wait|children id:bytes token:bytes value:bytes place:int made:int
        dedup_id:bytes keep:bytes
  MORE  trace:bytes attempts:int delay_ms:int skip_attempt:bool dead_data:bytes child:bytes
  Reply { {code, …}                          one per item: 0, 1 (children: none is pending) or below 0, an error
        , { {field, value, …, id, place}, … }  claimed; the hash as it was before
        , limit_ms, next_due_ms              until a start is allowed; when the next delayed job is due (0: none)
        , more                               1: due jobs are left to promote
        , {id, place, …} }                   active jobs that changed place

  Meaning  MORE     follows every item but a completed one
           value    the JSON a job returned, or the reason of its failure
           trace    stack traces as a JSON array, '' leaves them
           token    '0' skips the lock
           place    where it stood among the active, -1: unknown
           made     attempts before this one, as field `atm` has them; -1: unknown, dedup_id too
           keep     of the finished: "count age_s limit"; count 0: not at all, -1: no bound
           dead_*   a job for the dead letters: '' none; how many are kept, and how long (0: no bound)
           child    children: the one to wait for, '' any
]]
--@include lib/settle
--@include lib/claim

local now = tonumber(now_ms)
local q = queue_open(base)
local active = active_open(q)
local codes = {}

local claimed, more = { {}, 0, 0 }, false
if #ARGV >= ITEM_FIRST then
  queue_trim(q)
  if settles_retries() then
    more = promote(q, now, tonumber(promote_max))
  end
  codes = settle_items(q, active, now)
end

if tonumber(claim_n) > 0 then
  more = promote(q, now, tonumber(promote_max))
end
queue_push(q)
if tonumber(claim_n) > 0 then
  claimed = claim_jobs(q, { now_ms = now_ms, most = tonumber(claim_n), token = token, lock_ms = lock_ms, worker = worker,
    limit_max = tonumber(limit_max), limit_ms = tonumber(limit_ms), older = older == '1' }, active)
end
local moved = active_close(active)
settle_drained(q, claimed)
if #claimed[1] > 0 or #codes > 0 then
  -- Whoever adds while all slots of the queue are taken leaves no marker: who frees one tells.
  q.ready = still_waits(q)
end
flush()
return { codes, claimed[1], claimed[2], claimed[3], more and 1 or 0, moved }
