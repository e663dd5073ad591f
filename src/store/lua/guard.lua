--[[ guard.lua — whose queue is this?  Writes nothing.

  KEYS  meta:hash
  ARGV  base:bytes
  Reply {version, paused, foreign}   as meta says; foreign: 1 Bull 3, 2 another library, 0 neither
]]
--@include lib/queue

local q = queue_open(base)
return { q.version, q.paused and 1 or 0, queue_foreign(q) or 0 }
