-- R174 R67: a conversation on raw handles
local poe = require "poe"

local a, b = poe.socket.pair()
local function speaker(name, handle, lines)
  poe.Session.create { inline_states = {
    _start = function()
      KERNEL:select_read(handle, "rd")
      if name == "A" then yield "say" end
    end,
    say = function() handle:write(table.remove(lines, 1)) end,
    rd = function()
      local data = handle:read(100)
      if data then
        print(name .. " heard " .. data)
        if #lines > 0 then
          yield "say"
        else
          KERNEL:select_read(handle)
          handle:close()
        end
      else
        print(name .. " heard the end")
        KERNEL:select_read(handle)
      end
    end,
    _stop = function() print(name .. " stopped") end,
  } }
end
speaker("A", a, { "one", "three" })
speaker("B", b, { "two" })
KERNEL:run()
