-- R24 R12 R100 R107 R119 R209 R215: arguments that are undefined keep their places everywhere
local poe = require "poe"

local function show(...)
  local list = table.pack(...)
  for i = 1, list.n do
    local v = list[i]
    list[i] = v == nil and "nil" or type(v) == "table" and "[" .. show(table.unpack(v, 1, v.n)) .. "]" or tostring(v)
  end
  return table.concat(list, ",")
end
local function seen(...) print(STATE .. ": " .. show(...)) end
poe.Session.create { args = { nil, "a", nil, n = 3 }, inline_states = {
  _start = function(...)
    seen(...)
    yield("posted", nil, 1, nil)
    yield "none"
    yield("one", nil)
    call(SESSION, "called", nil, 1, nil, nil)
    KERNEL:delay("timed", 0.01, nil, nil, 3, nil)
    local id = KERNEL:delay_set("other", 0.02, nil, 2, nil)
    local event, _, args = KERNEL:alarm_remove(id)
    print("removed: " .. show(event, args))
    KERNEL:delay_add("all", 60, nil, "x", nil)
    KERNEL:delay_add("all", 61)
    KERNEL:sig("thing", "signal", nil, "own", nil)
    KERNEL:signal(SESSION, "thing", nil, "sent", nil)
    local back = SESSION:postback("back", nil, "made", nil)
    back(nil, "used")
    back()
    back:release()
    yield("unknown", nil, 1, nil)
    yield "unknown2"
    print("call: " .. show(call(SESSION, "many")))
    KERNEL:delay("last", 0.03)
  end,
  posted = seen, none = seen, one = seen, called = seen, timed = seen, other = seen, signal = seen, back = seen,
  many = function() return nil, 2, nil end,
  _default = function(event, args)
    if not event:find "^_" then print("_default: " .. show(event, args)) end
  end,
  last = function()
    local all = KERNEL:alarm_remove_all()
    for i, alarm in ipairs(all) do
      local args = alarm.args
      all[i] = { n = args.n + 1, alarm.event, table.unpack(args, 1, args.n) }
    end
    print("all: " .. show(table.unpack(all)))
  end,
} }
KERNEL:run()
