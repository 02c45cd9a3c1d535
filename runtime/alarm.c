/*
 * alarm.c - pending timers: a 4-ary heap by due time, ids, the times scripts see
 *
 * The heap holds keys by value and each timer knows its place, so removal needs no search.  An
 * id is an index and how often it was used: a stale one finds nothing, not a stranger.
 */
#include "alarm.h"

#include <string.h>

#include "kernel.h"

/* Beyond these the clock does not reach: about 146 years. */
#define TIME_MAX_NS (INT64_MAX / 2)

#define HEAP_NEAR 2048 /* the children of those before are in the cache, 128 KiB of them */

static inline void
heap_put(struct alarms *a, uint32_t at, struct alarm_key key)
{
    a->heap[at] = key;
    a->where[key.index] = at;
}

static void
heap_up(struct alarms *a, uint32_t at, struct alarm_key key)
{
    while (at > 0) {
        uint32_t up = (at - 1) >> 2;
        if (!alarm_before(&key, &a->heap[up]))
            break;
        heap_put(a, at, a->heap[up]);
        at = up;
    }
    heap_put(a, at, key);
}

/* Of many timers the keys are not in the cache: those of the next level, the children of all four, are asked for
 * while the four are compared. */
static inline void
heap_fetch(const struct alarms *a, uint32_t child)
{
    const char *next = (const char *)(a->heap + (((size_t)child << 2) + 1));

    if (child < HEAP_NEAR)
        return;
    for (size_t at = 0; at <= 16 * sizeof(struct alarm_key); at += 64)
        __builtin_prefetch(next + at);
}

static void
heap_down(struct alarms *a, uint32_t at, struct alarm_key key)
{
    for (;;) {
        uint32_t child = (at << 2) + 1, least = child;
        uint32_t end = child + 4 < a->count ? child + 4 : a->count;
        if (child >= a->count)
            break;
        heap_fetch(a, child);
        while (++child < end)
            if (alarm_before(&a->heap[child], &a->heap[least]))
                least = child;
        if (!alarm_before(&a->heap[least], &key))
            break;
        heap_put(a, at, a->heap[least]);
        at = least;
    }
    heap_put(a, at, key);
}

/* Puts `key` where the heap has a hole, whichever way it has to move. */
static void
heap_fill(struct alarms *a, uint32_t hole, struct alarm_key key)
{
    if (hole > 0 && alarm_before(&key, &a->heap[(hole - 1) >> 2]))
        heap_up(a, hole, key);
    else
        heap_down(a, hole, key);
}

/* One of the arrays with another number of elements.  Fewer always fit. */
static void *
array_resize(struct mem *m, void *array, size_t each, uint32_t from, uint32_t to)
{
    return poe__mem_resize(m, array, from * each, to * each);
}

static int
alarms_grow(struct alarms *a, struct mem *m)
{
    uint32_t room = a->room ? a->room * 2 : 16, had = a->room ? a->room + 1 : 0;
    void *array;
#ifdef POE_TORTURE
    room = a->room + 1;
#endif
    if (room <= a->room || room >= UINT32_MAX - 1)
        return UV_ENOMEM;
    if (!(array = array_resize(m, a->of, sizeof *a->of, had, room + 1)))
        return UV_ENOMEM;
    a->of = array;
    if (!(array = array_resize(m, a->where, sizeof *a->where, had, room + 1)))
        goto fail_where;
    a->where = array;
    if (!(array = array_resize(m, a->heap, sizeof *a->heap, a->room, room)))
        goto fail_heap;
    a->heap = array;
    a->room = room;
    return 0;

fail_heap: /* give the others their old size again, so that the books are right */
    a->where = array_resize(m, a->where, sizeof *a->where, room + 1, had);
fail_where:
    a->of = array_resize(m, a->of, sizeof *a->of, room + 1, had);
    return UV_ENOMEM;
}

static poe_alarm_id
alarm_id(const struct alarms *a, uint32_t index)
{
    return (uint64_t)a->of[index].uses << 32 | index;
}

/* Links a new timer of `s` into the heap.  `due_ns` is on the kernel clock. */
static int
alarm_insert(poe_session *s, int64_t due_ns, const struct poe_alarm *what, uint32_t *at)
{
    poe_kernel *k = s->kernel;
    struct alarms *a = &k->alarms;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (a->count == a->room && alarms_grow(a, &k->mem) < 0)
        return UV_ENOMEM;

    uint32_t index = a->free;
    if (index)
        a->free = a->of[index].next;
    else {
        index = ++a->used;
        a->of[index].uses = 0;
    }
    struct alarm *alarm = &a->of[index];
    alarm->session = s;
    alarm->name = what->name;
    alarm->state = what->state;
    alarm->payload = what->payload;
    alarm->walltime = what->walltime;
    alarm->by_delay = what->by_delay != 0;
    alarm->wake = 0;
    alarm->posted = k->queue.tail;
    alarm->prev = alarm->next = 0;
    heap_up(a, a->count++, (struct alarm_key){ due_ns, a->seq++, index });
    poe__wake(k);
    *at = index;
    return 0;
}

