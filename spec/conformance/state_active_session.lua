-- R205: state changes the active session, which in a called handler is the callee
local poe = require "poe"

local function add()
  KERNEL:state("added", function(by) print(HEAP .. ":added by " .. by) end)
end
local function default(event)
  if not event:find "^_" then print(HEAP .. " has no " .. event) end
end
local b = poe.Session.create { heap = "B", inline_states = {
  add = add,
  _default = default,
  _start = function() KERNEL:refcount_increment(SESSION:ID(), "hold") end,
  ["end"] = function() KERNEL:refcount_decrement(SESSION:ID(), "hold") end,
} }
poe.Session.create { heap = "A", inline_states = {
  add = add,
  _default = default,
  _start = function() yield "go" end,
  go = function()
    call(b, "added", "nobody")
    call(b, "add")
    call(b, "added", "call")
    call(SESSION, "added", "nobody")
    add()
    call(SESSION, "added", "itself")
    post(b, "end")
  end,
} }
KERNEL:run()
