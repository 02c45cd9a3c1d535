--- The longest gap between two handlers, in milliseconds, while each makes a little garbage: with arg[2] queued events or
--- sessions (arg[1]), collector arg[3].
local kind, n, mode = arg[1], tonumber(arg[2]) or 1000000, arg[3] or "incremental"
local hrtime = poe.hrtime
local HANDLERS <const> = 3000000
local left, before, longest, over = HANDLERS, nil, 0, 0

local function tick(i)
  local now = hrtime()
  if before then
    local gap = now - before
    if gap > longest then longest = gap end
    if gap > 1000000 then over = over + 1 end
  end
  before = now
  left = left - 1
  local _ = { i, { left } }
  if left > 0 then yield("tick", i) end
  if left == 0 then
    print(("%s %d %s %.2f %d"):format(kind, n, mode, longest / 1e6, over))
    os.exit(0, false)
  end
end

poe.Session.create { inline_states = {
  _start = function()
    if kind == "sessions" then
      local states = { nothing = function() end }
      for i = 1, n do
        local session = poe.Session.create { heap = { i }, inline_states = states }
        KERNEL:refcount_increment(session:ID(), "held")
      end
    end
    collectgarbage(mode)
    collectgarbage()
    for i = 1, kind == "events" and n or 100 do yield("tick", i) end
  end,
  tick = tick,
} }
KERNEL:run()
