--- Stackable: several filters as one.  Input passes from the first to the last, output back (R341).
local require = require or (...).require
local filter = require "poe.filter"

---@class poe.filter.Stackable: poe.filter
---@field private stack poe.filter[]
local Stackable = filter.class "Stackable"

local KNOWN = { filters = "table" }

local function check_all(what, filters, n)
  for i = 1, n do filter.check_filter("Stackable", what:format(i), filters[i]) end
end

--- `filters`: a list, the one next to the bytes first.  They belong to the stack.
---@param opts? { filters?: poe.filter[] }
---@return poe.filter.Stackable
function Stackable.new(opts)
  opts = filter.options("Stackable", opts, KNOWN)
  local filters = opts.filters or {}
  local last = #filters
  for key in pairs(filters) do
    if math.type(key) ~= "integer" or key < 1 or key > last then
      error("Stackable: filters must be a list, got the key " .. tostring(key), 2)
    end
  end
  check_all("filters[%d]", filters, last)
  return setmetatable({ stack = table.move(filters, 1, last, 1, {}) }, Stackable)
end

--- Clones of all its filters.
---@return poe.filter.Stackable
function Stackable:clone()
  local stack = {}
  for i, each in ipairs(self.stack) do
    if not filter.callable(each.clone) then
      filter.misuse("Stackable: filters[%d] must have clone, got a %s without it", i, type(each))
    end
    stack[i] = each:clone()
  end
  return setmetatable({ stack = stack }, Stackable)
end

local function bottom(self)
  return self.stack[1] or filter.misuse "Stackable: filters must not be empty to read, got none"
end

---@param chunks any[]
function Stackable:get_one_start(chunks)
  bottom(self):get_one_start(chunks)
end

--- One record of filter i, which gets what it needs from those below.
local function pull(stack, i)
  while true do
    local records = stack[i]:get_one()
    if #records > 0 or i == 1 then return records end
    records = pull(stack, i - 1)
    if #records == 0 then return records end
    stack[i]:get_one_start(records)
  end
end

---@return any[]
function Stackable:get_one()
  bottom(self)
  return pull(self.stack, #self.stack)
end

--- What the end of input completes in each filter, passed through those above.
---@return any[]
function Stackable:finish()
  local records = {}
  for _, each in ipairs(self.stack) do
    local passed = #records > 0 and (each.get or filter.get)(each, records) or {}
    local finished = each.finish and each:finish() or {}
    records = table.move(finished, 1, #finished, #passed + 1, passed)
  end
  return records
end

---@param records any[]
---@return any[]
function Stackable:put(records)
  filter.check_records("Stackable", records)
  for i = #self.stack, 1, -1 do
    if #records == 0 then break end
    records = self.stack[i]:put(records)
  end
  return records
end

--- What is held, as the bytes it would be: what waits above goes back through (clones of) the filters
--- below, the oldest first.  (POE's gives an empty list, whatever the first filter holds, R342.)
---@return any[]?
function Stackable:get_pending()
  local stack, all = self.stack, {}
  for i = #stack, 1, -1 do
    local held = stack[i].get_pending and stack[i]:get_pending() or {}
    for below = i - 1, 1, -1 do
      local lower = stack[below]
      if #held > 0 then held = (lower.clone and lower:clone() or lower):put(held) end
    end
    table.move(held, 1, #held, #all + 1, all)
  end
  return all[1] ~= nil and all or nil
end

--- Adds filters behind the last.
---@param ... poe.filter
---@return integer  how many there are now
function Stackable:push(...)
  local new = table.pack(...)
  check_all("argument %d", new, new.n)
  table.move(new, 1, new.n, #self.stack + 1, self.stack)
  return #self.stack
end

--- Adds filters before the first, in the order given.
---@param ... poe.filter
---@return integer  how many there are now
function Stackable:unshift(...)
  local new = table.pack(...)
  check_all("argument %d", new, new.n)
  table.move(self.stack, 1, #self.stack, new.n + 1)
  table.move(new, 1, new.n, 1, self.stack)
  return #self.stack
end

--- Takes the last filter off, with all that it holds.
---@return poe.filter?  nil when there is none
function Stackable:pop()
  return table.remove(self.stack)
end

--- Takes the first filter off, with all that it holds.
---@return poe.filter?  nil when there is none
function Stackable:shift()
  if not self.stack[1] then return nil end
  return table.remove(self.stack, 1)
end

---@return poe.filter[]  a list of its own
function Stackable:filters()
  return table.move(self.stack, 1, #self.stack, 1, {})
end

--- What they are: "poe.filter.Line", or the `__name` of a script's own, or a Lua type.
---@return string[]
function Stackable:filter_types()
  local types = {}
  for i, each in ipairs(self.stack) do
    local mt = getmetatable(each)
    types[i] = type(mt) == "table" and type(mt.__name) == "string" and mt.__name or type(each)
  end
  return types
end

return Stackable
