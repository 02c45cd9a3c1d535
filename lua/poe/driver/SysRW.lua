--- SysRW: reads of `block_size` octets at most.

---@class poe.driver.SysRW
---@field block_size integer  octets of one read, 1 to 65536
---@field private chunks string[]
---@field private octets integer
local SysRW = {}
SysRW.__index = SysRW
SysRW.__name = "poe.driver.SysRW"

---@param params? { block_size?: integer }  default 65536; more than that is read in several turns
---@return poe.driver.SysRW
function SysRW.new(params)
  if params ~= nil and type(params) ~= "table" then
    error(("SysRW: table expected, got %s"):format(type(params)), 2)
  end
  for key in pairs(params or {}) do
    if key ~= "block_size" then error(("SysRW: unknown field '%s'"):format(tostring(key)), 2) end
  end
  local size = params and params.block_size or 65536
  if math.type(size) ~= "integer" or size <= 0 then
    error(("SysRW: block_size must be a positive integer, got %s"):format(tostring(size)), 2)
  end
  return setmetatable({ block_size = size, chunks = {}, octets = 0 }, SysRW)
end

--- Reads once.
---@param handle poe.Socket
---@return string[]?  a list of one chunk, or of none when nothing is there now; nil at the end of
---input (with "EOF") and on errors
---@return string? message
---@return string? code
function SysRW:get(handle)
  local data, message, code = handle:read(self.block_size)
  if data then return { data } end
  if code == "EAGAIN" then return {} end
  return nil, message, code
end

--- Queues chunks; empty ones add nothing.
---@param chunks string[]
---@return integer octets  now queued
function SysRW:put(chunks)
  for _, chunk in ipairs(chunks) do
    if #chunk > 0 then
      self.chunks[#self.chunks + 1] = chunk
      self.octets = self.octets + #chunk
    end
  end
  return self.octets
end

--- Writes what the handle takes now.
---@param handle poe.Socket
---@return integer octets  still queued
---@return string? message  when writing failed
---@return string? code
function SysRW:flush(handle)
  while self.chunks[1] do
    local written, message, code = handle:write(self.chunks[1])
    if not written then
      if code == "EAGAIN" then return self.octets end
      return self.octets, message, code
    end
    self.octets = self.octets - written
    if written == #self.chunks[1] then
      table.remove(self.chunks, 1)
    else
      self.chunks[1] = self.chunks[1]:sub(written + 1)
    end
  end
  return self.octets
end

---@return integer chunks  still queued
function SysRW:get_out_messages_buffered()
  return #self.chunks
end

return SysRW
