std = "lua54"
max_line_length = 110
read_globals = {
  "poe", "KERNEL", "SESSION", "SENDER", "STATE", "EVENT", "CALLER_STATE", "CALLER_FILE",
  "CALLER_LINE", "RUNSTATE", "MACHINE", "post", "yield", "call",
}
globals = { "HEAP" } -- its fields are the script's
