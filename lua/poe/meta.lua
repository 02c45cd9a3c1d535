---@meta poe
--- For editors (LuaLS), and what the prompt's help shows: the module, the globals and what C provides.  Never run.  Wheels,
--- filters, components and machines are annotated where they are written; spec/lua/poe/meta_spec.lua compares
--- all of it with what there is at run time.
---
--- `true?` and the two strings behind it: true, or nil, "ECODE: message", "ECODE".

---@alias poe.who poe.Session|poe.Kernel|integer|string  a session, its ID or an alias, KERNEL
---@alias poe.selectable file*|integer|poe.Socket  a Lua file, a descriptor or a socket

-- globals -------------------------------------------------------------------------------------
-- Of the poe program, or after poe.globals().  The dynamic ones tell of the handler that runs now.

---@type poe.Kernel
KERNEL = nil
---@type poe.Session|poe.Kernel  KERNEL outside any handler
SESSION = nil
---@type any  the session's `heap`, a table of its own by default
HEAP = nil
---@type poe.Session|poe.Kernel  who posted the event
SENDER = nil
---@type string?  the event; in a machine's handler the machine's state
STATE = nil
---@type string?  the event
EVENT = nil
---@type string?  the event that was being handled when this one was posted
CALLER_STATE = nil
---@type string?  where it was posted; nil unless option `debug` of KERNEL is on
CALLER_FILE = nil
---@type integer?
CALLER_LINE = nil
---@type any  a machine's run state
RUNSTATE = nil
---@type poe.NFA?
MACHINE = nil

--- Queues an event for a session; see poe.post.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function post(session, event, ...) end

--- Queues an event for SESSION; see poe.yield.
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function yield(event, ...) end

--- Runs a session's handler now, ahead of the queue; see poe.call.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return any ...  the handler's results
function call(session, event, ...) end

-- the module ----------------------------------------------------------------------------------

---@class poe
---@field KERNEL poe.Kernel
---@field Session poe.Session
---@field NFA poe.NFA
---@field component poe.component
---@field driver poe.driver
---@field filter poe.filter
---@field look poe.look
---@field prompt poe.prompt
---@field wheel poe.wheel
---@field socket poe.sockets
poe = {}

--- Gives `env` the globals that scripts of the `poe` program have (section 1 of the manual).
---@param env? table  default _G
---@return table env
function poe.globals(env) end

--- Queues an event for a session.  A session that is full refuses with "ENOBUFS", or as its `overflow` says.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function poe.post(session, event, ...) end

--- The same, to SESSION.
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function poe.yield(event, ...) end

--- Runs a session's handler now, ahead of the queue.  An error in one's own handler is the caller's (R50), one in
--- another session's gives nil, message, "DIE" (R52).
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return any ...  the handler's results; nothing when there is no handler
function poe.call(session, event, ...) end

--- A session of `states` whose _start gets the rest: short for Session.create.
---@param states table<string, function>
---@param ... any
---@return poe.Session
function poe.spawn(states, ...) end

--- Waits; at least a slice passes.
---@param seconds number
function poe.sleep(seconds) end

--- Posts, and waits for the handler's results, in whichever turn it finishes.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return any ...  the results; or nil, message and "DIE" (it raised), "ECANCELED" (its session stopped), "ESRCH",
---  "ENOSYS" (no handler) or "ENOBUFS"
function poe.ask(session, event, ...) end

--- Waits for the next event of that name that is queued to SESSION, which then goes to no handler.
---@param event string
---@return any ...  its arguments
function poe.wait(event) end

--- fn(...), which is abandoned, its <close> variables closed, when it has not returned in time.
---@param seconds number
---@param fn function
---@param ... any
---@return any ...  fn's results; or nil, message, "ETIMEDOUT"
function poe.with_timeout(seconds, fn, ...) end

--- Waits until a TCP connection is there or, when the address is a path, one to a Unix socket.
---@param address string
---@param port? integer
---@param filter? poe.filter  default a Line
---@return poe.wheel.ReadWrite?
---@return string? message
---@return string? code
function poe.connect(address, port, filter) end

--- `fn(wheel)` runs for each connection, in a session of its own; when it returns, the wheel is closed.
---@param address? string  "" or nil: all of IPv4; a path: a Unix socket
---@param port? integer  0: any
---@param fn fun(wheel: poe.wheel.ReadWrite)
---@param filter? poe.filter  cloned for each; default a Line
---@return poe.listener?
---@return string? message
---@return string? code
function poe.listen(address, port, fn, filter) end

--- The addresses of a host, without blocking.
---@param name string
---@param family? "inet"|"inet6"  default both
---@return string[]?
---@return string? message
---@return string? code
function poe.resolve(name, family) end

