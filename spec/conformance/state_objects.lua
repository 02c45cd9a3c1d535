-- R206: object and package handlers, at creation and at run time
local poe = require "poe"

local Counter = {}
Counter.__index = Counter
function Counter.new(name) return setmetatable({ name = name, n = 0 }, Counter) end
function Counter:add(by)
  self.n = self.n + by
  print(self.name .. ":" .. STATE .. " is " .. self.n)
end
function Counter:reset_it()
  self.n = 0
  print(self.name .. ":" .. STATE)
end
local Tools = { name = "Tools" }
function Tools:greet(whom)
  print(self.name .. ": " .. STATE .. " " .. whom)
  return "greeted"
end
local counter, other = Counter.new "c1", Counter.new "c2"
poe.Session.create {
  inline_states = { _start = function() yield "go" end, go = function()
    call(SESSION, "add", 5)
    call(SESSION, "add", 2)
    call(SESSION, "zero")
    call(SESSION, "more", 7)
    print(call(SESSION, "greet", "you"))
    KERNEL:state("add", other)
    call(SESSION, "add", 1)
    KERNEL:state("plus", counter, "add")
    call(SESSION, "plus", 1)
    KERNEL:state("hello", Tools, "greet")
    call(SESSION, "hello", "again")
    local ok = pcall(KERNEL.state, KERNEL, "bad", counter, "nowhere")
    print("a missing method: " .. (ok and "accepted" or "refused"))
  end },
  object_states = { [counter] = { "add" }, [other] = { zero = "reset_it", more = "add" } },
  package_states = { [Tools] = { "greet" } },
}
KERNEL:run()
