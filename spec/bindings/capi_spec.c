/*
 * capi_spec.c - sessions of C functions, events from C, answers, and each of them without memory
 */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "poelib.h"
#include "specs.h"

static char heard[4096]; /* what has happened, in words */

static void
say(const char *format, ...)
{
    size_t used = strlen(heard);
    va_list args;

    va_start(args, format);
    if (used && used + 1 < sizeof heard)
        heard[used++] = ' ';
    vsnprintf(heard + used, sizeof heard - used, format, args);
    va_end(args);
}

static void
expect(const char *words, const char *what)
{
    int same = strcmp(heard, words) == 0;

    check(same, what, 0);
    if (!same)
        printf("  expected: %s\n  happened: %s\n", words, heard);
    heard[0] = '\0';
}

static void
lines(void *ud, enum poelib_level level, const char *line)
{
    static const char *const names[] = { "error", "warning", "print", "trace" };

    (void)ud;
    say("%s<%.*s>", names[level], (int)strcspn(line, "\n"), line);
}

static lua_State *
open_state(poe_kernel **k)
{
    struct poelib_options o = { .size = sizeof o, .log = lines };
    lua_State *L = poelib_new(&o);

    heard[0] = '\0';
    check(L != NULL, "a state is made", 0);
    *k = poelib_open(L, NULL);
    return L;
}

static int
script(lua_State *L, const char *text)
{
    int status = luaL_loadstring(L, text);

    if (status == LUA_OK)
        status = poelib_call(L, 0);
    if (status != LUA_OK)
        printf("  %s\n", lua_tostring(L, -1));
    return status;
}

/* -- a session of C functions -------------------------------------------------------------- */

static int
counter_start(poelib_context *c, void *ud)
{
    int64_t n;

    (void)ud;
    if (poelib_read(c, "i", &n) < 0)
        return -1;
    *(int64_t *)poelib_data(c) = n;
    return poe_alias_set(poelib_kernel(c), "counter");
}

static int
counter_add(poelib_context *c, void *ud)
{
    int64_t n, *sum = poelib_data(c);
    const char *word;
    int rc = poelib_read(c, "is", &n, &word);

    if (rc < 0)
        return rc;
    *sum += n;
    say("%s(%lld,%s)%s", poelib_event(c), (long long)n, word, (const char *)ud);
    return poelib_return(c, "is", *sum, word);
}

static int
counter_fail(poelib_context *c, void *ud)
{
    (void)ud;
    return poelib_count(c) ? poelib_fail(c, "failed with %d", 7) : UV_EIO;
}

static int
counter_stop(poelib_context *c, void *ud)
{
    (void)ud;
    say("%s", poelib_event(c));
    return 0;
}

static int
counter_end(poelib_context *c, void *ud)
{
    (void)ud;
    return poe_alias_remove(poelib_kernel(c), "counter");
}

static const struct poelib_state counter[] = {
    { "_start", counter_start, NULL }, { "add", counter_add, (void *)"!" }, { "fail", counter_fail, NULL },
    { "end", counter_end, NULL }, { "_stop", counter_stop, NULL }, { NULL, NULL, NULL } };

static void
answered(poelib_context *c, void *ud)
{
    const char *word;
    int64_t n;

    if (poelib_error(c))
        say("%s:<%s>", (const char *)ud, poelib_error(c));
    else if (poelib_read(c, "is", &n, &word) == 0)
        say("%s:%lld,%s", (const char *)ud, (long long)n, word);
    else
        say("%s:%d values", (const char *)ud, poelib_count(c));
}

static void
lua_and_c_talk(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);
    int64_t sum = 0;
    uint64_t id = 0;

    check(poelib_session_new(k, counter, &sum, &id, "i", (int64_t)40) == 0, "a session of C functions is made", 0);
    check(id == poelib_alias(k, "counter") && id > 1, "it has its alias", 0);
    check(script(L, "print(call('counter', 'add', 2, 'two'))"
                    "print(call('counter', 'fail')) print(call('counter', 'fail', 1))"
                    "print(call('counter', 'add', 'x'))") == LUA_OK, "a script calls it", 0);
    expect("add(2,two)! print<42\ttwo> print<nil\tEIO: state 'fail' has failed\tDIE> "
           "print<nil\tfailed with 7\tDIE> "
           "print<nil\tbad argument #1 to 'add' (integer expected, got string)\tDIE>",
           "and hears results and errors");
    check(poe_kernel_step(k) == UV_ECANCELED, "the errors are nobody's", 0);
    expect("_stop error<EIO: state 'fail' has failed>", "and end it");
    check(poelib_exception(L) == LUA_ERRRUN, "the host can fetch the error", 0);
    lua_settop(L, 0);
    check(poelib_exception(L) == LUA_OK && lua_gettop(L) == 0, "once", 0);
    poelib_close(&L);
    check(L == NULL, "it is closed", 0);
}

