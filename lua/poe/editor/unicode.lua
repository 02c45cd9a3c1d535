--- How wide characters are on a terminal, and where one ends: Unicode 14.0.
---
--- A character takes two columns when its East Asian width is W or F, none when it is a mark (Mn, Me),
--- a format character (Cf, variation selectors, ZWJ) or a Hangul vowel or final that joins the
--- syllable before it, else one.  Sums go by code point, as terminals do: emoji joined by ZWJ are as wide as
--- their parts.  What the cursor steps over is a cluster: a character with all that joins it.
local byte, find = string.byte, string.find

local unicode = {}

-- Each entry is the distance from the end of the range before, and how much longer than one the range is:
-- "300+6f 114+6" is U+0300-U+036F, U+0483-U+0489.
local ZERO = [[
300+6f 114+6 108+2c 2 2+1 2+1 2 49+a 2 2f+14 11 66+6 3+5 3+1 2+3 24 1f+1a 5c+a 3b+8 a 19+3
2+8 2+2 2+4 2c+2 3d+7 2b+17 2+1f 38 2 5+7 5 4+6 b+1 1e 3b 5+3 9 15+1 1b 3+1 3a 5+1 5+1 3+2 4
1f+1 4 c+1 3a 5+4 2+1 5 15+1 17+5 2 3b 3 2+3 9 8+1 c+1 1f 3e d 33 4 38 2+2 6+2 2+3 8+1 c+1
1e 3b 3 7 6+1 15+1 1d+1 3a+1 5+3 9 15+1 1e 49 8+2 2 5b 3+6 d+7 63 3+8 c+5 4b+1 1c 2 2 38+d
2+4 2+1 6+a 2+23 a 67+3 2+5 2+1 3+1 1a+1 5+2 11+3 e 3+1 7 10 c3+9f 15e+2 3b3+2 1e+1 1f+1
1f+1 41+1 2+6 9 3+a a 2e+4 76+1 23 77+2 5+1 a 7+2 dc+1 3 3b 2+6 2 2 3+7 7+9 3 31+1e 32+3 31
2+4 2 6 29+8 d+1 21+3 3+1 2+2 39 2+1 4 2+2 3b+7 3+1 99+2 2+c 2+6 5 7 4+1 c7+3f 20c+4 1b+4
32+4 2+9 61+20 bff+2 8e 61+1f 22b+3 6c+1 75d5+3 2+9 21+1 51+1 111 4 5 1a+1 6 98+1 1b+11 e
27+7 1a+a 2f+2 31 3+3 3+1 28 44+5 3+1 3+1 d 9 30 34 2+2 3+1 6+1 2 2b+1 9 ef 3 5 2bc3+4b 2323
2e2+f 11+f d0 fa+2 202 e3 96+4 687+2 2+1 6+3 29+2 5 a6+1 23e+3 184+1 9a+a 32+3 7c 37+e 2a
3+1 b+2 32+3 3+1 8 3e+2 25+4 2+7 3f d+1 35+8 b+3 3 60+2 3 2+1 7 a1 4+7 16+1 3a+1 4 26+6 4+4
c4+7 3+2 2 18 55+5 2 5+1 2+1 ef+3 7+1 2+1 1c+1 56+7 3 2+1 6b 2 3+5 2 66+2 3+3 2+4 104+8 2+1
101+1 2 5 91+3 3+1 5 21+9 29+5 3+3 9 a+5 3+2 2f+c 2+1 197+6 2+5 2 53+15 3+6 2+1 2+1 7b+5 4
2+1 2+6 2 49+1 4 2 15c+1 153c+8 36b8+4 3c+6 419 40+3 52 4cb9+1 2+3 125d+2d 3+16 221+2 a+f
3+6 1f+3 95+2 7bc+36 5+31 9 f 17+4 2+e 551+6 2+10 3+6 2+1 2+4 106+6 178 3e+3 5e1+6 6e+6
c16b7 1f+5f 81+ef]]
local WIDE = [[
1100+5f 11bb+1 e+1 bf+3 4 3 20a+1 16+1 33+b 2c 14 e 9+1 12+1 6+1 9 6 16 8+1 2 5 3 8 5+1 1d
24 2 5+2 2 3e+2 19 f 35c+1 34 5 32b+19 2+58 d+d5 1b+b 5+29 5+10 3+55 5+64 6+2a 2+5d 2+53
d+2e 2+27 9+1b6f 41+568c 4+36 49a+1c 284+2ba3 215d+1ff 311+9 17+22 2+12 2+3 96+5f 80+6
6ffa+3 d+1 f+17f7 9+4d5 2b+8 22e8+3 2+6 2+1 2+122 2e+2 12+3 9+18b 3d09 cb bf 3+9 66+2 e+2b
5+8 8+1 f+5 9b+20 d+8 2+45 2+15 d+2a 5+4 d+10 4 4+46 2 2+ba 3+3e e+3 2+17 13 1b+1 e 57+54
31+45 7 4+2 3+2 6+2 c+1 8+8 e4+b 5 11c+2e 2+9 2+b8 71+4 4+4 4+6 a+1c 4+a 6+5 b+9 7+7 9+6
50a+fffd 3+fffd]]

