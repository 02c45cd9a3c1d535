/*
 * watchdog.h - what runs now, so that the watchdog can tell of it
 */
#ifndef LPOE_WATCHDOG_H
#define LPOE_WATCHDOG_H

#include "lpoe.h"

/* A coroutine that runs and is no handler's own: the script has resumed it, or closes it.  On the C stack of
 * whoever does that; lpoe.running is the innermost. */
struct lpoe_running {
    struct lpoe_running *up;
    lua_State *co;
    lua_State *from;    /* who resumed it */
    lua_State *current; /* lpoe.current then: while that is another, a handler runs on top */
};

/* The loop enters a handler or chunk, in the kernel's frame `stage`: its time begins. */
static inline void
lpoe_beat_on(struct lpoe *p, struct poe_frame *stage)
{
    p->stage = stage;
    uint32_t n = atomic_load_explicit(&p->beats, memory_order_relaxed);
    atomic_store_explicit(&p->beats, n + 1, memory_order_relaxed);
}

static inline void
lpoe_beat(struct lpoe *p)
{
    lpoe_beat_on(p, poe_kernel_frame(p->kernel));
}

/* The kernel's loop runs from now on, on top of the chunk or handler that has called for it.  Returns what
 * the end is to be given. */
static inline lua_State *
lpoe_loop_begin(struct lpoe *p)
{
    lua_State *outer = atomic_load_explicit(&p->looping, memory_order_relaxed);
    lua_State *current = atomic_load_explicit(&p->current, memory_order_relaxed);
    atomic_store_explicit(&p->looping, current, memory_order_relaxed);
    return outer;
}

static inline void
lpoe_loop_end(struct lpoe *p, lua_State *outer)
{
    lpoe_beat(p); /* the chunk's time begins again */
    atomic_store_explicit(&p->looping, outer, memory_order_relaxed);
}

void lpoe_watch_hook(lua_State *L, lua_Debug *ar);
int lpoe_watch_killed(struct lpoe *p, lua_State *co);
void lpoe_watch_left(struct lpoe *p, lua_State *co, lua_State *outer);
void lpoe_watch_limit(struct lpoe *p, struct lsession *ls, double seconds);
void lpoe_watch_begin(struct lpoe *p);
void lpoe_watch_stop(struct lpoe *p);
void lpoe_open_watchdog(lua_State *L, struct lpoe *p);

#endif
