--- Values as text that people read: tables with sorted keys, cycles, what is long cut.
local require = require or (...).require
local unicode = require "poe.editor.unicode"
local rep, sub = string.rep, string.sub

local inspect = {}

--- A text on a terminal, cut to so many columns; what is cut ends in an ellipsis.
---@param text string
---@param columns integer
---@return string
function inspect.cut(text, columns)
  text = unicode.visible(text)
  if unicode.columns(text) <= columns then return text end
  if columns < 1 then return "" end
  local i, used = 1, 0
  while i <= #text do
    local code, length = unicode.decode(text, i)
    local wide = code and unicode.width(code) or 1
    if used + wide > columns - 1 then break end
    used, i = used + wide, i + length
  end
  return sub(text, 1, i - 1) .. "…"
end

local ESCAPES <const> = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\", ['"'] = '\\"',
  ["\27"] = "\\27" }

--- A string as Lua would read it; UTF-8 stays, other bytes do not.
---@param s string
---@return string
function inspect.quote(s)
  local parts, i = { '"' }, 1
  while i <= #s do
    local code, length = unicode.decode(s, i)
    local text = sub(s, i, i + length - 1)
    if not code then
      text = ("\\x%02X"):format(text:byte())
    elseif ESCAPES[text] then
      text = ESCAPES[text]
      if text == "\\27" and sub(s, i + 1, i + 1):find "%d" then text = "\\027" end
    elseif code < 0x20 or code == 0x7F then
      text = ("\\x%02X"):format(code)
    elseif code > 0x7F and not unicode.printable(code) then
      text = ("\\u{%X}"):format(code)
    end
    parts[#parts + 1] = text
    i = i + length
  end
  parts[#parts + 1] = '"'
  return table.concat(parts)
end

local KEYWORDS <const> = { ["and"] = true, ["break"] = true, ["do"] = true, ["else"] = true, ["elseif"] = true,
  ["end"] = true, ["false"] = true, ["for"] = true, ["function"] = true, ["goto"] = true, ["if"] = true,
  ["in"] = true, ["local"] = true, ["nil"] = true, ["not"] = true, ["or"] = true, ["repeat"] = true,
  ["return"] = true, ["then"] = true, ["true"] = true, ["until"] = true, ["while"] = true }

local RANKS <const> = { number = 1, string = 2, boolean = 3 }

--- Numbers first, then strings, then the rest.
local function before(a, b)
  local i, j = RANKS[type(a)] or 4, RANKS[type(b)] or 4
  if i ~= j then return i < j end
  if i <= 2 then return a < b end
  return tostring(a) < tostring(b)
end

--- What __tostring or __name make of it; a metamethod that fails is told.
local function plain(value)
  local ok, text = pcall(tostring, value)
  return ok and text or ("<%s: error in __tostring>"):format(type(value))
end

local function function_text(fn)
  local info = debug.getinfo(fn, "S")
  if info.what == "C" then return plain(fn) end
  return ("function <%s:%d>"):format(info.short_src, info.linedefined)
end

--- One value on one line; `seen` are the tables around it.
local function flat(value, how, depth, seen)
  local kind = type(value)
  if kind == "string" then
    if #value > how.bytes then
      return inspect.quote(sub(value, 1, unicode.snap(value, how.bytes))) .. ("... (%d bytes)"):format(#value)
    end
    return inspect.quote(value)
  elseif kind == "function" then
    return function_text(value)
  elseif kind ~= "table" then
    return plain(value)
  end
  local mt = debug.getmetatable(value)
  if type(mt) == "table" and rawget(mt, "__tostring") then return plain(value) end
  if seen[value] then return "<cycle>" end
  return nil
end

local function key_text(key, how, seen)
  if type(key) == "string" and key:find "^[%a_][%w_]*$" and not KEYWORDS[key] then return key end
  return "[" .. (flat(key, how, how.depth, seen) or plain(key)) .. "]"
end

--- A value's text, beginning at column `at`; over several lines when one is too short.
local function text_of(value, how, depth, at, seen)
  local text = flat(value, how, depth, seen)
  if text then return text end
  if next(value) == nil then
    return "{}"
  elseif depth >= how.depth then
    return plain(value)
  end
  seen[value] = true
  local inner, parts, count = at + 2, {}, 0
  local n = 0
  while rawget(value, n + 1) ~= nil and n < how.items do n = n + 1 end
  for i = 1, n do parts[i] = text_of(rawget(value, i), how, depth + 1, inner, seen) end
  local keys = {}
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= n) then
      count = count + 1
      if count <= 10 * how.items then keys[#keys + 1] = key end
    end
  end
  table.sort(keys, before)
  for i, key in ipairs(keys) do
    if #parts >= how.items then
      count = count - i + 1
      break
    end
    local name = key_text(key, how, seen)
    parts[#parts + 1] = name .. " = "
      .. text_of(rawget(value, key), how, depth + 1, inner + unicode.columns(name) + 3, seen)
    if i == #keys then count = count - i end
  end
  if count > 0 and #parts >= how.items then parts[#parts + 1] = ("... %d more"):format(count) end
  seen[value] = nil
  local mt = debug.getmetatable(value)
  local name = type(mt) == "table" and type(rawget(mt, "__name")) == "string" and rawget(mt, "__name") .. " " or ""
  local line = name .. "{ " .. table.concat(parts, ", ") .. " }"
  if at + unicode.columns(line) <= how.width and not line:find("\n", 1, true) then return line end
  -- Numbers and other short things several on a line.
  local lines, current = {}, ""
  for i, part in ipairs(parts) do
    local piece = i < #parts and part .. "," or part
    local short = #piece <= 20 and not piece:find("\n", 1, true)
    if current ~= "" and short and inner + #current + 1 + #piece <= how.width then
      current = current .. " " .. piece
    else
      if current ~= "" then lines[#lines + 1] = current end
      current = piece
    end
    if not short then
      lines[#lines + 1] = current
      current = ""
    end
  end
  if current ~= "" then lines[#lines + 1] = current end
  local indent = "\n" .. rep(" ", inner)
  return name .. "{" .. indent .. table.concat(lines, indent) .. "\n" .. rep(" ", at) .. "}"
end

--- Readable text for any value.  Nothing of the value's runs but __tostring.
---@param value any
---@param opts? { width?: integer, depth?: integer, items?: integer, bytes?: integer }  columns (80), nested tables
---  shown (5), fields of a table (200), bytes of a string in a table (1000)
---@return string
function inspect.inspect(value, opts)
  opts = opts or {}
  local how = { width = opts.width or 80, depth = opts.depth or 5, items = opts.items or 200,
    bytes = opts.bytes or 1000 }
  return text_of(value, how, 0, 0, {})
end

return inspect
