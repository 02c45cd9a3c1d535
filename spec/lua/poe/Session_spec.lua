--- Section 3: sessions, their fields, states, options, and what keeps them.
local poe = require "poe"

local function nothing() end

describe("create", function()
  it("R1 runs _start before it returns, and returns the session", function(expect)
    local inside
    local session = poe.Session.create {
      inline_states = { _start = function() inside = SESSION expect.log "start" end },
    }
    expect.log "created"
    expect(session, inside)
    expect(type(session), "userdata")
    expect.logged { "start", "created" }
    expect.run()
  end)

  it("R12 spreads a list of args, holes and trailing nils by n", function(expect)
    local function start(wanted)
      return { _start = function(...) expect(table.pack(...), wanted) end }
    end
    poe.Session.create { inline_states = start { n = 0 } }
    poe.Session.create { inline_states = start { n = 0 }, args = {} }
    poe.Session.create { inline_states = start { 1, "b", n = 2 }, args = { 1, "b" } }
    poe.Session.create { inline_states = start { nil, 2, nil, n = 3 }, args = { nil, 2, nil, n = 3 } }
    poe.Session.create { inline_states = start { n = 2 }, args = { n = 2 } }
    poe.Session.create { inline_states = start { 1, n = 1 }, args = { 1, 2, 3, n = 1 } }
    local many = {}
    for i = 1, 300 do many[i] = i end
    poe.Session.create { inline_states = start { n = 300, table.unpack(many) }, args = many }
    expect.run()
  end)

  it("R12 gives any other args value as the only argument", function(expect)
    for _, value in ipairs { "text", 7, true, false, print } do
      poe.Session.create {
        inline_states = { _start = function(...) expect(table.pack(...), { value, n = 1 }) end },
        args = value,
      }
    end
    expect.run()
  end)

  it("looks an args list up through its metatable", function(expect)
    local list = setmetatable({}, { __index = { "a", "b", n = 2 } })
    poe.Session.create {
      inline_states = { _start = function(...) expect({ ... }, { "a", "b" }) end }, args = list,
    }
    expect.run()
  end)

  it("starts a session without _start as if it were empty", function(expect)
    local session = poe.Session.create { inline_states = { x = expect.times(1) } }
    post(session, "x")
    expect.run()
  end)

  it("accepts callable tables and userdata as states", function(expect)
    local callable = setmetatable({}, { __call = function(self, ...) expect.log("called", ...) return self end })
    local s = poe.spawn { _start = callable, x = callable, _stop = callable }
    expect(call(s, "x", 1, 2), callable)
    expect.run()
    expect.logged { "called", "called 1 2", "called" }
  end)

  it("accepts C functions as states", function(expect)
    local s = poe.spawn { x = math.max, y = select }
    expect(call(s, "x", 3, 9, 4), 9)
    expect(table.pack(call(s, "y", "#", nil, nil)), { 2, n = 1 })
    expect.run()
  end)

  it("accepts the empty string and any bytes but zero as event names", function(expect)
    local strange = { "", " ", "\n", "ä", "\255\254", ("x"):rep(41), ("y"):rep(10000), "a.b", "1", "%s%d" }
    local states, calls = {}, 0
    for _, name in ipairs(strange) do
      states[name] = function() expect(STATE, name) calls = calls + 1 end
    end
    local s = poe.spawn(states)
    for _, name in ipairs(strange) do expect(post(s, name), true) end
    expect.run()
    expect(calls, #strange)
  end)

  it("raises what is wrong, at the caller", function(expect)
    local create = poe.Session.create
    expect.raises("bad argument #1 to 'create' (spec: table expected, got no value)", function() create() end)
    expect.raises("bad argument #1 to 'create' (spec: table expected, got number)", function() create(1) end)
    expect.raises("create: inline_states, object_states or package_states expected", function() create {} end)
    expect.raises("create: inline_states, object_states or package_states expected",
      function() create { heap = {} } end)
    expect.raises("create: unknown field 'inline_sates'", function() create { inline_sates = {} } end)
    expect.raises("create: unknown field 1", function() create { {} } end)
    expect.raises("create: unknown field true", function() create { [true] = 1, inline_states = {} } end)
    expect.raises("create: inline_states must be a table, got number",
      function() create { inline_states = 1 } end)
    expect.raises("create: inline_states must be a table, got function",
      function() create { inline_states = print } end)
    expect.raises("create: object_states must be a table, got string",
      function() create { object_states = "x" } end)
    expect.raises("create: package_states must be a table, got string",
      function() create { package_states = "x" } end)
    expect.raises("create: options must be a table, got boolean",
      function() create { inline_states = {}, options = true } end)
  end)

  it("raises what is wrong in inline_states, at the caller", function(expect)
    local create = poe.Session.create
    expect.raises("create: inline_states: state 'a' must be a function, got number",
      function() create { inline_states = { a = 1 } } end)
    expect.raises("create: inline_states: state 'a' must be a function, got string",
      function() create { inline_states = { a = "print" } } end)
    expect.raises("create: inline_states: state 'a' must be a function, got table",
      function() create { inline_states = { a = {} } } end)
    expect.raises("create: inline_states: state 'a' must be a function, got boolean",
      function() create { inline_states = { a = false } } end)
    expect.raises("create: inline_states: event name must be a string, got number (1)",
      function() create { inline_states = { print } } end)
    expect.raises("create: inline_states: event name must be a string, got number (3)",
      function() create { inline_states = { [3] = print } } end)
    expect.raises("create: inline_states: event name must be a string, got boolean (true)",
      function() create { inline_states = { [true] = print } } end)
    expect.raises("create: inline_states: event name 'a' contains a zero byte",
      function() create { inline_states = { ["a\0b"] = print } } end)
    expect.raises("create: inline_states: '_signal' cannot be a state; watch signals with sig",
      function() create { inline_states = { _signal = print } } end)
  end)

  it("raises what is wrong in object_states and package_states, at the caller", function(expect)
    local create = poe.Session.create
    local object = setmetatable({ a = 1, m = nothing }, { __tostring = function() return "thing" end })
    for _, field in ipairs { "object_states", "package_states" } do
      expect.raises(("create: %s: thing has no method 'x'"):format(field),
        function() create { [field] = { [object] = { "x" } } } end)
      expect.raises(("create: %s: thing has no method 'a'"):format(field),
        function() create { [field] = { [object] = { "a" } } } end)
      expect.raises(("create: %s: thing has no method 'x'"):format(field),
        function() create { [field] = { [object] = { event = "x" } } } end)
      expect.raises(("create: %s: method name must be a string, got number"):format(field),
        function() create { [field] = { [object] = { event = 1 } } } end)
      expect.raises(("create: %s: event name must be a string, got boolean"):format(field),
        function() create { [field] = { [object] = { [true] = "m" } } } end)
      expect.raises(("create: %s: list or table of methods expected, got string"):format(field),
        function() create { [field] = { [object] = "m" } } end)
      expect.raises(("create: %s: list or table of methods expected, got string"):format(field),
        function() create { [field] = { "m" } } end)
    end
    expect.raises("create: object_states: event name 'a' contains a zero byte",
      function() create { object_states = { [object] = { ["a\0b"] = "m" } } } end)
    expect.raises("create: object_states: '_signal' cannot be a state; watch signals with sig",
      function() create { object_states = { [object] = { _signal = "m" } } } end)
  end)

  it("raises what is wrong in args, options and queue_limit, at the caller", function(expect)
    local create = poe.Session.create
    for _, bad in ipairs { { 0, "0" }, { -1, "-1" }, { 1.5, "1.5" }, { "9", "9" }, { 1 << 40, "1099511627776" },
                           { true, "true" }, { 0 / 0, tostring(0 / 0) }, { math.huge, "inf" } } do
      expect.raises("create: queue_limit must be a positive integer, got " .. bad[2],
        function() create { inline_states = {}, queue_limit = bad[1] } end)
    end
    expect.raises("create: args: bad length -1", function() create { inline_states = {}, args = { n = -1 } } end)
    expect.raises("create: args: bad length 1000000000",
      function() create { inline_states = {}, args = { n = 1000000000 } } end)
    expect.raises_like("^create: options: name must be a string, got number",
      function() create { inline_states = {}, options = { [1] = true } } end)
  end)

  it("has made nothing when it raises", function(expect)
    for _ = 1, 100 do
      pcall(poe.Session.create, { inline_states = { _start = expect.never(), a = 1 } })
      pcall(poe.Session.create, { inline_states = { _start = expect.never() }, args = { n = -1 } })
      pcall(poe.Session.create, { inline_states = { _start = expect.never() }, options = { [1] = 1 } })
    end
    expect(KERNEL:sessions()(), nil)
    expect(KERNEL:get_event_count(), 0)
    expect.run()
  end)

  it("inside a pcall of a handler raises to the handler only", function(expect)
    expect.within(function()
      expect(pcall(poe.Session.create, {}), false)
      expect(SESSION:ID() > 1, true)
    end)
  end)
end)

describe("spawn", function()
  it("is create with inline_states and args", function(expect)
    local session = poe.spawn({ _start = function(...) expect(table.pack(...), { 1, nil, 3, nil, n = 4 }) end },
      1, nil, 3, nil)
    expect(type(session:ID()), "number")
    expect.run()
  end)

  it("raises what is wrong at the caller", function(expect)
    expect.raises_like("table, got number", function() poe.spawn(1) end)
    expect.raises_like("table, got n[io]", function() poe.spawn() end)
    expect.raises_like("state 'a' must be a function, got number", function() poe.spawn { a = 1 } end)
  end)
end)

describe("a session object", function()
  it("ID() is a positive integer, increasing, never reused", function(expect)
    local last = 1
    for _ = 1, 20 do
      local s = poe.spawn {}
      expect(math.type(s:ID()), "integer")
      expect(s:ID() > last, true)
      last = s:ID()
      if last % 2 == 0 then expect.run() end
    end
    expect.run()
  end)

  it("starts with ID 2 in a fresh program", function(expect)
    local out = run_poe [[print(poe.spawn({}):ID(), poe.spawn({}):ID(), KERNEL:ID())]]
    expect(out, "2\t3\t1\n")
  end)

  it("keeps its ID when it has stopped (R41)", function(expect)
    local s = poe.spawn {}
    local id = s:ID()
    expect.run()
    expect(s:ID(), id)
    expect(tostring(s), "session " .. id)
  end)

  it("tostring tells ID and aliases", function(expect)
    local s = poe.spawn {
      _start = function()
        expect(tostring(SESSION), "session " .. SESSION:ID())
        KERNEL:alias_set "logger"
        KERNEL:alias_set "backup"
      end,
    }
    expect(tostring(s), ("session %d (backup, logger)"):format(s:ID()))
    expect.run()
    expect(tostring(KERNEL), "kernel")
  end)

  it("is the same value wherever it is met", function(expect)
    local s
    s = poe.spawn {
      _start = function() KERNEL:alias_set "me" yield "x" end,
      x = function() expect(SENDER, SESSION) expect(SESSION, s) end,
    }
    expect(KERNEL:alias_resolve "me", s)
    expect(KERNEL:ID_id_to_session(s:ID()), s)
    expect(KERNEL:alias_resolve(s), s)
    local t = { [s] = "found" }
    expect(t[KERNEL:alias_resolve "me"], "found")
    expect.run()
  end)

  it("has a name for its type in messages", function(expect)
    local s = poe.spawn {}
    expect(getmetatable(s).__name, "poe.Session")
    expect.run()
  end)

  it("cannot be written to", function(expect)
    local s = poe.spawn {}
    expect(pcall(function() s.x = 1 end), false)
    expect(pcall(function() KERNEL.x = 1 end), false)
    expect.run()
  end)

  it("methods on something else raise, at the caller", function(expect)
    local s = poe.spawn {}
    for _, name in ipairs { "ID", "get_heap", "option", "postback", "callback", "why" } do
      local method = assert(load(("return function(s, ...) s.%s(...) end"):format(name)))()
      for _, value in ipairs { 1, "text", {}, print } do
        expect.raises_like("'" .. name .. "'.*session expected, got " .. type(value), method, s, value, "event")
      end
      expect.raises_like("'" .. name .. "'.*session expected, got n[oi]", method, s)
    end
    expect.run()
  end)
end)

describe("state tables", function()
  it("are kept by reference: a state added to the shared table is seen by all", function(expect)
    local states = { _start = function() yield "later" end }
    poe.spawn(states)
    poe.spawn(states)
    states.later = expect.times(2)
    expect.run()
  end)

  it("are not changed by KERNEL:state on one of the sessions", function(expect)
    local states = { x = function() return "shared" end, keep = function() return "kept" end }
    local a, b = poe.spawn(states), poe.spawn(states)
    states.change = function(what, handler) return KERNEL:state(what, handler) end
    expect(call(a, "change", "x", function() return "own" end), true)
    expect(call(a, "change", "new", function() return "new" end), true)
    expect(call(a, "change", "keep"), true)
    expect(call(a, "x"), "own")
    expect(call(b, "x"), "shared")
    expect(call(a, "new"), "new")
    expect(table.pack(call(b, "new")), { n = 0 })
    expect(table.pack(call(a, "keep")), { n = 0 })
    expect(call(b, "keep"), "kept")
    expect(rawget(states, "new"), nil)
    expect(type(states.keep), "function")
    expect(getmetatable(states), nil)
    -- what the session has not changed is still shared
    states.x = function() return "changed" end
    states.fresh = function() return "fresh" end
    expect(call(a, "x"), "own")
    expect(call(b, "x"), "changed")
    expect(call(a, "fresh"), "fresh")
    expect.run()
  end)

  it("inherit through __index tables, also several", function(expect)
    local base = { a = function() return "base a" end, b = function() return "base b" end, _default = function(e) return "default " .. e end }
    local middle = setmetatable({ b = function() return "middle b" end }, { __index = base })
    local states = setmetatable({ c = function() return "c" end }, { __index = middle })
    local s = poe.spawn(states)
    expect(call(s, "a"), "base a")
    expect(call(s, "b"), "middle b")
    expect(call(s, "c"), "c")
    expect(call(s, "d"), "default d")
    post(s, "a")
    expect.run()
  end)

  it("inherit _start, _stop and _child", function(expect)
    local base = {
      _start = function() expect.log "start" end,
      _stop = function() expect.log "stop" end,
      _child = function(reason) expect.log("child", reason) end,
    }
    poe.spawn(setmetatable({
      go = function() poe.spawn {} end,
    }, { __index = base }))
    expect.run()
    expect.logged { "start", "stop" }
    local s = poe.spawn(setmetatable({ go = function() poe.spawn {} end }, { __index = base }))
    post(s, "go")
    expect.run()
    expect.logged { "start", "child create", "child lose", "stop" }
  end)

  it("with __index on a self-call find the same handlers", function(expect)
    local states = setmetatable({ go = function() return call(SESSION, "a") end },
      { __index = { a = function() return "inherited" end } })
    local s = poe.spawn(states)
    expect(call(s, "go"), "inherited")
    expect.run()
  end)

  it("false in a state table means no state", function(expect)
    local states = setmetatable({}, { __index = { a = function() return "a" end } })
    local s = poe.spawn(states)
    states.a = false
    expect(table.pack(call(s, "a")), { n = 0 })
    expect.run()
  end)
end)

describe("object_states and package_states", function()
  it("R206 call object[method](object, ...)", function(expect)
    local Class = {}
    Class.__index = Class
    function Class:greet(...) return self.name, STATE, ... end
    local object = setmetatable({ name = "bob" }, Class)
    local s = poe.Session.create { object_states = { [object] = { "greet" } } }
    expect({ call(s, "greet", 1, 2) }, { "bob", "greet", 1, 2 })
    local t = poe.Session.create { object_states = { [object] = { hello = "greet", greet = "greet" } } }
    expect({ call(t, "hello") }, { "bob", "hello" })
    expect({ call(t, "greet") }, { "bob", "greet" })
    expect.run()
  end)

  it("give a module table as the first argument", function(expect)
    local module = {}
    function module.go(self, x) return self == module, x end
    local s = poe.Session.create { package_states = { [module] = { "go" } } }
    expect({ call(s, "go", 5) }, { true, 5 })
    expect.run()
  end)

  it("mix with inline_states, _start and _default", function(expect)
    local object = {
      _start = function(self, arg) self.arg = arg end,
      _default = function(_, event, args) return "default", event, args.n end,
      _stop = expect.times(1),
    }
    local s = poe.Session.create {
      object_states = { [object] = { "_start", "_default", "_stop" } },
      inline_states = { x = function() return "inline" end },
      args = { 42 },
    }
    expect(object.arg, 42)
    expect(call(s, "x"), "inline")
    expect({ call(s, "y", 1, 2) }, { "default", "y", 2 })
    expect.run()
  end)

  it("look a method up at each call", function(expect)
    local object = { m = function() return 1 end }
    local s = poe.Session.create { object_states = { [object] = { "m" } } }
    expect(call(s, "m"), 1)
    object.m = function() return 2 end
    expect(call(s, "m"), 2)
    expect.run()
  end)

  it("accept userdata and callable methods", function(expect)
    local methods = { m = setmetatable({}, { __call = function(_, self) return self end }) }
    local s = poe.Session.create { object_states = { [methods] = { "m" } } }
    expect(call(s, "m"), methods)
    expect.run()
  end)

  it("accept an object with __index that raises only when it is asked for a method", function(expect)
    local object = setmetatable({}, { __index = function(_, key) error("no " .. key) end })
    expect.raises_like("has no method 'm'", function()
      poe.Session.create { object_states = { [object] = { "m" } } }
    end)
  end)
end)

describe("KERNEL:state", function()
  it("R204 adds, replaces and removes, for events already queued", function(expect)
    poe.spawn {
      _start = function()
        yield "r" yield "change" yield "r" yield "remove" yield "r" yield "n"
      end,
      r = function() expect.log "old" end,
      change = function()
        expect(KERNEL:state("r", function() expect.log "new" end), true)
        expect(KERNEL:state("n", function() expect.log "added" end), true)
      end,
      remove = function() expect(KERNEL:state "r", true) end,
      _default = function(event) expect.log("default", event) end,
      _stop = nothing,
    }
    expect.run()
    expect.logged { "old", "new", "default r", "added" }
  end)

  it("R205 changes the active session: from a called handler, the callee", function(expect)
    local callee = poe.spawn { set = function() KERNEL:state("x", function() return "callee" end) end }
    local caller = poe.spawn { go = function() call(callee, "set") end }
    call(caller, "go")
    expect(call(callee, "x"), "callee")
    expect(table.pack(call(caller, "x")), { n = 0 })
    expect.run()
  end)

  it("R206 takes an object and a method, or the method of the event's name", function(expect)
    local object = { name = "o" }
    function object:x(...) return self.name, ... end
    function object:y() return "y of " .. self.name end
    local s = poe.spawn { go = function()
      expect(KERNEL:state("x", object), true)
      expect(KERNEL:state("z", object, "y"), true)
    end }
    call(s, "go")
    expect({ call(s, "x", 1) }, { "o", 1 })
    expect(call(s, "z"), "y of o")
    expect.run()
  end)

  it("takes a callable table that has no such method as a handler", function(expect)
    local callable = setmetatable({}, { __call = function(_, x) return "called", x end })
    local s = poe.spawn { go = function() KERNEL:state("x", callable) end }
    call(s, "go")
    expect({ call(s, "x", 7) }, { "called", 7 })
    expect.run()
  end)

  it("R208 replaces _stop and _child at run time", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:state("_stop", function() expect.log "new stop" end)
        KERNEL:state("_child", function(reason) expect.log("child " .. reason) end)
        poe.spawn {}
      end,
      _stop = function() expect.log "old stop" end,
    }
    expect.run()
    expect.logged { "child create", "child lose", "new stop" }
  end)

  it("R207 removing what is not there is fine", function(expect)
    expect.within(function()
      expect(KERNEL:state "never was", true)
      expect(KERNEL:state("nor this", nil), true)
      expect(KERNEL:state("a", nothing), true)
      expect(KERNEL:state("a", nil), true)
      expect(KERNEL:state "a", true)
    end)
  end)

  it("outside any session and in a stopped one fails with ESRCH (R42)", function(expect)
    expect.fails("ESRCH", "state: no session is active", KERNEL:state("x", nothing))
    expect.within(function()
      KERNEL:stop()
      expect.fails("ESRCH", "state: no session is active", KERNEL:state("x", nothing))
    end)
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.within(function()
      local object = setmetatable({}, { __tostring = function() return "thing" end })
      expect.raises("bad argument #1 to 'state' (event: string expected, got nil)", function() KERNEL:state(nil) end)
      expect.raises("bad argument #1 to 'state' (event: string expected, got number)",
        function() KERNEL:state(1, nothing) end)
      expect.raises("bad argument #1 to 'state' (event: 'a' contains a zero byte)",
        function() KERNEL:state("a\0b", nothing) end)
      expect.raises("bad argument #2 to 'state' (function, or object with method 'x' expected, got number)",
        function() KERNEL:state("x", 1) end)
      expect.raises("bad argument #2 to 'state' (function, or object with method 'x' expected, got table)",
        function() KERNEL:state("x", {}) end)
      expect.raises("bad argument #2 to 'state' (function, or object with method 'x' expected, got boolean)",
        function() KERNEL:state("x", true) end)
      expect.raises("state: thing has no method 'm'", function() KERNEL:state("x", object, "m") end)
      expect.raises("state: method name must be a string, got number", function() KERNEL:state("x", object, 1) end)
      expect.raises("bad argument #2 to 'state' (object expected, got function)",
        function() KERNEL:state("x", nothing, "m") end)
      expect.raises("bad argument #2 to 'state' (object expected, got nil)", function() KERNEL:state("x", nil, "m") end)
      expect.raises("bad self of 'state' (KERNEL expected, got string; call it KERNEL:state)",
        function() KERNEL.state("x", nothing) end)
      expect.raises_like("_signal", function() KERNEL:state("_signal", nothing) end)
    end)
  end)
end)

