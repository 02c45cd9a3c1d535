-- R279 R280 R282 R283 R284: what each look at a file tells, and where it comes from
local poe = require "poe"

local pipe = assert(io.popen "mktemp -d")
local folder = pipe:read "l"
pipe:close()
local path = folder .. "/log"

local function put(mode, text)
  local file <close> = assert(io.open(path, mode))
  file:write(text)
end
local function from() return (CALLER_STATE:gsub(".*%-> ", "")) end

local steps = {
  function() put("w", "one\ntwo\n") end,
  function() put("a", "three\n") end,
  function() end,
  function() put("w", "four\n") end,
  function()
    put("a", "five\n")
    os.rename(path, path .. ".1")
    put("w", "six\n")
  end,
  function() os.remove(path) end,
  function() end,
  function() put("w", "") end,
  function() put("a", "seven\n") end,
}
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.FollowTail.new { filename = path, poll_interval = 0.02, input_event = "input",
      idle_event = "idle", reset_event = "reset", error_event = "failed" }
  end,
  input = function(line)
    print(("in %s %s %s %d"):format(line, from(), SENDER == SESSION and "own" or "other", HEAP.w:tell()))
  end,
  reset = function() print("reset " .. from()) end,
  failed = function(op) print("error " .. op) end,
  idle = function()
    print("idle " .. from())
    local step = table.remove(steps, 1)
    if step then step() else HEAP.w:close() end
  end,
  _stop = function() print "stop" end,
} }
KERNEL:run()
os.execute("rm -r " .. folder)
