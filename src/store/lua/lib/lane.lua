--[[ lane.lua — jobs of one lane run one after the other, in the order in which they were added.

  lane   a list of the ids of its jobs, the oldest first; whoever adds them writes it, a job leaves it when it has ended
  parked a set of the ids that wait for the one in front of them, as delayed jobs
]]
--@include lib/queue
local HEADS_MAX = 16 -- jobs in front that one look takes out because they have ended

-- The job that may run; jobs in front that ended without leaving are taken out.  False: the lane is empty.
local function lane_head(q, lane)
  for _ = 1, HEADS_MAX do
    local id = redis.call('LINDEX', lane, 0)
    if not id or redis.call('EXISTS', q.base .. id) == 1 and not redis.call('ZSCORE', q.base .. 'completed', id)
      and not redis.call('ZSCORE', q.base .. 'failed', id) then
      return id
    end
    redis.call('LPOP', lane)
  end
  return redis.call('LINDEX', lane, 0)
end
