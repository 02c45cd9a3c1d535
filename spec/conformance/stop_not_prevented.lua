-- R80 R221: nothing done in _stop keeps the session
local poe = require "poe"

local late_postback, id
local other = poe.Session.create { inline_states = {
  _start = function() KERNEL:sig("foo", "foo") KERNEL:delay("check", 0.03) end,
  foo = function() print "never here" end,
  check = function()
    local ok, _, code = late_postback "x"
    print("the postback made in _stop: " .. (ok and "ok" or code))
    print("its id resolves: " .. (KERNEL:ID_id_to_session(id) and "yes" or "no"))
    local count, _, count_code = KERNEL:refcount_increment(id, "tag")
    print("counting on it: " .. (count or count_code))
    print("its alias resolves: " .. (KERNEL:alias_resolve "dying" and "yes" or "no"))
  end,
} }
local a = poe.Session.create { inline_states = {
  _start = function() yield "go" end,
  go = function() print "A:go" end,
  x = function() print "never here" end,
  _stop = function()
    print "A:_stop"
    print("counts " .. KERNEL:refcount_increment(SESSION:ID(), "tag"))
    late_postback = SESSION:postback "x"
    print("posts back: " .. (late_postback and "made" or "refused"))
    print("alias: " .. (KERNEL:alias_set "dying" and "ok" or "refused"))
    print("signal: " .. (KERNEL:signal(other, "foo") and "ok" or "refused"))
  end,
} }
id = a:ID()
KERNEL:run()
