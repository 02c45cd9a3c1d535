--- Section 3: what keeps a session, and how it ends; section 4: reference counts and detaching.
local poe = require "poe"

local function nothing() end

describe("a session lives", function()
  --- Runs `start` in a session and tells in which order it and a marker stop.  The marker lives
  --- 10 ms.
  local function order(expect, start, states)
    states = states or {}
    states._start = start
    states._stop = function() expect.log "S" end
    local s = poe.spawn(states)
    poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = nothing, _stop = function() expect.log "marker" end }
    return s
  end

  it("R9 to the end of its first slice, with nothing to do", function(expect)
    local s = order(expect, nothing)
    expect(KERNEL:ID_id_to_session(s:ID()), s)
    expect.run()
    expect.logged { "S", "marker" }
  end)

  it("R59 while an event to it is queued", function(expect)
    local n = 0
    order(expect, function() yield "again" end, { again = function() n = n + 1 if n < 10 then yield "again" end end })
    expect.run()
    expect(n, 10)
    expect.logged { "S", "marker" }
  end)

  it("R58 R69 while an event it sent is queued", function(expect)
    local y = poe.spawn { e = function() expect.log "Y:e" post(SENDER, "reply") end,
                          _start = function() KERNEL:delay("x", 0.01) end, x = nothing }
    poe.spawn { _start = function() yield "x" end, x = function() post(y, "e") end,
                reply = function() expect.log "X:reply" end, _stop = function() expect.log "X:_stop" end }
    expect.run()
    expect.logged { "Y:e", "X:reply", "X:_stop" }
  end)

  it("R59 while it has a timer", function(expect)
    order(expect, function() KERNEL:delay("x", 0.03) end, { x = nothing })
    expect.run()
    expect.logged { "marker", "S" }
  end)

  it("R59 while it has a child", function(expect)
    order(expect, function() poe.spawn { _start = function() KERNEL:delay("x", 0.03) end, x = nothing } end)
    expect.run()
    expect.logged { "marker", "S" }
  end)

  it("R59 R71 while a reference count is positive", function(expect)
    local s = order(expect, function() KERNEL:refcount_increment(SESSION:ID(), "tag") end)
    poe.spawn { _start = function() KERNEL:delay("x", 0.03) end, x = function() KERNEL:refcount_decrement(s:ID(), "tag") end }
    expect.run()
    expect.logged { "marker", "S" }
  end)

  it("R72 while it has a postback or callback", function(expect)
    local back
    order(expect, function() back = SESSION:postback "x" end)
    poe.spawn { _start = function() KERNEL:delay("x", 0.03) end, x = function() back:release() end }
    expect.run()
    expect.logged { "marker", "S" }
    order(expect, function() back = SESSION:callback "x" end)
    poe.spawn { _start = function() KERNEL:delay("x", 0.03) end, x = function() back:release() end }
    expect.run()
    expect.logged { "marker", "S" }
  end)

  it("R60 not because of signals watched, states, options, its heap, or a variable", function(expect)
    local s = order(expect, function()
      KERNEL:sig("USR1", "x")
      KERNEL:sig("CHLD", "x")
      KERNEL:state("y", nothing)
      SESSION:option { mine = 1 }
      HEAP.me = SESSION
    end)
    expect.run()
    expect.logged { "S", "marker" }
    expect.yes(s)
  end)

  it("R70 with an alias while another session is alive", function(expect)
    order(expect, function() KERNEL:alias_set "name" KERNEL:sig("IDLE", "idle") end, { idle = function() expect.log "idle" end })
    expect.run()
    expect.logged { "marker", "idle", "S" }
  end)

  it("R62 R67 to the end of the slice: who is posted to meanwhile goes on", function(expect)
    local a = poe.spawn { _start = function() yield "x" end, x = function() expect.log "A:x" end,
      again = function() expect.log "A:again" end, _stop = function() expect.log "A:_stop" end }
    poe.spawn { _start = function() yield "x" end,
      x = function() expect.log "B:x" expect(post(a, "again"), true) end, _stop = function() expect.log "B:_stop" end }
    expect.run()
    expect.logged { "A:x", "B:x", "A:again", "B:_stop", "A:_stop" }
  end)

  it("R68 what _child lose posts keeps the parent", function(expect)
    poe.spawn {
      _start = function() poe.spawn { _stop = function() expect.log "C:_stop" end } end,
      _child = function(reason) expect.log(reason) if reason == "lose" then yield "after" end end,
      after = function() expect.log "after" end,
      _stop = function() expect.log "P:_stop" end,
    }
    expect.run()
    expect.logged { "create", "C:_stop", "lose", "after", "P:_stop" }
  end)

  it("R66 a parent ends in the same sweep as its last child", function(expect)
    poe.spawn {
      _start = function() poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = nothing, _stop = function() expect.log "C" end } end,
      _stop = function() expect.log "P" end,
    }
    poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() yield "y" end, y = function() expect.log "y" end }
    expect.run()
    expect.logged { "C", "P", "y" }
  end)

  it("R80 nothing done in _stop prevents the stop", function(expect)
    local back
    poe.spawn { _stop = function()
      KERNEL:refcount_increment(SESSION:ID(), "tag")
      back = SESSION:postback "x"
      KERNEL:alias_set "name"
      KERNEL:delay("x", 0.01)
      expect.log "stop"
    end, x = expect.never() }
    expect.run()
    expect.logged { "stop" }
    expect(KERNEL:alias_resolve "name", nil)
    expect(select(3, back()), "ESRCH")
    back:release()
  end)

  it("R17 a session made in _stop lives on, a child of the grandparent", function(expect)
    poe.spawn {
      _start = function()
        poe.spawn {
          _stop = function()
            poe.spawn { _start = function() yield "x" end, x = function() expect.log "K:x" end,
                        _parent = expect.never(), _stop = function() expect.log "K:_stop" end }
          end,
          _child = function(reason) expect.log("P:" .. reason) end,
        }
      end,
      _child = function(reason) expect.log("GP:" .. reason) end,
      _stop = function() expect.log "GP:_stop" end,
    }
    expect.run()
    expect.logged { "GP:create", "P:create", "GP:lose", "K:x", "K:_stop", "GP:lose", "GP:_stop" }
  end)

  it("R74 R75 R128 children it leaves behind: gain, their _parent, _stop, lose", function(expect)
    poe.spawn {
      _start = function()
        HEAP.middle = poe.spawn {
          _start = function() KERNEL:sig("TERM", "term") end,
          term = function()
            for _, name in ipairs { "a", "b" } do
              poe.spawn {
                _start = function() yield "x" end, x = function() expect.log(name .. ":x") end,
                _parent = function(old, new) expect.log(name .. ":_parent", old ~= new, new == SENDER) end,
              }
            end
          end,
          _child = function(reason) expect.log("M:" .. reason) end,
          _stop = function() expect.log "M:_stop" return "result" end,
        }
        KERNEL:signal(HEAP.middle, "TERM")
      end,
      _child = function(reason, child, ...) expect.log("GP:" .. reason, child == HEAP.middle, select("#", ...), ...) end,
    }
    expect.run()
    expect.logged { "GP:create false 1 nil", "M:create", "M:create",
                    "GP:gain false 0", "a:_parent true false", "GP:gain false 0", "b:_parent true false",
                    "M:_stop", "GP:lose true 1 result", "a:x", "b:x", "GP:lose false 1 nil", "GP:lose false 1 nil" }
  end)

  it("R82 its heap and states are let go when it has stopped", function(expect)
    local weak = setmetatable({}, { __mode = "k" })
    poe.spawn { _start = function() HEAP.thing = {} weak[HEAP.thing] = true weak[HEAP] = true end }
    do
      local states = { _start = nothing }
      weak[states] = true
      poe.spawn(states)
    end
    expect.run()
    for _ = 1, 3 do collectgarbage() end
    expect(next(weak), nil)
  end)
