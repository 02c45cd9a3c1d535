-- R187: no handle is an error of the caller
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    for _, method in ipairs { "select", "select_read", "select_write", "select_expedite" } do
      print(method .. ": " .. (pcall(KERNEL[method], KERNEL, nil, "rd") and "accepted" or "error"))
    end
  end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
