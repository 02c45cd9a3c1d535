-- R41 R129 R197 R200 R202 R216 R221: what others may do with a session object, alive and dead
local poe = require "poe"

local function er(what, r, _, code) print(what .. ": " .. (r and "ok" or code == "EPERM" and "ok" or code or "nothing")) end
local target = poe.Session.create { heap = { n = 1 }, inline_states = {
  _start = function() KERNEL:alias_set "target" HEAP.id = SESSION:ID() KERNEL:sig("ping", "ping") end,
  x = function(a, b)
    print("x " .. (type(a) == "table" and a[1] .. " " .. b[1] or a) .. " from "
      .. (SENDER == KERNEL and "kernel" or SENDER:ID() > 1 and "user" or "?"))
    return "answer"
  end,
  ping = function() print "ping" end,
  bye = function() print "bye" KERNEL:alias_remove "target" end,
  _stop = function() print "target stop" end,
} }
local function tour(alive)
  local id = target:ID()
  er("post object", post(target, "x", 1))
  er("post id", post(id, "x", 2))
  er("post alias", post("target", "x", 3))
  er("call", call(target, "x", 4))
  er("signal", KERNEL:signal(target, "ping"))
  er("id to session", KERNEL:ID_id_to_session(id))
  er("session to id", KERNEL:ID_session_to_id(target))
  if alive then er("alias", KERNEL:alias_resolve "target") end
  er("count", KERNEL:refcount_increment(id, "t"))
  er("count down", KERNEL:refcount_decrement(id, "t"))
  er("detach", KERNEL:detach_child(target))
  local heap = target:get_heap()
  print("heap " .. heap.n)
  heap.n = heap.n + 1
end
local postback, callback
poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function()
    tour(true)
    postback, callback = target:postback("x", "made by user"), target:callback("x", "made by user")
    postback "p"
    print("callback: " .. callback "c")
    KERNEL:delay("bye", 0.02)
  end,
  bye = function()
    callback:release()
    postback "last"
    postback:release()
    post("target", "bye")
    KERNEL:delay("after", 0.03)
  end,
  after = function() print "after" tour(false) end,
} }
KERNEL:run()
