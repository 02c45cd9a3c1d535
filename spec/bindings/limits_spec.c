/*
 * limits_spec.c - budgets, chosen libraries, and scripts that misbehave while the host goes on
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "poelib.h"
#include "specs.h"

static char heard[8192];

static void
lines(void *ud, enum poelib_level level, const char *line)
{
    size_t used = strlen(heard);

    (void)ud;
    snprintf(heard + used, sizeof heard - used, "%d:%.*s\n", level, (int)strcspn(line, "\n"), line);
}

static int
has(const char *words)
{
    int found = strstr(heard, words) != NULL;

    if (!found)
        printf("  heard: %s", heard);
    return found;
}

static lua_State *
open_state(unsigned libraries, size_t memory, uint64_t instructions, poe_kernel **k)
{
    struct poelib_options o = { .size = sizeof o, .log = lines, .libraries = libraries, .memory = memory,
                                .instructions = instructions };
    lua_State *L = poelib_new(&o);

    heard[0] = '\0';
    check(L != NULL, "a state is made", (long)libraries);
    *k = L ? poelib_open(L, NULL) : NULL;
    return L;
}

/* Runs the script as a chunk.  The message, or "" when it went well, is good until the next call. */
static const char *
run(lua_State *L, const char *text)
{
    static char message[512];
    int status = luaL_loadbufferx(L, text, strlen(text), "=plugin", "t");

    if (status == LUA_OK)
        status = poelib_call(L, 0);
    snprintf(message, sizeof message, "%s", status == LUA_OK ? "" : luaL_tolstring(L, -1, NULL));
    lua_settop(L, 0);
    return message;
}

/* Whether the script fails with those words. */
static void
fails(lua_State *L, const char *text, const char *words)
{
    const char *message = run(L, text);
    int ok = strstr(message, words) != NULL;

    check(ok, text, 0);
    if (!ok)
        printf("  expected: %s\n  got: %s\n", words, message);
}

static void
works(lua_State *L, const char *text)
{
    const char *message = run(L, text);

    check(message[0] == '\0', text, 0);
    if (message[0])
        printf("  got: %s\n", message);
}

/* -- instructions -------------------------------------------------------------------------- */

static void
no_loop_outlives_its_budget(void)
{
    static const char *const loops[] = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local function f() while true do pcall(f) end end f()",
        "local t = setmetatable({}, { __close = function() while true do end end }) "
        "do local _ <close> = t error 'x' end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "local function deep(n) while true do pcall(coroutine.wrap(function() deep(n + 1) end)) end end deep(1)",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        "local function g() return g() end g()",
        "table.sort(setmetatable({}, { __len = function() return 1e9 end, __index = function() return 1 end }), "
        "function() return false end)",
    };
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 0, 100000, &k);

    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        uint64_t before = uv_hrtime();
        fails(L, loops[i], "budget of instructions is spent");
        check(uv_hrtime() - before < 3000000000u, "soon", (long)i);
    }
    works(L, "for i = 1, 50000 do end"); /* each turn has its own */
    works(L, "for i = 1, 50000 do end");
    poelib_set_instructions(k, 0);
    works(L, "for i = 1, 3000000 do end");
    poelib_close(&L);
}

static void
each_handler_has_its_own_budget(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 0, 100000, &k);

    works(L, "poe.spawn { _start = function() yield 'a' end, a = function() KERNEL:sig('DIE', 'd') yield 'b' "
             "while true do end end, b = function() for i = 1, 50000 do end yield 'c' end, "
             "c = function() for i = 1, 50000 do end print 'done' end, "
             "d = function(_, e) print(e.error_str) KERNEL:sig_handled() end, _stop = function() while true do end end }");
    check(poelib_run(L) == LUA_ERRRUN, "a _stop that loops ends the run", 0);
    check(has("2:budget of instructions is spent") && has("2:done")
          && has("0:budget of instructions"), "each is told, and others run on", 0);
    poelib_close(&L);
}

static int
l_limit(lua_State *L)
{
    poelib_set_instructions(lua_touserdata(L, lua_upvalueindex(1)), 100000);
    return 0;
}

