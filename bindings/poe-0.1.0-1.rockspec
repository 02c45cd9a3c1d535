rockspec_format = "3.0"
package = "poe"
version = "0.1.0-1"
source = { url = "." }
description = {
  summary = "Sessions and events, as in Perl's POE, on libuv",
  detailed = [[
require "poe" gives a kernel that drives sessions: events, timers, signals, sockets, programs.
Nothing happens until KERNEL:run() is called.]],
  license = "MIT",
}
supported_platforms = { "linux" }
dependencies = { "lua ~> 5.4" }
external_dependencies = { LIBUV = { header = "uv.h" } }
build = {
  type = "make",
  build_target = "build/release/poe.so",
  install_pass = false,
  build_variables = { INSTALL = "no" },
  install = { lib = { poe = "build/release/poe.so" } },
}