end)

describe("IDLE and ZOMBIE", function()
  local function member(expect, name, idle)
    return {
      _start = function() KERNEL:alias_set(name) KERNEL:sig("IDLE", "idle") KERNEL:sig("ZOMBIE", "zombie") end,
      idle = function() expect.log(name .. ":idle") if idle then idle() end end,
      zombie = function() expect.log(name .. ":zombie") KERNEL:sig_handled() yield "work" end,
      work = function() expect.log(name .. ":work") end,
      _stop = function() expect.log(name .. ":_stop") end,
    }
  end

  it("R86 sessions with nothing but aliases stop at once", function(expect)
    poe.spawn { _start = function() KERNEL:alias_set "a" end, _stop = function() expect.log "a" end }
    poe.spawn { _start = function() KERNEL:alias_set "b" end, _stop = function() expect.log "b" end }
    expect.run()
    expect.logged { "a", "b" }
  end)

  it("R87 R89 unhandled IDLE stops all; work queued in it is lost", function(expect)
    poe.spawn(member(expect, "A", function() yield "work" end))
    expect.run()
    expect.logged { "A:idle", "A:_stop" }
  end)

  it("R88 R92 handled, without new work, ZOMBIE follows and cannot be refused", function(expect)
    poe.spawn(member(expect, "A", function() KERNEL:sig_handled() end))
    poe.spawn(member(expect, "B"))
    expect.run()
    expect.logged { "A:idle", "B:idle", "A:zombie", "B:zombie", "A:_stop", "B:_stop" }
  end)

  it("R90 handled and with work life goes on", function(expect)
    local n = 0
    poe.spawn(member(expect, "A", function()
      n = n + 1
      if n < 3 then KERNEL:sig_handled() yield "work" end
    end))
    expect.run()
    expect.logged { "A:idle", "A:work", "A:idle", "A:work", "A:idle", "A:_stop" }
  end)

  it("R93 a reference count anywhere holds IDLE off for everybody", function(expect)
    poe.spawn(member(expect, "A"))
    local b = poe.spawn { _start = function() KERNEL:refcount_increment(SESSION:ID(), "x") end, _stop = function() expect.log "B" end }
    poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function()
      expect.log "x" KERNEL:refcount_decrement(b:ID(), "x") end }
    expect.run()
    expect.logged { "x", "B", "A:idle", "A:_stop" }
  end)
