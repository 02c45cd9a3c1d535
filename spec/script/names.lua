-- SESSION, HEAP, SENDER, STATE and CALLER_STATE tell about the handler that is running now.
local function tell(what)
  print(("%-8s %s %s from %s in %s"):format(what, SESSION:ID(), STATE, SENDER and SENDER:ID(), CALLER_STATE))
end
tell "main"  -- expect 1: main     1 nil from nil in nil
poe.spawn {
  _start = function() tell "server" HEAP.asked = 0 KERNEL:alias_set "server" end,
  -- expect 2: server   2 _start from 1 in nil
  ask = function(question)
    tell(question)  -- expect 5: posted   2 ask from 3 in _start
    -- expect 8: called   2 ask from 3 in later
    HEAP.asked = HEAP.asked + 1
    post(SENDER, "answer", HEAP.asked)
  end,
}
poe.spawn {
  _start = function()
    tell "client"  -- expect 3: client   3 _start from 1 in nil
    post("server", "ask", "posted")
    KERNEL:delay("later", 0.01)
    call(SESSION, "own")
  end,
  own = function() tell "self" end,    -- expect 4: self     3 own from 3 in _start
  answer = function(n)
    tell("answer " .. n)
    -- expect 6: answer 1 3 answer from 2 in ask
    -- expect 10: answer 2 3 answer from 2 in ask
  end,
  later = function()
    tell "timer"                       -- expect 7: timer    3 later from 3 in _start
    call("server", "ask", "called")
    tell "after"                       -- expect 9: after    3 later from 3 in _start
  end,
}
