-- R349: a one-way pipe: read end, write end
local poe = require "poe"

local r, w = poe.pipe()
poe.Session.create { inline_states = {
  _start = function() KERNEL:select_read(r, "ready") yield("write", "one") end,
  write = function(data) print("write " .. w:write(data)) end,
  ready = function()
    local data, _, code = r:read(100)
    print("read " .. (data or code))
    if not data then KERNEL:select_read(r)
    elseif data == "one" then yield("write", "three")
    else w:close()
    end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
