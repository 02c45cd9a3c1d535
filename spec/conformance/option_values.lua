-- R211: options: reading, setting, words for true and false, what they were
local poe = require "poe"

local function show(v)
  if v == true or v == false then return v and "1" or "0" end
  if type(v) ~= "table" then return tostring(v) end
  local list = {}
  for name in pairs(v) do list[#list + 1] = name end
  table.sort(list)
  for i, name in ipairs(list) do list[i] = name .. "=" .. show(v[name]) end
  return "{" .. table.concat(list, ", ") .. "}"
end
poe.Session.create { options = { debug = 0 }, inline_states = {
  _start = function()
    local s = SESSION
    print(show(s:option("mine", 5)))
    print(show(s:option "mine"))
    print(show(s:option("MINE", "on")))
    print(show(s:option "mine"))
    for _, word in ipairs { "yes", "true", "off", "No", "false", "YES", "other" } do
      s:option("flag", word)
      print(word .. ": " .. show(s:option "flag"))
    end
    s:option { a = 3, b = 4, flag = "x" }
    print "{a=nil, b=nil, flag=other}" -- a table here has no nil
    print(show(s:option { a = 7, b = 8 }))
    print(show(s:option()))
    print(show(s:option("a", nil)))
    print(show(s:option "a"))
  end,
} }
KERNEL:run()
