/*
 * own_loop.c - a host that has a libuv loop of its own: poe runs on it beside the host's handles
 *
 * Nobody calls poelib_run: whoever runs the loop runs the kernel.  The host's timer posts to a session by its
 * alias; when the sessions have stopped and the timer is closed, uv_run returns.  Of the host's timer the kernel knows
 * nothing: without the reference count it would find that nothing can happen to the session, and end it.
 */
#include <poelib.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static const char script[] =
    "poe.Session.create { inline_states = {\n"
    "  _start = function()\n"
    "    KERNEL:alias_set 'clock'\n"
    "    KERNEL:refcount_increment(SESSION:ID(), 'host')\n"
    "    HEAP.seen = 0\n"
    "  end,\n"
    "  tick = function(n)\n"
    "    HEAP.seen = HEAP.seen + 1\n"
    "    print('tick ' .. n)\n"
    "    if HEAP.seen == 3 then\n"
    "      KERNEL:alias_remove 'clock'\n"
    "      KERNEL:refcount_decrement(SESSION:ID(), 'host')\n"
    "    end\n"
    "  end,\n"
    "  _stop = function() print 'the clock has stopped' end,\n"
    "} }\n";

static poe_kernel *kernel;

/* The host's timer: not one of poe's. */
static void
on_timer(uv_timer_t *timer)
{
    static int n;

    if (poelib_post(kernel, poelib_alias(kernel, "clock"), "tick", "d", ++n) < 0) {
        printf("nobody listens any more\n");
        uv_close((uv_handle_t *)timer, NULL);
    }
}

static void
on_line(void *ud, enum poelib_level level, const char *line)
{
    (void)ud;
    printf("%s%s\n", level == POELIB_PRINT ? "" : "poe: ", line);
}

int
main(void)
{
    struct poelib_options options;
    uv_timer_t timer;
    uv_loop_t loop;
    int status = 1;

    uv_loop_init(&loop);
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.loop = &loop;
    options.log = on_line;
    lua_State *L = poelib_new(&options);
    if (!L)
        return 1;
    kernel = poelib_open(L, NULL);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_timer, 1, 1);
    if (poelib_script(L, script, "=own_loop") == LUA_OK) {
        uv_run(&loop, UV_RUN_DEFAULT);
        status = poelib_exception(L) != LUA_OK;
    }
    poelib_close(&L);
    uv_run(&loop, UV_RUN_DEFAULT); /* libuv's close callbacks */
    printf("the loop is %s\n", uv_loop_close(&loop) == 0 ? "empty" : "busy");
    return status;
}