--- Runs a program to its end, with nothing on its standard input and our own standard error.
---@param program string|string[]  a command for the shell, or a list of words
---@return string? output  what it wrote to its standard output
---@return integer|string status  its exit status, 0 when a signal ended it; or a message
---@return integer|string signal  the signal that ended it, or 0; or a code
function poe.run(program) end

--- Reads a whole file, on another thread.
---@param path string
---@param most? integer  bytes; a longer file gives "EFBIG", default 1 GiB
---@return string?
---@return string? message
---@return string? code
function poe.read_file(path, most) end

--- Writes a whole file, on another thread: replaces it, or appends.
---@param path string
---@param data string
---@param append? boolean
---@return true?
---@return string? message
---@return string? code
function poe.write_file(path, data, append) end

--- Two sockets: what is written to the second is read from the first.
---@return poe.Socket? reading_end, poe.Socket|string? writing_end_or_message, string? code
function poe.pipe() end

--- The time of day.
---@return number  seconds since the epoch, of whole microseconds
function poe.time() end

--- A clock for measuring, which never goes back.
---@return integer  nanoseconds of a clock that never runs back
function poe.hrtime() end

--- The processor time that the process has used.
---@return number  seconds of processor time that this process has used
function poe.cputime() end

--- The process's number.
---@return integer  this process's ID
function poe.pid() end

-- sockets -------------------------------------------------------------------------------------

---@class poe.sockets
poe.socket = {}

--- Two connected stream sockets, not blocking.
---@return poe.Socket? one, poe.Socket|string? other_or_message, string? code
function poe.socket.pair() end

--- A listening TCP socket, or a Unix one when the address is a path.
---@param address string  a path makes a Unix socket
---@param port? integer  0: any
---@return poe.Socket?
---@return string? message
---@return string? code
function poe.socket.listen(address, port) end

--- A bound UDP socket.
---@param address? string
---@param port? integer
---@return poe.Socket?
---@return string? message
---@return string? code
function poe.socket.udp(address, port) end

--- A descriptor, which it closes when it is collected.
---@class poe.Socket
local Socket = {}

--- Its descriptor.
---@return integer?  nil when it is closed
function Socket:fileno() end

--- Its own address.
---@return string? address, integer|string? port_or_message, string? code
function Socket:getsockname() end

--- The other end's address.
---@return string? address, integer|string? port_or_message, string? code
function Socket:getpeername() end

--- Ends all watching, too.  Any number of times.
function Socket:close() end

--- What is there now.
---@param max? integer  bytes, default 65536
---@return string?
---@return string? message
---@return string? code  "EAGAIN": nothing; "EOF"
function Socket:read(max) end

--- Writes what goes out without waiting.
---@param data string
---@return integer? written  bytes, which may be less
---@return string? message
---@return string? code
function Socket:write(data) end

--- Sends a datagram; without an address to the peer.
---@param data string
---@param address? string
---@param port? integer
---@return true? ok, string? message, string? code
function Socket:send(data, address, port) end

--- A datagram, whole.
---@return string? data, string? address_or_message, integer|string? port_or_code  "EAGAIN": none
function Socket:receive() end

-- sessions ------------------------------------------------------------------------------------

--- What happens in it is up to its states.  Where methods fail because it has stopped, the code is "ESRCH".
---@class poe.Session
local Session = {}

--- Makes a session, a child of SESSION, and runs its _start before it returns.
---@param spec poe.SessionSpec
---@return poe.Session
function Session.create(spec) end

--- Its number: positive, increasing, never used again.
---@return integer  increasing, never used again; also of a session that has stopped
function Session:ID() end

--- What it was given as `heap`, a table of its own by default.
---@return any  also of a session that has stopped
function Session:get_heap() end

--- Sets options and returns what they were (R211): `trace`, `debug`, `default`, `stall` (seconds, false: none).
---@param first table<string, any>|string  a table sets several; a name alone reads one
---@param ... any  the name's value
---@return any
function Session:option(first, ...) end

--- A callable that posts `event({...}, {its arguments})`; it keeps the session until released, closed or
--- collected (R215-R221).
---@param event string
---@param ... any
---@return poe.Postback?
---@return string? message
---@return string? code
function Session:postback(event, ...) end

--- The same, but calls at once and returns the handler's results.
---@param event string
---@param ... any
---@return poe.Postback?
---@return string? message
---@return string? code
function Session:callback(event, ...) end

--- What keeps it.
---@return poe.Reason[]? reasons, string? message, string? code
function Session:why() end

--- What has been queued for it and handled, and the time that took, measured from the first call on.
---@return poe.Stats? stats, string? message, string? code
function Session:stats() end

