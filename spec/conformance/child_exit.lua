-- R142 R147 R148 R151: what a child's end tells: exit code or signal, and one's own arguments
local poe = require "poe"

local pipes = {}
local function child(command)
  local pipe = assert(io.popen("echo $$; " .. command))
  pipes[#pipes + 1] = pipe
  return pipe:read "n"
end
local function told(signal, pid, exit, by, ...)
  print(STATE .. " " .. signal .. " " .. (pid == HEAP and "it" or "?") .. " exit " .. exit
    .. " signal " .. by .. " " .. table.concat({ ... }, " "))
end
for _, command in ipairs { "exit 3", "exit 0", "sleep 0.05; exit 255", "kill -TERM $$", "exec kill -KILL $$" } do
  local pid = child(command)
  poe.Session.create { heap = pid, inline_states = {
    _start = function() KERNEL:sig_child(pid, "gone", "own", 1) end,
    gone = told,
  } }
  KERNEL:run()
end
local late = child "exit 4"
pipes[#pipes]:read "a"
os.execute "sleep 0.1"
poe.Session.create { heap = late, inline_states = {
  _start = function()
    KERNEL:sig("CHLD", "any", "all")
    KERNEL:sig_child(late, "gone", "late")
    KERNEL:delay("end", 0.2)
  end,
  gone = told,
  any = told,
  ["end"] = function() KERNEL:sig "CHLD" end,
} }
KERNEL:run()