/* A timer of the active session. */
static int
alarm_new(poe_kernel *k, int64_t due_ns, const struct poe_alarm *what, poe_alarm_id *id)
{
    struct alarms *a = &k->alarms;
    poe_session *s = k->frame->session;
    uint32_t index;
    int rc = alarm_insert(s, due_ns, what, &index);

    if (rc < 0)
        return rc;
    a->of[index].next = s->alarms;
    if (s->alarms)
        a->of[s->alarms].prev = index;
    s->alarms = index;
    poe_session_keep(s, POE_KEEP_ALARM);
    IF_TRACED(k, POE_TRACE_TIMERS) {
        FACT(k, POE_FACT_QUEUED, POE_EVENT_ALARM, alarm_id(a, index), s, what->name);
        TRACE(k, POE_TRACE_TIMERS, "set '%s' of %s due in %.6f s", what->name, NAME(s),
              (double)(due_ns - k->now) / 1e9);
    }
    if (id)
        *id = alarm_id(a, index);
    return 0;
}

/* Takes the timer out of everything; the payload is the caller's. */
static void
alarm_take(poe_kernel *k, uint32_t index)
{
    struct alarms *a = &k->alarms;
    struct alarm *alarm = &a->of[index];
    struct alarm_key last = a->heap[--a->count];

    if (a->where[index] != a->count)
        heap_fill(a, a->where[index], last);
    if (!alarm->wake) {
        if (alarm->prev)
            a->of[alarm->prev].next = alarm->next;
        else
            alarm->session->alarms = alarm->next;
        if (alarm->next)
            a->of[alarm->next].prev = alarm->prev;
    }
    alarm->session = NULL;
    alarm->uses++;
    alarm->next = a->free;
    a->free = index;
}

/* Whole microseconds, as poe_kernel_walltime tells them, so that what a script read comes back
 * unchanged.  Never less than asked: up to the next microsecond, short of rounding noise. */
static int64_t
nanoseconds(double seconds)
{
    double us = seconds * 1e6 - 0.25;

    if (us >= TIME_MAX_NS / 1000)
        return TIME_MAX_NS;
    if (us <= -(TIME_MAX_NS / 1000))
        return -TIME_MAX_NS;
    int64_t whole = (int64_t)us; /* towards zero */
    return (whole + ((double)whole < us)) * 1000;
}

/*
 * A timer that a handler sets in the past runs in this slice, before all else that is queued
 * (R33).  So that a chain of them cannot starve the rest (R34), only so many of a slice do:
 * later ones are due now.
 */
static int64_t
past_clamp(poe_kernel *k, int64_t due_ns, int64_t now)
{
    if (due_ns >= now || !k->in_slice)
        return due_ns;
    return ++k->past_set > POE_PAST_LIMIT ? now : due_ns;
}

/* Due times on the kernel's clock.  What is set now is not before the slice that is on. */
static int64_t
due_at(poe_kernel *k, double walltime)
{
    int64_t now = poe__clock(k);
    int64_t wall_ns = nanoseconds(walltime);

    return past_clamp(k, wall_ns - k->wall_offset, now);
}

/* The clock need not be read for each: what it may lag is added, so that no timer is early. */
static int64_t
due_in(poe_kernel *k, double seconds, double *walltime)
{
    int64_t now = poe__clock_recent(k);
    int64_t delay_ns = nanoseconds(seconds) + (seconds > 0 ? CLOCK_SLACK_NS : 0);

    *walltime = (double)((now + k->wall_offset) / 1000) / 1e6 + seconds;
    return past_clamp(k, now + delay_ns, now);
}

int
poe_alarm_set(poe_kernel *k, double walltime, const char *name, const char *state,
              poe_payload payload, poe_alarm_id *id)
{
    struct poe_alarm what = { NULL, name, state, payload, walltime, 0 };

    return alarm_new(k, due_at(k, walltime), &what, id);
}

