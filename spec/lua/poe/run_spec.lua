--- Section 2 and 4: running, slices, stopping.
local poe = require "poe"

local function nothing() end

describe("run", function()
  it("R229 R230 returns true when the last session has stopped, again and again", function(expect)
    expect(table.pack(KERNEL:run()), { true, n = 1 })
    for _ = 1, 5 do
      poe.spawn { _start = function() yield "x" end, x = expect.times(1) }
      expect(table.pack(KERNEL:run()), { true, n = 1 })
    end
  end)

  it("R234 inside a handler is an error, and the outer run goes on", function(expect)
    expect.within(function()
      expect.raises("run: the kernel is running already", function() KERNEL:run() end)
    end)
    poe.spawn {
      _start = function() yield "x" end,
      x = function()
        expect.raises("run: the kernel is running already", function() KERNEL:run() end)
        call(SESSION, "y")
        yield "z"
      end,
      y = function() expect.raises("run: the kernel is running already", function() KERNEL:run() end) end,
      z = expect.times(1),
      _stop = function() expect.raises("run: the kernel is running already", function() KERNEL:run() end) end,
    }
    expect.run()
  end)

  it("inside a script's coroutine in a handler is the same error", function(expect)
    expect.within(function()
      local ok, message = coroutine.resume(coroutine.create(function() KERNEL:run() end))
      expect(ok, false)
      expect.match(message, "run: the kernel is running already")
    end)
  end)

  it("may be called from a coroutine of the main chunk", function(expect)
    poe.spawn { _start = function() yield "x" end, x = expect.times(1) }
    expect(coroutine.wrap(function() return KERNEL:run() end)(), true)
  end)
end)

describe("a program", function()
  it("runs the kernel after its main chunk, unless it has", function(expect)
    local out, err, code = run_poe [[
poe.spawn { _start = function() yield "x" end, x = function() print "x" end }
print "main"
]]
    expect({ out, err, code }, { "main\nx\n", "", 0 })
    out, err, code = run_poe [[
poe.spawn { _start = function() yield "x" end, x = function() print "x" end }
KERNEL:run()
print "main"
]]
    expect({ out, err, code }, { "x\nmain\n", "", 0 })
  end)

  it("prints exactly what section 2 promises", function(expect)
    local out, err, code = run_poe [[
poe.Session.create {
  inline_states = {
    _start = function() print("Session " .. SESSION:ID() .. " has started.") end,
    _stop  = function() print("Session " .. SESSION:ID() .. " has stopped.") end,
  },
}
KERNEL:run()
]]
    expect({ out, err, code }, { "Session 2 has started.\nSession 2 has stopped.\n", "", 0 })
  end)

  it("gets its arguments in ... and arg", function(expect)
    local out = run_poe("print(..., select('#', ...), arg[1], arg[2])", { "a b", "c" })
    expect(out, "a b\t2\ta b\tc\n")
    out = run_poe("poe.spawn({ _start = print }, ...)", { "x", "y" })
    expect(out, "x\ty\n")
  end)

  it("that ends with os.exit inside a handler ends at once", function(expect)
    local out, err, code = run_poe [[
poe.spawn { _start = function() yield "x" end, x = function() print "x" os.exit(7) end, _stop = function() print "stop" end }
]]
    expect({ out, err, code }, { "x\n", "", 7 })
    out, err, code = run_poe [[
poe.spawn { _start = function() yield "x" end, x = function() print "x" os.exit(8, true) end }
]]
    expect({ out, err, code }, { "x\n", "", 8 })
  end)

  it("that is closed with sessions left, as by os.exit(true, true), is clean", function(expect)
    local _, err, code = run_poe [[
for i = 1, 10 do poe.spawn { _start = function() KERNEL:delay("x", 60, {}) KERNEL:alias_set("a" .. i) yield("y", {}) end } end
os.exit(true, true)
]]
    expect({ err, code }, { "", 0 })
  end)

  it("can load the module twice and by require", function(expect)
    local out = run_poe [[print(require "poe" == poe, require("poe").KERNEL == KERNEL)]]
    expect(out, "true\ttrue\n")
  end)

  it("reads -e and the standard input, too", function(expect)
    local out = run_poe("", { options = { "-e", "poe.spawn { _start = function() print 'e' end }" } })
    expect(out, "e\n")
  end)
end)

describe("run_one_timeslice", function()
  it("R231 runs a slice at a time and tells whether there is more", function(expect)
    poe.spawn {
      _start = function() yield "x" yield "x" end,
      x = function() expect.log "x" yield "y" end,
      y = function() expect.log "y" end,
      _stop = function() expect.log "stop" end,
    }
    expect(table.pack(KERNEL:run_one_timeslice()), { true, n = 1 })
    expect.logged { "x", "x" }
    expect(KERNEL:run_one_timeslice(), true)
    expect.logged { "y", "y", "stop" }
    local more = 0
    while KERNEL:run_one_timeslice() do more = more + 1 end
    expect(more <= 1, true)
    expect(KERNEL:run_one_timeslice(), nil)
  end)

  it("waits for a timer", function(expect)
    poe.spawn { _start = function() KERNEL:delay("x", 0.02) end, x = function() expect.log "x" end }
    local slices = 0
    while KERNEL:run_one_timeslice() do
      slices = slices + 1
      if slices > 100 then break end
    end
    expect.logged { "x" }
    expect(slices < 20, true)
  end)

  it("R233 inside a handler runs other events of the same session", function(expect)
    poe.spawn {
      _start = function() yield "x" yield "y" end,
      x = function()
        expect.log "x begins"
        KERNEL:run_one_timeslice()
        expect(STATE, "x")
        expect.log "x ends"
      end,
      y = function() expect.log "y" end,
    }
    expect.run()
    expect.logged { "x begins", "y", "x ends" }
  end)
end)

