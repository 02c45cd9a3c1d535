/*
 * alarm.c - pending timers: which is due first, ids, the times scripts see
 *
 * What is due when is due.c's.  A timer that is removed or moved leaves its key there: it tells by time
 * and sequence that it is no longer its own.  An id is an index and how often it was used: a stale one
 * finds nothing, not a stranger.
 */
#include "alarm.h"

#include <string.h>

#include "kernel.h"

/* Beyond these the clock does not reach: about 146 years. */
#define TIME_MAX_NS (INT64_MAX / 2)

#define USES_MASK 0x3fffffffu
#define MANY 2048 /* timers that are no longer all in the cache */

/* -- which is first ------------------------------------------------------------------------ */

static int
key_is_live(const void *of, const struct due_key *key)
{
    return alarm_is_live(of, key);
}

/* Makes room for one more key; returns whether there is.  Many that mean nothing give theirs. */
static int
keys_grow(struct alarms *a, struct mem *m)
{
    struct due *d = &a->due;

    if (d->end - a->count <= d->room / 2 && poe__due_grow(d, m))
        return 1;
    poe__due_sweep(d, key_is_live, a->of);
    return d->end < d->room;
}

/* Gives the timer its time; there is room for the key. */
static void
due_at(struct alarms *a, uint32_t index, int64_t due_ns)
{
    a->of[index].due_ns = due_ns;
    a->of[index].seq = a->seq;
    poe__due_add(&a->due, (struct due_key){ due_ns, a->seq++, index });
}

/* There are timers: passes by the keys of those that are gone. */
const struct alarm *
poe__alarm_look(struct alarms *a)
{
    struct due *d = &a->due;

    for (;;) {
        for (; d->begin < d->front; d->begin++)
            if (alarm_is_live(a->of, &d->keys[d->begin]))
                return &a->of[d->keys[d->begin].index];
        if (!poe__due_refill(d))
            return NULL;
        if (a->count > MANY) /* those that come next are asked for all at once */
            for (uint32_t at = d->begin; at < d->front; at++) {
                __builtin_prefetch(&a->of[d->keys[at].index]);
                __builtin_prefetch(&a->of[d->keys[at].index].seq);
                __builtin_prefetch(&a->links[d->keys[at].index]);
            }
    }
}

/* -- setting and removing ------------------------------------------------------------------ */

/* One of the arrays with another number of elements.  Fewer always fit. */
static void *
array_resize(struct mem *m, void *array, size_t each, uint32_t from, uint32_t to)
{
    return poe__mem_resize(m, array, from * each, to * each);
}

static int
alarms_grow(struct alarms *a, struct mem *m)
{
    uint32_t room = a->room ? a->room * 2 : ALARMS_LEAST < 16 ? ALARMS_LEAST : 16, had = a->room ? a->room + 1 : 0;
    void *array;

    if (room <= a->room || room >= UINT32_MAX - 1)
        return UV_ENOMEM;
    if (!(array = array_resize(m, a->of, sizeof *a->of, had, room + 1)))
        return UV_ENOMEM;
    a->of = array;
    if (!(array = array_resize(m, a->links, sizeof *a->links, had, room + 1)))
        goto fail_links;
    a->links = array;
    a->room = room;
    a->high = 0; /* as all that are there are in the lower half now */
    return 0;

fail_links: /* give it its old size again, so that the books are right */
    a->of = array_resize(m, a->of, sizeof *a->of, room + 1, had);
    return UV_ENOMEM;
}

static inline unsigned
is_high(const struct alarms *a, uint32_t index)
{
    return index > a->room / 2;
}

static inline uint32_t *
free_list(struct alarms *a, uint32_t index)
{
    return is_high(a, index) ? &a->high_free : &a->free;
}

/* Forgets the upper half, in which nothing is pending: what was the lower is two halves now. */
static void
alarms_halve(struct alarms *a)
{
    uint32_t index = a->free;

    a->room /= 2;
    if (a->used > a->room)
        a->used = a->room;
    a->high = a->used > a->room / 2 ? a->used - a->room / 2 : 0;
    a->free = a->high_free = 0;
    for (uint32_t next; index; index = next) {
        uint32_t *list = free_list(a, index);
        next = a->links[index].next;
        a->links[index].next = *list;
        *list = index;
        a->high -= is_high(a, index);
    }
}

/* Gives back the memory of a burst that is over, as far as no timer is left in it. */
void
poe__alarms_shrink(poe_kernel *k)
{
    struct alarms *a = &k->alarms;
    uint32_t had = a->room, keys = a->due.room;

    while (keys > ALARMS_LEAST && a->count <= keys / 8)
        keys /= 2;
    int halve = a->room > ALARMS_LEAST && a->high == 0 && a->count <= a->room / 8;
    if (!halve && keys == a->due.room)
        return;
    poe__due_sweep(&a->due, key_is_live, a->of); /* no key is left that knows an index of the upper half */
    if (keys < a->due.room)
        poe__due_shrink(&a->due, &k->mem, keys);
    if (!halve)
        return;
    while (a->room > ALARMS_LEAST && a->high == 0 && a->count <= a->room / 8)
        alarms_halve(a);
    a->of = array_resize(&k->mem, a->of, sizeof *a->of, had + 1, a->room + 1);
    a->links = array_resize(&k->mem, a->links, sizeof *a->links, had + 1, a->room + 1);
}

static poe_alarm_id
alarm_id(const struct alarms *a, uint32_t index)
{
    return (uint64_t)a->of[index].uses << 32 | index;
}

