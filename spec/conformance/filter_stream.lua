-- R337 R344: a stream merges what it is given
local poe = require "poe"

local function show(list)
  if not list then return "none" end
  local words = {}
  for i, chunk in ipairs(list) do words[i] = "<" .. chunk .. ">" end
  return table.concat(words, " ")
end
local stream = poe.filter.Stream.new()
print(show(stream:get { "a", "b" }) .. "; " .. show(stream:get_pending()) .. "; " .. show(stream:get {}))
stream:get_one_start { "c" }
stream:get_one_start { "d", "e" }
local clone = stream:clone()
print(show(stream:get_pending()) .. "; " .. show(stream:get_one()) .. "; " .. show(stream:get_one()) .. "; "
  .. show(stream:get_pending()))
print(show(clone:get_pending()) .. "; " .. show(clone:get { "f" }))
print(show(stream:put { "a", "", "b" }))
