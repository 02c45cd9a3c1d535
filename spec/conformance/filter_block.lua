-- R334 R335 R336 R344: blocks
local poe = require "poe"
local Block = poe.filter.Block

local function show(list)
  if not list then return "none" end
  local words = {}
  for i, block in ipairs(list) do words[i] = "<" .. block:gsub("\0", "NUL") .. ">" end
  return table.concat(words, " ")
end
local function feed(name, filter, ...)
  io.write(name, ":")
  for _, chunk in ipairs { ... } do io.write(" ", show(filter:get { chunk }), ";") end
  print(" left " .. show(filter:get_pending()))
end
feed("variable", Block.new(), "3\0abc0\0", "1", "2\0hello ", "world!", "5\0", "a\0b\0c2")
feed("strange", Block.new(), "junk", "2\0ab")
feed("fixed", Block.new { block_size = 3 }, "abcdefg", "h", "ijk")
local codec = {
  encode = string.char,
  decode = function(buffer) if buffer ~= "" then return buffer:byte(), buffer:sub(2) end end,
}
local coded = Block.new { length_codec = codec }
io.write("codec: ", show(coded:get { "\3abc\1" }), "; ", show(coded:get { "x\2y" }), ";")
print(" left " .. show { (coded:get_pending()[1]:gsub("^\2", "")) }) -- POE's has lost the length
print("put: " .. show(Block.new():put { "abc", "", "x" }))
print("put: " .. show(Block.new { block_size = 3 }:put { "abc", "d" }))
local one = Block.new { max_length = 5, max_buffer = 12 }
one:get_one_start { "1\0a", "2\0bc" }
print(show(one:get_one()) .. " " .. show(one:get_pending()) .. " " .. show(one:get_one()) .. " " .. show(one:get_one())
  .. " " .. show(one:get_pending()))
one:get { "4\0x" }
print(show(one:get { "yzw" }))
local clone = one:clone()
print(show(clone:get_pending()) .. " " .. show(clone:get { "5\0abcde" }))
print("too long: " .. (pcall(clone.get, clone, { "6\0a" }) and "fine" or "died"))
clone = one:clone()
print("too much: " .. (pcall(clone.get, clone, { "1\0a1\0a1\0a1\0a1" }) and "fine" or "died"))
for _, case in ipairs { { "BlockSize", { block_size = 0 } }, { "BlockSize", { block_size = -1 } },
  { "BlockSize", { block_size = 1, length_codec = {} } }, { "BlockSize", { block_size = 1, max_length = 1 } },
  { "LengthCodec", { length_codec = 5 } }, { "MaxLength", { max_length = 10, max_buffer = 5 } },
  { "MaxLength", { max_length = 0 } }, { "MaxLength", { max_length = "x" } }, { "BlockSize", { block_size = 5 } } } do
  print(case[1] .. ": " .. (pcall(Block.new, case[2]) and "fine" or "died"))
end