static void
c_calls_and_asks(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);
    int64_t sum = 0;
    uint64_t id;

    poelib_session_new(k, counter, &sum, &id, "i", (int64_t)1);
    check(poelib_post(k, id, "add", "is", (int64_t)1, "posted") == 0, "C posts", 0);
    check(poelib_call_event(k, id, "add", answered, (void *)"called", "is", (int64_t)2, "now") == 0, "C calls", 0);
    check(poelib_ask(k, id, "add", answered, (void *)"asked", "is", (int64_t)3, "later") == 0, "C asks", 0);
    check(poelib_ask(k, id, "nothing", answered, (void *)"asked", NULL) == 0, "C asks for what nobody handles", 0);
    check(poelib_ask(k, 1, "add", answered, (void *)"", NULL) == UV_ENOSYS, "the kernel answers nobody", 0);
    check(poelib_call_event(k, 1, "add", answered, (void *)"", NULL) == UV_ENOSYS, "nor is it called", 0);
    check(poelib_post(k, id, "end", NULL) == 0, "C ends it", 0);
    expect("add(2,now)! called:3,now", "a call runs at once");
    check(poelib_run(L) == LUA_OK, "the kernel runs", 0);
    expect("add(1,posted)! add(3,later)! warning<session 2 (counter) has no handler for event 'nothing' (from kernel)> "
           "_stop asked:7,later asked:<ENOSYS: session 2 has no handler for 'nothing'>",
           "posts and asks have their turn");
    check(poelib_post(k, id, "add", NULL) == UV_ESRCH, "a stale ID finds nothing to post to", 0);
    check(poelib_call_event(k, id, "add", answered, (void *)"", NULL) == UV_ESRCH, "nor to call", 0);
    check(poelib_ask(k, id, "add", answered, (void *)"", NULL) == UV_ESRCH, "nor to ask", 0);
    check(poelib_post(k, 1, "add", "?") == UV_EINVAL, "a bad format is refused", 0);
    expect("", "and nobody heard of that");
    poelib_close(&L);
}

static void
answers_come_whenever_the_handler_ends(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);

    check(script(L, "poe.spawn { _start = function() KERNEL:alias_set 'slow' KERNEL:alias_set 'gone' end,"
                    " sleeps = function(n, w) poe.sleep(0.01) return n, w end,"
                    " raises = function() poe.sleep(0.001) error('no', 0) end,"
                    " table = function() return {} end,"
                    " ends = function() KERNEL:alias_remove 'slow' KERNEL:alias_remove 'gone' end, _stop = function() end,"
                    " IDLE = function() end } KERNEL:sig('DIE', 'x')") == LUA_OK, "a script opens", 0);
    uint64_t id = poelib_alias(k, "slow");
    check(poelib_call_event(k, id, "sleeps", answered, (void *)"called", "is", (int64_t)1, "x") == UV_EBUSY,
          "a call does not wait", 0);
    poelib_ask(k, id, "sleeps", answered, (void *)"asked", "is", (int64_t)5, "five");
    poelib_ask(k, id, "table", answered, (void *)"table", NULL);
    check(poelib_post(k, id, "ends", NULL) == 0, "posted", 0);
    check(poelib_run(L) == LUA_OK, "it runs to the end", 0);
    expect("table:1 values asked:5,five", "and everybody is answered");
    poelib_close(&L);
}

static void
an_ask_hears_of_every_end(void)
{
    static const char *const ends[] = { "KERNEL:stop()", "error('oh', 0)" };

    for (size_t i = 0; i < 3; i++) {
        poe_kernel *k;
        lua_State *L = open_state(&k);
        script(L, "poe.spawn { _start = function() KERNEL:alias_set 'slow' end,"
                  " sleeps = function(n, w) poe.sleep(1000) end, ends = function(f) load(f)() end }");
        uint64_t id = poelib_alias(k, "slow");
        check(poelib_ask(k, id, "sleeps", answered, (void *)"asked", NULL) == 0, "C asks one that sleeps", (long)i);
        if (i < 2) {
            poelib_post(k, id, "ends", "s", ends[i]);
            while (poe_kernel_step(k) == 1)
                ;
            while (poe_kernel_step(k) == 1 || (heard[0] == '\0' && poelib_exception(L) != LUA_OK))
                ;
        } else
            for (int turn = 0; turn < 5; turn++)
                poe_kernel_step(k);
        poelib_close(&L);
        check(strstr(heard, "asked:<ECANCELED") != NULL, "it hears that there is no answer", (long)i);
        if (!strstr(heard, "asked:<"))
            printf("  %s\n", heard);
        check(strstr(strstr(heard, "asked:") ? strstr(heard, "asked:") + 1 : heard, "asked:") == NULL, "once", (long)i);
    }
    heard[0] = '\0';
}

