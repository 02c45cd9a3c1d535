--- poe against programs that have never heard of it: curl, wrk, nc, socat, redis, an IRC server, POE.
local poe = require "poe"

local POE = os.getenv "POE" or "build/release/poe"

--- A port that was free a moment ago, and below those the system gives to clients: so it has not become one's.
local function free_port()
  for _ = 1, 100 do
    local port = math.random(20000, 32000)
    local socket <close> = poe.socket.listen("127.0.0.1", port)
    if socket then return port end
  end
  error "no port is free"
end

--- Runs a script of bash; `@POE` and `@PORT` are filled in.  Whatever it starts ends with it.
local function bash(script, port, input)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write([[
dir=$(mktemp -d); cd "$OLDPWD_" || exit 1
finish() { for p in $pids; do kill "$p" 2>/dev/null; done; wait 2>/dev/null; rm -rf "$dir"; }
trap finish EXIT
listening() { for _ in $(seq 100); do (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return; sleep 0.05; done; }
]], (script:gsub("@POE", POE):gsub("@PORT", tostring(port))), "\n")
  file:close()
  local pipe <close> = assert(io.popen(("OLDPWD_=$PWD timeout 60 bash %s 2>&1 %s"):format(path,
    input and "" or "</dev/null")))
  local output = pipe:read "a"
  os.remove(path)
  return output
end

local function lines(text)
  local list = {}
  for line in text:gmatch "[^\n]+" do list[#list + 1] = (line:gsub("\r$", "")) end
  return list
end

describe("HTTPD and server.TCP", function()
  it("answer curl: GET, POST, a chunked body, HEAD, two requests on one connection", function(expect)
    local port = free_port()
    expect(lines(bash([[
@POE lua/examples/http_hello.lua @PORT & pids=$!
listening @PORT
u=http://127.0.0.1:@PORT
curl -s $u/one $u/two
curl -s -d hello $u/post
head -c 100000 /dev/zero | curl -s -H 'Transfer-Encoding: chunked' --data-binary @- $u/chunked
curl -s -o /dev/null -w '%{num_connects} %{http_code}\n' $u/a --next -s -o /dev/null -w '%{num_connects} %{http_code}\n' $u/b
printf 'NONSENSE\r\n\r\n' | nc -q 1 127.0.0.1 @PORT | head -1
]], port)), {
      "GET /one, 0 bytes: hello", "GET /two, 0 bytes: hello", "POST /post, 5 bytes: hello",
      "POST /chunked, 100000 bytes: hello", "1 200", "0 200", "HTTP/1.1 400 Bad Request",
    })
  end, 60)

  it("stand wrk without a socket error", function(expect)
    local output = bash([[
@POE lua/examples/http_hello.lua @PORT & pids=$!
listening @PORT
wrk -t1 -c32 -d1s http://127.0.0.1:@PORT/
]], free_port())
    expect(tonumber(output:match "(%d+) requests in") > 100, true)
    expect(output:find "Socket errors", nil)
    expect(output:find "Non%-2xx", nil)
  end, 60)
end)

describe("sockets", function()
  it("echo to nc and socat, over IPv4, IPv6 and Unix sockets", function(expect)
    expect(lines(bash([[
cat >$dir/echo.lua <<'LUA'
local poe = require "poe"
for _, at in ipairs { { "127.0.0.1", tonumber(arg[1]) }, { "::1", tonumber(arg[1]) }, { arg[2] } } do
  local domain = at[1]:find "/" and "unix" or at[1]:find ":" and "inet6" or "inet"
  poe.component.server.TCP.new { address = at[1], port = at[2], domain = domain,
    client_input = function(line) HEAP.client:put(domain .. " " .. HEAP.remote_ip .. " " .. line) end }
end
LUA
@POE $dir/echo.lua @PORT $dir/sock & pids=$!
listening @PORT
echo one | nc -q 1 127.0.0.1 @PORT
echo two | socat -t 1 - TCP6:[::1]:@PORT
echo three | socat -t 1 - UNIX-CONNECT:$dir/sock
echo four | nc -q 1 -U $dir/sock
]], free_port())), { "inet 127.0.0.1 one", "inet6 ::1 two", "unix LOCAL three", "unix LOCAL four" })
  end, 60)

  it("talk to servers of nc and socat", function(expect)
    expect(lines(bash([[
cat >$dir/client.lua <<'LUA'
local poe = require "poe"
local wheel = assert(poe.connect(arg[1], tonumber(arg[2])))
wheel:put("from poe")
print((wheel:get()))
wheel:shutdown_output()
print((select(3, wheel:get())))
wheel:close()
LUA
socat TCP-LISTEN:@PORT,bind=127.0.0.1,reuseaddr SYSTEM:'read line; echo "socat got $line"' & pids=$!
sleep 0.3
@POE $dir/client.lua 127.0.0.1 @PORT
socat UNIX-LISTEN:$dir/s SYSTEM:'read line; echo "unix got $line"' & pids="$pids $!"
sleep 0.3
@POE $dir/client.lua $dir/s
]], free_port())), { "socat got from poe", "EOF", "unix got from poe", "EOF" })
  end, 60)

  it("exchange datagrams with socat", function(expect)
    expect(lines(bash([[
cat >$dir/udp.lua <<'LUA'
local poe = require "poe"
poe.spawn {
  _start = function()
    HEAP.s = assert(poe.socket.udp("127.0.0.1", tonumber(arg[1])))
    KERNEL:select_read(HEAP.s, "come")
    print "ready" io.stdout:flush()
  end,
  come = function(socket)
    local data, address, port = socket:receive()
    socket:send("got " .. data, address, port)
  end,
}
LUA
touch $dir/ready
@POE $dir/udp.lua @PORT >$dir/ready & pids=$!
while ! grep -q ready $dir/ready; do sleep 0.05; done
echo -n datagram | socat -t 1 - UDP:127.0.0.1:@PORT
]], free_port())), { "got datagram" })
  end, 60)
end)

describe("client.TCP", function()
  it("sets and gets 10,000 keys of redis, pipelined, by a filter of its own", function(expect)
    expect(lines(bash([[
redis-server --port @PORT --bind 127.0.0.1 --save '' --dir $dir >$dir/log & pids=$!
listening @PORT
@POE lua/examples/redis.lua @PORT
redis-cli -p @PORT get key10000
redis-cli -p @PORT dbsize
]], free_port())), { "PING: PONG", "10000 keys set and got", "value 10000", "10000" })
  end, 60)

  it("joins an IRC server and answers there", function(expect)
    expect(lines(bash([[
printf '[Global]\nName = irc.here\nInfo = a test\nListen = 127.0.0.1\nPorts = @PORT\n' >$dir/ircd.conf
printf '[Options]\nIdent = no\nDNS = no\nPAM = no\n' >>$dir/ircd.conf
ngircd -n -f $dir/ircd.conf >$dir/log 2>&1 & pids=$!
listening @PORT; touch $dir/bot
@POE lua/examples/irc_bot.lua @PORT '#poe' >$dir/bot & pids="$pids $!"
while ! grep -q 'in #poe' $dir/bot; do sleep 0.05; done
mkfifo $dir/say
nc 127.0.0.1 @PORT <$dir/say >$dir/heard & pids="$pids $!"
exec 3>$dir/say
hears() { for _ in $(seq 200); do grep -q "$1" $dir/heard && return; sleep 0.05; done; }
printf 'NICK tester\r\nUSER tester 0 * :t\r\nJOIN #poe\r\n' >&3; hears ' 366 ' # all names there are told
printf 'PRIVMSG #poe :!echo hello there\r\n' >&3; hears ':tester: hello there'
printf 'PRIVMSG #poe :!quit\r\n' >&3; hears 'QUIT :.*bye"'
printf 'QUIT\r\n' >&3
grep -o 'PRIVMSG #poe :tester: .*\|QUIT :.*bye.*' $dir/heard
]], free_port())), { "PRIVMSG #poe :tester: hello there", 'QUIT :"bye"' })
  end, 60)
end)

describe("POE at the other end", function()
  it("is a client of our server, with lines and with blocks", function(expect)
    expect(lines(bash([[
cat >$dir/server.lua <<'LUA'
local poe = require "poe"
poe.component.server.TCP.new { alias = "s", address = "127.0.0.1", port = tonumber(arg[1]),
  client_filter = arg[2] == "block" and poe.filter.Block.new {} or nil,
  client_connected = function() HEAP.client:put "welcome" end,
  client_input = function(record) HEAP.client:put(record:upper()) end }
LUA
cat >$dir/client.pl <<'PERL'
use strict; use POE qw(Component::Client::TCP Filter::Block Filter::Line);
my ($port, $kind) = @ARGV; my @say = ("hello", "poe");
POE::Component::Client::TCP->new(
  RemoteAddress => "127.0.0.1", RemotePort => $port, Filter => $kind eq "block" ? "POE::Filter::Block" : "POE::Filter::Line",
  ServerInput => sub { print "$kind: $_[ARG0]\n"; @say ? $_[HEAP]{server}->put(shift @say) : $_[KERNEL]->yield("shutdown") });
POE::Kernel->run;
PERL
for kind in line block; do
  @POE $dir/server.lua @PORT $kind & p=$!; pids="$pids $p"
  listening @PORT
  perl $dir/client.pl @PORT $kind
  kill $p; wait $p 2>/dev/null
done
]], free_port())), { "line: welcome", "line: HELLO", "line: POE", "block: welcome", "block: HELLO", "block: POE" })
  end, 60)

  it("is a server for our client", function(expect)
    expect(lines(bash([[
cat >$dir/server.pl <<'PERL'
use strict; use POE qw(Component::Server::TCP);
POE::Component::Server::TCP->new(Alias => "s", Address => "127.0.0.1", Port => $ARGV[0],
  ClientConnected => sub { $_[HEAP]{client}->put("welcome") },
  ClientInput => sub { $_[HEAP]{client}->put("perl has " . length($_[ARG0])); $_[KERNEL]->yield("shutdown") if $_[ARG0] eq "bye" });
POE::Kernel->run;
PERL
cat >$dir/client.lua <<'LUA'
local poe = require "poe"
local say = { ("x"):rep(200000), "bye" }
poe.component.client.TCP.new { remote_address = "127.0.0.1", remote_port = tonumber(arg[1]),
  server_input = function(line)
    print(line)
    if say[1] then HEAP.server:put(table.remove(say, 1)) end
  end,
  server_error = function(op, code) print(op, code) end, disconnected = function() print "disconnected" end }
LUA
perl $dir/server.pl @PORT & pids=$!
listening @PORT
@POE $dir/client.lua @PORT
]], free_port())), { "welcome", "perl has 200000", "perl has 3", "read\tEOF", "disconnected" })
  end, 60)
end)

describe("Run", function()
  it("talks to an interactive bash on a pty", function(expect)
    poe.spawn {
      _start = function()
        HEAP.run = poe.wheel.Run.new {
          program = { "bash", "--norc", "--noprofile", "-i" }, conduit = "pty", winsize = { 24, 91 },
          stdout_event = "said", stdio_filter = poe.filter.Line.new { literal = "\n" },
          error_event = "error", close_event = "closed",
        }
        KERNEL:sig_child(HEAP.run:PID(), "ended")
        HEAP.run:put("stty -echo; PS1=")
        HEAP.run:put("echo on $(tty | cut -c1-8) with $(tput cols 2>/dev/null || stty size | cut -d' ' -f2) columns")
        HEAP.run:put("sleep 30 & jobs | grep -c Running; kill %1; exit 7")
      end,
      said = function(line)
        line = line:gsub("\27%[%?2004[hl]", ""):gsub("\r", "")
        if line:find "^on /dev" or line:find "^%d$" then expect.log((line:gsub("%s+$", ""))) end
      end,
      error = function() end,
      closed = function() end,
      ended = function(_, _, status) expect.log("exit " .. status) HEAP.run:close() end,
    }
    expect.run()
    expect.logged { "on /dev/pts with 91 columns", "1", "exit 7" }
  end, 30)
end)
