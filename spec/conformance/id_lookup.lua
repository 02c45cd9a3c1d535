-- R197: from ID to session and back
local poe = require "poe"

local function code(value, _, name) return value and "found" or name end
local short = poe.Session.create { inline_states = { _start = function() end } }
poe.Session.create { inline_states = {
  _start = function()
    local id = SESSION:ID()
    print("own id to session: " .. (KERNEL:ID_id_to_session(id) == SESSION and "itself" or "another"))
    print("session to own id: " .. (KERNEL:ID_session_to_id(SESSION) == id and "the same" or "another"))
    print("kernel's id: " .. (KERNEL:ID_id_to_session(KERNEL:ID()) == KERNEL and "kernel" or "another"))
    print("kernel: " .. (KERNEL:ID_session_to_id(KERNEL) == KERNEL:ID() and "the same" or "another"))
    print("short: " .. code(KERNEL:ID_id_to_session(short:ID())))
    KERNEL:delay("later", 0.02)
  end,
  later = function()
    print("stopped, by id: " .. code(KERNEL:ID_id_to_session(short:ID())))
    print("stopped, by object: " .. code(KERNEL:ID_session_to_id(short)))
    print("never given: " .. code(KERNEL:ID_id_to_session(99999)))
  end,
} }
KERNEL:run()
