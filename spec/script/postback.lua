-- A postback carries an event to a session from anywhere, and keeps the session until released.
local function library(callback)
  callback("result", 1)
  callback("result", 2)
end
poe.spawn {
  _start = function()
    local back <close> = SESSION:postback("done", "request")
    library(back)
    local now <close> = SESSION:callback("compute", 10)
    print(now(5))                                -- expect 1: 15
    HEAP.back = SESSION:postback "finish"
    yield "release"
  end,
  done = function(created, called)
    print(created[1], called[1], called[2], created.n, called.n)
    -- expect 2: request\tresult\t1\t1\t2
    -- expect 3: request\tresult\t2\t1\t2
  end,
  compute = function(created, called) return created[1] + called[1] end,
  release = function()
    print "still here"                           -- expect 4: still here
    HEAP.back()
    HEAP.back:release()
  end,
  finish = function() print "finished" end,      -- expect 5: finished
  _stop = function() print "stopped" end,        -- expect 6: stopped
}
