-- R181: watching makes a handle non-blocking, and it stays so
local poe = require "poe"

local r, w = poe.pipe()
poe.Session.create { inline_states = {
  _start = function()
    KERNEL:select_read(r, "rd")
    KERNEL:select_read(r)
    print(select(3, r:read(10)))
    w:write "hello"
    local data = r:read(3)
    print(#data .. " " .. data)
    data = r:read(3)
    print(#data .. " " .. data)
    print(select(3, r:read(3)))
    w:close()
    print(select(3, r:read(3)))
  end,
} }
KERNEL:run()
