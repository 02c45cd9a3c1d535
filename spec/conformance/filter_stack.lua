-- R341 R344: a stack of filters
local poe = require "poe"
local f = poe.filter

local function show(list)
  if not list then return "none" end
  local words = {}
  for i, item in ipairs(list) do words[i] = type(item) == "table" and show(item) or item:gsub("\r\n", "CRLF") end
  return "(" .. table.concat(words, " ") .. ")"
end
local function line(...) print(table.concat { ... }) end
local function types(stack) return (table.concat(stack:filter_types(), " "):gsub("poe%.filter%.", "")) end
local function name(filter) return getmetatable(filter).__name:match "%a+$" end
local stack = f.Stackable.new { filters = {
  f.Line.new(),
  f.Grep.new { get = function(text) return text ~= "x" end, put = function() return true end },
  f.Map.new { get = string.upper, put = string.lower },
} }
line(show(stack:get { "a\nx\nb\n", "c" }), show(stack:get { "d\nx\n" }), show(stack:put { "P", "Q" }))
print(stack:push(f.RecordBlock.new { block_size = 2 }) .. " " .. types(stack))
line(show(stack:get { "a\nb\nc\n" }), show(stack:put { { "A", "B" }, { "C" } }))
local clone = stack:clone()
line(show(stack:get { "d\n" }), show(clone:get { "d\n" }), show(clone:get { "e\n" }))
print(name(clone:pop()) .. " " .. name(clone:shift()) .. " " .. #clone:filters() .. " " .. #stack:filters())
print(clone:unshift(f.Line.new { literal = "|" }, f.Map.new { code = function(x) return x end }) .. " " .. types(clone))
line(show(clone:get { "a|x|b|" }), show(clone:put { "Z" }))
clone:get_one_start { "a|x|b|c" }
line(show(clone:get_one()), show(clone:get_one()), show(clone:get_one()))
print((pcall(clone.push, clone, 5) and "fine" or "died") .. " " .. (pcall(f.Stackable.new, { filters = 5 }) and "fine" or "died"))
local empty = f.Stackable.new()
print(show(empty:put { "a" }) .. " " .. (pcall(empty.get, empty, { "a" }) and "fine" or "died"))
