/*
 * main.c - specs of the binding from C: memory that fails, errors that stay inside
 *
 * For n = 1, 2, 3 ... the nth allocation of a Lua state fails, until the program succeeds.  Whatever
 * happens, nothing may crash, no error may cross the host's frames, and closing the state gives
 * every byte back.
 */
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "poelib.h"
#include "specs.h"

static int passed, failed;

void
check(int ok, const char *what, long n)
{
    ok ? passed++ : failed++;
    if (!ok)
        printf("not ok %s (n = %ld)\n", what, n);
}

void *
budget_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct budget *b = ud;
    size_t *head = block ? (size_t *)block - 2 : NULL;

    if (head && *head != old_size)
        b->broken = 1;
    if (new_size == 0) {
        if (head)
            b->used -= *head;
        free(head);
        return NULL;
    }
    if ((!head || new_size > old_size) && b->fail_at > 0 && --b->fail_at <= 2) {
        b->reached = 1;
        return NULL;
    }
    size_t *grown = realloc(head, new_size + 2 * sizeof *grown);
    if (!grown)
        return NULL;
    b->used += new_size - (head ? old_size : 0);
    *grown = new_size;
    return grown + 2;
}

/* What poe itself needs; not package, io, os, debug, coroutine. */
static int
open_few(lua_State *L)
{
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    return 0;
}

/* Opens poe, runs the script and the kernel.  1: all went well. */
static int
program(struct budget *b, const char *script)
{
    lua_State *L = lua_newstate(budget_alloc, b);
    int ok = 0;

    if (!L)
        return 0;
    lua_pushcfunction(L, open_few);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK)
        goto done;
    if (poelib_open(L, NULL) && poelib_globals(L) == LUA_OK
        && luaL_loadbuffer(L, script, strlen(script), "=script") == LUA_OK
        && poelib_call(L, 0) == LUA_OK && poelib_run(L) == LUA_OK) {
        lua_getglobal(L, "result");
        ok = lua_tointeger(L, -1) == 42;
    }
done:
    b->fail_at = 0;
    lua_close(L);
    return ok;
}

static int
open_libraries(lua_State *L)
{
    luaL_openlibs(L);
    return 0;
}

static int
whole_program(struct budget *b, const char *script)
{
    long fail_at = b->fail_at;
    lua_State *L;
    int ok = 0;

    b->fail_at = 0;
    L = lua_newstate(budget_alloc, b);
    if (!L)
        return 0;
    lua_pushcfunction(L, open_libraries);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
        b->fail_at = fail_at;
        if (poelib_open(L, NULL) && poelib_globals(L) == LUA_OK
            && luaL_loadbuffer(L, script, strlen(script), "=script") == LUA_OK
            && poelib_call(L, 0) == LUA_OK && poelib_run(L) == LUA_OK) {
            lua_getglobal(L, "result");
            ok = lua_tointeger(L, -1) == 42;
        }
    }
    b->fail_at = 0;
    lua_close(L);
    return ok;
}

static const char everything[] =
    "local seen = {}\n"
    "local parent = poe.Session.create { heap = { n = 1 }, args = { 'a', nil, 3, n = 3 }, inline_states = {\n"
    "  _start = function(...)\n"
    "    KERNEL:alias_set 'p' KERNEL:sig('TERM', 'term', 1) KERNEL:sig('DIE', 'died')\n"
    "    HEAP.child = poe.spawn { _start = function() yield('x', {}, 'y') return {} end,\n"
    "      x = function(t) t[1] = STATE .. CALLER_STATE post(SENDER, 'gone') end,\n"
    "      boom = function() error { code = 1 } end, _stop = function() return 'bye' end,\n"
    "      _default = function(e, l) seen[e] = l.n end }\n"
    "    KERNEL:delay('tick', 0, 1, 2, 3) HEAP.id = KERNEL:delay_set('never', 5, {})\n"
    "    call(HEAP.child, 'x', {}) call(SESSION, 'self', 1) call(HEAP.child, 'boom') call(HEAP.child, 'what', 1)\n"
    "    KERNEL:refcount_increment(SESSION:ID(), 'tag')\n"
    "    HEAP.pb = SESSION:postback('back', 1) HEAP.pb(2) KERNEL:signal(SESSION, 'TERM', 2)\n"
    "    for i = 1, 40 do yield('many', i, {}) end\n"
    "  end,\n"
    "  self = function() return STATE end,\n"
    "  term = function() KERNEL:sig_handled() end, died = function(_, info) seen.died = info.traceback KERNEL:sig_handled() end,\n"
    "  back = function(a, b) seen.back = a[1] + b[1] end, many = function(i) seen.many = i end,\n"
    "  tick = function() KERNEL:alarm_remove(HEAP.id) HEAP.pb:release() KERNEL:alias_remove 'p'\n"
    "    KERNEL:refcount_decrement(SESSION:ID(), 'tag') KERNEL:alarm_remove_all() end,\n"
    "  _child = function(reason, child, result) seen[reason] = result end,\n"
    "} }\n"
    "KERNEL:run()\n"
    "if seen.many == 40 and seen.back == 3 and seen.died and seen.what == 1 and seen.lose == 'bye' then result = 42 end\n";

