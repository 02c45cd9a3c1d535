--- Map: a function over each record, either way (R339).
local require = require or (...).require
local filter = require "poe.filter"

---@class poe.filter.Map: poe.filter
---@field private results any[]  what one record became, not yet given: the last first
local Map = filter.class "Map"

local KNOWN = { code = "callable", get = "callable", put = "callable" }

local function empty(self)
  self.results = {}
  return filter.queue(self)
end

--- `code` for both ways, or `get` and `put`.  Each gets a record; every result that is not nil is a
--- record of its own, so that no result drops it.  (In POE a get without results stops the filter,
--- R340; here the next record is looked at.)  Records wait here for get_one only; Map has no limit.
---@param opts { code?: fun(record: any), get?: fun(record: any), put?: fun(record: any) }
---@return poe.filter.Map
function Map.new(opts)
  opts = filter.options("Map", opts, KNOWN)
  local get, put = filter.two_ways("Map", opts)
  return empty(setmetatable({ map_get = get, map_put = put }, Map))
end

---@return poe.filter.Map
function Map:clone()
  return empty(setmetatable({ map_get = self.map_get, map_put = self.map_put }, Map))
end

--- Another function, for both ways (`code`) or for one.
---@param opts { code?: function, get?: function, put?: function }
function Map:modify(opts)
  opts = filter.options("Map", opts, KNOWN)
  self.map_get = opts.code or opts.get or self.map_get
  self.map_put = opts.code or opts.put or self.map_put
end

---@param chunks any[]
function Map:get_one_start(chunks)
  filter.enqueue(self, "Map", chunks)
end

---@return any[]
function Map:get_one()
  local results = self.results
  while #results == 0 do
    local record = filter.dequeue(self)
    if record == nil then return {} end
    local made = table.pack(self.map_get(record))
    for i = made.n, 1, -1 do
      if made[i] ~= nil then results[#results + 1] = made[i] end
    end
  end
  return { table.remove(results) }
end

---@param records any[]
---@return any[]
function Map:put(records)
  filter.check_records("Map", records)
  local chunks = {}
  for i = 1, #records do
    local made = table.pack(self.map_put(records[i]))
    for j = 1, made.n do
      if made[j] ~= nil then chunks[#chunks + 1] = made[j] end
    end
  end
  return chunks
end

--- The records that the function has not seen.
---@return any[]?
function Map:get_pending()
  return filter.queued(self)
end

return Map
