--- Line: bytes in, lines out, however the bytes are cut.
---
--- An octet that was searched for a line end is not searched again: what has none goes to `parts`,
--- only so many octets stay behind as could be the beginning of an end.
local require = require or (...).require
local filter = require "poe.filter"
local find, sub, byte, char = string.find, string.sub, string.byte, string.char
local concat = table.concat
local fail, pile = filter.fail, filter.pile

---@class poe.filter.Line: poe.filter
---@field private parts string[]  the unfinished line but for what is in text: `kept` bytes
---@field private split function  how lines are found: one of the functions below
---@field private cr integer      where in text the next CR is, if not before pos
---@field private lf integer      the same for LF
---@field private mate integer?   the octet that, coming next, belongs to the last line's end
---@field private first integer?  autodetection has seen this octet and waits for another
local Line = filter.class "Line"

local NEVER <const> = math.maxinteger
local CR <const>, LF <const> = 13, 10

local KNOWN = { literal = "string", input_literal = "string", output_literal = "string",
  pattern = "string", autodetect = "boolean", max_length = "size", max_buffer = "size",
  final = "boolean" }

-- splitting ------------------------------------------------------------------------------------
--
-- split(self, lines, n, limit) takes whole lines off the text, puts them behind the n there are
-- until there are `limit`, and returns how many there are.

local function too_long(self, size)
  fail(self, "EMSGSIZE", "Line: max_length is %d bytes, got a line of %d", self.max_length, size)
end

local function split_literal(self, lines, n, limit)
  local text, pos, literal, longest = self.text, self.pos, self.literal, self.max_length
  local width = #literal
  while n < limit do
    local at = find(text, literal, pos, true)
    if not at then break end
    if at - pos > longest then too_long(self, at - pos) end
    n = n + 1
    lines[n] = sub(text, pos, at - 1)
    pos = at + width
  end
  self.pos = pos
  return n
end

--- CR, LF, CR LF and LF CR each end a line.
local function split_any(self, lines, n, limit)
  local text, pos, cr, lf, longest = self.text, self.pos, self.cr, self.lf, self.max_length
  while n < limit do
    if cr < pos then cr = find(text, "\r", pos, true) or NEVER end
    if lf < pos then lf = find(text, "\n", pos, true) or NEVER end
    local at = cr < lf and cr or lf
    if at == NEVER then break end
    if at - pos > longest then too_long(self, at - pos) end
    n = n + 1
    lines[n] = sub(text, pos, at - 1)
    if lf - cr == 1 or cr - lf == 1 then
      pos = at + 2
    else
      pos = at + 1
      if at == #text then self.mate = at == cr and LF or CR end
    end
  end
  self.pos, self.cr, self.lf = pos, cr, lf
  return n
end

--- The first line end decides how all of them look (R333).
local function split_first(self, lines, n, limit)
  local at = find(self.text, "[\r\n]", self.pos)
  if not at then return n end
  if at - self.pos > self.max_length then too_long(self, at - self.pos) end
  n = n + 1
  lines[n] = sub(self.text, self.pos, at - 1)
  self.pos = at + 1
  self.first = byte(self.text, at)
  self.mate = self.first == CR and LF or CR
  return n
end

local function split_pattern(self, lines, n, limit)
  local text, pos, pattern = self.text, self.pos, self.pattern
  while n < limit do
    local from, to = find(text, pattern, pos)
    if not from then break end
    if to < from then filter.misuse("Line: pattern must not match nothing, got %q", pattern) end
    if from - pos > self.max_length then too_long(self, from - pos) end
    n = n + 1
    lines[n] = sub(text, pos, from - 1)
    pos = to + 1
    self.pos = pos
  end
  return n
end

--- The octet after a line end that was the last of its text: does it belong to it?
local function settle(self)
  local same_end = byte(self.text, self.pos) == self.mate
  if self.first then
    self.literal = char(self.first) .. (same_end and char(self.mate) or "")
    self.split, self.first = split_literal, nil
  end
  if same_end then self.pos = self.pos + 1 end
  self.mate = nil
end

--- Puts away what is left of the text and has no line end in it.
local function hold(self)
  local text, pos = self.text, self.pos
  if self.pattern then
    if #text - pos + 1 > self.max_length then too_long(self, #text - pos + 1) end
    self.text, self.pos = sub(text, pos), 1
    return
  end
  local last = #text - (self.literal and #self.literal - 1 or 0)
  if last < pos then return end
  pile(self.parts, sub(text, pos, last))
  self.kept = self.kept + last - pos + 1
  self.text, self.pos = sub(text, last + 1), 1
  if self.kept > self.max_length then too_long(self, self.kept) end
end