/* -- from the Lua stack -------------------------------------------------------------------- */

static void
values_of_any_type_go_by_the_stack(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);

    script(L, "poe.spawn { _start = function() KERNEL:alias_set 'a' end,"
              " swap = function(a, b) print(type(a), b) return b, a end,"
              " bad = function() error 'bad' end, _stop = function() end, "
              " ends = function() KERNEL:alias_remove 'a' end }");
    uint64_t id = poelib_alias(k, "a");
    lua_settop(L, 0);
    lua_pushliteral(L, "mine");
    lua_newtable(L);
    lua_pushinteger(L, 3);
    check(poelib_post_stack(L, id, "swap", 2) == 0 && lua_gettop(L) == 1, "a post takes its values", 0);
    lua_newtable(L);
    lua_pushinteger(L, 4);
    check(poelib_call_event_stack(L, id, "swap", 2) == 2 && lua_gettop(L) == 3, "a call leaves its results", 0);
    check(lua_tointeger(L, 2) == 4 && lua_istable(L, 3), "in order", 0);
    check(poelib_call_event_stack(L, 99, "swap", 2) == UV_ESRCH && lua_gettop(L) == 1,
          "a refused one has taken them, too", 0);
    lua_pushinteger(L, 4);
    check(poelib_post_stack(L, 99, "swap", 1) == UV_ESRCH && lua_gettop(L) == 1, "and so has a post", 0);
    check(poelib_call_event_stack(L, id, "nothing", 0) == 0 && lua_gettop(L) == 1, "no handler, no results", 0);
    poelib_post(k, id, "ends", NULL);
    poelib_run(L);
    expect("print<table\t4> warning<session 2 (a) has no handler for event 'nothing' (called by kernel)> print<table\t3>",
           "values of any type");
    poelib_close(&L);
}

/* -- timers, nesting ----------------------------------------------------------------------- */

static int
nest(poelib_context *c, void *ud)
{
    static const struct poelib_state states[] = { { "nest", nest, NULL }, { NULL, NULL, NULL } };
    int64_t depth;
    uint64_t id;
    int rc = poelib_read(c, "i", &depth);

    (void)ud;
    if (rc < 0 || depth == 0)
        return rc < 0 ? rc : poelib_return(c, "is", depth, "bottom");
    rc = poelib_session_new(poelib_kernel(c), states, NULL, &id, NULL);
    if (rc == 0)
        rc = poelib_call_event(poelib_kernel(c), id, "nest", depth == 1 ? answered : NULL, (void *)"deep", "i",
                               depth - 1);
    return rc;
}

static int
tick(poelib_context *c, void *ud)
{
    int n;
    poe_alarm_id id;

    (void)ud;
    if (poelib_read(c, "d", &n) < 0)
        return -1;
    say("tick%d", n);
    if (n == 3)
        return 0;
    poelib_delay(poelib_kernel(c), 1000, "never", &id, NULL);
    poelib_delay_remove(poelib_kernel(c), id);
    check(poelib_delay_remove(poelib_kernel(c), id) == UV_ESRCH, "a timer is removed once", n);
    return poelib_delay(poelib_kernel(c), 0.001, "tick", NULL, "d", n + 1);
}

static void
c_sessions_make_sessions_and_timers(void)
{
    static const struct poelib_state nesting[] = { { "nest", nest, NULL }, { NULL, NULL, NULL } };
    static const struct poelib_state ticking[] = {
        { "_start", tick, NULL }, { "tick", tick, NULL }, { NULL, NULL, NULL } };
    poe_kernel *k;
    lua_State *L = open_state(&k);
    uint64_t id;

    poelib_session_new(k, nesting, NULL, &id, NULL);
    check(poelib_call_event(k, id, "nest", NULL, NULL, "i", (int64_t)40) == 0, "forty deep", 0);
    expect("deep:0,bottom", "the innermost answers");
    check(poelib_session_new(k, ticking, NULL, NULL, "d", 1) == 0, "one with timers", 0);
    poelib_run(L);
    expect("tick1 tick2 tick3", "they come");
    poelib_close(&L);
}

static int
close_inside(poelib_context *c, void *ud)
{
    lua_State **L = ud;

    (void)c;
    say("%s", poelib_close(L) == UV_EBUSY && *L ? "busy" : "closed");
    return 0;
}

static void
closing_inside_a_handler_is_refused(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);
    const struct poelib_state states[] = { { "_start", close_inside, &L }, { NULL, NULL, NULL } };

    poelib_session_new(k, states, NULL, NULL, NULL);
    expect("busy", "a state is not closed under its own handler");
    poelib_close(&L);
}