int
poe_delay_set(poe_kernel *k, double seconds, const char *name, const char *state,
              poe_payload payload, int by_name, poe_alarm_id *id)
{
    struct poe_alarm what = { NULL, name, state, payload, 0, by_name };
    int64_t due_ns = due_in(k, seconds, &what.walltime);

    return alarm_new(k, due_ns, &what, id);
}

/* Whether `id` is pending, and its index. */
static int
alarm_is(const struct alarms *a, poe_alarm_id id, uint32_t *index)
{
    *index = (uint32_t)id;
    return *index != 0 && *index <= a->used && a->of[*index].session
           && a->of[*index].uses == (uint32_t)(id >> 32);
}

/* The index `id` stands for in the active session. */
static int
alarm_find(poe_kernel *k, poe_alarm_id id, uint32_t *index)
{
    struct alarms *a = &k->alarms;

    if (!alarm_is(a, id, index) || a->of[*index].wake)
        return UV_ESRCH;
    return a->of[*index].session == k->frame->session ? 0 : UV_EPERM;
}

static void
alarm_tell(const struct alarms *a, uint32_t index, struct poe_alarm *alarm)
{
    const struct alarm *from = &a->of[index];

    *alarm = (struct poe_alarm){ from->session, from->name, from->state,
                                 from->payload, from->walltime, from->by_delay };
}

int
poe_alarm_get(poe_kernel *k, poe_alarm_id id, struct poe_alarm *alarm)
{
    uint32_t index;
    int rc = alarm_find(k, id, &index);

    if (rc == 0)
        alarm_tell(&k->alarms, index, alarm);
    return rc;
}

int
poe_alarm_remove(poe_kernel *k, poe_alarm_id id, struct poe_alarm *alarm)
{
    uint32_t index;
    int rc = alarm_find(k, id, &index);

    if (rc < 0)
        return rc;
    alarm_tell(&k->alarms, index, alarm);
    alarm_take(k, index);
    TRACE(k, POE_TRACE_TIMERS, "remove '%s' of %s", alarm->name, NAME(alarm->session));
    poe_session_unkeep(alarm->session, POE_KEEP_ALARM);
    return 0;
}

/* Gives a timer a new time.  The same time keeps its place among its equals (R105). */
static void
alarm_move(poe_kernel *k, uint32_t index, int64_t due_ns, double walltime)
{
    struct alarms *a = &k->alarms;
    struct alarm_key key = a->heap[a->where[index]];

    a->of[index].walltime = walltime;
    if (key.due_ns == due_ns)
        return;
    key.due_ns = due_ns;
    key.seq = a->seq++;
    a->of[index].posted = k->queue.tail;
    heap_fill(a, a->where[index], key);
    poe__wake(k);
}

int
poe_alarm_adjust(poe_kernel *k, poe_alarm_id id, double seconds, double *walltime)
{
    uint32_t index;
    int rc = alarm_find(k, id, &index);

    if (rc < 0)
        return rc;
    *walltime = k->alarms.of[index].walltime + seconds;
    alarm_move(k, index, seconds == 0 ? k->alarms.heap[k->alarms.where[index]].due_ns
                                      : due_at(k, *walltime), *walltime);
    return 0;
}

int
poe_delay_adjust(poe_kernel *k, poe_alarm_id id, double seconds, double *walltime)
{
    uint32_t index;
    int rc = alarm_find(k, id, &index);

    if (rc < 0)
        return rc;
    int64_t due_ns = due_in(k, seconds, walltime);
    alarm_move(k, index, due_ns, *walltime);
    return 0;
}