describe("options", function()
  it("R211 option{...} sets and returns what they were", function(expect)
    local s = poe.spawn {}
    expect(s:option { trace = false, mine = 5 }, {})
    expect(s:option { mine = 6 }, { mine = 5 })
    expect(s:option { mine = false, other = "x" }, { mine = 6 })
    expect(s:option { mine = 1, other = 1 }, { mine = false, other = "x" })
    expect(s:option(), {})
    expect(s:option {}, {})
    expect.run()
  end)

  it("R211 option(name) reads and option(name, value) sets", function(expect)
    local s = poe.spawn {}
    expect(s:option "mine", nil)
    expect(s:option("mine", 7), nil)
    expect(s:option "mine", 7)
    expect(s:option("mine", nil), 7)
    expect(s:option "mine", nil)
    expect.run()
  end)

  it("R211 names are case-insensitive, on/yes/true and off/no/false are booleans", function(expect)
    local s = poe.spawn {}
    for word, value in pairs { on = true, ON = true, yes = true, ["true"] = true, off = false, No = false,
                               ["false"] = false, ["1"] = true, ["0"] = false } do
      s:option("Thing", word)
      expect(s:option "tHING", value, word)
    end
    s:option { WORD = "other" }
    expect(s:option "word", "other")
    expect.run()
  end)

  it("are given at create, too", function(expect)
    local s = poe.Session.create { inline_states = {}, options = { mine = "x", Default = "off" } }
    expect(s:option "mine", "x")
    expect(s:option "default", false)
    expect.run()
  end)

  it("belong to one session", function(expect)
    local a, b = poe.spawn {}, poe.spawn {}
    a:option { mine = 1 }
    expect(b:option "mine", nil)
    expect.run()
  end)

  it("KERNEL has options, too", function(expect)
    expect(KERNEL:option { mine = 4 }, {})
    expect(KERNEL:option "mine", 4)
    KERNEL:option { mine = nil }
  end)

  it("raise wrong arguments, at the caller", function(expect)
    local s = poe.spawn {}
    expect.raises("bad argument #1 to 'option' (table or string expected, got number)", function() s:option(1) end)
    expect.raises("bad argument #1 to 'option' (table or string expected, got boolean)", function() s:option(true) end)
    expect.raises("option: name must be a string, got number", function() s:option { [1] = 2 } end)
    expect.run()
  end)

  it("R213 default prints a line for each unhandled event", function(expect)
    local out, err = run_poe([[
local s = poe.spawn { _start = function() SESSION:option { default = true } yield "x" yield "x" end }
]])
    expect(out, "")
    expect(err, "session 2 has no handler for event 'x' (from session 2 in '_start')\n"
      .. "session 2 has no handler for event 'x' (from session 2 in '_start')\n")
  end)

  it("R214 debug warns when a handler is replaced", function(expect)
    local _, err = run_poe([[
poe.spawn { _start = function()
  KERNEL:state("x", print)
  SESSION:option { debug = true }
  KERNEL:state("x", print)
  KERNEL:state("new", print)
end }
]])
    expect(err, "Lua warning: session 2: state 'x' is replaced\n")
  end)

  it("R212 trace prints one line per delivered event", function(expect)
    local _, err = run_poe([[
local s = poe.Session.create { options = { trace = true }, inline_states = {
  _start = function() yield "x" yield "y" end, x = print, y = print } }
]])
    local lines = {}
    for line in err:gmatch "[^\n]+" do lines[#lines + 1] = line end
    expect(#lines >= 4, true)
    expect.match(err, "2.*_start")
    expect.match(err, "'?x'?")
    expect.match(err, "_stop")
  end)
end)

describe("predefined events", function()
  it("R3 R4 _start, then _child create from inside out", function(expect)
    poe.spawn {
      _start = function()
        expect.log "P:_start"
        poe.spawn {
          _start = function()
            expect.log "C:_start"
            poe.spawn { _start = function() expect.log "G:_start" return "g" end }
            return "c"
          end,
          _child = function(reason, child, result) expect.log("C:_child", reason, type(child), result) end,
        }
        expect.log "P:_start ends"
      end,
      _child = function(reason, child, result) expect.log("P:_child", reason, type(child), result) end,
    }
    expect.logged { "P:_start", "C:_start", "G:_start", "C:_child create userdata g",
                    "P:_child create userdata c", "P:_start ends" }
    expect.run()
    expect.logged { "C:_child lose userdata nil", "P:_child lose userdata nil" }
  end)

  it("R5 _child create carries the first result, any value", function(expect)
    local object = {}
    local results = {}
    poe.spawn {
      _start = function()
        poe.spawn { _start = function() return 1, 2, 3 end }
        poe.spawn { _start = function() return object end }
        poe.spawn { _start = function() return false end }
        poe.spawn { _start = function() return nil, 2 end }
        poe.spawn { _start = function() return SESSION end }
        poe.spawn {}
      end,
      _child = function(reason, child, ...)
        if reason == "create" then
          results[#results + 1] = table.pack(...)
          if type((...)) == "userdata" then expect((...), child) end
        end
      end,
    }
    expect(results[1], { 1, n = 1 })
    expect(rawequal(results[2][1], object), true)
    expect(results[3], { false, n = 1 })
    expect(results[4][1], nil)
    expect(type(results[5][1]), "userdata")
    expect(results[6][1], nil)
    expect.run()
  end)

  it("R7 the parent is the active session, not the one whose code called", function(expect)
    local s = poe.spawn {
      spawn = function() poe.spawn { _start = function() expect(SENDER:ID(), SESSION:ID() - 2) end } end,
      _child = function(reason) expect.log("S:_child", reason) end,
    }
    local u = poe.spawn { go = function() call(s, "spawn") end, _child = expect.never() }
    call(u, "go")
    expect.run()
    expect.logged { "S:_child create", "S:_child lose" }
  end)

  it("R8 no _parent at creation", function(expect)
    poe.spawn { _start = function() poe.spawn { _parent = expect.never() } end }
    expect.run()
  end)

  it("R79 what _stop returns is the parent's third argument of lose", function(expect)
    poe.spawn {
      _start = function() poe.spawn { _stop = function() return "last words", 2 end } end,
      _child = function(reason, _, result)
        if reason == "lose" then expect(result, "last words") end
      end,
    }
    expect.run()
  end)

  it("R63 R64 _stop: children before parents, idle siblings last first", function(expect)
    local function states(name, children)
      return {
        _start = function() for _, child in ipairs(children or {}) do poe.spawn(states and child) end end,
        _stop = function() expect.log(name) end,
      }
    end
    poe.spawn(states("P", { states "C1", states "C2", states "C3" }))
    expect.run()
    expect.logged { "C3", "C2", "C1", "P" }
    poe.spawn(states("P", { states("C", { states "G" }) }))
    expect.run()
    expect.logged { "G", "C", "P" }
  end)

  it("R39 _start, _stop and _parent may be posted and called as ordinary events", function(expect)
    local count = 0
    local s = poe.spawn {
      _start = function(x) count = count + 1 if count == 1 then yield("_start", 5) else expect(x, 5) end end,
      _stop = function() expect.log "stop" return "result" end,
    }
    expect(call(s, "_stop"), "result")
    expect.logged { "stop" }
    expect.run()
    expect.logged { "stop" }
    expect(count, 2)
  end)

  it("R84 missing _stop, _child and _parent handlers are no error", function(expect)
    poe.spawn { _start = function()
      local child = poe.spawn {}
      expect(KERNEL:detach_child(child), true)
    end }
    expect.run()
  end)

  it("R210 _default gets _child, _stop and _parent, but not _start", function(expect)
    poe.spawn {
      _start = function()
        KERNEL:detach_child(poe.spawn { _start = nothing, _default = function(event, args)
          expect.log("child", event, args.n) end })
      end,
      _default = function(event, args) if event ~= "_stop" then expect.log(event, args.n, args[1]) end end,
    }
    expect.run()
    expect.logged { "_child 3 create", "_child 3 lose", "child _parent 2", "child _stop 0" }
    poe.spawn { _default = function(event) expect.log(event) end }
    expect.run()
    expect.logged { "_stop" }
  end)

  it("R209 _default gets the event and a fresh list with n, and gives the result", function(expect)
    local lists = {}
    local s = poe.spawn {
      _default = function(event, args, ...)
        if event ~= "_stop" then
          expect(select("#", ...), 0)
          lists[#lists + 1] = args
          return event, args.n
        end
      end,
    }
    expect({ call(s, "x", 1, nil, 3, nil) }, { "x", 4 })
    expect(lists[1], { 1, nil, 3, nil, n = 4 })
    expect({ call(s, "y") }, { "y", 0 })
    expect(lists[2], { n = 0 })
    lists[2].changed = true
    call(s, "y")
    expect(lists[3], { n = 0 })
    expect.run()
  end)

  it("R209 STATE says _default; what it posts, calls and dies of tells the event", function(expect)
    poe.spawn {
      _start = function() KERNEL:sig("DIE", "died") KERNEL:sig("thing", "signal") yield "posted" KERNEL:signal(SESSION, "thing") end,
      _default = function(event)
        if event == "_stop" then return end
        expect({ STATE, EVENT, KERNEL:get_active_event() }, { "_default", "_default", "_default" })
        yield "seen"
        call(SESSION, "seen")
        if event == "posted" then call(SESSION, "called") end
        error(event, 0)
      end,
      seen = function() expect.log("seen from", CALLER_STATE) end,
      died = function(_, info) expect.log("died of", info.event) KERNEL:sig_handled() end,
    }
    expect.run()
    expect.logged { "seen from posted", "seen from called", "seen from signal", "seen from posted", "seen from called",
      "died of posted", "seen from signal", "died of signal" }
  end)
end)

describe("why", function()
  local function kinds(session)
    local list = {}
    for _, reason in ipairs(session:why()) do
      list[#list + 1] = ("%s %s"):format(reason.kind, reason.count)
    end
    table.sort(list)
    return list
  end

  it("names each reason with kind, count and detail", function(expect)
    local s, other
    other = poe.spawn { x = nothing, _start = function() KERNEL:refcount_increment(SESSION:ID(), "hold") end }
    s = poe.spawn {
      _start = function()
        KERNEL:alias_set "one"
        KERNEL:alias_set "two"
        KERNEL:delay_set("t", 3600)
        KERNEL:refcount_increment(SESSION:ID(), "tag")
        HEAP.back = SESSION:postback "x"
        poe.spawn { _start = function() KERNEL:delay("later", 3600) end }
        yield "x"
      end,
      x = nothing,
      finish = function()
        KERNEL:alarm_remove_all()
        KERNEL:refcount_decrement(SESSION:ID(), "tag")
        HEAP.back:release()
      end,
    }
    expect(kinds(s), { "alias 2", "child 1", "event 1", "postback 1", "refcount 1", "timer 1" })
    for _, reason in ipairs(s:why()) do
      expect(type(reason.kind), "string")
      expect(math.type(reason.count), "integer")
      expect.yes(reason.detail == nil or type(reason.detail) == "string")
      if reason.kind == "refcount" then expect.match(reason.detail, "tag") end
      if reason.kind == "alias" then expect.match(reason.detail, "one") end
    end
    expect(kinds(other), { "refcount 1" })
    KERNEL:stop()
  end)

  it("is empty when nothing keeps it, and for a stopped session", function(expect)
    local s = poe.spawn {}
    expect(s:why(), {})
    expect.run()
    expect(s:why(), {})
  end)
end)
