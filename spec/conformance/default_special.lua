-- R210: _default also gets _child, _parent, _stop and signals that have no handler
local poe = require "poe"

poe.Session.create { heap = "P", inline_states = {
  _start = function()
    print "P:_start"
    KERNEL:sig("foo", "no_such_handler", "own")
    poe.Session.create { heap = "C", inline_states = {
      _start = function() print "C:_start" yield "leave" return "ready" end,
      leave = function() KERNEL:detach_myself() end,
      _default = function(event, args)
        print("C:_default " .. event .. ", " .. args.n .. " args")
        return "C's value"
      end,
    } }
    poe.Session.create { heap = "D", inline_states = {
      _start = function() end,
      _stop = function() return "D's value" end,
    } }
    KERNEL:signal(SESSION, "foo", "sent")
  end,
  _default = function(event, args)
    local words = {}
    for i = 1, args.n do
      local value = args[i]
      words[i] = value == nil and "nil" or type(value) == "string" and value or value:get_heap()
    end
    print("P:_default " .. event .. ": " .. table.concat(words, " "))
  end,
} }
KERNEL:run()
