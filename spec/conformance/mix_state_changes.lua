-- R204 R205 R207 R208 R209 R133: states that change while they run, are queued, or are watched with
local poe = require "poe"
warn "@off" -- of unknown events

poe.Session.create { heap = "O", inline_states = {
  _start = function() KERNEL:alias_set "o" KERNEL:delay("end", 0.1) end,
  learn = function(what) KERNEL:state(what, function() print("O learnt " .. what) end) end,
  forget = function(what) KERNEL:state(what) end,
  ["end"] = function() print "O end" end,
  _stop = function() print "O old stop" end,
} }
poe.Session.create { heap = "S", inline_states = {
  _start = function()
    KERNEL:state("_start", function() print "start again" end)
    KERNEL:sig("thing", "told")
    for _, event in ipairs { "self", "self", "_start", "gone", "late", "step" } do yield(event) end
    KERNEL:state "gone"
  end,
  self = function()
    print "self once"
    KERNEL:state("self", function() print "self twice" KERNEL:state "self" end)
    print "still here"
    call(SESSION, "self")
    yield "self"
  end,
  gone = function() print "gone?" end,
  told = function() print "told old" end,
  step = function()
    KERNEL:state("late", function() print "late now" end)
    KERNEL:state("_default", function(event, args)
      if event:find "^_[sp]" then return 0 end
      print("default " .. event .. " " .. args.n)
      return "by default"
    end)
    yield "late"
    yield("unknown", 1, 2)
    print("call unknown: " .. call(SESSION, "unknown2"))
    KERNEL:signal(SESSION, "thing", "x")
    KERNEL:state "told"
    call("o", "learn", "trick")
    call("o", "trick")
    post("o", "trick")
    post("o", "forget", "trick")
    post("o", "trick")
    call("o", "learn", "_stop")
    KERNEL:state("_child", function(reason) print("S child " .. reason) KERNEL:state "_child" end)
    poe.Session.create { inline_states = { _start = function() KERNEL:delay("x", 0.02) end, x = function() end } }
    KERNEL:delay("done", 0.05)
  end,
  done = function()
    print "done"
    KERNEL:state "_default"
    yield "unknown3"
    KERNEL:state("_stop", function() print "new stop" end)
  end,
  _stop = function() print "old stop" end,
} }
KERNEL:run()
