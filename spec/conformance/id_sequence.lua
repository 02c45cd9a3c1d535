-- R196: IDs increase and are not used again, also across several runs
local poe = require "poe"

local used, count, last, repeated, descending = {}, 0, 0, 0, 0
local function note(id)
  if used[id] then repeated = repeated + 1 end
  if id <= last then descending = descending + 1 end
  used[id], last, count = true, id, count + 1
end
for run = 1, 3 do
  for _ = 1, 3 do
    poe.Session.create { inline_states = { _start = function()
      note(SESSION:ID())
      poe.Session.create { inline_states = { _start = function() note(SESSION:ID()) end } }
    end } }
  end
  KERNEL:run()
  print(("run %d: %d sessions, %d repeated, %d descending"):format(run, count, repeated, descending))
end
