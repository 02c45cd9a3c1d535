-- An event nobody handles is dropped; the program hears of it once, on standard error.
poe.spawn {
  _start = function()
    KERNEL:alias_set "main"
    yield "misspelled"   -- expect-error: Lua warning: session 2 (main) has no handler for event 'misspelled'
    yield "misspelled"
    yield "spelled"
  end,
  spelled = function() print "goes on" end,  -- expect: goes on
}
