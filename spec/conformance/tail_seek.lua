-- R279: where the reading begins
local poe = require "poe"

local path = os.tmpname()
local function add(text)
  local f <close> = assert(io.open(path, "a"))
  f:write(text)
end
add "old1\nold2\n"
local lines = {}
local ways = {
  { "plain" }, { "seek 0", "seek", 0 }, { "seek 5", "seek", 5 }, { "seek 1000", "seek", 1000 },
  { "seek_back 0", "seek_back", 0 }, { "seek_back 5", "seek_back", 5 },
  { "seek_back 1000", "seek_back", 1000 },
}
for _, way in ipairs(ways) do
  local name = way[1]
  lines[name] = ""
  poe.Session.create { inline_states = {
    _start = function()
      local spec = { filename = path, poll_interval = 0.02, input_event = "in" }
      if way[2] then spec[way[2]] = way[3] end
      HEAP.w = poe.wheel.FollowTail.new(spec)
    end,
    ["in"] = function(line)
      lines[name] = lines[name] .. " " .. line
      if line == "new" then HEAP.w:close() end
    end,
  } }
end
poe.Session.create { inline_states = {
  _start = function() KERNEL:delay("more", 0.1) end,
  more = function() add "new\n" end,
} }
KERNEL:run()
for _, way in ipairs(ways) do print(way[1] .. ":" .. lines[way[1]]) end
os.remove(path)
