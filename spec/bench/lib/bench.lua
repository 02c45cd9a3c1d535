--- What the benchmark programs share: a clock, the memory in use, the result line.
--- The folder of the same name in ../shared/bench has a `bench` with these functions too, so
--- the programs run under either; `use` is there for clocks the other one does not know.
local PAGE_BYTES = 4096  -- what /proc/self/statm counts in

local bench = {}

local found, poe = pcall(require, "poe")

---@type fun(): number  seconds, from an arbitrary moment
if found and poe.hrtime then
  local hrtime = poe.hrtime
  function bench.now()
    return hrtime() * 1e-9
  end
else
  bench.now = os.clock
end

---@param clock fun(): number  what `now` shall be
function bench.use(clock)
  bench.now = clock
end

---@return integer  resident bytes of this process
function bench.rss()
  local statm <close> = assert(io.open("/proc/self/statm"))
  local _, pages = statm:read("n", "n")
  return pages * PAGE_BYTES
end

---@param name string  the runtime
---@param ops integer
---@param seconds number
---@param extra? string  key=value, separated by spaces
function bench.report(name, ops, seconds, extra)
  io.write(("%s %d %.6f%s\n"):format(name, ops, seconds, extra and " " .. extra or ""))
  io.flush()
end

return bench
