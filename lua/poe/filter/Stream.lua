--- Stream: bytes as they come.  What has been read since the last record is one record (R337).
local require = require or (...).require
local filter = require "poe.filter"

---@class poe.filter.Stream: poe.filter
local Stream = filter.class "Stream"

local KNOWN = { max_buffer = "size" }

--- `max_buffer`: how many bytes are held at most until get_one takes them, 512 MiB by default.
---@param opts? { max_buffer?: integer }
---@return poe.filter.Stream
function Stream.new(opts)
  opts = filter.options("Stream", opts, KNOWN)
  return filter.empty(setmetatable({ max_buffer = opts.max_buffer or 512 << 20 }, Stream))
end

---@param chunks string[]
function Stream:get_one_start(chunks)
  local held = filter.feed(self, "Stream", chunks)
  if held then
    filter.fail(self, "EMSGSIZE", "Stream: max_buffer is %d bytes, got %d", self.max_buffer, held)
  end
end

---@return string[]  what there is, in one piece
function Stream:get_one()
  if self.broken then error(self.broken, 0) end
  filter.more(self)
  local text = self.text
  if text == "" then return {} end
  self.text = ""
  return { text }
end

--- Passes the chunks one by one.
---@param records string[]
---@return string[]
function Stream:put(records)
  filter.check_records("Stream", records)
  local chunks = {}
  for i = 1, #records do chunks[i] = filter.check_bytes("Stream", i, records[i]) end
  return chunks
end

---@return string[]?
function Stream:get_pending()
  return filter.pending(filter.left(self))
end

---@return poe.filter.Stream
function Stream:clone()
  return filter.empty(setmetatable({ max_buffer = self.max_buffer }, Stream))
end

return Stream
