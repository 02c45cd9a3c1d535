-- R200: the session must be given by ID
local poe = require "poe"

local function code(what, count, _, name) print(what .. ": " .. (count or name)) end
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:alias_set "me"
    code("by id", KERNEL:refcount_increment(SESSION:ID(), "tag"))
    code("by alias", KERNEL:refcount_increment("me", "tag"))
    code("by object", KERNEL:refcount_increment(SESSION, "tag"))
    code("unknown id", KERNEL:refcount_increment(99999, "tag"))
    code("decrement by alias", KERNEL:refcount_decrement("me", "tag"))
    code("decrement unknown", KERNEL:refcount_decrement(99999, "tag"))
    code("by id", KERNEL:refcount_decrement(SESSION:ID(), "tag"))
  end,
} }
KERNEL:run()
