--[[ pace.lua — a number's tokens, exact across processes, and the moments at which messages that got none ask again.  Of a
  script that has its arguments, `now` (ms) and `fine` (ms, with a fraction) of Redis' clock.

  state  tat          when the bucket is full again
         soft         the next moment that a bulk message which waits gets; soft_reply: any other
         heir         when one comes for the next token, at its very moment; heir_reply: one that is not bulk
         slow         times slower than it may be; slow_at: since when
         slow_until   nothing goes before; slow_for: how long that was
         born         when its first message went
  own .. 'sends'      moments of its messages, as many as its caps look back

  A token is taken by who goes, never ahead.  Moments lie closer than tokens: one that comes late leaves none unused, and
  who finds none gets another moment: of a number of few a second the token's own, one of them.  Of the bucket a quarter,
  and of the caps a tenth, is left to what is not bulk; neither does bulk take what such a message was told to come for.
]]
local HOUR_MS, SHARE_DAY_MS = 3600000, 86400000
local RECOVER_MS = 2000     -- a number that was slowed down gets a tenth faster in so long
local REPLY_LATE_MS = 250   -- a reply that does not come when it was told to has given up its token
local LATE_MS = 100         -- of a bucket of one
local FEW_MS = 25           -- above so much between two messages each token has an heir
local LONG_MS = 30000       -- a longer wait is looked at half way: tokens may be had sooner than thought
local LONGEST_MS = 600000

local ps = call('HMGET', KEYS_STATE, 'tat', 'soft', 'soft_reply', 'slow', 'slow_at', 'slow_until', 'slow_for', 'born',
  'heir', 'heir_reply')
local tat, soft, soft_reply = tonumber(ps[1] or 0), tonumber(ps[2] or 0), tonumber(ps[3] or 0)
local slow, slow_at, slow_until = tonumber(ps[4] or 1), tonumber(ps[5] or 0), tonumber(ps[6] or 0)
local heir, heir_reply = tonumber(ps[9] or 0), tonumber(ps[10] or 0)
local pace = interval_us / 1000
burst, jitter_ms, per_hour, per_day = tonumber(burst), tonumber(jitter_ms), tonumber(per_hour), tonumber(per_day)
if slow > 1 and slow_at > now then
  slow_at = now - RECOVER_MS
end
if slow > 1 and now - slow_at >= RECOVER_MS then
  slow = math.max(1, slow * 0.9 ^ math.floor((now - slow_at) / RECOVER_MS))
  call('HSET', KEYS_STATE, 'slow', slow, 'slow_at', now)
end
local interval = pace * slow
-- A clock that was set back (`back`) must not stop a number for as long.
if back then
  soft, soft_reply, heir, heir_reply = 0, 0, 0, 0
  slow_until = math.min(slow_until, now + tonumber(ps[7] or 0))
  call('HSET', KEYS_STATE, 'slow_until', string.format('%.0f', slow_until))
end
tat = math.min(tat, fine + burst * interval + jitter_ms + LATE_MS)
if soft > fine and tat <= fine then
  soft = 0
end

-- How much of its caps a number has grown into: 0 to 1.
local function pace_grown()
  local days = tonumber(warmup_days)
  if days <= 0 then
    return 1
  end
  local born = tonumber(ps[8] or now)
  return math.min(1, (1 + math.max(0, math.floor((now - born) / SHARE_DAY_MS))) / days)
end

local function pace_cap(cap, window, bulk)
  local most = math.max(1, math.floor(cap * pace_grown() * (bulk and 0.9 or 1)))
  local at = cap > 0 and tonumber(call('LINDEX', own .. 'sends', -most) or nil)
  return at and at <= now and at + window or 0
end

-- A message may be so much early: what keeps one that comes late from costing those behind it.
local function pace_slack(keep)
  local slack = (burst - 1 - keep) * interval
  return slack == 0 and math.min(LATE_MS, interval / 2) or slack
end

-- When there is a token.
local function pace_due(bulk, signal)
  local due, keep = slow_until, 0
  if bulk then
    keep = math.floor(burst / 4)
    if soft_reply + REPLY_LATE_MS > fine then
      keep = keep + math.max(1, math.ceil((soft_reply - fine) / math.max(interval, 0.001)))
    end
  end
  if interval > 0 then
    due = math.max(due, math.max(tat, fine) - pace_slack(keep))
  end
  if not signal and per_hour + per_day > 0 then
    due = math.max(due, pace_cap(per_hour, HOUR_MS, bulk), pace_cap(per_day, SHARE_DAY_MS, bulk))
  end
  return due
end

-- Whether one whose moment came, and that would go behind all others, may come for the next token: one at a time.
local function pace_inherit(mine, due, bulk)
  if not mine or pace < FEW_MS or (bulk and heir or heir_reply) > fine or (bulk and soft or soft_reply) <= due then
    return false
  end
  if bulk then
    heir = due
  else
    heir_reply = due
  end
  call('HSET', KEYS_STATE, bulk and 'heir' or 'heir_reply', string.format('%.3f', due))
  return true
end

-- Nil: there is a token now; or how long to wait, for a message whose moment was `mine`.
local function pace_wait(key, mine, bulk, signal)
  local due, at = pace_due(bulk, signal), mine
  if due <= fine then
    return nil
  end
  local first = math.max(due, bulk and soft or soft_reply)
  if (not at or at <= fine) and pace_inherit(at, due, bulk) then
    at = due
    call('HSET', key, 'slot', math.ceil(at))
  elseif not at or at <= fine or at > first + BACK_MS then -- it is over, or the clock was set back since
    at = first
    if bulk then
      soft = at + pace * 0.8
    else
      soft_reply = at + pace * 0.8
    end
    call('HSET', key, 'slot', math.ceil(at))
  end
  return math.min(at - fine, LONGEST_MS, math.max(LONG_MS, (at - fine) / 2))
end

-- It goes.  `chance`: hex digits that nobody chose.
local function pace_take(chance, bulk, signal)
  if interval > 0 then
    tat = math.max(tat, fine) + interval + jitter_ms * tonumber(string.sub(chance, 1, 6), 16) / 16777216
  end
  if not bulk and soft_reply - pace <= fine then
    soft_reply = 0
  end
  if not signal and per_hour + per_day > 0 then
    call('RPUSH', own .. 'sends', now)
    call('LTRIM', own .. 'sends', -math.max(per_hour, per_day), -1)
    call('PEXPIRE', own .. 'sends', SHARE_DAY_MS)
  end
  if not ps[8] and tonumber(warmup_days) > 0 then
    ps[8] = now
    call('HSET', KEYS_STATE, 'born', now)
  end
end

-- Once, when all were asked.
local function pace_keep()
  call('HSET', KEYS_STATE, 'now', now_ms, 'tat', string.format('%.3f', tat), 'soft', string.format('%.3f', soft),
    'soft_reply', string.format('%.3f', soft_reply))
end