end)

describe("refcount_increment and refcount_decrement", function()
  it("R199 give the new count; tags are independent", function(expect)
    local s = poe.spawn {}
    local id = s:ID()
    expect(table.pack(KERNEL:refcount_increment(id, "a")), { 1, n = 1 })
    expect(KERNEL:refcount_increment(id, "a"), 2)
    expect(KERNEL:refcount_increment(id, "b"), 1)
    expect(KERNEL:refcount_decrement(id, "a"), 1)
    expect(KERNEL:refcount_decrement(id, "b"), 0)
    expect(KERNEL:refcount_decrement(id, "a"), 0)
    expect.run()
  end)

  it("R200 R202 by ID only, from anywhere", function(expect)
    local s = poe.spawn { _start = function() KERNEL:alias_set "name" end }
    expect.fails("ESRCH", "no such session: name", KERNEL:refcount_increment("name", "a"))
    expect.fails("ESRCH", "no such session: " .. tostring(s), KERNEL:refcount_increment(s, "a"))
    expect.fails("ESRCH", "no such session: 99999", KERNEL:refcount_increment(99999, "a"))
    expect.fails("ESRCH", "no such session: 99999", KERNEL:refcount_decrement(99999, "a"))
    expect.run()
    expect.fails("ESRCH", "no such session: " .. s:ID(), KERNEL:refcount_increment(s:ID(), "a"))
  end)

  it("R201 below zero protect only when they are positive again", function(expect)
    local s = poe.spawn { _stop = function() expect.log "S" end }
    expect(KERNEL:refcount_decrement(s:ID(), "a"), -1)
    expect(KERNEL:refcount_increment(s:ID(), "a"), 0)
    poe.spawn { _start = function() KERNEL:delay("x", 0.01) end, x = function() expect.log "x" end }
    expect.run()
    expect.logged { "S", "x" }
  end)

  it("raise wrong arguments, at the caller", function(expect)
    for _, name in ipairs { "refcount_increment", "refcount_decrement" } do
      local function raises(text, code)
        expect.raises(text:format(name), load(("return function() KERNEL%s%s end"):format(code:sub(1, 1) .. name, code:sub(2)))())
      end
      raises("bad argument #1 to '%s' (session ID expected, got no value)", ":()")
      raises("bad argument #1 to '%s' (session ID expected, got nil)", ":(nil, 'a')")
      raises("bad argument #1 to '%s' (session ID expected, got table)", ":({}, 'a')")
      raises("bad argument #1 to '%s' (session ID expected, got boolean)", ":(true, 'a')")
      raises("bad argument #2 to '%s' (tag: string expected, got no value)", ":(1)")
      raises("bad argument #2 to '%s' (tag: string expected, got number)", ":(1, 2)")
      raises("bad argument #2 to '%s' (tag: 'a' contains a zero byte)", ":(1, 'a\\0b')")
      raises("bad self of '%s' (KERNEL expected, got number; call it KERNEL:" .. name .. ")", ".(1, 'a')")
    end
  end)
end)

