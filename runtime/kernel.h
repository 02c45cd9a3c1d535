/*
 * kernel.h - struct poe_kernel and what the files of runtime/ share
 */
#ifndef POE_KERNEL_H
#define POE_KERNEL_H

#include <uv.h>

#include "alarm.h"
#include "alias.h"
#include "handle.h"
#include "list.h"
#include "mem.h"
#include "poe.h"
#include "port.h"
#include "queue.h"
#include "session.h"
#include "signal.h"
#include "trace.h"

/* The torture build makes each of these as small as it can be. */
#ifdef POE_TORTURE
#define POE_RING_SMALLEST 2
#define POE_DRAIN_BUDGET 1
#define POE_WATCH_BUDGET 1
#else
#define POE_RING_SMALLEST 64
#define POE_DRAIN_BUDGET 1024   /* events between two polls */
#define POE_WATCH_BUDGET 128    /* ... while a handle is watched: what is ready waits some 20 us */
#endif
#define POE_STRICT_SLICES 1024  /* slices in a row that poll each before a busy kernel polls less */
#define CLOCK_SLACK_NS 20000    /* what poe__clock_recent may lag behind */
#define WAKE_NS 25000           /* a sleeper is woken that late, and later: Linux has a timer slack of twice that */
#define FINE_NS 250000          /* ... and nearly never so late */
#define CLOSE_NS 100000         /* timers that follow each other in less come together */
#define POE_PAST_LIMIT 1000     /* timers set in the past that one slice takes in (R33, R34) */

/* Where the compiler puts what an event takes: the usual way in one piece. */
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* poe_kernel.attends: what keeps events from simply following one another, a bit each. */
enum {
    ATTEND_ERRANDS = 1, /* there may be some: see has_errands; whoever adds one sets it */
    ATTEND_TRACE = 2,   /* `trace` is not 0 */
    ATTEND_RAISED = 4,  /* exception_count is not */
    ATTEND_ALARMS = 8,  /* alarms.count is not */
    ATTEND_WAKE = 16,   /* the pump will not come round by itself: with work, somebody is to start `idle` */
    ATTEND_SLICE = 32   /* one slice may not follow the other without a way through the pump */
};

struct poe_kernel {
    struct mem mem;
    struct poe_host host;      /* copied at birth, never changes */
    uv_loop_t *loop;
    uv_loop_t *own_loop;       /* == loop when it is ours to close */

    uv_prepare_t pump;         /* runs slices before each poll; unref'd */
    uv_idle_t idle;            /* active while there is work, so that the poll does not sleep */
    uv_timer_t timer;          /* armed for the first of `alarms` before a sleep */
    unsigned open;             /* uv handles of ours, not closed yet */

    struct queue queue;        /* events waiting their turn */
    uint64_t gone;             /* of those, POE_EVENT_GONE */
    struct alarms alarms;      /* events waiting their time */
    struct sessions sessions;  /* by id */
    struct aliases aliases;
    struct signals signals;
    struct handles handles;    /* by descriptor */

    struct list ports;         /* open ones */
    struct list reap;          /* sessions with nothing left to wait for, by time of marking */
    struct list fresh;         /* sessions whose first slice is not over (R9) */
    struct list dead;          /* stopped sessions something may still point at */
    size_t fresh_count;

    struct poe_frame outside;  /* the frame when no handler runs: session is the kernel */
    struct poe_frame *frame;   /* whose handler is on the C stack now; never NULL */
    unsigned depth;            /* dispatches on the C stack */
    unsigned trace;            /* enum poe_trace bits, TRACE_FACTS */
    void (*watch)(void *ud, const struct poe_fact *fact); /* see poe_kernel_watch */
    void *watch_ud;
    uint64_t fired;            /* ID of the timer that has come due last; while watched */

    const int *until;          /* the run ends when it is not 0; may be NULL */
    poe_payload *exceptions;   /* records nobody handled, for run to raise */
    uint32_t exception_count, exception_room;

    /* The slice: what was due when it began. */
    uint64_t slice;            /* number of the present one */
    uint32_t slice_seq;        /* timers from here on were set in this slice */
    uint32_t past_set;         /* of those, set in the past */
    uint64_t slice_end;        /* posts at this position and later wait for the next */
    uint64_t mark;             /* counts events; orders the reap list (R63) */
    int64_t slice_now;
    int budget;                /* events left until the next poll */
    uint32_t busy_slices;      /* in a row without a sleep */
    unsigned attends;          /* ATTEND_... */

    int64_t now;               /* the clock when last read; nanoseconds, whole microseconds */
    uint64_t ticks;            /* the processor's counter then */
    int64_t wall_offset;       /* walltime - now */
    uint64_t timed_ns;         /* TRACE_TIME: until when handlers' time has been counted */

    unsigned in_slice : 1;     /* a slice has begun and is not finished */
    unsigned pumping : 1;
    unsigned running : 1;      /* inside poe_kernel_run */
    unsigned finalized : 1;    /* run has ended and no session was made since (R27, R203) */
    unsigned hold_pump : 1;    /* poe_kernel_slice waits: the pump must not run slices */
    unsigned slicing : 1;      /* inside poe_kernel_slice */
    unsigned unpolled : 1;     /* a handle is watched that the last poll did not know */
    unsigned closing : 1;      /* poe_kernel_free has begun */
    unsigned unkempt : 1;      /* the last session has gone: one more slice (R231) */
};

/* -- kernel.c -- */
int poe__dispatch(poe_kernel *k, const poe_event *ev, poe_payload *out);
void poe__wake(poe_kernel *k);
void poe__exception(poe_kernel *k, poe_payload record, uint32_t at);
void poe__raise_die(poe_session *s, poe_payload record);
int64_t poe__clock(poe_kernel *k);
int64_t poe__clock_recent(poe_kernel *k);
void poe__opened(poe_kernel *k);
void poe__closed(poe_kernel *k);
void poe__sweep(poe_kernel *k, int fresh);
void poe__drop(poe_kernel *k, poe_payload payload);
int poe__has_work(poe_kernel *k);
uint32_t poe__queued(const poe_session *s);

static inline void
attend(poe_kernel *k, unsigned what, int on)
{
    k->attends = on ? k->attends | what : k->attends & ~what;
}

static inline int
kernel_is(const poe_session *s)
{
    return s->id == 1;
}

#endif
