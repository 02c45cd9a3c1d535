-- R338 R339 R344: RecordBlock, Grep and Map
local poe = require "poe"
local RecordBlock, Grep, Map = poe.filter.RecordBlock, poe.filter.Grep, poe.filter.Map

local function show(list)
  if not list then return "none" end
  local words = {}
  for i, item in ipairs(list) do words[i] = type(item) == "table" and show(item) or tostring(item) end
  return "(" .. table.concat(words, " ") .. ")"
end
local function line(...) print(table.concat { ... }) end
local block = RecordBlock.new { block_size = 2 }
line(show(block:get { 1, 2, 3 }), show(block:get_pending()), show(block:get { 4 }), show(block:get_pending()))
line(show(block:put { { 1, 2 }, { 3 } }), show(block:put_pending()))
local checked = RecordBlock.new { block_size = 2, check_put = true }
line(show(checked:put { { 1, 2, 3 } }), show(checked:put_pending()), show(checked:put { { 4 }, { 5 } }), show(checked:put_pending()))
local clone = checked:clone()
line(show(clone:put_pending()), show(clone:put { { 1 } }), clone:blocksize())
checked:checkput(false)
line(show(checked:put_pending()), show(checked:put { { 6 } }))
line(block:blocksize(3), show(block:get { 1, 2 }), show(block:get { 3, 4 }))
local grep = Grep.new { code = function(n) return n % 2 == 1 end }
line(show(grep:get { 1, 2, 3, 4 }), show(grep:put { 1, 2, 3, 4 }))
grep = Grep.new { get = function(n) return n > 2 end, put = function(n) return n < 2 end }
line(show(grep:get { 1, 2, 3, 4 }), show(grep:put { 1, 2, 3, 4 }))
grep:modify { put = function() return true end }
line(show(grep:put { 1, 2, 3, 4 }), show(grep:get { 1, 2, 3, 4 }))
grep:get_one_start { 1, 2, 3, 4 }
line(show(grep:get_one()), show(grep:get_pending()), show(grep:clone():get_pending()))
local map = Map.new { code = function(n) return n * 2 end }
line(show(map:get { 1, 2 }), show(map:put { 1, 2 }))
map = Map.new { get = function(n) return n + 1 end, put = function(n) return n - 1 end }
line(show(map:get { 1, 2 }), show(map:put { 1, 2 }))
map:modify { code = function(n) return -n end }
line(show(map:get { 1, 2 }), show(map:put { 1, 2 }))
map:get_one_start { 1, 2 }
line(show(map:get_one()), show(map:get_pending()), show(map:clone():get_pending()), show(map:get_one()), show(map:get_one()))
