--[[ anew.lua — has this Redis begun anew, or another taken over, since the account was last worked?

  state   mark   what is cheap to ask and mostly differs then: when it last saved, and where a table of its lies
          run    run_id of INFO, which always does; asked only when the mark differs
          anew   nobody is given a token before (ms): those who live write what may have been lost

  A Redis that tells nobody its run_id is trusted.
]]
local function anew_wait(state, mark, run, anew, now, anew_ms)
  local marked = redis.call('LASTSAVE') .. tostring(redis)
  if mark ~= marked then
    local info = redis.pcall('INFO', 'server')
    local runs = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
    if run and run ~= '' and runs ~= '' and run ~= runs then
      anew = now + anew_ms
    end
    redis.call('HSET', state, 'mark', marked, 'run', runs, 'anew', anew)
  end
  return anew > now and anew - now <= anew_ms and anew - now or nil -- or the clock was set back since
end
