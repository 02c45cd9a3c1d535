-- The program of the README: two sessions talk, a timer ends it, the alias alone keeps nobody.
poe.Session.create { inline_states = {
  _start = function() KERNEL:alias_set "echo" end,
  say    = function(text) post(SENDER, "heard", text:upper()) end,
} }

poe.Session.create { inline_states = {
  _start = function()
    post("echo", "say", "hello")
    KERNEL:delay("done", 0.05, "bye")
  end,
  heard  = function(text) print("echo says " .. text) end, -- expect: echo says HELLO
  done   = function(word) print(word) end, -- expect: bye
  _stop  = function() print("session " .. SESSION:ID() .. " has stopped") end, -- expect: session 3 has stopped
} }
