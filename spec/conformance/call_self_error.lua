-- R50: an error in a call to oneself is the caller's, and no DIE comes of it
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("DIE", "died") yield "go" end,
  go = function()
    local fine, message = pcall(call, SESSION, "boom")
    print("caught: " .. (fine and "nothing" or message:find "bang" and "bang" or "?"))
    local deep, message2 = pcall(call, SESSION, "middle")
    print("caught: " .. (deep and "nothing" or message2:find "bang" and "bang" or "?"))
    yield "uncaught"
    yield "after"
  end,
  middle = function() call(SESSION, "boom") print "never here" end,
  uncaught = function() print "uncaught" call(SESSION, "boom") print "never here" end,
  boom = function() print "boom" error "bang" end,
  after = function() print "after" end,
  died = function(_, info) print("died of " .. info.event) KERNEL:sig_handled() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
