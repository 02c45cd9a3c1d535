-- A call runs the handler at once, ahead of the queue, and brings its results back.
local adder = poe.spawn {
  _start = function() KERNEL:alias_set "adder" end,
  add = function(a, b) return a + b, STATE, SENDER end,
  fail = function() error("cannot add", 0) end,
  _stop = function() end,
  died = function() KERNEL:sig_handled() end,
  watch = function() KERNEL:sig("DIE", "died") end,
}
call(adder, "watch")
poe.spawn {
  _start = function()
    post("adder", "add", 1, 1)
    local sum, state, sender = call("adder", "add", 2, 3)
    print(sum, state, sender == SESSION)   -- expect 1: 5\tadd\ttrue
    print(STATE)                           -- expect 2: _start
    print(call(SESSION, "twice", 21))      -- expect 3: 42\ttwice\t_start
    print(pcall(call, SESSION, "raise"))   -- expect 4: false\tmy own error
    print(call(adder, "fail"))             -- expect 5: nil\tcannot add\tDIE
    print(call("nobody", "add"))           -- expect 6: nil\tESRCH: no such session: nobody\tESRCH
    print(select("#", call(adder, "watch")))  -- expect 7: 0
  end,
  twice = function(n) return 2 * n, STATE, CALLER_STATE end,
  raise = function() error("my own error", 0) end,
}
