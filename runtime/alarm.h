/*
 * alarm.h - pending timers: a 4-ary heap by due time
 */
#ifndef POE_ALARM_H
#define POE_ALARM_H

#include "mem.h"
#include "poe.h"

/* What the heap orders: small, so that four children share a cache line. */
struct alarm_key {
    int64_t due_ns;   /* kernel clock, rounded up: never early */
    uint32_t seq;     /* equal due times fire in the order they were set; wraps */
    uint32_t index;   /* into `alarms.of` */
};

/* One timer; its index + 1 is the low half of its id.  Index 0 is never used: 0 ends a list. */
struct alarm {
    poe_session *session; /* receiver; POE_KEEP_ALARM keeps it.  NULL: free */
    const char *name, *state;
    poe_payload payload;  /* ours until it fires or is removed */
    double walltime;      /* as it was asked for */
    uint64_t posted;      /* the queue's tail when it was set: posts before it go first at equal times */
    uint32_t uses : 30;   /* of this index, the high half of the id */
    uint32_t by_delay : 1;
    uint32_t wake : 1;    /* a suspended handler's: not one of the session's timers */
    uint32_t prev, next;  /* timers of the session; next also links the free ones */
};

/* heap[0] is due first.  The kernel arms one uv_timer_t for it before it sleeps. */
struct alarms {
    struct alarm_key *heap;
    struct alarm *of;
    uint32_t *where;      /* the places in the heap, by index: apart, for a key that moves changes its timer's */
    uint32_t count, room; /* of the heap; `of` and `where` have room + 1 */
    uint32_t used;        /* indices ever handed out */
    uint32_t free;        /* first free index */
    uint32_t seq;         /* of the next timer */
    int64_t armed_ns;     /* what the uv_timer_t waits for */
};

void poe__alarms_release(poe_kernel *k);
void poe__alarm_forget(poe_session *s);
void poe__alarm_fire(poe_kernel *k, poe_event *ev);

/* The heap's own order. */
static inline int
alarm_before(const struct alarm_key *a, const struct alarm_key *b)
{
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && (int32_t)(a->seq - b->seq) < 0);
}

#endif
