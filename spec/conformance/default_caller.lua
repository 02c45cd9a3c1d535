-- R209 R56 R154: what a _default handler posts, and what it dies of, tell the event itself
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    KERNEL:sig("DIE", "died")
    KERNEL:sig("thing", "signal")
    yield("posted", 1)
    KERNEL:signal(SESSION, "thing", 2)
    KERNEL:delay("timer", 0.02)
  end,
  _default = function(event, args)
    if event:find "^_" then return 0 end
    print(STATE .. " " .. event .. " " .. table.concat(args, " "))
    yield "seen"
    call(SESSION, "seen")
    error(event, 0)
  end,
  seen = function() print("seen from " .. CALLER_STATE) end,
  died = function(_, info)
    print("died in " .. info.event .. ", posted in " .. (info.from_state or "none"))
    KERNEL:sig_handled()
  end,
} }
KERNEL:run()
