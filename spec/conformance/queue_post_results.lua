-- R20 R41: what post returns; a stopped session cannot be posted to
local poe = require "poe"

local function posted(...)
  local ok, _, code = post(...)
  return ok == true and "ok" or code
end
local short = poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "short" end,
  hello = function() print "short:hello" KERNEL:alias_remove "short" end,
  _stop = function() print "short:_stop" end,
} }
local id = short:ID()
poe.Session.create { inline_states = {
  _start = function()
    print("by object: " .. posted(short, "hello"))
    print("by id: " .. posted(id, "nothing"))
    print("by alias: " .. posted("short", "nothing"))
    print("no such alias: " .. posted("nobody", "hello"))
    print("no such id: " .. posted(99999, "hello"))
    KERNEL:delay("later", 0.03)
  end,
  later = function()
    print("stopped, by object: " .. posted(short, "hello"))
    print("stopped, by id: " .. posted(id, "hello"))
    print("stopped, by alias: " .. posted("short", "hello"))
    print("its ID is still readable: " .. (short:ID() == id and "yes" or "no"))
  end,
} }
KERNEL:run()
