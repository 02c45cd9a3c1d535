-- R254 R349: input and output handles of their own: a relay of two pipes
local poe = require "poe"

local in_r, in_w = poe.pipe()
local out_r, out_w = poe.pipe()
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new {
      input_handle = in_r, output_handle = out_w,
      input_event = "in", error_event = "error", flushed_event = "flushed",
    }
    print("input " .. (HEAP.w:get_input_handle() == in_r and "same" or "?")
      .. ", output " .. (HEAP.w:get_output_handle() == out_w and "same" or "?"))
    in_w:write "hello\n"
  end,
  ["in"] = function(line) print("in " .. line) HEAP.w:put("<" .. line .. ">") end,
  flushed = function()
    print("out " .. (out_r:read(100):gsub("%s+$", "")))
    in_w:close()
  end,
  error = function(op, code) print("error " .. op .. " " .. code) HEAP.w:close() end,
  _stop = function() print "_stop" end,
} }
KERNEL:run()
