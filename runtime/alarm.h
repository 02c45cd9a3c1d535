/*
 * alarm.h - pending timers, and which of them is due first
 */
#ifndef POE_ALARM_H
#define POE_ALARM_H

#include "due.h"
#include "mem.h"
#include "poe.h"

/* One timer; its index is the low half of its id.  Index 0 is never used: 0 ends a list. */
struct alarm {
    poe_session *session; /* receiver; POE_KEEP_ALARM keeps it.  NULL: free */
    const char *name, *state;
    poe_payload payload;  /* ours until it fires or is removed */
    double walltime;      /* as it was asked for */
    int64_t due_ns;       /* kernel clock, rounded up: never early */
    uint64_t posted;      /* the queue's tail when it was set: posts before it go first at equal times */
    uint32_t seq;         /* equal due times fire in the order they were set; wraps */
    uint32_t uses : 30;   /* the high half of the id */
    uint32_t by_delay : 1;
    uint32_t wake : 1;    /* a suspended handler's: not one of the session's timers */
};

/* Apart, for who leaves a list changes those of two others. */
struct alarm_link {
    uint32_t prev, next;  /* timers of the session; next also links the free ones */
};

/* `due` has a key for each timer, and for some that are gone or have another time now: the timer knows.  The
 * kernel arms one uv_timer_t for the first before it sleeps. */
struct alarms {
    struct due due;
    struct alarm *of;
    struct alarm_link *links;
    uint32_t count;       /* pending */
    uint32_t room;        /* indices there is memory for; `of` and `links` have one more */
    uint32_t used;        /* indices handed out */
    uint32_t free;        /* first free index of the lower half of the room, which is used first */
    uint32_t high_free;   /* ... and of the upper half, which goes back when it is no longer needed */
    uint32_t high;        /* pending in the upper half */
    uint32_t seq;         /* of the next timer */
    int64_t armed_ns;     /* what the uv_timer_t waits for; INT64_MIN: it has come */
    int64_t waited_ns;    /* what it has been armed for last */
};

#ifdef POE_TORTURE
#define ALARMS_LEAST 2
#else
#define ALARMS_LEAST 256 /* the memory of so many is kept */
#endif

void poe__alarms_release(poe_kernel *k);
void poe__alarms_shrink(poe_kernel *k);
void poe__alarm_forget(poe_session *s);
const struct alarm *poe__alarm_look(struct alarms *a);
void poe__alarm_fire(poe_kernel *k, poe_event *ev);

static inline int
alarm_is_live(const struct alarm *of, const struct due_key *key)
{
    const struct alarm *alarm = &of[key->index];

    return alarm->session && alarm->seq == key->seq && alarm->due_ns == key->due_ns;
}

/* The timer that is due first; NULL: none. */
static inline const struct alarm *
alarms_first(struct alarms *a)
{
    if (a->count == 0)
        return NULL;
    if (a->due.begin < a->due.front && alarm_is_live(a->of, &a->due.keys[a->due.begin]))
        return &a->of[a->due.keys[a->due.begin].index];
    return poe__alarm_look(a);
}

#endif