--- Up to `limit` lines.
local function take(self, limit)
  if self.broken then error(self.broken, 0) end
  local lines, n = {}, 0
  while true do
    if self.mate and self.pos <= #self.text then settle(self) end
    local before = n
    n = self.split(self, lines, n, limit)
    if n > before and self.kept > 0 then
      local size = self.kept + #lines[before + 1]
      if size > self.max_length then too_long(self, size) end
      self.parts[#self.parts + 1] = lines[before + 1]
      lines[before + 1] = concat(self.parts)
      self.parts, self.kept = {}, 0
    end
    if n >= limit then return lines end
    if self.pos > #self.text and self.input_size == 0 then
      self.text, self.pos = "", 1
      return lines
    end
    if not (self.first and self.pos <= #self.text) then
      hold(self)
      if not filter.more(self) then return lines end
      self.cr, self.lf = 0, 0
    end
  end
end

-- the filter -----------------------------------------------------------------------------------

---@private
function Line:forget()
  self.parts, self.cr, self.lf, self.mate, self.first = {}, 0, 0, nil, nil
  return filter.empty(self)
end

--- At most one of `literal`, `input_literal`, `pattern` and `autodetect`; `literal` excludes
--- `output_literal`, too.
---
--- A `pattern` is searched for again with each read in all that has no end yet, and an end that a
--- read cuts short counts as it is: "\r\n?" would see two.
---@class poe.filter.Line.options
---@field literal? string        what ends a line, both ways; not empty
---@field input_literal? string  what ends a line coming in; an empty one is `autodetect`
---@field output_literal? string what put appends, CR LF by default
---@field pattern? string        a Lua pattern for what ends a line coming in
---@field autodetect? boolean    the first line's end is that of all (R333)
---@field final? boolean         the end of input ends the last line, too: finish() gives it
---@field max_length? integer    how long a line may be, finished or not: 64 MiB, with a pattern 1 MiB
---@field max_buffer? integer    how much is held in all: 512 MiB; not below max_length

--- Without options a line ends with CR, LF, CR LF or LF CR (R330), also when the two were read
--- apart, and put ends lines with CR LF (R332).  Raises misuse.
---@param opts? poe.filter.Line.options
---@return poe.filter.Line
function Line.new(opts)
  opts = filter.options("Line", opts, KNOWN)
  if opts.autodetect == false then opts.autodetect = nil end
  filter.exclusive("Line", opts, "literal", "input_literal", "output_literal", "pattern", "autodetect")
  filter.exclusive("Line", opts, "input_literal", "pattern", "autodetect")
  filter.exclusive("Line", opts, "pattern", "autodetect")
  local pattern = opts.pattern
  if opts.literal == "" then error('Line: literal must not be empty, got ""', 2) end
  if pattern then
    local ok, from = pcall(find, "", pattern)
    if not ok then
      error(("Line: pattern must be a Lua pattern (%s), got %q"):format(from, pattern), 2)
    end
    if from then error(("Line: pattern must not match nothing, got %q"):format(pattern), 2) end
  end
  local max_length = opts.max_length
    or math.min(pattern and 1 << 20 or 64 << 20, opts.max_buffer or NEVER)
  local max_buffer = opts.max_buffer or math.max(512 << 20, max_length)
  if max_buffer < max_length then
    error(("Line: max_buffer must be at least max_length, %d, got %d"):format(max_length, max_buffer), 2)
  end
  local literal = opts.literal or opts.input_literal
  local detect = opts.autodetect or literal == ""
  return Line.forget(setmetatable({
    literal = not detect and literal or nil,
    pattern = pattern,
    split = detect and split_first or literal and split_literal or pattern and split_pattern
      or split_any,
    output_literal = opts.literal or opts.output_literal or "\r\n",
    max_length = max_length,
    max_buffer = max_buffer,
    final = opts.final or false,
  }, Line))
end

--- What autodetection has found is kept (as POE does).
---@return poe.filter.Line
function Line:clone()
  return Line.forget(setmetatable({
    literal = self.literal, pattern = self.pattern, split = self.split,
    output_literal = self.output_literal, max_length = self.max_length,
    max_buffer = self.max_buffer, final = self.final,
  }, Line))
end

local function unfinished(self)
  return concat(self.parts) .. filter.left(self)
end

--- How the kernel can do the same in C: nothing when it cannot, or when something is held.
---@return string? how  "lines" or "any"
---@return string? ending
---@return integer? longest
function Line:framing()
  if self.broken or self.mate or unfinished(self) ~= "" then return nil end
  if self.split == split_any then return "any", "", self.max_length end
  if self.split == split_literal and #self.literal <= 16 then
    return "lines", self.literal, self.max_length
  end
end

---@param chunks string[]
function Line:get_one_start(chunks)
  local held = filter.feed(self, "Line", chunks)
  if held then
    fail(self, "EMSGSIZE", "Line: max_buffer is %d bytes, got %d", self.max_buffer, held)
  end
  self.cr, self.lf = 0, 0
end

---@return string[]  one line without its end, or none
function Line:get_one()
  return take(self, 1)
end

---@param chunks string[]
---@return string[]  all lines there are
function Line:get(chunks)
  self:get_one_start(chunks)
  return take(self, NEVER)
end

--- Appends the line end to each record, whatever the record contains (R332).
---@param records string[]
---@return string[]
function Line:put(records)
  filter.check_records("Line", records)
  local chunks, ending = {}, self.output_literal
  for i = 1, #records do
    local record = records[i]
    if type(record) ~= "string" then record = filter.check_bytes("Line", i, record) end
    chunks[i] = record .. ending
  end
  return chunks
end

---@return string[]?
function Line:get_pending()
  return filter.pending(unfinished(self))
end

--- With `final`, all that is left: the last line has no end and is one all the same.
---@return string[]
function Line:finish()
  if not self.final then return {} end
  local lines = take(self, NEVER)
  local rest = unfinished(self)
  if rest ~= "" then lines[#lines + 1] = rest end
  self:forget()
  return lines
end

return Line
