--- RecordBlock: so many records as one, a list (R338).  Something else below makes the records.
local require = require or (...).require
local filter = require "poe.filter"

---@class poe.filter.RecordBlock: poe.filter
---@field private waiting any[]  what put holds back, with check_put
local RecordBlock = filter.class "RecordBlock"

local KNOWN = { block_size = "size", check_put = "boolean" }

local function new(block_size, check_put)
  local self = setmetatable({ block_size = block_size, check_put = check_put, waiting = {} }, RecordBlock)
  return filter.queue(self)
end

--- `block_size`: how many records make one; fewer than that wait here, which is the only limit.
--- `check_put`: put writes whole blocks only and holds the rest back; see put_pending.
---@param opts { block_size: integer, check_put?: boolean }
---@return poe.filter.RecordBlock
function RecordBlock.new(opts)
  opts = filter.options("RecordBlock", opts, KNOWN)
  if not opts.block_size then error("RecordBlock: block_size must be an integer, got nil", 2) end
  return new(opts.block_size, opts.check_put or false)
end

---@return poe.filter.RecordBlock
function RecordBlock:clone()
  return new(self.block_size, self.check_put)
end

---@param chunks any[]
function RecordBlock:get_one_start(chunks)
  filter.enqueue(self, "RecordBlock", chunks)
end

---@return any[][]
function RecordBlock:get_one()
  local size = self.block_size
  if self.last - self.first + 1 < size then return {} end
  local block = {}
  for i = 1, size do block[i] = filter.dequeue(self) end
  return { block }
end

---@param records any[][]
---@return any[]
function RecordBlock:put(records)
  filter.check_records("RecordBlock", records)
  for i = 1, #records do
    if type(records[i]) ~= "table" then
      filter.misuse("RecordBlock: record %d must be a list, got %s", i, type(records[i]))
    end
  end
  local chunks = self.waiting
  self.waiting = {}
  for i = 1, #records do
    table.move(records[i], 1, #records[i], #chunks + 1, chunks)
  end
  if self.check_put then
    local whole = #chunks - #chunks % self.block_size
    table.move(chunks, whole + 1, #chunks, 1, self.waiting)
    for i = #chunks, whole + 1, -1 do chunks[i] = nil end
  end
  return chunks
end

---@return any[]?  the records that wait for their block
function RecordBlock:get_pending()
  return filter.queued(self)
end

--- What put holds back; nil when there is nothing or nothing is checked.
---@return any[]?
function RecordBlock:put_pending()
  if not self.check_put or #self.waiting == 0 then return nil end
  return table.move(self.waiting, 1, #self.waiting, 1, {})
end

--- The block size, after setting another one.
---@param size? integer
---@return integer
function RecordBlock:blocksize(size)
  if size ~= nil then
    self.block_size = filter.check_size("RecordBlock", "block_size", size, 2)
  end
  return self.block_size
end

--- Whether put writes whole blocks only, after setting it.
---@param check? boolean
---@return boolean
function RecordBlock:checkput(check)
  if check ~= nil then
    if type(check) ~= "boolean" then
      error("RecordBlock: check_put must be a boolean, got " .. type(check), 2)
    end
    self.check_put = check
  end
  return self.check_put
end

return RecordBlock
