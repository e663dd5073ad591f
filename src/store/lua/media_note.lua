--[[ media_note.lua — what became of the file of a message that was received.

  Cost  O(1).

  KEYS  state:hash
  ARGV  own:bytes ref:bytes media:bytes what:bytes
  Reply {noted}   1; 0: the message is gone, or says so already

  Meaning  ref    of the message
           media  JSON, kept with it
           what   kept, failed
]]
--@include lib/contact
local key = own .. 'rcv:' .. ref
local rec = call('HMGET', key, 'con', 'media', 'revoked')
local con = rec[1] and contact_at(own, rec[1])
if not con or rec[3] or rec[2] == media then
  return { 0 }
end
call('HSET', key, 'media', media)
contact_tell(own, con, 'message.media', ',"message":"i' .. ref .. '","state":' .. cjson.encode(what) .. ',"media":' .. media)
return { 1 }
