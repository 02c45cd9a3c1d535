/*
 * threads.c - kernels in several threads, which post to each other; for the thread sanitizer
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <lua.h>
#include <uv.h>

#include "poelib.h"

enum { KERNELS = 4, LETTERS = 500 };

/* A kernel's thread, and one that posts to all of them. */
struct pair {
    int index;
    uv_thread_t runs, posts;
    uv_barrier_t *ready;
    poe_port *own;            /* made by `runs` */
    poe_port *ports[KERNELS]; /* for `posts`: shares of everybody's */
    struct pair *all;
    int64_t count, sum;
    int status;
};

static const char script[] =
    "local most = ...\n"
    "count, sum = 0, 0\n"
    "poe.spawn {\n"
    "  _start = function() KERNEL:alias_set 'sink' end,\n"
    "  letter = function(n, text)\n"
    "    assert(#text == n % 100)\n"
    "    count, sum = count + 1, sum + n\n"
    "    if count == 4 * 500 then KERNEL:alias_remove 'sink' end\n"
    "  end,\n"
    "}\n";

static int64_t
global(lua_State *L, const char *name)
{
    lua_getglobal(L, name);
    int64_t value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

static void
run_kernel(void *arg)
{
    struct pair *pair = arg;
    struct poelib_options options = { .size = sizeof options, .instructions = 100000 };
    lua_State *L = poelib_new(&options);
    poe_kernel *k = L ? poelib_open(L, NULL) : NULL;

    pair->status = k && poelib_script(L, script, "=threads") == LUA_OK ? 0 : -1;
    if (pair->status < 0 || poe_port_open(k, 0, &pair->own) < 0)
        abort(); /* the others would wait for ever */
    uv_barrier_wait(pair->ready); /* every port is there */
    for (int i = 0; i < KERNELS; i++)
        pair->ports[i] = poe_port_share(pair->all[i].own);
    uv_barrier_wait(pair->ready);
    pair->status = poelib_run(L);
    pair->count = global(L, "count");
    pair->sum = global(L, "sum");
    poe_port_release(&pair->own);
    poelib_close(&L);
}

static void
post_to_all(void *arg)
{
    struct pair *pair = arg;
    char text[128];

    for (int n = 0; n < (int)sizeof text; n++)
        text[n] = 'x';
    uv_barrier_wait(pair->ready);
    uv_barrier_wait(pair->ready);
    for (int64_t n = 0; n < LETTERS; n++)
        for (int i = 0; i < KERNELS; i++) {
            int rc = poe_post_async_to(pair->ports[i], "sink", "letter", "iS", n, text, (size_t)(n % 100));
            if (rc < 0)
                fprintf(stderr, "post %d: %s\n", i, uv_strerror(rc));
        }
    for (int i = 0; i < KERNELS; i++)
        poe_port_release(&pair->ports[i]);
}

int
main(void)
{
    static struct pair pairs[KERNELS];
    const int64_t count = (int64_t)KERNELS * LETTERS, sum = KERNELS * ((int64_t)LETTERS * (LETTERS - 1) / 2);
    uv_barrier_t ready;
    int passed = 0;

    uv_barrier_init(&ready, 2 * KERNELS);
    for (int i = 0; i < KERNELS; i++) {
        pairs[i] = (struct pair){ .index = i, .ready = &ready, .all = pairs };
        uv_thread_create(&pairs[i].runs, run_kernel, &pairs[i]);
        uv_thread_create(&pairs[i].posts, post_to_all, &pairs[i]);
    }
    for (int i = 0; i < KERNELS; i++) {
        uv_thread_join(&pairs[i].posts);
        uv_thread_join(&pairs[i].runs);
        if (pairs[i].status == LUA_OK && pairs[i].count == count && pairs[i].sum == sum)
            passed++;
        else
            printf("not ok kernel %d: status %d, %lld letters of %lld, sum %lld\n", i, pairs[i].status,
                   (long long)pairs[i].count, (long long)count, (long long)pairs[i].sum);
    }
    uv_barrier_destroy(&ready);
    printf("%d passed, %d failed\n", passed, KERNELS - passed);
    return passed == KERNELS ? EXIT_SUCCESS : EXIT_FAILURE;
}
