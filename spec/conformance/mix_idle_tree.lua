-- R85 R87 R88 R91 R95 R149: IDLE through a tree: who handles, who is born in it, ZOMBIE at the end
local poe = require "poe"

local count, pipe = 0, nil
local function session(n, idle, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function()
      KERNEL:alias_set(n)
      KERNEL:sig("IDLE", "idle")
      KERNEL:sig("ZOMBIE", "zombie")
      if start then start() end
    end,
    idle = function()
      print(n .. " idle")
      if idle then
        count = count + 1
        idle(count)
      end
    end,
    work = function() print(n .. " work") end,
    zombie = function() print(n .. " zombie") yield "work" KERNEL:sig_handled() end,
    _child = function(reason, child) print(n .. " " .. reason .. " " .. child:get_heap()) end,
    _stop = function() print(n .. " stop") end,
  } }
end
local function deepest(n)
  if n > 4 then return end
  KERNEL:sig_handled()
  if n == 1 then
    session "N"
  elseif n == 2 then
    KERNEL:delay("work", 0.02)
  elseif n == 3 then
    pipe = io.popen "echo $$; sleep 0.05"
    KERNEL:sig_child(pipe:read "n", "work")
  elseif n == 4 then
    KERNEL:refcount_increment(SESSION:ID(), "x")
    KERNEL:refcount_decrement(SESSION:ID(), "x")
  end
end
session("P", nil, function() session("C", nil, function() session("G", deepest) end) end)
KERNEL:run()
print "done"
