-- R343 R344: values of a serializer of one's own, framed; errors as records
local poe = require "poe"
local Reference = poe.filter.Reference

local comma = {
  freeze = function(value) return table.concat(value, ",") end,
  thaw = function(text)
    if text:find "!" then error("bad: " .. text, 0) end
    local list = {}
    for word in text:gmatch "[^,]+" do list[#list + 1] = word end
    return list
  end,
}
local function show(list)
  if not list then return "none" end
  local words = {}
  for i, item in ipairs(list) do
    if type(item) == "table" and not item.code then
      words[i] = "[" .. table.concat(item, " ") .. "]"
    else
      words[i] = "<" .. tostring(item):gsub("%z", "NUL"):gsub("^%w+: Reference: ", "") .. ">"
    end
  end
  return table.concat(words, " ")
end
local filter = Reference.new { serializer = comma }
print(show(filter:put { { 1, 2 }, { "abc" } }))
print(show(filter:get { "3\0001,23", "\0a,b1" }) .. "; " .. show(filter:get_pending()) .. "; "
  .. show(filter:clone():get_pending()) .. "; " .. show(filter:get { "\0x" }))
print(show(filter:get(filter:put { { 5, 6, 7 }, { "x" } })))
local clone = filter:clone()
print(pcall(clone.get, clone, { "1\0!" }) and "fine" or "died")
local gentle = Reference.new { serializer = comma, no_fatals = true }
print(show(gentle:get { "1\000a1\0!1\0b" }))