---@class poe.Reason
---@field kind "event"|"timer"|"handle"|"wheel"|"child"|"pid"|"refcount"|"postback"|"suspended"|"alias"
---@field count integer
---@field detail string

---@class poe.Postback
---@overload fun(...: any): any
local Postback = {}

--- Ends its hold on the session; it can still be called while the session lives.
function Postback:release() end

--- The same; returns the postback.
---@return poe.Postback
function Postback:weaken() end

-- the kernel ----------------------------------------------------------------------------------

--- Events, timers, signals and handles are those of SESSION.  An alarm's time is in seconds since the epoch,
--- a delay in seconds from now; neither fires early.
---@class poe.Kernel
local Kernel = {}

--- Queues an event for a session; see poe.post.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function Kernel:post(session, event, ...) end

--- Queues an event for SESSION; see poe.yield.
---@param event string
---@param ... any  the handler's arguments
---@return true? ok, string? message, string? code
function Kernel:yield(event, ...) end

--- Runs a session's handler now, ahead of the queue; see poe.call.
---@param session poe.who
---@param event string
---@param ... any  the handler's arguments
---@return any ...  the handler's results
function Kernel:call(session, event, ...) end

--- Adds, replaces or, without a handler, removes a state (R204-R208).
---@param event string
---@param handler? function|table|string  the handler, or an object with the method
---@param method? string  of the object; default: the event's name
---@return true? ok, string? message, string? code
function Kernel:state(event, handler, method) end

--- Runs until the last session has stopped; raises what no session has handled.
---@return true
function Kernel:run() end

--- Dispatches what is queued and due now, and polls once.
---@return true?  nil when there is no session any more
function Kernel:run_one_timeslice() end

--- Runs slices for as long as `continue()` is true and there are sessions (R232).
---@param continue fun(): any
---@return true
function Kernel:run_while(continue) end

--- Ends every session at once, children first (R235).
function Kernel:stop() end

--- The kernel's number, 1.
---@return integer  1
function Kernel:ID() end

--- The heap of KERNEL, for what belongs to the whole program.
---@return any
function Kernel:get_heap() end

--- SESSION: whose handler is running.
---@return poe.Session|poe.Kernel
function Kernel:get_active_session() end

--- The event whose handler is running.
---@return string?
function Kernel:get_active_event() end

--- How many events are queued, for all sessions.
---@return integer  how many are queued (R241)
function Kernel:get_event_count() end

--- When the next timer is due, or now when an event is queued.
---@return number?  seconds since the epoch
function Kernel:get_next_event_time() end

--- The live session of that number.
---@param id integer
---@return poe.Session? session, string? message, string? code
function Kernel:ID_id_to_session(id) end

--- The number of a session.
---@param session poe.who
---@return integer? id, string? message, string? code
function Kernel:ID_session_to_id(session) end

--- The live sessions, by ID.  One that stops on the way is left out; new ones are not told.
---@return fun(): poe.Session?
function Kernel:sessions() end

--- Gives SESSION a name, by which all may post to it.
---@param name string
---@return true? ok, string? message, string? code  "EEXIST": another session has it
function Kernel:alias_set(name) end

--- Takes a name from SESSION.
---@param name string
---@return true? ok, string? message, string? code  "ESRCH", "EPERM"
function Kernel:alias_remove(name) end

--- The session that a name, an ID or a session means.
---@param session poe.who
---@return poe.Session? session, string? message, string? code
function Kernel:alias_resolve(session) end

--- The names of a session, by default of SESSION.
---@param session? poe.who  default SESSION
---@return string[]? aliases, string? message, string? code
function Kernel:alias_list(session) end

--- Keeps a session alive, by a name of your own, until it is decremented as often.
---@param id poe.who
---@param tag string
---@return integer? count, string? message, string? code
function Kernel:refcount_increment(id, tag) end

--- Takes such a hold back.
---@param id poe.who
---@param tag string
---@return integer? count, string? message, string? code
function Kernel:refcount_decrement(id, tag) end

--- Gives a child of SESSION to the kernel (R222-R228).
---@param session poe.who
---@return true? ok, string? message, string? code  "ESRCH", "EPERM"
function Kernel:detach_child(session) end

--- Gives SESSION itself to the kernel: its parent is no longer told of it.
---@return true? ok, string? message, string? code  "EPERM"
function Kernel:detach_myself() end

--- Sets the kernel's options and returns what they were: `trace`, `debug`, `default`, `stats`, `stall`.
---@param first table<string, any>|string  a table sets several; a name alone reads one
---@param ... any  the name's value
---@return any
function Kernel:option(first, ...) end

--- The sums over all sessions there are and have been.
---@return poe.Stats
function Kernel:stats() end

