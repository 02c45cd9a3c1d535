-- R330 R332 R333 R334 R344: lines
local poe = require "poe"
local Line = poe.filter.Line

local function show(list)
  if not list then return "none" end
  local words = {}
  for i, line in ipairs(list) do words[i] = "<" .. line:gsub("\r", "CR"):gsub("\n", "LF") .. ">" end
  return table.concat(words, " ")
end
local function feed(name, filter, ...)
  io.write(name, ":")
  for _, chunk in ipairs { ... } do io.write(" ", show(filter:get { chunk }), ";") end
  print(" left " .. show(filter:get_pending()))
end
feed("default", Line.new(), "a\nb\r\nc\rd\n\re\n\nf")
feed("cut", Line.new(), "a", "b\nc", "\n", "d", "")
feed("literal", Line.new { literal = "<>" }, "a<>b<", ">c><>", "d")
feed("input literal", Line.new { input_literal = "|" }, "a|b\n|c")
feed("regexp", Line.new { pattern = "[;,]" }, "a;b,,c")
feed("detects CR LF", Line.new { autodetect = true }, "a\r\nb\nc\r\nd")
feed("detects LF", Line.new { input_literal = "" }, "a\nb\r\nc")
feed("detects CR LF that is cut", Line.new { autodetect = true }, "a\r", "\nb\rc\r\nd")
feed("detects CR", Line.new { autodetect = true }, "a\r", "b\nc\rd")
print("put: " .. show(Line.new():put { "a", "", "b\n", "c\r\n" }))
print("put: " .. show(Line.new { literal = "|" }:put { "a", "b|" }))
print("put: " .. show(Line.new { input_literal = "|" }:put { "a" }))
print("put: " .. show(Line.new { input_literal = "|", output_literal = "!" }:put { "a" }))
local one = Line.new { literal = "|", max_length = 3, max_buffer = 9 }
one:get_one_start { "a|b", "|cc" }
print(show(one:get_one()) .. " " .. show(one:get_pending()) .. " " .. show(one:get_one()) .. " " .. show(one:get_one()))
local clone = one:clone()
print(show(clone:get_pending()) .. " " .. show(clone:get { "dd|" }) .. " " .. show(one:get_pending()))
print("too long: " .. (pcall(clone.get, clone, { "abcd|" }) and "fine" or "died"))
clone = one:clone()
print("too much: " .. (pcall(clone.get, clone, { "a|b|c|d|e|" }) and "fine" or "died"))
clone = one:clone()
print("just so: " .. show(clone:get { "abc|abc|a" }))
