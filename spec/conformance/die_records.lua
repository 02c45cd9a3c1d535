-- R160 R163 R166: what run raises: text of an object, the first of two, and an error while dying
local poe = require "poe"

local thing = setmetatable({}, { __tostring = function() return "a thing" end })
local function says(what, states)
  poe.Session.create { inline_states = states }
  local ok, message = pcall(KERNEL.run, KERNEL)
  message = tostring(message)
  local both = message:find "first" and message:find "second"
  print(what .. ": " .. (ok and "fine" or message:match "^[^\n]*" .. (both and " and second" or "")))
end
says("object", {
  _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
  boom = function() error(thing) end,
  died = function(_, info) print(info.error == thing and "the object itself, event " .. info.event or "?") end,
})
says("two in a slice", {
  _start = function() yield("boom", "first") yield("boom", "other") end,
  boom = function(text) print(text) error(text, 0) end,
})
says("while dying", {
  _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
  boom = function() error("first", 0) end,
  died = function(_, info)
    print("DIE " .. info.error_str)
    if info.error_str == "first" then error("second", 0) end
  end,
})
says("handled, while dying", {
  _start = function() KERNEL:sig("DIE", "died") yield "boom" end,
  boom = function() error("first", 0) end,
  died = function(_, info)
    print("DIE " .. info.error_str)
    if info.error_str == "first" then KERNEL:sig_handled() error("second", 0) end
  end,
})
