-- Methods as states: object[method](object, ...).
local Counter = {}
Counter.__index = Counter
function Counter.new(name) return setmetatable({ name = name, n = 0 }, Counter) end
function Counter:count(by)
  self.n = self.n + by
  print(self.name, STATE, self.n)
  -- expect 1: apples\tcount\t2
  -- expect 2: pears\tcount_pears\t5
  -- expect 3: apples\tcount\t3
end
local util = { done = function(package, text) print(type(package), text) end }  -- expect 4: table\tdone
local apples, pears = Counter.new "apples", Counter.new "pears"
local basket = poe.Session.create {
  object_states = { [apples] = { "count" }, [pears] = { count_pears = "count" } },
  package_states = { [util] = { "done" } },
}
post(basket, "count", 2)
post(basket, "count_pears", 5)
post(basket, "count", 1)
post(basket, "done", "done")