/* Names of short events are the same string; long ones are compared. */
static int
same_name(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

void
poe_alarm_clear(poe_kernel *k, const char *name)
{
    struct alarms *a = &k->alarms;
    poe_session *s = k->frame->session;

    for (uint32_t index = s->alarms, next; index; index = next) {
        next = a->of[index].next;
        if (!same_name(a->of[index].name, name))
            continue;
        poe_payload payload = a->of[index].payload;
        alarm_take(k, index);
        TRACE(k, POE_TRACE_TIMERS, "clear '%s' of %s", name, NAME(s));
        poe_session_unkeep(s, POE_KEEP_ALARM);
        poe__drop(k, payload);
    }
}

/* Merges two lists of timers, each in due order, into one. */
static uint32_t
alarm_merge(struct alarms *a, uint32_t x, uint32_t y)
{
    uint32_t first = 0, last = 0;

    while (x || y) {
        uint32_t *from = !y || (x && alarm_before(&a->heap[a->where[x]], &a->heap[a->where[y]]))
                             ? &x : &y;
        uint32_t index = *from;
        *from = a->of[index].next;
        a->of[index].prev = last;
        if (last)
            a->of[last].next = index;
        else
            first = index;
        last = index;
    }
    if (last)
        a->of[last].next = 0;
    return first;
}

/* A merge sort that needs no memory: runs[i] is a sorted list of 2^i timers, or none. */
void
poe_alarm_sort(poe_kernel *k)
{
    struct alarms *a = &k->alarms;
    poe_session *s = k->frame->session;
    uint32_t runs[32] = { 0 }, sorted = 0;

    for (uint32_t index = s->alarms, next; index; index = next) {
        next = a->of[index].next;
        a->of[index].next = 0;
        int i = 0;
        for (; runs[i]; runs[i++] = 0)
            index = alarm_merge(a, runs[i], index);
        runs[i] = index;
    }
    for (int i = 0; i < 32; i++)
        sorted = alarm_merge(a, runs[i], sorted);
    s->alarms = sorted;
}

int
poe_alarm_shift(poe_kernel *k, struct poe_alarm *alarm)
{
    poe_session *s = k->frame->session;

    if (!s->alarms)
        return UV_ENOENT;
    alarm_tell(&k->alarms, s->alarms, alarm);
    alarm_take(k, s->alarms);
    poe_session_unkeep(s, POE_KEEP_ALARM);
    return 0;
}

int
poe_alarm_each(poe_session *s, uint32_t *cursor, struct poe_alarm *alarm)
{
    const struct alarms *a = &s->kernel->alarms;
    uint32_t index = *cursor ? a->of[*cursor].next : s->alarms;

    if (!index)
        return UV_ENOENT;
    alarm_tell(a, index, alarm);
    *cursor = index;
    return 0;
}

/* Takes the root and makes an event of it; it still keeps the session (POE_KEEP_ALARM). */
void
poe__alarm_fire(poe_kernel *k, poe_event *ev)
{
    uint32_t index = k->alarms.heap[0].index;
    struct poe_alarm what;

    alarm_tell(&k->alarms, index, &what);
    *ev = (poe_event){ .to = what.session, .from = what.session, .name = what.name,
                       .with.state = what.state, .stamp_ns = k->alarms.heap[0].due_ns,
                       .payload = what.payload,
                       .type = k->alarms.of[index].wake ? POE_EVENT_WAKE : POE_EVENT_ALARM };
    IF_TRACED(k, POE_TRACE_TIMERS) {
        k->fired = alarm_id(&k->alarms, index);
        TRACE(k, POE_TRACE_TIMERS, "fire '%s' of %s, %.6f s late", ev->name, NAME(ev->to),
              (double)(k->slice_now - ev->stamp_ns) / 1e9);
    }
    alarm_take(k, index);
    if (k->alarms.count > HEAP_NEAR) /* those that can come after the next, while this one is handled */
        for (int i = 1; i <= 4; i++)
            __builtin_prefetch(&k->alarms.of[k->alarms.heap[i].index]);
}

int
poe_wake(poe_session *to, double seconds, poe_payload payload, poe_alarm_id *id)
{
    poe_kernel *k = to->kernel;
    struct poe_alarm what = { NULL, "wake", NULL, payload, 0, 0 };
    int64_t due_ns = due_in(k, seconds, &what.walltime);
    uint32_t index;
    int rc = alarm_insert(to, due_ns, &what, &index);

    if (rc < 0)
        return rc;
    k->alarms.of[index].wake = 1;
    *id = alarm_id(&k->alarms, index);
    return 0;
}

int
poe_wake_cancel(poe_kernel *k, poe_alarm_id id, poe_payload *payload)
{
    uint32_t index;

    if (!alarm_is(&k->alarms, id, &index) || !k->alarms.of[index].wake)
        return UV_ESRCH;
    *payload = k->alarms.of[index].payload;
    alarm_take(k, index);
    return 0;
}

/* All timers of a session that ends. */
void
poe__alarm_forget(poe_session *s)
{
    poe_kernel *k = s->kernel;

    while (s->alarms) {
        poe_payload payload = k->alarms.of[s->alarms].payload;
        alarm_take(k, s->alarms);
        poe_session_unkeep(s, POE_KEEP_ALARM);
        poe__drop(k, payload);
    }
}

void
poe__alarms_release(poe_kernel *k)
{
    struct alarms *a = &k->alarms;

    poe__mem_free(&k->mem, a->heap, a->room * sizeof *a->heap);
    poe__mem_free(&k->mem, a->of, ((size_t)a->room + 1) * sizeof *a->of);
    poe__mem_free(&k->mem, a->where, ((size_t)a->room + 1) * sizeof *a->where);
    *a = (struct alarms){ 0 };
}