describe("detach_child and detach_myself", function()
  it("R222 the parent loses it, then it hears of its new parent; no gain", function(expect)
    local parent
    parent = poe.spawn {
      _start = function()
        HEAP.child = poe.spawn {
          _start = function() yield "x" end, x = function() yield "y" end, y = nothing,
          _parent = function(old, new) expect.log("C:_parent", old == HEAP or old == parent or "P", new) end,
          _stop = function() expect.log "C:_stop" end,
        }
        parent = SESSION
        expect(table.pack(KERNEL:detach_child(HEAP.child)), { true, n = 1 })
        expect.log "detached"
      end,
      _child = function(reason, child, result) expect.log("P:_child", reason, child == HEAP.child, result) end,
      _stop = function() expect.log "P:_stop" end,
    }
    expect.run()
    expect.logged { "P:_child create false nil", "P:_child lose true nil", "C:_parent true kernel", "detached",
                    "P:_stop", "C:_stop" }
  end)

  it("R223 detach_myself gives the same", function(expect)
    poe.spawn {
      _start = function()
        poe.spawn {
          _start = function() yield "go" end,
          go = function()
            expect(KERNEL:detach_myself(), true)
            expect.fails("EPERM", "this session is the kernel's already", KERNEL:detach_myself())
          end,
          _parent = function(_, new) expect.log("C:_parent", new) end,
        }
      end,
      _child = function(reason) expect.log("P:_child", reason) end,
    }
    expect.run()
    expect.logged { "P:_child create", "P:_child lose", "C:_parent kernel" }
  end)

  it("R16 in _start: neither create nor lose", function(expect)
    poe.spawn {
      _start = function()
        poe.spawn { _start = function() expect(KERNEL:detach_myself(), true) end,
                    _parent = function(_, new) expect.log("_parent", new) end }
      end,
      _child = expect.never(),
    }
    expect.run()
    expect.logged { "_parent kernel" }
  end)

  it("R224 fail for what is no child, by session, ID and alias", function(expect)
    local stranger = poe.spawn { _start = function() KERNEL:alias_set "stranger" end }
    local id = stranger:ID()
    expect.within(function()
      for _, what in ipairs { stranger, id, "stranger" } do
        expect.fails("EPERM", ("session %d is not a child of this one"):format(id), KERNEL:detach_child(what))
      end
      expect.fails("EPERM", ("session %d is not a child of this one"):format(SESSION:ID()), KERNEL:detach_child(SESSION))
      expect.fails("ESRCH", "no such session: nobody", KERNEL:detach_child "nobody")
      expect(select(3, KERNEL:detach_child(KERNEL)), "EPERM")
    end)
    local top = poe.spawn {}
    expect(KERNEL:detach_child(top), nil)
    expect(select(3, KERNEL:detach_child(top)), "EPERM")
    expect.fails("EPERM", "this session is the kernel's already", KERNEL:detach_myself())
    expect.run()
  end)

  it("raise wrong arguments, at the caller", function(expect)
    expect.raises("bad argument #1 to 'detach_child' (session, ID or alias expected, got no value)",
      function() KERNEL:detach_child() end)
    expect.raises("bad argument #1 to 'detach_child' (session, ID or alias expected, got table)",
      function() KERNEL:detach_child {} end)
    expect.raises("bad self of 'detach_child' (KERNEL expected, got number; call it KERNEL:detach_child)",
      function() KERNEL.detach_child(2) end)
  end)
end)