--- One line per fact on standard error.
---@param tags string|boolean?  "ev,ti,si,rc,fh" or some of them, true for all, "" or false for none
---@return string  what was on
function Kernel:trace(tags) end

--- Sets the one timer of that name; without a time, clears all of that name (R98, R99).
---@param event string
---@param time? number
---@param ... any  the handler's arguments
---@return true
function Kernel:alarm(event, time, ...) end

--- Sets one more timer of that name, at a time.
---@param event string
---@param time number
---@param ... any  the handler's arguments
---@return true
function Kernel:alarm_add(event, time, ...) end

--- Sets the one timer of that name; without seconds, clears all of that name.
---@param event string
---@param seconds? number
---@param ... any  the handler's arguments
---@return true
function Kernel:delay(event, seconds, ...) end

--- Sets one more timer of that name.
---@param event string
---@param seconds number
---@param ... any  the handler's arguments
---@return true
function Kernel:delay_add(event, seconds, ...) end

--- Sets a timer, at a time; its ID is for alarm_adjust and alarm_remove.
---@param event string
---@param time number
---@param ... any  the handler's arguments
---@return integer? id, string? message, string? code
function Kernel:alarm_set(event, time, ...) end

--- Sets a timer; its ID is for delay_adjust and alarm_remove.
---@param event string
---@param seconds number
---@param ... any  the handler's arguments
---@return integer? id, string? message, string? code
function Kernel:delay_set(event, seconds, ...) end

--- Moves a timer by seconds, earlier or later.
---@param id integer
---@param delta number  seconds
---@return number? time, string? message, string? code  "ESRCH", "EPERM"
function Kernel:alarm_adjust(id, delta) end

--- Moves a timer to seconds from now.
---@param id integer
---@param seconds number  from now
---@return number? time, string? message, string? code  "ESRCH", "EPERM"
function Kernel:delay_adjust(id, seconds) end

--- Takes a timer away and returns what it was.
---@param id integer
---@return string? event, number|string? time_or_message, table|string? args_or_code
function Kernel:alarm_remove(id) end

--- Takes all timers of SESSION away and returns what they were.
---@return { event: string, time: number, args: table }[]  in due order
function Kernel:alarm_remove_all() end

--- Watches a signal or, without an event, no longer does (R115-R141).
---@param name string  "INT": no SIG in front
---@param event? string
---@param ... any  after those of the signal
---@return true? ok, string? message, string? code
function Kernel:sig(name, event, ...) end

--- The signal being handled stops nobody.
function Kernel:sig_handled() end

--- Sends a signal through the tree of a session.
---@param session poe.who
---@param name string
---@param ... any
---@return true? ok, string? message, string? code
function Kernel:signal(session, name, ...) end

--- Waits for the end of a process (R142-R151): `event("CHLD", pid, exit_status, term_signal, ...)`.
---@param pid integer
---@param event? string  none: no longer
---@param ... any
---@return true? ok, string? message, string? code
function Kernel:sig_child(pid, event, ...) end

--- Watches a handle in the modes that have an event, no longer in the others: `event(handle, mode, ...)`.
---@param handle poe.selectable
---@param read_event? string
---@param write_event? string
---@param expedite_event? string
---@param ... any
---@return true? ok, string? message, string? code
function Kernel:select(handle, read_event, write_event, expedite_event, ...) end

--- Watches a handle for something to read; without an event, no longer.
---@param handle poe.selectable
---@param event? string  none: no longer
---@param ... any  after handle and mode
---@return true? ok, string? message, string? code
function Kernel:select_read(handle, event, ...) end

--- Watches a handle for room to write; without an event, no longer.
---@param handle poe.selectable
---@param event? string
---@param ... any
---@return true? ok, string? message, string? code
function Kernel:select_write(handle, event, ...) end

--- Watches a handle for urgent data; without an event, no longer.
---@param handle poe.selectable
---@param event? string
---@param ... any
---@return true? ok, string? message, string? code
function Kernel:select_expedite(handle, event, ...) end

--- Holds a mode of the handle back, for all who watch it (R179).
---@param handle poe.selectable
---@return true? ok, string? message, string? code  "ENOENT": nobody watches it
function Kernel:select_pause_read(handle) end

--- Its read events come again.
---@param handle poe.selectable
---@return true? ok, string? message, string? code
function Kernel:select_resume_read(handle) end

--- Holds its write events back.
---@param handle poe.selectable
---@return true? ok, string? message, string? code
function Kernel:select_pause_write(handle) end

--- Its write events come again.
---@param handle poe.selectable
---@return true? ok, string? message, string? code
function Kernel:select_resume_write(handle) end
