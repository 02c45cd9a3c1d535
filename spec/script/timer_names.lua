-- Timers without arguments share the place where their event's name waits: each still has its own name, however
-- many names there are, whoever else used it before, and whatever the collector took in between.
local function name_of(i) return ("timer %d"):format(i) end -- made anew each time: only the timer holds it

poe.spawn {
  _start = function()
    local ids, wrong = {}, 0
    for round = 1, 3 do
      for i = 1, 300 do ids[i] = KERNEL:delay_set(name_of(i % 150), 60 + i) end
      collectgarbage()
      for i = 300, 1, -1 do
        if i % 3 ~= round % 3 then
          local event, _, args = KERNEL:alarm_remove(ids[i])
          if event ~= name_of(i % 150) or args.n ~= 0 then wrong = wrong + 1 end
        end
      end
      collectgarbage()
      for _, timer in ipairs(KERNEL:alarm_remove_all()) do
        if not timer.event:match "^timer %d+$" then wrong = wrong + 1 end
      end
    end
    print(wrong)  -- expect 1: 0
    for i = 1, 200 do KERNEL:delay_set(name_of(i), i / 1e5) end
    collectgarbage()
  end,
  _default = function(event)
    if STATE ~= "_default" or not event:match "^timer " then return end
    HEAP.seen, HEAP.count = (HEAP.seen or "") .. event:sub(7) .. " ", (HEAP.count or 0) + 1
    collectgarbage "step"
    if HEAP.count < 200 then return end
    local inorder = {}
    for i = 1, 200 do inorder[i] = i .. " " end
    print(HEAP.seen == table.concat(inorder), HEAP.count)  -- expect 2: true\t200
  end,
}