--- The ranges as two lists, sorted: first and last of each.
local function ranges(text)
  local first, last, at = {}, {}, 0
  for gap, more in text:gmatch "(%x+)%+?(%x*)" do
    first[#first + 1] = at + tonumber(gap, 16)
    at = first[#first] + (more == "" and 0 or tonumber(more, 16))
    last[#last + 1] = at
  end
  return first, last
end

local zero_first, zero_last = ranges(ZERO)
local wide_first, wide_last = ranges(WIDE)

local function within(first, last, code)
  local low, high = 1, #first
  while low <= high do
    local middle = (low + high) // 2
    if code < first[middle] then
      high = middle - 1
    elseif code > last[middle] then
      low = middle + 1
    else
      return true
    end
  end
  return false
end

--- Columns of a printable character: 0, 1 or 2.
---@param code integer  a code point from U+00A0 up, or printable ASCII
---@return integer
local function width(code)
  if code < 0x300 then return 1 end
  if within(zero_first, zero_last, code) then return 0 end
  return within(wide_first, wide_last, code) and 2 or 1
end
unicode.width = width

--- The character that begins at byte `i`: its code point and length in bytes.  Bytes that are no UTF-8 (a
--- surrogate, an overlong form, a stray or missing byte) give nil and 1; when the text ends within what
--- may yet become a character, the third result is true.
---@param s string
---@param i integer
---@return integer? code
---@return integer length
---@return boolean? cut
local function decode(s, i)
  local a = byte(s, i)
  if a < 0x80 then return a, 1 end
  if a < 0xC2 or a > 0xF4 then return nil, 1 end
  local b, c, d = byte(s, i + 1, i + 3)
  if not b then return nil, 1, true end
  if a < 0xE0 then
    if b & 0xC0 ~= 0x80 then return nil, 1 end
    return (a & 0x1F) << 6 | b & 0x3F, 2
  end
  local low = a == 0xE0 and 0xA0 or a == 0xF0 and 0x90 or 0x80
  local high = a == 0xED and 0x9F or a == 0xF4 and 0x8F or 0xBF
  if b < low or b > high then return nil, 1 end
  if not c then return nil, 1, true end
  if c & 0xC0 ~= 0x80 then return nil, 1 end
  if a < 0xF0 then return (a & 0x0F) << 12 | (b & 0x3F) << 6 | c & 0x3F, 3 end
  if not d then return nil, 1, true end
  if d & 0xC0 ~= 0x80 then return nil, 1 end
  return (a & 0x07) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | d & 0x3F, 4
end
unicode.decode = decode

--- Is it shown as itself, and may marks join it?
local function printable(code)
  return code and code >= 0x20 and code ~= 0x7F and (code < 0x80 or code >= 0xA0)
    and code ~= 0x2028 and code ~= 0x2029
end
unicode.printable = printable

local ZWJ <const> = 0x200D

--- Behind the cluster that begins at byte `i`.
---@param s string
---@param i integer  1 to #s
---@return integer
local function cluster_end(s, i)
  local code, length = decode(s, i)
  i = i + length
  if not printable(code) or code >= 0x300 and width(code) == 0 then return i end
  while true do
    local b = byte(s, i)
    if not b or b < 0x80 then return i end
    local last = code
    code, length = decode(s, i)
    if not printable(code) then return i end
    local columns = width(code)
    if columns > 0 and not (last == ZWJ and columns == 2) then return i end
    i = i + length
  end
end
unicode.cluster_end = cluster_end

--- From where clusters may be counted to find those around byte `i`: no cluster begins before it and
--- ends behind it.
local function safe_start(s, i)
  while i > 1 and (byte(s, i) or 0x80) >= 0x80 do i = i - 1 end
  return i
end

--- How many bytes lie before the first cluster that begins `at` bytes or later.
---@param s string
---@param at integer  0 to #s
---@return integer
function unicode.snap(s, at)
  if at <= 0 then return 0 end
  if at >= #s or byte(s, at + 1) < 0x80 then return at < #s and at or #s end
  local i = safe_start(s, at)
  while i <= at do i = cluster_end(s, i) end
  return i - 1
end

--- How many bytes lie before the last cluster that begins before `at`.
---@param s string
---@param at integer  1 to #s
---@return integer
function unicode.before(s, at)
  local i = safe_start(s, at)
  while true do
    local behind = cluster_end(s, i)
    if behind > at then return i - 1 end
    i = behind
  end
end

--- The same columns that a terminal gives a text without control characters.
---@param s string
---@return integer
function unicode.columns(s)
  if not find(s, "[\x80-\xff]") then return #s end
  local total, i = 0, 1
  while i <= #s do
    local code, length = decode(s, i)
    total = total + (code and width(code) or 1)
    i = i + length
  end
  return total
end

--- The text as it can be shown: control characters as ^X, bytes that are no UTF-8 as <FF>.
---@param s string
---@return string
function unicode.visible(s)
  if not find(s, "[^\x20-\x7e]") then return s end
  local parts, i = {}, 1
  while i <= #s do
    local code, length = decode(s, i)
    local text = s:sub(i, i + length - 1)
    if not code then
      text = ("<%02X>"):format(byte(text))
    elseif code < 0x20 or code == 0x7F then
      text = "^" .. string.char(code ~ 0x40)
    elseif not printable(code) then
      text = ("<U+%04X>"):format(code)
    end
    parts[#parts + 1] = text
    i = i + length
  end
  return table.concat(parts)
end

return unicode
