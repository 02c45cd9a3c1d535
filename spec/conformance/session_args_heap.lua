-- R12 R13: args are spread; the heap is any value
local poe = require "poe"

local function show(...)
  local words = {}
  for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
  return table.concat(words, " ")
end
poe.Session.create { args = { 1, "two", nil, "four", n = 4 }, inline_states = {
  _start = function(...) print(select("#", ...) .. " args: " .. show(...)) end,
} }
local count = { _start = function(...) print(select("#", ...) .. " args") end }
poe.Session.create { inline_states = count }
poe.Session.create { args = {}, inline_states = count }
local list = { "a", "b" }
poe.Session.create { args = { list }, inline_states = {
  _start = function(got) print("the same list: " .. (got == list and "yes" or "no")) end,
} }

local heap = { n = 1 }
for _, given in ipairs { heap, "text", 42, 0 } do
  local session = poe.Session.create { heap = given, inline_states = {
    _start = function()
      print("heap is " .. (type(HEAP) == "table" and "a table" or HEAP) .. ", the one given: "
        .. (HEAP == given and "yes" or "no"))
    end,
  } }
  print("get_heap gives it: " .. (session:get_heap() == given and "yes" or "no"))
end
local fresh = {}
for i = 1, 2 do
  fresh[i] = poe.Session.create { inline_states = {
    _start = function()
      print("fresh heap, empty: " .. (next(HEAP) and "no" or "yes"))
      HEAP.mark = 1
    end,
  } }
end
print("each its own: " .. (fresh[1]:get_heap() == fresh[2]:get_heap() and "no" or "yes"))
print("kept: " .. fresh[1]:get_heap().mark)
KERNEL:run()
