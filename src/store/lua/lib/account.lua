--[[ account.lua — that an account has changed, told to whoever is fed, in the step that changed it.

  EVENTS_MAX  kept in the stream at most; whoever takes in webhooks keeps it to what the settings say
]]
local EVENTS_MAX = 1000000
local WORDS = { sealed = 'credentials', hint = 'credentials', why = 'reason', spec = 'settings', checked = 'verified' }

-- Of what is in its record; `how`: created, updated, removed.  What is sealed is named for what it is.
local function account_tell(subs, one, id, how, changed)
  if redis.call('EXISTS', subs .. 'ids', subs .. 'live') == 0 then
    return
  end
  local words, seen = {}, {}
  for _, field in ipairs(changed) do
    local word = WORDS[field] or field
    if not seen[word] then
      seen[word] = true
      words[#words + 1] = word
    end
  end
  local is = redis.call('HMGET', one, 'business', 'state', 'why', 'quality', 'tier', 'number_key')
  local number = string.match(is[6] or '', ':(.*)$') or ''
  redis.call('XADD', subs .. 'events', 'MAXLEN', '~', EVENTS_MAX, '*', 'provider', 'willaq', 'account', number, 'name',
    'system-account.changed', 'data', '{"account":' .. cjson.encode(id) .. ',"business":' .. cjson.encode(is[1] or '')
    .. ',"number":' .. cjson.encode(number) .. ',"how":"' .. how .. '","changed":'
    .. (#words > 0 and cjson.encode(words) or '[]') .. ',"state":' .. cjson.encode(is[2] or '') .. ',"reason":'
    .. cjson.encode(is[3] or '') .. ',"quality":' .. cjson.encode(is[4] or '') .. ',"tier":'
    .. cjson.encode(is[5] or '') .. '}')
end
