--- poe --debug: misuse is said where it happens (R350-R352), and nothing else changes.

--- Runs the lines of a handler `go`, the first of them line 1, in session 3 (`SESSION`); session 2,
--- `other`, knows the event "known".  Returns the reports, sorted as they came, and what was printed.
local function reports(code, options)
  local out, err, status = run_poe("local other = ... ; (function(go) local o\n"
    .. "o = poe.spawn { _start = function() KERNEL:alias_set 'other' KERNEL:delay('known', 0.05) end, known = function() end }\n"
    .. "poe.spawn { _start = function() yield 'go' KERNEL:delay('end', 0.02) end, go = go, ['end'] = function() end } end)(function()\n"
    .. code .. "\nend)", { options = options or { "--debug", "-e", "warn '@off'" } })
  local list = {}
  for line in err:gmatch "[^\n]+" do
    list[#list + 1] = line:gsub("^poe: debug: script%.lua:(%d+): ", function(n) return (n - 3) .. ": " end)
  end
  return list, out, status
end

describe("--debug", function()
  it("tells of sessions that are not there", function(expect)
    local list, out, status = reports [[
print(post("logger", "line"))
KERNEL:post(99, "line")
print(call("logger", "line"))
KERNEL:call("logger", "line")
KERNEL:signal("logger", "TERM")
KERNEL:detach_child "logger"
KERNEL:refcount_increment(99, "tag")
coroutine.wrap(function() post("nobody", "line") end)()]]
    expect(list, {
      "1: post: no such session: logger", "2: post: no such session: 99", "3: call: no such session: logger",
      "4: call: no such session: logger", "5: signal: no such session: logger",
      "6: detach_child: no such session: logger", "7: refcount_increment: no such session: 99",
      "8: post: no such session: nobody",
    })
    expect(status, 0)
    expect(out, ("nil\tESRCH: no such session: logger\tESRCH\n"):rep(2))
  end)

  it("tells of sessions that have stopped, and what their postbacks post", function(expect)
    local list = reports [[
local dead, back = poe.spawn { _start = function() HEAP.x = 1 end, x = function() end }
back = dead:postback "x"
back()
KERNEL:signal(dead, "TERM")
KERNEL:state("later", function()
post(dead, "x")
back()
end)
KERNEL:delay("later", 0.01)]]
    expect(list, { "6: post: no such session: session 4", "7: postback: no such session: session 4" })
  end)

  it("tells each time who posted an event nobody knows: line, session and state", function(expect)
    local list = reports [[
post("other", "new")
post("other", "new")
call("other", "new")
yield "mine"
call(SESSION, "mine")
KERNEL:delay("late", 0.001)
KERNEL:sig("USR1", "caught")
KERNEL:signal(SESSION, "USR1")]]
    table.sort(list)
    expect(list, {
      "1: session 2 (other) has no handler for event 'new' (from session 3 in 'go')",
      "2: session 2 (other) has no handler for event 'new' (from session 3 in 'go')",
      "3: session 2 (other) has no handler for event 'new' (called by session 3 in 'go')",
      "4: session 3 has no handler for event 'mine' (from session 3 in 'go')",
      "5: session 3 has no handler for event 'mine' (called by session 3 in 'go')",
      "6: session 3 has no handler for event 'late' (from session 3 in 'go')",
      "7: session 3 has no handler for event 'caught' (from kernel in 'go')",
    })
  end)

  it("tells of timers that cannot fire, or are not there", function(expect)
    local list = reports [[
KERNEL:alarm_remove(77)
KERNEL:delay_adjust(77, 1)
poe.spawn { _start = function() end, _stop = function()
KERNEL:delay("late", 1)
KERNEL:delay_set("late", 1, "argument")
KERNEL:alarm_add("late", 1)
end, late = function() end }]]
    expect(list, {
      "1: alarm_remove: no such timer: 77", "2: delay_adjust: no such timer: 77",
      "4: delay: session 4 is stopping: timer 'late' will not fire",
      "5: delay_set: session 4 is stopping: timer 'late' will not fire",
      "6: alarm_add: session 4 is stopping: timer 'late' will not fire",
    })
  end)

  it("tells of a timer that a stopped session sets", function(expect)
    local list = reports [[
KERNEL:signal(SESSION, "KILL")
while KERNEL:get_event_count() > 2 do KERNEL:run_one_timeslice() end
print(KERNEL:delay("x", 1))]]
    expect(list, { "3: delay: timer 'x': the session has stopped" })
  end)

  it("tells of aliases, counts, processes and yields that mean nothing", function(expect)
    local list, out = reports [[
KERNEL:alias_remove "none"
KERNEL:alias_set "other"
print(KERNEL:refcount_decrement(SESSION:ID(), "tag"))
KERNEL:refcount_increment(SESSION:ID(), "tag")
KERNEL:sig_child(1, "ended")
KERNEL:sig_child(1)
KERNEL:sig_child(1)]]
    expect(list, {
      "1: alias_remove: no such alias: none", "2: alias_set: alias 'other' belongs to session 2",
      "3: refcount_decrement: 'tag' of session 3 is -1, below zero", "5: sig_child: process 1 is not a child",
      "7: sig_child: process 1 is not watched",
    })
    expect(out, "-1\n")
    local _, err = run_poe("\nprint(yield 'nowhere')", { options = { "--debug" } })
    expect(err, "poe: debug: script.lua:2: yield: no session is active: event 'nowhere' goes nowhere\n")
  end)

  it("says nothing of what is right, a child's process too", function(expect)
    local list = reports [[
KERNEL:signal(SESSION, "USR1")
post("other", "known") call("other", "known")
KERNEL:refcount_increment(SESSION:ID(), "tag") KERNEL:refcount_decrement(SESSION:ID(), "tag")
KERNEL:delay("never", 50) KERNEL:delay "never"
local child = io.popen "echo $$; exec sleep 0.1"
KERNEL:sig_child(child:read "n", "end")
KERNEL:alias_resolve "asked" KERNEL:ID_id_to_session(99)]]
    expect(list, {})
  end)

  it("can be switched on and off at run time, and is off", function(expect)
    local code = [[
post("logger", "line")
KERNEL:option { debug = true }
post("logger", "line")
KERNEL:option { debug = false }
post("logger", "line")]]
    expect(reports(code, {}), { "3: post: no such session: logger" })
  end)
end)