describe("postback and callback", function()
  it("R215 R216 post event({creation's}, {call's}), fresh lists each time, and return true", function(expect)
    local lists = {}
    local s = poe.spawn { x = function(a, b)
      expect(a, { 1, nil, 3, n = 3 })
      lists[#lists + 1] = { a, b }
      a.changed = true
    end }
    local back <close> = s:postback("x", 1, nil, 3)
    expect(table.pack(back("p", nil)), { true, n = 1 })
    expect(back(), true)
    back:release()
    expect.run()
    expect(lists[1][2], { "p", nil, n = 2 })
    expect(lists[2][2], { n = 0 })
    expect(rawequal(lists[1][1], lists[2][1]), false)
  end)

  it("R217 a callback calls and returns the handler's results", function(expect)
    local s = poe.spawn { x = function(a, b) return a[1], b[1], nil, STATE end, none = nothing }
    local now <close> = s:callback("x", "created")
    expect(table.pack(now "called"), { "created", "called", nil, "x", n = 4 })
    poe.spawn { _start = function()
      local own <close> = SESSION:callback "missing"
      expect(table.pack(own()), { n = 0 })
      expect(now(5) == "created", true)
    end }
    now:release()
    expect.run()
  end)

  it("R218 keep their session until the last is released", function(expect)
    local s = poe.spawn { _stop = function() expect.log "stop" end }
    local a, b = s:postback "x", s:callback "x"
    poe.spawn { _start = function() yield "one" end,
      one = function() a:release() yield "two" end,
      two = function() yield "three" end,
      three = function() expect.log "three" b:release() b:release() a:release() end }
    expect.run()
    expect.logged { "three", "stop" }
  end)

  it("release ends the keeping only: it can still be called while the session lives", function(expect)
    local s = poe.spawn { _start = function() KERNEL:delay("wait", 0.01) end, wait = nothing, x = expect.times(1) }
    local back = s:postback "x"
    back:release()
    expect(back(), true)
    expect.run()
    expect.fails("ESRCH", "no such session: " .. tostring(s), back())
  end)

  it("a <close> scope releases, also when it is left by an error", function(expect)
    poe.spawn { _start = function()
      pcall(function()
        local back <close> = SESSION:postback "x"
        error(back)
      end)
      do local back <close> = SESSION:callback "x" expect.yes(back) end
    end }
    expect.run()
  end)

  it("the collector releases what nobody holds", function(expect)
    poe.spawn { _start = function() SESSION:postback "x" SESSION:callback "x" end, _stop = expect.times(1) }
    collectgarbage()
    collectgarbage()
    expect.run()
  end)

  it("R219 weaken releases and returns the object", function(expect)
    local s = poe.spawn {}
    local back = s:postback "x"
    expect(back:weaken(), back)
    expect.run()
  end)

  it("R221 of a stopped session fail and cannot be made", function(expect)
    local s = poe.spawn {}
    local back = s:postback "x"
    KERNEL:signal(s, "KILL")
    expect.run()
    expect.fails("ESRCH", "no such session: " .. tostring(s), back())
    expect.fails("ESRCH", "no such session: " .. tostring(s), s:postback "x")
    expect.fails("ESRCH", "no such session: " .. tostring(s), s:callback "x")
    back:release()
  end)

  it("are callable objects with a name for their type", function(expect)
    local s = poe.spawn {}
    local back <close> = s:postback "x"
    expect(getmetatable(back).__name, "poe.Postback")
    expect(type(getmetatable(back).__call), "function")
    back:release()
    expect.run()
  end)

  it("carry 0 to 300 arguments on both sides", function(expect)
    local list = {}
    for i = 1, 300 do list[i] = i % 3 ~= 0 and i or nil end
    local s = poe.spawn { x = function(a, b)
      expect(a.n, b.n)
      expect(a, table.pack(table.unpack(list, 1, a.n)))
      expect(a, b)
    end }
    for n = 0, 300, 20 do
      local back <close> = s:postback("x", table.unpack(list, 1, n))
      back(table.unpack(list, 1, n))
    end
    expect.run()
  end)

  it("raise wrong arguments, at the caller", function(expect)
    local s = poe.spawn {}
    for _, name in ipairs { "postback", "callback" } do
      local function raises(text, code)
        expect.raises(text:format(name), load(("return function(s) s:%s%s end"):format(name, code))(), s)
      end
      raises("bad argument #1 to '%s' (event: string expected, got nil)", "(nil)")
      raises("bad argument #1 to '%s' (event: string expected, got number)", "(1)")
      raises("bad argument #1 to '%s' (event: string expected, got table)", "{}")
      raises("bad argument #1 to '%s' (event: 'x' contains a zero byte)", "'x\\0y'")
    end
    KERNEL:stop()
  end)
end)
