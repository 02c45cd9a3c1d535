--- Section 4: aliases, IDs, sessions(), the kernel's questions.
local poe = require "poe"

local function nothing() end

describe("alias_set", function()
  it("R190 gives true, again for its owner, EEXIST for another", function(expect)
    local owner
    owner = poe.spawn { _start = function()
      expect(table.pack(KERNEL:alias_set "name"), { true, n = 1 })
      expect(KERNEL:alias_set "name", true)
    end }
    expect.within(function()
      expect.fails("EEXIST", ("alias 'name' belongs to session %d"):format(owner:ID()), KERNEL:alias_set "name")
    end)
    expect.run()
  end)

  it("takes any string without a zero byte", function(expect)
    expect.within(function()
      for _, name in ipairs { "", " ", "ä", "\n", "%d", ("x"):rep(41), ("y"):rep(5000), "a.b", "-1" } do
        expect(KERNEL:alias_set(name), true)
        expect(KERNEL:alias_resolve(name), SESSION)
        expect(KERNEL:alias_remove(name), true)
        expect(KERNEL:alias_resolve(name), nil)
      end
    end)
  end)

  it("holds many names", function(expect)
    local n = expect.heavy(5000)
    expect.within(function()
      for i = 1, n do expect(KERNEL:alias_set("name" .. i), true) end
      for i = 1, n do expect(KERNEL:alias_resolve("name" .. i), SESSION) end
      for i = 1, n, 2 do expect(KERNEL:alias_remove("name" .. i), true) end
      for i = 1, n do expect(KERNEL:alias_resolve("name" .. i), i % 2 == 0 and SESSION or nil) end
    end)
    expect(KERNEL:alias_resolve "name2", nil)
  end)

  it("R194 outside any session names the kernel, until run ends", function(expect)
    poe.spawn {}
    expect(KERNEL:alias_set "outside", true)
    expect(KERNEL:alias_resolve "outside", KERNEL)
    expect.run()
    expect(KERNEL:alias_resolve "outside", nil)
  end)

  it("R194 R195 goes with its session, after _stop and the parent's _child lose", function(expect)
    poe.spawn {
      _start = function()
        poe.spawn {
          _start = function() KERNEL:alias_set "child" end,
          _stop = function() expect(KERNEL:alias_resolve "child", SESSION) end,
        }
      end,
      _child = function(_, child) expect(KERNEL:alias_resolve "child", child) end,
      _stop = function() expect(KERNEL:alias_resolve "child", nil) end,
    }
    expect.run()
    expect(KERNEL:alias_resolve "child", nil)
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'alias_set' (alias: string expected, got no value)", function() KERNEL:alias_set() end)
    expect.raises("bad argument #1 to 'alias_set' (alias: string expected, got number)", function() KERNEL:alias_set(1) end)
    expect.raises("bad argument #1 to 'alias_set' (alias: string expected, got table)", function() KERNEL:alias_set {} end)
    expect.raises("bad argument #1 to 'alias_set' (alias: 'a' contains a zero byte)",
      function() KERNEL:alias_set "a\0b" end)
    expect.raises("bad self of 'alias_set' (KERNEL expected, got string; call it KERNEL:alias_set)",
      function() KERNEL.alias_set "a" end)
  end)
end)

describe("alias_remove", function()
  it("R191 gives true, ESRCH for what there is not, EPERM for another's", function(expect)
    poe.spawn { _start = function() KERNEL:alias_set "other's" end }
    expect.within(function()
      KERNEL:alias_set "mine"
      expect(table.pack(KERNEL:alias_remove "mine"), { true, n = 1 })
      expect.fails("ESRCH", "no such alias: mine", KERNEL:alias_remove "mine")
      expect.fails("ESRCH", "no such alias: never", KERNEL:alias_remove "never")
      expect.fails("EPERM", "alias 'other's' belongs to another session", KERNEL:alias_remove "other's")
    end)
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'alias_remove' (alias: string expected, got nil)",
      function() KERNEL:alias_remove(nil) end)
    expect.raises("bad argument #1 to 'alias_remove' (alias: 'a' contains a zero byte)",
      function() KERNEL:alias_remove "a\0" end)
    expect.raises("bad self of 'alias_remove' (KERNEL expected, got string; call it KERNEL:alias_remove)",
      function() KERNEL.alias_remove "a" end)
  end)
end)

