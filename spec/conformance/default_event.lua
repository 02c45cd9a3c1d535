-- R209: _default gets the event's name and its arguments; its value is the event's
local poe = require "poe"

poe.Session.create { inline_states = {
  _start = function()
    yield("posted", 1, nil, 3)
    KERNEL:delay("timed", 0.01)
    yield "go"
  end,
  go = function()
    print("call returned " .. call(SESSION, "called", "x", "y"))
    local record = { text = "before" }
    call(SESSION, "spoil", record)
    print("the table now: " .. record.text)
    yield("twice", "same")
    yield("twice", "same")
  end,
  _default = function(event, args)
    if event:find "^_" then return end
    local words = {}
    for i = 1, args.n do
      words[i] = args[i] == nil and "nil" or type(args[i]) == "table" and "table" or tostring(args[i])
    end
    print(STATE .. ": " .. event .. ", " .. args.n .. " args: " .. table.concat(words, " "))
    if event == "spoil" then args[1].text = "changed" end
    args[#args + 1] = "more"
    return "value of " .. event
  end,
} }
KERNEL:run()
