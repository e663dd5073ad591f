-- Which run of Redis this is; '': it tells nobody.  INFO takes 80 us in a script.
local function anew_run()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end
