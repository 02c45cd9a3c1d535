-- R212 R213 R214: trace tells each event, default each that has no handler, debug a state replaced
local poe = require "poe"

if arg[1] then
  if arg[1] ~= "debug" then warn "@off" end -- of unknown events
  poe.Session.create { options = { [arg[1]] = true }, inline_states = {
    _start = function()
      yield "known"
      if arg[1] ~= "debug" then yield "unknown" end
    end,
    known = function() KERNEL:state("known", function() end) end,
    _stop = function() end,
  } }
  KERNEL:run()
  return
end
for _, option in ipairs { "trace", "default", "debug" } do
  local pipe <close> = io.popen(("%s %s %s 2>&1"):format(arg[-1], arg[0], option))
  local all, seen = pipe:read "a", {}
  for _, event in ipairs { "known", "unknown", "_stop" } do
    if all:find("%f[%w_]" .. event .. "%f[^%w_]") then seen[#seen + 1] = event end
  end
  print(option .. ": " .. table.concat(seen, " "))
end
