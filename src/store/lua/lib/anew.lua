--[[ anew.lua — has this Redis begun anew, or another taken over, since the account was last worked?

  state   mark   what is cheap to ask and mostly differs then: when it last saved, and where a table of its lies
          run    run_id of INFO, which always does; asked only when the mark differs
          anew   nobody is given a token before (ms): those who live write what may have been lost

  A Redis that tells nobody its run_id is trusted; so is one that has no run of the account: send_new.lua writes it before
  the first try, or that try itself does.
]]
--@include lib/anew_run
local function anew_wait(state, mark, run, anew, now, anew_ms)
  local marked = redis.call('LASTSAVE') .. tostring(redis)
  if mark ~= marked then
    local runs = anew_run()
    if run and run ~= '' and runs ~= '' and run ~= runs then
      anew = now + anew_ms
    end
    redis.call('HSET', state, 'mark', marked, 'run', runs, 'anew', anew)
  end
  return anew > now and anew - now <= anew_ms and anew - now or nil -- or the clock was set back since
end
