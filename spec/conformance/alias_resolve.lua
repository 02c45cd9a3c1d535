-- R193 R194: what alias_resolve accepts; aliases of the kernel
local poe = require "poe"

local function name(s) return s == nil and "none" or s == KERNEL and "kernel" or s:get_heap() end
local a = poe.Session.create { heap = "A", inline_states = { _start = function() KERNEL:alias_set "a" end } }
poe.Session.create { heap = "B", inline_states = {
  _start = function() yield "go" end,
  go = function()
    print("alias: " .. name(KERNEL:alias_resolve "a"))
    print("id: " .. name(KERNEL:alias_resolve(a:ID())))
    print("object: " .. name(KERNEL:alias_resolve(a)))
    print("own object: " .. name(KERNEL:alias_resolve(SESSION)))
    print("kernel: " .. name(KERNEL:alias_resolve(KERNEL)))
    print("kernel id: " .. name(KERNEL:alias_resolve(KERNEL:ID())))
    print("unknown alias: " .. name(KERNEL:alias_resolve "nobody"))
    print("unknown id: " .. name(KERNEL:alias_resolve(99999)))
    print("the program's: " .. name(KERNEL:alias_resolve "program"))
  end,
} }
print("set by the program: " .. (KERNEL:alias_set "program" and "ok" or "refused"))
print("resolves to: " .. name(KERNEL:alias_resolve "program"))
print("list: " .. table.concat(KERNEL:alias_list(), " "))
KERNEL:run()
print("after run: " .. name(KERNEL:alias_resolve "program"))
