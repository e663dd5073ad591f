--[[ seq_run_begin.lua — a change of many contacts, or of many definitions, begins; what was before is kept with it.

  own .. 'seqruns'             zset of runs, by when they began
  own .. 'seqrun:' .. id       hash: what, seq, tag, by, why, flags, state (running, done), made, ended, last (how far),
                               looked, changed, before (of an import: JSON, id → version, 0: it was not there), undoes
  own .. 'seqrun:' .. id .. ':was'   list of "CONTACT SEQUENCE VERSION AT STATE DUE", as it was before: the restore point
  own .. 'due:seqrun'          zset of those that are not done
  Cost  O(log N).

  KEYS  due:zset
  ARGV  own:bytes id:bytes now_ms:int what:bytes seq:bytes tag:bytes by:bytes why:bytes flags:int before:json undoes:bytes
        most:int keep_s:int
  Reply {1}; {0}: too many are under way; {-3}: there is no such sequence, or run to be undone

  Meaning  what  enrol, pause, resume, stop, move; import: it is done already, by the caller; undo: of the run `undoes`
]]
--@include lib/letter
local now, _, moment = letter_clock(now_ms)
local key = own .. 'seqrun:' .. id
if what == 'undo' and call('EXISTS', own .. 'seqrun:' .. undoes) == 0
  or seq ~= '' and call('EXISTS', own .. 'seq:' .. seq) == 0 then
  return { -3 }
end
if call('ZCARD', KEYS_DUE) >= tonumber(most) then
  return { 0 }
end
call('HSET', key, 'what', what, 'seq', seq, 'tag', tag, 'by', by, 'why', why, 'flags', flags, 'made', moment, 'looked', 0,
  'changed', 0, 'before', before, 'undoes', undoes, 'state', what == 'import' and 'done' or 'running')
call('EXPIRE', key, keep_s)
call('ZADD', own .. 'seqruns', moment, id)
call('ZREMRANGEBYSCORE', own .. 'seqruns', '-inf', string.format('%.0f', now - keep_s * 1000))
if what ~= 'import' then
  call('ZADD', KEYS_DUE, moment, id)
end
return { 1 }
