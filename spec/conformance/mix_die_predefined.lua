-- R15 R155 R156 R165 R210: errors in every predefined event, told to an ancestor who saves them
local poe = require "poe"

local function name(s) return s == KERNEL and "kernel" or s:get_heap() end
local function bad(s, event, ...)
  print(s .. " " .. event .. " " .. table.concat({ ... }, " "))
  error(s .. " " .. event, 0)
end
local function session(n, start)
  poe.Session.create { heap = n, inline_states = {
    _start = function() start() bad(n, "_start") end,
    _child = function(reason, child, result) bad(n, "_child", reason, name(child), result or "nil") end,
    _parent = function(old, new) bad(n, "_parent", name(old), name(new)) end,
    _default = function(event, args)
      if event:find "^_" then return 0 end
      bad(n, "_default", event, table.concat(args, " "))
    end,
    ["end"] = function() print(n .. " end") end,
    off = function() print("off: " .. (KERNEL:detach_myself() and "ok" or "no")) end,
  } }
end
poe.Session.create { heap = "G", inline_states = {
  _start = function()
    KERNEL:sig("DIE", "died")
    session("P", function()
      KERNEL:delay("end", 0.1)
      session("C", function() KERNEL:alias_set "C" KERNEL:delay("end", 0.05) end)
    end)
    post("C", "nothing", 1, 2)
    yield "next"
  end,
  next = function() print "next" post("C", "off") end,
  _child = function(reason, child, result) print("G " .. reason .. " " .. name(child) .. " " .. (result or "nil")) end,
  died = function(_, info)
    print("DIE " .. info.error_str .. " in " .. info.event .. " from " .. name(info.source_session)
      .. " to " .. name(info.dest_session))
    KERNEL:sig_handled()
  end,
  _stop = function() print "G stop" end,
} }
local ok, message = pcall(KERNEL.run, KERNEL)
print(ok and "fine" or "run: " .. message)
