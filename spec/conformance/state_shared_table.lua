-- R204: sessions made of one table do not share what they change
local poe = require "poe"

local states = {
  _start = function()
    for event in ("say change say remove say"):gmatch "%a+" do yield(event) end
  end,
  say = function() print(HEAP .. " says") end,
  change = function()
    if HEAP == "A" then KERNEL:state("say", function() print(HEAP .. " sings") end) end
  end,
  remove = function() if HEAP == "A" then KERNEL:state "say" end end,
  _default = function(event) if not event:find "^_" then print(HEAP .. " has no " .. event) end end,
}
for _, name in ipairs { "A", "B" } do poe.Session.create { heap = name, inline_states = states } end
KERNEL:run()
poe.Session.create { heap = "C", inline_states = states }
KERNEL:run()