/* They are in the middle of a run of events, the states of both sessions well known by then. */
static void
a_budget_set_by_a_handler_holds_for_the_next(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 0, 0, &k);

    lua_pushlightuserdata(L, k);
    lua_pushcclosure(L, l_limit, 1);
    lua_setglobal(L, "limit");
    works(L, "local b = poe.spawn { _start = function() KERNEL:refcount_increment(SESSION:ID(), 'x') end, "
             "a = function(n) if n == 0 then while true do end end end } "
             "poe.spawn { _start = function() yield('a', 9) end, "
             "a = function(n) if n == 3 then limit() end post(b, 'a', n) if n > 0 then yield('a', n - 1) end end }");
    check(poelib_run(L) == LUA_ERRRUN, "the last one loops", 0);
    check(has("0:budget of instructions"), "it is told", 0);
    poelib_close(&L);
}

static void
interrupt_and_budget_share_the_hook(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 0, 10000000, &k);

    check(poelib_interrupt(k) == 0, "nothing runs", 0);
    works(L, "poe.sleep(0.001)"); /* goes on with a hook of its own */
    fails(L, "while true do end", "budget");
    poelib_close(&L);
}

/* -- memory -------------------------------------------------------------------------------- */

static void
memory_has_its_limit(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 4 << 20, 0, &k);

    fails(L, "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(1000) .. i end", "not enough memory");
    fails(L, "local s = 'x' while true do s = s .. s end", "not enough memory");
    fails(L, "return ('x'):rep(1 << 30)", "not enough memory");
    fails(L, "local t = {} while true do t = { t } end", "not enough memory");
    works(L, "result = ('x'):rep(1 << 20) result = nil");
    check(poelib_memory(k) < 4 << 20, "what is held is under the limit", 0);
    fails(L, "while true do post(poe.spawn { _start = function() KERNEL:delay('x', 1000) end }, 'x', ('x'):rep(1000)) end",
          "memory");
    check(poelib_set_memory(k, 5 << 20) == 0, "a little more, to end it with", 0);
    works(L, "KERNEL:stop() collectgarbage()");
    check(poelib_memory(k) < 4 << 20, "what is held is under the limit again", 0);
    check(poelib_set_memory(k, 0) == 0, "the limit goes", 0);
    works(L, "local s = ('x'):rep(8 << 20)");
    poelib_close(&L);

    L = luaL_newstate();
    luaL_openlibs(L);
    k = poelib_open(L, NULL);
    check(poelib_set_memory(k, 1) == UV_ENOTSUP && poelib_memory(k) == 0, "another's state has none of ours", 0);
    lua_close(L);
}

/* -- libraries ----------------------------------------------------------------------------- */

