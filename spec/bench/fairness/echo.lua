-- An echo server on 127.0.0.1 port arg[1], until it is killed; with arg[2] = "busy" a session posts to itself for ever.
local poe = require "poe"

if arg[2] == "busy" then
  poe.Session.create { inline_states = {
    _start = function() yield "again" end,
    again = function() yield "again" end,
  } }
end
poe.component.server.TCP.new {
  port = tonumber(arg[1]), address = "127.0.0.1", client_filter = poe.filter.Line.new(),
  client_input = function(line) HEAP.client:put(line) end,
}
KERNEL:run()
