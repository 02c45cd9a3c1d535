-- An echo server in five lines; below it somebody who talks to it.
local poe = require "poe"

local server = assert(poe.listen("127.0.0.1", tonumber(arg[1]) or 0, function(wheel)
  for line in wheel.get, wheel do
    wheel:put(line)
  end
end))

if not arg[1] then -- without a port: a conversation, then the end
  local _, port = server:getsockname()
  local wheel = assert(poe.connect("127.0.0.1", port))
  for _, word in ipairs { "straight", "on", "till", "morning" } do
    wheel:put(word)
    print((wheel:get()))
  end
  wheel:close()
  server:close()
end

-- prints:
-- straight
-- on
-- till
-- morning