static void
a_script_sees_what_was_chosen(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 0, 0, &k);

    works(L, "assert(not io and not os and not debug and not package and not require and not dofile and not loadfile)");
    works(L, "assert(string and table and math and utf8 and coroutine and poe and post and KERNEL)");
    fails(L, "setmetatable({}, { __gc = function() end })", "__gc is not allowed here");
    works(L, "local t = setmetatable({}, { __index = { a = 1 } }) assert(t.a == 1 and getmetatable(t))");
    works(L, "local f, e = load(string.dump(function() end)) assert(not f and e:find 'binary', e)");
    works(L, "local f, e = load(string.dump(function() end), 'x', 'b') assert(not f and e:find 'binary', e)");
    works(L, "assert(load('return a', '=x', 't', { a = 7 })() == 7) assert(load('return 1 + 1')() == 2)");
    works(L, "local n = 0 assert(load(function() n = n + 1 return ({ 'return ', '5' })[n] end)() == 5)");
    fails(L, "poe.run { 'true' }", "not allowed here");
    fails(L, "poe.read_file '/etc/passwd'", "not allowed here");
    fails(L, "poe.write_file('/tmp/x', '')", "not allowed here");
    fails(L, "poe.connect('127.0.0.1', 1)", "not allowed here");
    fails(L, "poe.listen('127.0.0.1', 0, print)", "not allowed here");
    fails(L, "poe.resolve 'localhost'", "not allowed here");
    fails(L, "poe.pipe()", "not allowed here");
    fails(L, "poe.socket.pair()", "not allowed here");
    fails(L, "KERNEL:select_read(0, 'x')", "not allowed here");
    fails(L, "poe.wheel.Run.new { program = 'true', stdout_event = 'x' }", "not allowed here");
    fails(L, "poe.wheel.FollowTail.new { filename = '/etc/passwd', input_event = 'x' }", "not allowed here");
    works(L, "assert(select(3, KERNEL:sig('TERM', 'x')) == 'EPERM')");
    works(L, "assert(select(3, KERNEL:sig_child(1, 'x')) == 'EPERM')");
    works(L, "assert(KERNEL:sig('DIE', 'x') and KERNEL:sig('MINE', 'x'))");
    works(L, "poe.filter.Line.new() print('to the host', nil, 1)");
    check(has("2:to the host\tnil\t1"), "print is a line", 0);
    works(L, "warn('a', 'b') warn '@off' warn 'c'");
    check(has("1:ab") && has("1:c"), "so is a warning", 0);
    works(L, "KERNEL:option { debug = true } post('nobody', 'x')");
    check(has("3:poe: debug: plugin:1: post: no such session: nobody"), "and what option debug says", 0);
    poelib_close(&L);

    L = open_state(POELIB_BASE | POELIB_TABLE | POELIB_STRING | POELIB_MATH, 0, 0, &k);
    works(L, "assert(not coroutine and not utf8 and poe.spawn { _start = function() end })");
    poelib_close(&L);
    L = open_state(0, 0, 0, &k);
    works(L, "assert(io and os and debug and require 'poe' == poe and load(string.dump(function() return 1 end))() == 1)");
    works(L, "setmetatable({}, { __gc = function() end }) poe.socket.pair()");
    poelib_close(&L);
}

/* -- what a script may do to objects ------------------------------------------------------- */

static void
forged_objects_are_refused(void)
{
    poe_kernel *k;
    lua_State *L = open_state(0, 0, 0, &k);
    char *fake;

    works(L, "s = poe.spawn { _start = function() KERNEL:alias_set 's' end } mt = getmetatable(s)");
    for (size_t size = 1; size <= 256; size++) { /* of every size, full of nothing or of the real one's bytes */
        lua_getglobal(L, "s");
        size_t real = lua_rawlen(L, 1);
        const void *bytes = lua_touserdata(L, 1);
        fake = lua_newuserdatauv(L, size, 1);
        memset(fake, size % 2 ? 0xff : 0, size);
        if (size == real)
            memcpy(fake, bytes, size);
        lua_setglobal(L, "fake");
        lua_settop(L, 0);
        works(L, "assert(not pcall(post, fake, 'x')) assert(not pcall(call, fake, 'x'))"
                 "assert(not pcall(mt.__index.ID, fake)) assert(not pcall(poe.ask, fake, 'x'))"
                 "assert(not pcall(mt.__tostring, fake)) assert(not pcall(KERNEL.post, fake, 's', 'x'))"
                 "assert(not pcall(KERNEL.detach_child, KERNEL, fake))");
    }
    works(L, "for _, fake in ipairs { io.stdout, 1.5, true, print, coroutine.create(print), {}, KERNEL.post } do"
             " assert(not pcall(mt.__index.ID, fake)) assert(not pcall(KERNEL.ID, fake)) end");
    works(L, "debug.setmetatable(fake, mt) assert(not pcall(post, fake, 'x')) assert(not pcall(fake.ID, fake))");
    poelib_close(&L);
}

static void
errors_in_finalizers_are_warnings(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE | POELIB_FINALIZERS, 0, 0, &k);

    works(L, "setmetatable({}, { __gc = function() error 'in gc' end }) collectgarbage()");
    check(has("in gc"), "the host hears of it", 0);
    works(L, "keep = setmetatable({}, { __gc = function() error 'at the end' end })");
    heard[0] = '\0';
    poelib_close(&L);
    check(has("at the end"), "also when the state is closed", 0);
}

