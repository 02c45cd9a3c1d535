-- R293: put, the stdin event, the answers; shutdown_stdin ends the program
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local w = poe.wheel.Run.new {
      program = { "cat" },
      stdin_event = "written", stdout_event = "out", error_event = "error", close_event = "closed",
    }
    HEAP.w = w
    KERNEL:sig_child(w:PID(), "chld")
    w:put("l1", "l2")
    print(w:get_driver_out_octets() .. " octets, " .. w:get_driver_out_messages() .. " messages")
  end,
  written = function(id) print("written, " .. (id == HEAP.w:ID() and "the id" or "?")) end,
  out = function(line)
    print("out " .. line)
    if line == "l2" then
      HEAP.w:shutdown_stdin()
      print("put after: " .. (pcall(HEAP.w.put, HEAP.w, "l3") and "accepted" or "error"))
    end
  end,
  error = function(op, code, _, _, handle)
    print("error " .. op .. " " .. code .. " " .. handle)
  end,
  closed = function() print "close" HEAP.w:close() end,
  chld = function(_, _, status) HEAP.status = status end,
  _stop = function() print("_stop, status " .. HEAP.status) end,
} }
KERNEL:run()
