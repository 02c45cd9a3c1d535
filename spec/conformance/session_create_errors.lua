-- R11: constructor errors are raised before any event is sent
local poe = require "poe"

local function try(what, spec)
  print(what .. ": " .. (pcall(poe.Session.create, spec) and "accepted" or "refused"))
end
local function start() print "_start ran" end
local Thing = { _start = function() print "_start ran" end }
local object = setmetatable({}, { __index = Thing })

try("unknown field", { inline_states = { _start = start }, bogus = 1 })
try("inline_states not a table", { inline_states = 5 })
try("inline handler not a function", { inline_states = { _start = start, x = 5 } })
try("object_states not a table", { object_states = 5 })
try("package_states not a table", { package_states = 5 })
try("missing object method", { object_states = { [object] = { "_start", "nowhere" } } })
try("missing mapped method", { object_states = { [object] = { _start = "_start", x = "nowhere" } } })
try("missing package method", { package_states = { [Thing] = { "_start", "nowhere" } } })
try("options not a table", { inline_states = { _start = start }, options = 5 })
try("args as a list", { inline_states = { _start = start }, args = { 1 } })
KERNEL:run()