static void
recursion_ends(void)
{
    poe_kernel *k;
    lua_State *L = open_state(POELIB_SAFE, 512 << 20, 0, &k);

    fails(L, "local function f() return 1 + f() end f()", "stack overflow");
    fails(L, "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k + 1] end return t[1]",
          "overflow");
    fails(L, "local function f() return coroutine.wrap(f)() end f()", "plugin:1: plugin:1:");
    fails(L, "string.gsub(('x'):rep(10), 'x', function(x) local function g() return ('x'):gsub('x', g) end return g() end)",
          "overflow");
    works(L, "s = poe.spawn { _start = function() KERNEL:alias_set 's' end, f = function() return call('t', 'f') end }"
             "poe.spawn { _start = function() KERNEL:alias_set 't' KERNEL:sig('DIE', 'd') end, "
             "f = function() return call('s', 'f') end, d = function() KERNEL:sig_handled() end }");
    works(L, "print(select('#', call('s', 'f')))");
    poelib_close(&L);
}

/* -- a kernel's end ------------------------------------------------------------------------ */

static void
a_state_is_closed_with_everything_open(void)
{
    for (int turns = 0; turns < 4; turns++) {
        poe_kernel *k;
        uv_loop_t loop;
        uv_loop_init(&loop);
        struct poelib_options o = { .size = sizeof o, .log = lines, .loop = turns % 2 ? &loop : NULL };
        lua_State *L = poelib_new(&o);
        k = poelib_open(L, NULL);
        works(L, "poe.spawn { _start = function() local a, b = poe.socket.pair() HEAP.a, HEAP.b = a, b "
                 "KERNEL:select_read(a, 'x') KERNEL:delay('t', 1000) KERNEL:alias_set 's' KERNEL:sig('USR1', 'u') "
                 "HEAP.w = poe.wheel.ReadWrite.new { handle = b, input_event = 'x' } HEAP.w:put 'hello' "
                 "yield 'sleep' end, sleep = function() poe.sleep(1000) end, x = print, t = print }"
                 "poe.spawn { _start = function() HEAP.p = poe.wheel.Run.new { program = 'exec sleep 0.2', "
                 "stdout_event = 'o' } yield 'y' end, y = function() yield 'y' end }");
        for (int i = 0; i < turns; i++)
            poe_kernel_step(k);
        works(L, "for pid in KERNEL:sessions() do end");
        check(poelib_close(&L) == 0, "it closes", turns);
        while (turns % 2 && uv_run(&loop, UV_RUN_NOWAIT))
            ;
        check(uv_loop_close(&loop) == 0, "and leaves the loop empty", turns);
    }
}

/* Without a budget of instructions, and beside one: the log hears of it, and what hangs is ended. */
static void
stalls_are_told_and_ended(void)
{
    static const uint64_t budgets[] = { 0, 1ull << 62 };

    for (int i = 0; i < 2; i++) {
        poe_kernel *k;
        lua_State *L = open_state(0, 0, budgets[i], &k);
        check(poelib_watchdog(k, 0.05, 0.2, 1) == 0, "it is watched", i);
        fails(L, "while true do end", "stalled");
        check(has("1:poe: session 1: a chunk has been running for "), "the log hears of it", i);
        heard[0] = '\0';
        works(L, "poe.spawn { _start = function() KERNEL:alias_set 'hangs' yield 'hang' KERNEL:delay('on', 0.01) end, "
                 "_stop = function() end, hang = function() KERNEL:sig('DIE', 'd') while true do end end, "
                 "d = function() KERNEL:sig_handled() end, on = function() went_on = true KERNEL:alias_remove 'hangs' end }");
        check(poelib_run(L) == LUA_OK, "the run goes on", i);
        works(L, "assert(went_on)");
        check(has("1:poe: session 2 (hangs): handler of 'hang' has been running for "), "a handler, too", i);
        poelib_close(&L);
    }
}

void
limits_spec(void)
{
    stalls_are_told_and_ended();
    no_loop_outlives_its_budget();
    each_handler_has_its_own_budget();
    a_budget_set_by_a_handler_holds_for_the_next();
    interrupt_and_budget_share_the_hook();
    memory_has_its_limit();
    a_script_sees_what_was_chosen();
    forged_objects_are_refused();
    errors_in_finalizers_are_warnings();
    recursion_ends();
    a_state_is_closed_with_everything_open();
}