/* A program is started, talked to and collected. */
static const char processes[] =
    "poe.spawn { _start = function()\n"
    "    KERNEL:sig('DIE', 'died')\n"
    "    HEAP.w = poe.wheel.Run.new { program = 'read x; echo $x', stdout_event = 'out', close_event = 'close',\n"
    "      error_event = 'err' }\n"
    "    HEAP.w:put 'hi' KERNEL:sig_child(HEAP.w:PID() or 1, 'chld') KERNEL:delay('late', 0.3)\n"
    "  end,\n"
    "  out = function(line) HEAP.line = line end, err = function() end,\n"
    "  close = function() HEAP.closed = true HEAP.w:close() yield 'over' end,\n"
    "  chld = function() HEAP.gone = true yield 'over' end,\n" /* in whichever order they come */
    "  over = function() if HEAP.line == 'hi' and HEAP.closed and HEAP.gone then result = 42 KERNEL:delay 'late' end end,\n"
    "  late = function() HEAP.w:close() KERNEL:sig_child(HEAP.w:PID() or 1) end,\n"
    "  died = function() KERNEL:stop() end }\n"
    "KERNEL:run()\n";

/* I/O: pairs, wheels, a handler that sleeps.  An error event tells that memory was short. */
static const char wheels[] =
    "poe.spawn { _start = function()\n"
    "    local a, b = assert(poe.socket.pair())\n"
    "    HEAP.a = poe.wheel.ReadWrite.new { handle = a, input_event = 'got', error_event = 'ended' }\n"
    "    HEAP.b = poe.wheel.ReadWrite.new { handle = b, input_event = 'echo', error_event = 'ended',\n"
    "      filter = poe.filter.Block.new { block_size = 3 } }\n"
    "    poe.sleep(0.001) HEAP.a:put('x') HEAP.a:put(('long'):rep(2000)) poe.sleep(0) HEAP.slept = true\n"
    "    HEAP.limit = KERNEL:delay_set('ended', 0.005)\n"
    "  end,\n"
    "  echo = function(three) HEAP.n = (HEAP.n or 0) + 3 if HEAP.n == 8001 then HEAP.b:put('ok\\r\\n') end end,\n"
    "  got = function(line) if line == 'ok' and HEAP.slept then result = 42 end yield('ended') end,\n"
    "  ended = function() KERNEL:alarm_remove_all() HEAP.a:close() HEAP.b:close() end }\n"
    "KERNEL:run()\n";

static int
descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Each seventh allocation of `processes` in turn fails, to the last one: succeeding once is no reason to
 * stop, since some can be done without.  No descriptor is lost. */
static void
squeeze_processes(void)
{
    struct budget b = { 0 };

    check(whole_program(&b, processes), "the program starts another", 0);
    int before = descriptors();
    for (long n = 1; n == 1 || b.reached; n += 7) {
        b = (struct budget){ .fail_at = n + 2 };
        whole_program(&b, processes);
        check(b.used == 0 && !b.broken, "every byte comes back from processes", n);
        check(descriptors() == before, "and every descriptor", n);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
    }
}

/* For every n the program either does what it should or fails in one piece. */
static void
fail_each(const char *script, const char *name)
{
    struct budget b = { 0 };
    int before = descriptors();
    long n = 1;

    check(whole_program(&b, script), name, 0);
    for (int ok = 0; !ok && n < 20000; n++) {
        b = (struct budget){ .fail_at = n + 2 };
        ok = whole_program(&b, script);
        check(b.used == 0, "every byte comes back", n);
        check(!b.broken, "the allocator hears the old sizes", n);
        check(descriptors() == before, "every descriptor comes back", n);
    }
    check(n < 20000, "with memory enough it succeeds", n);
}

/* What an option struct without its size, or with what only a newer library has, gets: a message. */
static void
option_structs(void)
{
    struct { struct poe_config known; void *unknown; } wide = { .known.size = sizeof wide };
    struct poe_config none = { 0 };
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    check(poelib_open(L, &none) == NULL, "a forgotten size is refused", 0);
    check(strstr(lua_tostring(L, -1), "struct poe_config of size 0") != NULL, "and named", 0);
    wide.unknown = L;
    check(poelib_open(L, &wide.known) == NULL, "so is what is not known", 0);
    wide.unknown = NULL;
    check(poelib_open(L, &wide.known) != NULL, "but a newer program that asks for nothing new is not", 0);
    lua_close(L);
}

int
main(void)
{
    struct budget b = { 0 };

    check(program(&b, "result = 42"), "base, string, table and math will do", 0);
    check(b.used == 0 && !b.broken, "and gives every byte back", 0);
    check(whole_program(&b, everything), "the program does what it should", 0);
    check(b.used == 0 && !b.broken, "and gives every byte back", 0);

    long n = 1;
    for (int ok = 0; !ok && n < 20000; n++) {
        b = (struct budget){ .fail_at = n + 2 };
        ok = whole_program(&b, everything);
        check(b.used == 0, "every byte comes back", n);
        check(!b.broken, "the allocator hears the old sizes", n);
    }
    check(n < 20000, "with memory enough it succeeds", n);
    squeeze_processes();
    fail_each(wheels, "the wheels do what they should");
    option_structs();
    capi_spec();
    limits_spec();
    heap_spec();
    printf("%d passed, %d failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