describe("alias_resolve", function()
  it("R193 takes an alias, an ID, a session", function(expect)
    local s = poe.spawn { _start = function() KERNEL:alias_set "me" end }
    for _, what in ipairs { "me", s:ID(), tostring(s:ID()), s } do
      expect(table.pack(KERNEL:alias_resolve(what)), { s, n = 1 })
    end
    expect(KERNEL:alias_resolve(KERNEL), KERNEL)
    expect(KERNEL:alias_resolve(1), KERNEL)
    expect.run()
  end)

  it("R193 fails for what there is not", function(expect)
    local s = poe.spawn {}
    expect.run()
    poe.spawn {}
    expect.fails("ESRCH", "no such session: nobody", KERNEL:alias_resolve "nobody")
    expect.fails("ESRCH", "no such session: 99999", KERNEL:alias_resolve(99999))
    expect.fails("ESRCH", "no such session: " .. tostring(s), KERNEL:alias_resolve(s))
    expect.run()
  end)

  it("raises wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'alias_resolve' (session, ID or alias expected, got no value)",
      function() KERNEL:alias_resolve() end)
    expect.raises("bad argument #1 to 'alias_resolve' (session, ID or alias expected, got table)",
      function() KERNEL:alias_resolve {} end)
    expect.raises("bad self of 'alias_resolve' (KERNEL expected, got string; call it KERNEL:alias_resolve)",
      function() KERNEL.alias_resolve "a" end)
  end)
end)

describe("alias_list", function()
  it("R192 lists the aliases of a session, sorted", function(expect)
    local s = poe.spawn { _start = function()
      for _, name in ipairs { "b", "a", "c", "B", "10", "9" } do KERNEL:alias_set(name) end
      expect(KERNEL:alias_list(), { "10", "9", "B", "a", "b", "c" })
    end }
    expect(KERNEL:alias_list(s), { "10", "9", "B", "a", "b", "c" })
    expect(KERNEL:alias_list(s:ID()), { "10", "9", "B", "a", "b", "c" })
    expect(KERNEL:alias_list "a", { "10", "9", "B", "a", "b", "c" })
    expect(KERNEL:alias_list(), {})
    local t = poe.spawn {}
    expect(KERNEL:alias_list(t), {})
    expect.run()
  end)

  it("fails for what there is not, raises for what cannot be", function(expect)
    expect.fails("ESRCH", "no such session: nobody", KERNEL:alias_list "nobody")
    expect.raises("bad argument #1 to 'alias_list' (session, ID or alias expected, got table)",
      function() KERNEL:alias_list {} end)
    expect.raises("bad self of 'alias_list' (KERNEL expected, got no value; call it KERNEL:alias_list)",
      function() KERNEL.alias_list() end)
  end)
end)

describe("IDs", function()
  it("R197 lead to sessions and back", function(expect)
    local s = poe.spawn {}
    expect(table.pack(KERNEL:ID_id_to_session(s:ID())), { s, n = 1 })
    expect(table.pack(KERNEL:ID_session_to_id(s)), { s:ID(), n = 1 })
    expect(KERNEL:ID_id_to_session(1), KERNEL)
    expect(KERNEL:ID_session_to_id(KERNEL), 1)
    expect(KERNEL:ID(), 1)
    expect.run()
  end)

  it("R197 R196 of what has stopped or never was fail", function(expect)
    local s = poe.spawn {}
    expect.run()
    expect.fails("ESRCH", "no such session: " .. s:ID(), KERNEL:ID_id_to_session(s:ID()))
    expect.fails("ESRCH", "no such session: " .. tostring(s), KERNEL:ID_session_to_id(s))
    for _, id in ipairs { 0, -1, 99999999, math.maxinteger, math.mininteger } do
      expect.fails("ESRCH", "no such session: " .. id, KERNEL:ID_id_to_session(id))
    end
  end)

  it("raise wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'ID_id_to_session' (ID: integer expected, got no value)",
      function() KERNEL:ID_id_to_session() end)
    expect.raises("bad argument #1 to 'ID_id_to_session' (ID: integer expected, got 1.5)",
      function() KERNEL:ID_id_to_session(1.5) end)
    expect.raises("bad argument #1 to 'ID_id_to_session' (ID: integer expected, got table)",
      function() KERNEL:ID_id_to_session {} end)
    expect.raises("bad argument #1 to 'ID_session_to_id' (session expected, got no value)",
      function() KERNEL:ID_session_to_id() end)
    expect.raises("bad argument #1 to 'ID_session_to_id' (session expected, got number)",
      function() KERNEL:ID_session_to_id(2) end)
    for _, name in ipairs { "ID", "ID_id_to_session", "ID_session_to_id" } do
      local fn = load(("return function(KERNEL) KERNEL.%s() end"):format(name))()
      expect.raises(("bad self of '%s' (KERNEL expected, got no value; call it KERNEL:%s)"):format(name, name), fn, KERNEL)
    end
  end)
end)

