-- An IRC bot: poe lua/examples/irc_bot.lua PORT CHANNEL [HOST]; it answers "!time" and "!echo ...", leaves at "!quit".
local poe = require "poe"

if not arg[2] then return print "irc_bot.lua: say a server's port and a channel" end
local channel = arg[2]

local answers = {
  time = function() return os.date "!%H:%M UTC" end,
  echo = function(text) return text end,
}

poe.component.client.TCP.new {
  remote_address = arg[3] or "127.0.0.1", remote_port = tonumber(arg[1]),
  connected = function() HEAP.server:put("NICK poebot", "USER poebot 0 * :a poe") end,
  server_input = function(line)
    local who, command, rest = line:match "^:(%S+) (%S+) (.*)$"
    if line:find "^PING" then
      HEAP.server:put((line:gsub("^PING", "PONG")))
    elseif command == "001" then
      HEAP.server:put("JOIN " .. channel)
    elseif command == "366" then
      print("in " .. channel)
    elseif command == "PRIVMSG" then
      local name, text = rest:match ":!(%a+) ?(.*)$"
      if name == "quit" then
        HEAP.server:put "QUIT :bye"
      elseif answers[name] then
        HEAP.server:put(("PRIVMSG %s :%s: %s"):format(channel, who:match "^[^!]*", answers[name](text)))
      end
    end
  end,
  server_error = function() end,
}

-- prints:
-- irc_bot.lua: say a server's port and a channel
