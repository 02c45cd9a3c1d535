-- A chat server with rooms: "/join ROOM", "/quit", and all else is said to the room.
-- poe lua/examples/chat.lua PORT; without a port three people meet, and it ends.
local poe = require "poe"

local rooms, port = {}, nil -- room -> wheel -> the name of who is in it

local function say(text, but)
  for wheel, name in pairs(rooms[HEAP.room] or {}) do
    if name ~= but then wheel:put(text) end
  end
end

local function move(room)
  if HEAP.room then
    rooms[HEAP.room][HEAP.client] = nil
    say(HEAP.name .. " leaves")
  end
  HEAP.room = room
  if not room then return end
  say(HEAP.name .. " joins")
  rooms[room] = rooms[room] or {}; rooms[room][HEAP.client] = HEAP.name
  HEAP.client:put("you are in " .. room)
end

poe.component.server.TCP.new {
  alias = "chat", address = "127.0.0.1", port = tonumber(arg[1]) or 0,
  started = function() port = select(2, HEAP.listener:getsockname()) end,
  client_connected = function() HEAP.client:put "who are you?" end,
  client_input = function(line)
    if not HEAP.name then HEAP.name = line
    elseif line == "/quit" then yield "shutdown"
    elseif line:find "^/join " then move(line:sub(7))
    else say(HEAP.name .. ": " .. line, HEAP.name) end
  end,
  client_disconnected = function() move(nil) end,
  client_error = function() end,
}

if not arg[1] then
  for _, who in ipairs { "ada", "bob", "eve" } do
    local wheel = assert(poe.connect("127.0.0.1", port))
    wheel:put(who, "/join tea", "here is " .. who)
    wheel:get()
    print(who .. " hears: " .. wheel:get())
    HEAP[who] = wheel
  end
  for _ = 1, 4 do print("ada hears: " .. HEAP.ada:get()) end
  for _, who in ipairs { "ada", "bob", "eve" } do HEAP[who]:close() end
  post("chat", "shutdown")
end

-- prints:
-- ada hears: you are in tea
-- bob hears: you are in tea
-- eve hears: you are in tea
-- ada hears: bob joins
-- ada hears: bob: here is bob
-- ada hears: eve joins
-- ada hears: eve: here is eve
