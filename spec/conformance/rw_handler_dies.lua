-- R164 R158: an input handler that dies: the rest of the read comes with the next input
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local a
    a, HEAP.b = poe.socket.pair()
    KERNEL:sig("DIE", "died")
    HEAP.w = poe.wheel.ReadWrite.new { handle = a, input_event = "in" }
    HEAP.b:write "1\n2\n3\n"
  end,
  ["in"] = function(line)
    print("in " .. line)
    if line == "1" then error("no ones", 0) end
    if line == "4" then HEAP.w:close() end
  end,
  died = function(_, info)
    print("died: " .. info.error_str)
    KERNEL:sig_handled()
    KERNEL:delay("more", 0.03)
  end,
  more = function() print "more" HEAP.b:write "4\n" end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
