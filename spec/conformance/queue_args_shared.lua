-- R24: the argument list is copied when posting, what it refers to is shared
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    local list, shared = { 1, 2, 3 }, { word = "before" }
    yield("e", list[1], list[2], list[3], shared)
    KERNEL:delay("e", 0.01, list[1], list[2], list[3], shared)
    post(SESSION, "same", shared, shared)
    list[1], list[2], list[3] = 7, 8, 9
    shared.word = "after"
  end,
  e = function(x, y, z, shared)
    print(x .. " " .. y .. " " .. z .. " " .. shared.word)
    shared.word = "changed by e"
  end,
  same = function(one, two) print("the same table twice: " .. (one == two and "yes" or "no")) end,
} }
poe.Session.create { inline_states = {
  _start = function() yield("holes", nil, 2, nil, 4, nil) end,
  holes = function(...)
    local words = table.pack(...)
    for i = 1, words.n do words[i] = tostring(words[i]) end
    print(words.n .. ": " .. table.concat(words, " "))
  end,
} }
KERNEL:run()
