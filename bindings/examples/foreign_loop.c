/*
 * foreign_loop.c - a host whose loop is not libuv's, as a window system's is not: an epoll by hand
 *
 * The kernel is one more descriptor to poll and one more timeout to keep: poe_kernel_fd, poe_kernel_timeout,
 * poe_kernel_step.  The "window" is a pipe into which the host itself writes key presses, one a millisecond.
 */
#include <poelib.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const char script[] =
    "poe.Session.create { inline_states = {\n"
    "  _start = function() KERNEL:alias_set 'window' HEAP.keys = '' KERNEL:delay('blink', 0.01) end,\n"
    "  key = function(key)\n"
    "    HEAP.keys = HEAP.keys .. key\n"
    "    if key == 'q' then KERNEL:alias_remove 'window' KERNEL:delay 'blink' end\n"
    "    return #HEAP.keys\n"
    "  end,\n"
    "  blink = function() HEAP.blinks = (HEAP.blinks or 0) + 1 KERNEL:delay('blink', 0.01) end,\n"
    "  _stop = function() print('typed ' .. HEAP.keys, HEAP.blinks >= 1 and 'the cursor blinked') end,\n"
    "} }\n";

static void
on_line(void *ud, enum poelib_level level, const char *line)
{
    (void)ud;
    printf("%s%s\n", level == POELIB_PRINT ? "" : "poe: ", line);
}

static void
on_count(poelib_context *c, void *ud)
{
    int count;

    if (!poelib_error(c) && poelib_read(c, "d", &count) == 0)
        *(int *)ud = count;
}

/* The host's own event has come. */
static void
on_key(poe_kernel *kernel, int fd, int *count)
{
    char key[2] = "";

    if (read(fd, key, 1) == 1)
        poelib_call_event(kernel, poelib_alias(kernel, "window"), "key", on_count, count, "s", key);
}

int
main(void)
{
    static const char keys[] = "hello, epoll q";
    struct poelib_options options;
    struct epoll_event add, ready[2];
    int window[2], count = 0, rc = 1, typed = 0;

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.log = on_line;
    lua_State *L = poelib_new(&options);
    if (!L || pipe(window) < 0)
        return 1;
    poe_kernel *kernel = poelib_open(L, NULL);
    int poll = epoll_create1(0);
    add.events = EPOLLIN;
    add.data.fd = window[0];
    epoll_ctl(poll, EPOLL_CTL_ADD, window[0], &add);
    add.data.fd = poe_kernel_fd(kernel);
    epoll_ctl(poll, EPOLL_CTL_ADD, add.data.fd, &add);

    if (poelib_script(L, script, "=foreign_loop") != LUA_OK)
        printf("%s\n", lua_tostring(L, -1));
    while (rc == 1) {
        int timeout = poe_kernel_timeout(kernel); /* anew each time: anything may have changed it */
        if (timeout < 0 || timeout > 1)
            timeout = 1;
        int n = epoll_wait(poll, ready, 2, timeout);
        for (int i = 0; i < n; i++)
            if (ready[i].data.fd == window[0])
                on_key(kernel, window[0], &count);
        rc = poe_kernel_step(kernel);
        if (n == 0 && keys[typed] && write(window[1], &keys[typed], 1) == 1) /* a user types */
            typed++;
    }
    printf("%d keys were counted\n", count);
    poelib_close(&L);
    close(poll);
    close(window[0]);
    close(window[1]);
    return rc == 0 ? 0 : 1;
}
