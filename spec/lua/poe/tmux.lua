--- Terminals for specs: tmux servers of their own, typed into and looked at.
local tmux = {}

local servers = 0

function tmux.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- A terminal of that size in which a shell runs `command`.  `files` are removed with it.  To be closed.
function tmux.new(columns, lines, command, files)
  servers = servers + 1
  local name = ("poe-spec-%d-%d"):format(poe.pid(), servers)
  local function run(words)
    local pipe <close> = io.popen(("TERM=screen LC_ALL=C.UTF-8 exec tmux -u -L %s -f /dev/null %s 2>&1")
      :format(name, words))
    return pipe:read "a"
  end
  local log = run(("new-session -d -x %d -y %d %s"):format(columns, lines, tmux.quote(command)))
  if log ~= "" then error("tmux: " .. log) end
  local t = { tmux = run }

  --- The rows without blanks at their ends, and the cursor.
  function t.screen()
    local said = run "capture-pane -p ';' display-message -p '#{cursor_x},#{cursor_y}'"
    local text, cursor = said:match "^(.*\n)(%d+,%d+)\n$"
    text = (text or said):gsub("[ \n]+$", ""):gsub(" +\n", "\n")
    return text, cursor or ""
  end

  --- Waits until the screen is this, or some seconds.
  function t.wait(expect, wanted, cursor)
    local got, at
    for _ = 1, 60 do
      got, at = t.screen()
      if got == wanted and (not cursor or at == cursor) then return true end
      os.execute "sleep 0.05"
    end
    expect(got, wanted)
    if cursor then expect(at, cursor) end
  end

  --- Waits until the screen has this plain text in it, or `seconds` (5); returns what follows it there.
  function t.see(expect, text, seconds)
    local got
    for _ = 1, (seconds or 5) * 20 do
      got = t.screen()
      local _, last = got:find(text, 1, true)
      if last then return got:sub(last + 1) end
      os.execute "sleep 0.05"
    end
    expect(got, "a screen with " .. text)
    return ""
  end

  --- Types bytes, so many at a time that a command line takes them.
  function t.type(bytes)
    for from = 1, #bytes, 2000 do
      run("send-keys -H " .. bytes:sub(from, from + 1999):gsub(".", function(c) return ("%02x "):format(c:byte()) end))
    end
  end

  return setmetatable(t, { __close = function()
    run "kill-server"
    for _, path in ipairs(files or {}) do os.remove(path) end
  end })
end

return tmux
