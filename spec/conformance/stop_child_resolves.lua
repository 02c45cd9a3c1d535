-- R81: in _child lose the child still resolves, but what is posted to it is lost
local poe = require "poe"

local kid
poe.Session.create { inline_states = {
  _start = function()
    kid = poe.Session.create { heap = "the child's heap", inline_states = {
      _start = function() KERNEL:alias_set "kid" KERNEL:delay("x", 0.01) end,
      x = function() KERNEL:alias_remove "kid" end,
      e = function() print "never here" end,
      _stop = function() print "C:_stop" end,
    } }
    KERNEL:delay("later", 0.04)
  end,
  _child = function(reason, session)
    if reason ~= "lose" then return end
    print("the same object: " .. (session == kid and "yes" or "no"))
    print("resolves by id: " .. (KERNEL:ID_id_to_session(session:ID()) and "yes" or "no"))
    print("its id by object: " .. (KERNEL:ID_session_to_id(session) == session:ID() and "yes" or "no"))
    print("its heap: " .. session:get_heap())
    print("post: " .. (post(session, "e") and "ok" or "refused"))
    print("post by id: " .. (post(session:ID(), "e") and "ok" or "refused"))
    yield "after"
  end,
  after = function()
    print("after: " .. (KERNEL:ID_id_to_session(kid:ID()) and "resolves" or "gone"))
    local ok, _, code = post(kid, "e")
    print("post: " .. (ok and "ok" or code))
  end,
  later = function() print "later" end,
} }
KERNEL:run()
