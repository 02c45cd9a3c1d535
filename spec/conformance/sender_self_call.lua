-- R56: in a call to oneself the sender is oneself, the caller the event that calls
local poe = require "poe"

local function show(what)
  print(what .. ": state " .. STATE .. ", sender " .. (SENDER == SESSION and "self" or "other")
    .. ", caller " .. (CALLER_STATE or "none"))
end
local other = poe.Session.create { inline_states = {
  _start = function() end,
  relay = function() call(SENDER, "deep", "through another") end,
} }
poe.Session.create { inline_states = {
  _start = function() call(SESSION, "deep", "from _start") yield "one" end,
  one = function()
    show "one"
    call(SESSION, "deep", "from one")
    call(other, "relay")
    show "one again"
    yield "two"
  end,
  deep = show,
  two = function() show "two" end,
} }
KERNEL:run()