/* A new timer of `s`.  `due_ns` is on the kernel clock. */
static int
alarm_insert(poe_session *s, int64_t due_ns, const struct poe_alarm *what, uint32_t *at)
{
    poe_kernel *k = s->kernel;
    struct alarms *a = &k->alarms;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if ((!a->free && !a->high_free && a->used == a->room && alarms_grow(a, &k->mem) < 0)
        || (a->due.end == a->due.room && !keys_grow(a, &k->mem)))
        return UV_ENOMEM;

    uint32_t index = a->free ? a->free : a->high_free;
    if (index)
        *free_list(a, index) = a->links[index].next;
    else {
        index = ++a->used;
        a->of[index].uses = a->seq & USES_MASK; /* larger than any it had before memory was given back */
    }
    a->high += is_high(a, index);
    struct alarm *alarm = &a->of[index];
    alarm->session = s;
    alarm->name = what->name;
    alarm->state = what->state;
    alarm->payload = what->payload;
    alarm->walltime = what->walltime;
    alarm->by_delay = what->by_delay != 0;
    alarm->wake = 0;
    alarm->posted = k->queue.tail;
    a->count++;
    k->attends |= ATTEND_ALARMS;
    due_at(a, index, due_ns);
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
    a->links[index] = (struct alarm_link){ 0, s->alarms };
    if (s->alarms)
        a->links[s->alarms].prev = index;
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

/* Takes the timer out of everything but the keys; the payload is the caller's. */
static void
alarm_take(poe_kernel *k, uint32_t index)
{
    struct alarms *a = &k->alarms;
    struct alarm *alarm = &a->of[index];
    struct alarm_link *link = &a->links[index];

    if (!alarm->wake) {
        if (link->prev)
            a->links[link->prev].next = link->next;
        else
            alarm->session->alarms = link->next;
        if (link->next)
            a->links[link->next].prev = link->prev;
    }
    alarm->session = NULL;
    alarm->uses++;
    uint32_t *list = free_list(a, index);
    link->next = *list;
    *list = index;
    a->high -= is_high(a, index);
    if (--a->count == 0) {
        k->attends &= ~(unsigned)ATTEND_ALARMS;
        poe__due_clear(&a->due);
    }
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
due_on(poe_kernel *k, double walltime)
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

    return alarm_new(k, due_on(k, walltime), &what, id);
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

    a->of[index].walltime = walltime;
    if (a->of[index].due_ns == due_ns)
        return;
    a->of[index].posted = k->queue.tail;
    a->of[index].due_ns = due_ns; /* its old key is nobody's now: there will be room, without memory too */
    if (a->due.end == a->due.room)
        (void)keys_grow(a, &k->mem);
    due_at(a, index, due_ns);
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
    alarm_move(k, index, seconds == 0 ? k->alarms.of[index].due_ns : due_on(k, *walltime), *walltime);
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
        next = a->links[index].next;
        if (!same_name(a->of[index].name, name))
            continue;
        poe_payload payload = a->of[index].payload;
        alarm_take(k, index);
        TRACE(k, POE_TRACE_TIMERS, "clear '%s' of %s", name, NAME(s));
        poe_session_unkeep(s, POE_KEEP_ALARM);
        poe__drop(k, payload);
    }
}

static int
is_before(const struct alarm *x, const struct alarm *y)
{
    return x->due_ns < y->due_ns || (x->due_ns == y->due_ns && (int32_t)(x->seq - y->seq) < 0);
}

/* Merges two lists of timers, each in due order, into one. */
static uint32_t
alarm_merge(struct alarms *a, uint32_t x, uint32_t y)
{
    uint32_t first = 0, last = 0;

    while (x || y) {
        uint32_t *from = !y || (x && is_before(&a->of[x], &a->of[y])) ? &x : &y;
        uint32_t index = *from;
        *from = a->links[index].next;
        a->links[index].prev = last;
        if (last)
            a->links[last].next = index;
        else
            first = index;
        last = index;
    }
    if (last)
        a->links[last].next = 0;
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
        next = a->links[index].next;
        a->links[index].next = 0;
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
    uint32_t index = *cursor ? a->links[*cursor].next : s->alarms;

    if (!index)
        return UV_ENOENT;
    alarm_tell(a, index, alarm);
    *cursor = index;
    return 0;
}

/* Takes the first and makes an event of it; it still keeps the session (POE_KEEP_ALARM). */
void
poe__alarm_fire(poe_kernel *k, poe_event *ev)
{
    struct alarms *a = &k->alarms;
    const struct alarm *alarm = alarms_first(a);
    uint32_t index = (uint32_t)(alarm - a->of);

    *ev = (poe_event){ .to = alarm->session, .from = alarm->session, .name = alarm->name,
                       .with.state = alarm->state, .stamp_ns = alarm->due_ns, .payload = alarm->payload,
                       .type = alarm->wake ? POE_EVENT_WAKE : POE_EVENT_ALARM };
    IF_TRACED(k, POE_TRACE_TIMERS) {
        k->fired = alarm_id(a, index);
        TRACE(k, POE_TRACE_TIMERS, "fire '%s' of %s, %.6f s late", ev->name, NAME(ev->to),
              (double)(k->slice_now - ev->stamp_ns) / 1e9);
    }
    a->due.begin++;
    alarm_take(k, index);
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

    poe__due_release(&a->due, &k->mem);
    poe__mem_free(&k->mem, a->of, ((size_t)a->room + 1) * sizeof *a->of);
    poe__mem_free(&k->mem, a->links, ((size_t)a->room + 1) * sizeof *a->links);
    *a = (struct alarms){ 0 };
}
