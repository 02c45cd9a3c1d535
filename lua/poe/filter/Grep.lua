--- Grep: only the records for which a function says true, either way (R339).
local require = require or (...).require
local filter = require "poe.filter"

---@class poe.filter.Grep: poe.filter
local Grep = filter.class "Grep"

local KNOWN = { code = "callable", get = "callable", put = "callable" }

--- `code` for both ways, or `get` and `put`: each gets a record and says whether it passes.
--- Records wait here for get_one only; Grep has no limit.
---@param opts { code?: fun(record: any), get?: fun(record: any), put?: fun(record: any) }
---@return poe.filter.Grep
function Grep.new(opts)
  opts = filter.options("Grep", opts, KNOWN)
  local get, put = filter.two_ways("Grep", opts)
  return filter.queue(setmetatable({ pass_get = get, pass_put = put }, Grep))
end

---@return poe.filter.Grep
function Grep:clone()
  return filter.queue(setmetatable({ pass_get = self.pass_get, pass_put = self.pass_put }, Grep))
end

--- Another function, for both ways (`code`) or for one.
---@param opts { code?: function, get?: function, put?: function }
function Grep:modify(opts)
  opts = filter.options("Grep", opts, KNOWN)
  self.pass_get = opts.code or opts.get or self.pass_get
  self.pass_put = opts.code or opts.put or self.pass_put
end

---@param chunks any[]
function Grep:get_one_start(chunks)
  filter.enqueue(self, "Grep", chunks)
end

---@return any[]
function Grep:get_one()
  while true do
    local record = filter.dequeue(self)
    if record == nil then return {} end
    if self.pass_get(record) then return { record } end
  end
end

---@param records any[]
---@return any[]
function Grep:put(records)
  filter.check_records("Grep", records)
  local chunks = {}
  for i = 1, #records do
    if self.pass_put(records[i]) then chunks[#chunks + 1] = records[i] end
  end
  return chunks
end

--- The records that the function has not seen.
---@return any[]?
function Grep:get_pending()
  return filter.queued(self)
end

return Grep