static void
letters_come_to_sessions(void)
{
    poe_kernel *k;
    lua_State *L = open_state(&k);
    poe_port *port = NULL;

    script(L, "poe.spawn { _start = function() KERNEL:alias_set 'a' end,"
              " x = function(...) print(...) KERNEL:alias_remove 'a' end, _stop = function() end }");
    check(poe_port_open(k, 0, &port) == 0, "a port opens", 0);
    poe_post_async_to(port, "nobody", "y", NULL);
    poe_post_async(port, 77, "z", NULL);
    poe_post_async_to(port, "a", "x", "Sifbn", "a\0b", (size_t)3, (int64_t)1, 1.5, 1);
    poelib_run(L);
    expect("warning<ESRCH: event 'y' of another thread for 'nobody' is lost> "
           "warning<ESRCH: event 'z' of another thread for session 77 is lost> print<a>", "letters come, or are told");
    poelib_close(&L);
    check(poe_post_async_to(port, "a", "x", NULL) == UV_EPIPE, "the port outlives the kernel", 0);
    poe_port_release(&port);
}

/* -- without memory ------------------------------------------------------------------------ */

static const struct poelib_state quiet[] = {
    { "_start", counter_start, NULL }, { "add", counter_add, (void *)"" }, { "end", counter_end, NULL },
    { NULL, NULL, NULL } };

static int told;

static void
count_answer(poelib_context *c, void *ud)
{
    (void)c;
    (void)ud;
    told++;
}

/* Everything once; returns whether all went well. */
static int
everything(struct budget *b)
{
    long fail_at = b->fail_at;
    struct poelib_options o = { .size = sizeof o, .alloc = budget_alloc, .alloc_ud = b };
    poe_port *port = NULL;
    int64_t sum = 0;
    uint64_t id = 0;
    int ok = 0, asked = 0, called = 0;

    told = 0;
    b->fail_at = 0;
    lua_State *L = poelib_new(&o);
    if (!L)
        return 0;
    poe_kernel *k = poelib_open(L, NULL);
    b->fail_at = fail_at;
    if (poelib_session_new(k, quiet, &sum, &id, "i", (int64_t)1) == 0 && poelib_alias(k, "counter")) {
        poe_port_open(k, 0, &port);
        ok = poelib_post(k, id, "add", "is", (int64_t)1, "a string that is too long to be a short one of Lua's") == 0;
        called = poelib_call_event(k, id, "add", count_answer, NULL, "is", (int64_t)1, "b");
        called = called == 0 || called == UV_ECANCELED;
        asked = poelib_ask(k, id, "add", count_answer, NULL, "is", (int64_t)1, "c") == 0;
        poe_post_async_to(port, "counter", "add", "is", (int64_t)1, "d");
        ok &= poelib_delay(k, 0.002, "none", NULL, "s", "x") == 0 || 1;
        for (int i = 0; i < 20 && poe_kernel_step(k) == 1; i++)
            ;
        b->fail_at = 0;
        poelib_post(k, id, "end", NULL);
        poe_port_release(&port);
        ok &= poelib_run(L) == LUA_OK && called && asked && sum == 5;
    }
    b->fail_at = 0;
    check(poelib_close(&L) == 0, "it closes", fail_at);
    check(told == called + asked, "each answer comes once", fail_at);
    poe_port_release(&port);
    heard[0] = '\0';
    return ok;
}

static void
whatever_allocation_fails_all_comes_back(void)
{
    struct budget b = { 0 };
    long n = 1;

    check(everything(&b), "it does what it should", 0);
    check(b.used == 0 && !b.broken, "and gives every byte back", 0);
    for (int ok = 0; !ok && n < 20000; n++) {
        b = (struct budget){ .fail_at = n + 2 };
        ok = everything(&b) && !b.reached;
        check(b.used == 0, "every byte comes back from C", n);
        check(!b.broken, "the allocator hears the old sizes", n);
    }
    check(n > 10 && n < 20000, "with memory enough it succeeds", n);
    for (n = 1; n < 20000; n++) { /* and the opening */
        b = (struct budget){ .fail_at = n + 2 };
        struct poelib_options o = { .size = sizeof o, .alloc = budget_alloc, .alloc_ud = &b };
        lua_State *L = poelib_new(&o);
        int done = L && !b.reached;
        b.fail_at = 0;
        poelib_close(&L);
        check(b.used == 0 && !b.broken, "a failed opening gives every byte back", n);
        if (done)
            break;
    }
    check(n < 20000, "with memory enough it opens", n);
}

void
capi_spec(void)
{
    lua_and_c_talk();
    c_calls_and_asks();
    answers_come_whenever_the_handler_ends();
    an_ask_hears_of_every_end();
    values_of_any_type_go_by_the_stack();
    c_sessions_make_sessions_and_timers();
    closing_inside_a_handler_is_refused();
    letters_come_to_sessions();
    whatever_allocation_fails_all_comes_back();
}
