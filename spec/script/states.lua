-- Sessions may share a table of states; what one of them changes is its own.
local shared = {
  _start = function(name) HEAP.name = name yield "greet" yield "change" yield "greet" end,
  greet = function()
    print(HEAP.name .. ": hello")
    -- expect 1: a: hello
    -- expect 3: b: hello
    -- expect 4: b: hello
  end,
  change = function()
    if HEAP.name == "a" then
      KERNEL:state("greet", function()
        print(HEAP.name .. ": good day")   -- expect 2: a: good day
        KERNEL:state "greet"               -- removes it
        yield("greet", 1, 2)
      end)
    end
  end,
  _default = function(event, args)
    if event == "_stop" then return end
    print(HEAP.name, event, args.n)        -- expect 5: a\tgreet\t2
  end,
}
poe.spawn(shared, "a")
poe.spawn(shared, "b")
