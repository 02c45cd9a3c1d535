-- R254 R256 R272: a proxy of two wheels passes lines and ends on, both ways
local poe = require "poe"

local client, p1 = poe.socket.pair()
local server, p2 = poe.socket.pair()
poe.Session.create { inline_states = {
  _start = function()
    HEAP.left = poe.wheel.ReadWrite.new {
      handle = p1, input_event = "to_right", error_event = "end_right",
      flushed_event = "left_flushed",
    }
    HEAP.right = poe.wheel.ReadWrite.new {
      handle = p2, input_event = "to_left", error_event = "end_left",
      flushed_event = "right_flushed",
    }
  end,
  to_right = function(line) print("proxy > " .. line) HEAP.right:put(line) end,
  to_left = function(line) print("proxy < " .. line) HEAP.left:put(line) end,
  end_right = function(_, code)
    print("proxy > " .. code)
    HEAP.ended = true
    call(SESSION, "right_flushed")
  end,
  end_left = function(_, code)
    print("proxy < " .. code)
    HEAP.right:close()
    HEAP.right = nil
    call(SESSION, "left_flushed")
  end,
  right_flushed = function()
    local w = HEAP.right
    if w and HEAP.ended and w:get_driver_out_octets() == 0 then w:shutdown_output() end
  end,
  left_flushed = function()
    local w = HEAP.left
    if w and not HEAP.right and w:get_driver_out_octets() == 0 then
      HEAP.left = nil
      w:close()
    end
  end,
} }
poe.Session.create { inline_states = {
  _start = function()
    HEAP.sum = 0
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = server, input_event = "in", error_event = "error", flushed_event = "flushed",
    }
  end,
  ["in"] = function(line) HEAP.sum = HEAP.sum + math.tointeger(line) end,
  error = function(_, code) print("server " .. code) HEAP.w:put(tostring(HEAP.sum)) end,
  flushed = function() HEAP.w:close() end,
} }
poe.Session.create { inline_states = {
  _start = function()
    HEAP.w = poe.wheel.ReadWrite.new {
      handle = client, input_event = "in", error_event = "error", flushed_event = "flushed",
    }
    HEAP.w:put("1", "2", "3", "4")
  end,
  flushed = function() HEAP.w:shutdown_output() end,
  ["in"] = function(line) print("client in " .. line) end,
  error = function(_, code) print("client " .. code) HEAP.w:close() end,
} }
KERNEL:run()