describe("sessions()", function()
  it("gives the live sessions by ID, the kernel not among them", function(expect)
    local made = {}
    for i = 1, 10 do made[i] = poe.spawn {} end
    local seen = {}
    for session, extra in KERNEL:sessions() do
      seen[#seen + 1] = session
      expect(extra, nil)
    end
    expect(seen, made)
    expect.run()
    expect(KERNEL:sessions()(), nil)
  end)

  it("leaves out what stops on the way, and what is new", function(expect)
    local made, seen = {}, 0
    for i = 1, 4 do made[i] = poe.spawn { _start = function() KERNEL:alias_set("s" .. i) end } end
    for session in KERNEL:sessions() do
      seen = seen + 1
      if seen == 1 then
        expect(session, made[1])
        KERNEL:signal(made[3], "KILL")
        KERNEL:run_one_timeslice()
        poe.spawn {}
      end
      expect(session ~= made[3], true)
    end
    expect(seen >= 1 and seen <= 3, true)
    expect.run()
  end)

  it("an ended iterator stays ended", function(expect)
    poe.spawn {}
    local next_session = KERNEL:sessions()
    expect.yes(next_session())
    expect(next_session(), nil)
    expect(next_session(), nil)
    expect.run()
  end)

  it("includes the session that asks", function(expect)
    expect.within(function()
      local found = false
      for session in KERNEL:sessions() do found = found or session == SESSION end
      expect(found, true)
    end)
  end)

  it("called with a dot says so", function(expect)
    expect.raises("bad self of 'sessions' (KERNEL expected, got no value; call it KERNEL:sessions)",
      function() KERNEL.sessions() end)
  end)
end)

describe("the kernel's questions", function()
  it("R240 get_active_session and get_active_event", function(expect)
    expect(KERNEL:get_active_session(), KERNEL)
    expect(KERNEL:get_active_event(), nil)
    poe.spawn {
      _start = function()
        expect(KERNEL:get_active_session(), SESSION)
        expect(KERNEL:get_active_event(), "_start")
        call(SESSION, "self")
      end,
      self = function() expect(KERNEL:get_active_event(), "self") end,
    }
    expect.run()
  end)

  it("R241 R242 get_event_count counts what is queued, a birth too, the running event not", function(expect)
    expect(KERNEL:get_event_count(), 0)
    poe.spawn {
      _start = function()
        expect(KERNEL:get_event_count(), 0)
        yield "x"
        expect(KERNEL:get_event_count(), 1)
      end,
      x = function()
        local before = KERNEL:get_event_count()
        KERNEL:delay("t", 0)
        expect(KERNEL:get_event_count(), before + 1)
        yield "y"
        expect(KERNEL:get_event_count(), before + 2)
      end,
      t = nothing, y = nothing,
    }
    expect(KERNEL:get_event_count(), 2)
    expect.run()
    expect(KERNEL:get_event_count(), 0)
  end)

  it("R242 a birth counts until its turn in the queue has come", function(expect)
    local function session(name)
      poe.spawn { _start = function() yield "x" end,
                  x = function() expect.log(name, KERNEL:get_event_count(), KERNEL:get_next_event_time() ~= nil) end }
    end
    session "a" session "b" session "c"
    expect(KERNEL:get_event_count(), 6)
    poe.spawn {}
    expect.run()
    expect.logged { "a 6 true", "b 4 true", "c 2 true" }
  end)

  it("R241 get_next_event_time tells when the next is due, nil when none is", function(expect)
    expect(KERNEL:get_next_event_time(), nil)
    poe.spawn {
      _start = function()
        KERNEL:alarm_set("x", 4102444800.25)
        expect(KERNEL:get_next_event_time(), 4102444800.25)
        KERNEL:alarm_set("x", 100.5)
        expect(KERNEL:get_next_event_time(), 100.5)
        KERNEL:alarm_remove_all()
        local before = poe.time()
        yield "y"
        local due = KERNEL:get_next_event_time()
        expect.yes(due and due >= before - 0.01 and due <= poe.time() + 0.01)
        KERNEL:alarm_remove_all()
      end,
      y = nothing,
    }
    expect.run()
    expect(KERNEL:get_next_event_time(), nil)
  end)

  it("called with a dot say so", function(expect)
    for _, name in ipairs { "get_active_session", "get_active_event", "get_event_count", "get_next_event_time",
                            "run", "run_one_timeslice", "stop", "detach_myself", "sig_handled", "alarm_remove_all" } do
      local fn = load(("return function(KERNEL) KERNEL.%s() end"):format(name))()
      expect.raises(("bad self of '%s' (KERNEL expected, got no value; call it KERNEL:%s)"):format(name, name), fn, KERNEL)
    end
  end)
end)