describe("run_while", function()
  it("R232 runs slices while the function says so; run goes on from there", function(expect)
    local n = 0
    poe.spawn { _start = function() yield("x", 1) end, x = function(i) n = i if i < 10 then yield("x", i + 1) end end }
    expect(KERNEL:run_while(function() return n < 4 end), true)
    expect(n, 4)
    expect(KERNEL:run_while(function() return false end), true)
    expect(n, 4)
    expect.run()
    expect(n, 10)
  end)

  it("ends with the last session", function(expect)
    poe.spawn { _start = function() yield "x" end, x = expect.times(1) }
    expect(KERNEL:run_while(function() return true end), true)
    expect(KERNEL:sessions()(), nil)
    expect.run()
  end)

  it("raises wrong arguments, at the caller, and what its function raises", function(expect)
    expect.raises("bad argument #1 to 'run_while' (function expected, got nil)", function() KERNEL:run_while() end)
    expect.raises("bad argument #1 to 'run_while' (function expected, got number)", function() KERNEL:run_while(1) end)
    expect.raises("bad self of 'run_while' (KERNEL expected, got function; call it KERNEL:run_while)",
      function() KERNEL.run_while(print) end)
    poe.spawn { _start = function() yield "x" end, x = nothing }
    local object = {}
    expect.raises_value(object, KERNEL.run_while, KERNEL, function() error(object) end)
    expect.run()
  end)
end)

describe("stop", function()
  it("R235 ends all at once, children first; the rest of the handler runs as KERNEL's", function(expect)
    poe.spawn { _start = function() KERNEL:delay("x", 60) end, _stop = function() expect.log "B:_stop" end }
    poe.spawn {
      _start = function()
        poe.spawn { _stop = function() expect.log "C:_stop" end, _start = function() KERNEL:delay("x", 60) end }
        yield "go"
      end,
      _child = function(reason) expect.log("P:_child " .. reason) end,
      go = function()
        local me = SESSION
        yield "lost"
        expect(select("#", KERNEL:stop()), 0)
        expect.log "after"
        expect(SESSION, KERNEL)
        expect.fails("ESRCH", "no such session: " .. tostring(me), post(me, "lost"))
        expect(KERNEL:sessions()(), nil)
      end,
      lost = expect.never(),
      _stop = function() expect.log "P:_stop" end,
    }
    expect.run()
    expect.logged { "P:_child create", "C:_stop", "P:_child lose", "B:_stop", "P:_stop", "after" }
  end)

  it("R236 sessions made after it live normally, the kernel's children", function(expect)
    expect.within(function()
      KERNEL:stop()
      poe.spawn { _start = function() yield "x" end, x = expect.times(1, function() expect(SENDER, SESSION) end) }
    end)
  end)

  it("R18 inside _start: _stop at once, the rest of _start still runs", function(expect)
    local s = poe.spawn { _start = function() KERNEL:stop() expect.log "rest" end, _stop = function() expect.log "stop" end }
    expect.logged { "stop", "rest" }
    expect(type(s), "userdata")
    expect.fails("ESRCH", "no such session: " .. tostring(s), post(s, "x"))
    expect.run()
  end)

  it("outside any handler", function(expect)
    poe.spawn { _start = function() KERNEL:refcount_increment(SESSION:ID(), "x") end, _stop = expect.times(1) }
    KERNEL:stop()
    expect.run()
  end)

  it("with nothing to stop, and twice", function(expect)
    KERNEL:stop()
    KERNEL:stop()
    expect.within(function() KERNEL:stop() KERNEL:stop() end)
  end)

  it("inside _stop, _child, a signal and a nested call does no harm", function(expect)
    poe.spawn { _stop = function() KERNEL:stop() end }
    expect.run()
    poe.spawn { _start = function() poe.spawn {} end, _child = function() KERNEL:stop() end }
    expect.run()
    poe.spawn { _start = function() KERNEL:sig("x", "heard") KERNEL:signal(SESSION, "x") end, heard = function() KERNEL:stop() end }
    expect.run()
    local a = poe.spawn { x = function() KERNEL:stop() return "stopped" end }
    poe.spawn { _start = function() yield "go" end, go = function() call(a, "x") call(SESSION, "gone") end, gone = nothing }
    expect.run()
  end)

  it("R82 gives back what was queued", function(expect)
    local weak = setmetatable({}, { __mode = "v" })
    for i = 1, 20 do
      poe.spawn { _start = function()
        local object = { i }
        weak[i] = object
        yield("x", object)
        KERNEL:delay_set("x", 60, object)
        KERNEL:sig("y", "y", object)
        KERNEL:signal(SESSION, "y", object)
      end, x = nothing, y = nothing }
    end
    KERNEL:stop()
    expect.run()
    poe.spawn { _start = function() yield "x" end, x = nothing }
    expect.run()
    for _ = 1, 3 do collectgarbage() end
    expect(next(weak), nil)
  end)
end)
