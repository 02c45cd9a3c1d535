-- R45 R46 R48: calling nobody, calling an event without a handler, calling the kernel
local poe = require "poe"

warn "@off"
local a = poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("end", 0.02) end,
  ["end"] = function() print "A:end" end,
} }
local b = poe.Session.create { inline_states = {
  _start = function() end,
  _default = function(event, args)
    if event:find "^_" then return end
    return "B has no " .. event .. " for " .. table.concat(args, " ")
  end,
} }
local function report(what, value, _, code) print(what .. ": " .. (value or code or "nothing")) end
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:refcount_increment(b:ID(), "keep")
    KERNEL:delay("go", 0.01)
  end,
  go = function()
    report("unknown alias", call("nobody", "x"))
    report("unknown id", call(99999, "x"))
    report("unknown event", call(a, "nosuch", 1, 2))
    report("unknown event of one's own", call(SESSION, "nosuch"))
    report("unknown event with _default", call(b, "nosuch", 1, 2))
    local _, message = call(KERNEL, "nosuch", 1, 2)
    print("the kernel was called: " .. (message and "refused" or "no error"))
    KERNEL:refcount_decrement(b:ID(), "keep")
    KERNEL:delay("late", 0.03)
  end,
  late = function() report("stopped session", call(a, "x")) end,
} }
KERNEL:run()
