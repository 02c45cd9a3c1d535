/*
 * session.h - sessions: ids, the family tree, the reasons each one is kept
 */
#ifndef POE_SESSION_H
#define POE_SESSION_H

#include "list.h"
#include "mem.h"
#include "poe.h"

/* A named claim; in session->holds until its count is zero again. */
struct hold {
    struct hold *next;
    int64_t count; /* may be negative (R201) */
    char tag[];
};

/* Flags. */
enum {
    SESSION_STARTED = 1,  /* _start has run */
    SESSION_STOPPING = 2, /* _stop has begun: no second time */
    SESSION_STOPPED = 4,  /* freed as soon as nothing points at it */
    SESSION_FRESH = 8,    /* on kernel->fresh */
    SESSION_LIMITED = 16, /* `limit` is not 0 */
    SESSION_AWAITED = 32, /* the host wants to hear of room */
    SESSION_KERNEL = 64,
    SESSION_OVERFLOW = 256 /* times enum poe_overflow */
};

/*
 * Kept while any of events_to, events_from and others is not zero; on kernel->reap when they have
 * been zero since it was marked.  Freed only outside all handlers, never under its own.
 */
struct poe_session {
    poe_kernel *kernel;
    struct block *block;       /* it is cut from */
    uint64_t id;
    void *ud;                  /* the host's */
    uint32_t events_to;        /* queued or being handled */
    uint32_t events_from;      /* the same, to others */
    uint32_t others;           /* the sum of `keeps` */
    uint32_t keeps[POE_KEEP_KINDS];
    uint32_t limit;            /* queued events it accepts, 0: any number */
    uint32_t alarms;           /* its first timer, an index into kernel->alarms */
    uint32_t flags;
    uint32_t round;            /* see children_tell */
    uint32_t pins;             /* suspended handlers that name it */
    uint32_t born;             /* FRESH: the place in the queue its grace holds (R9), low bits */
    uint32_t peak;             /* queued at most, as seen when events' turns came */
    uint32_t refused, dropped; /* posts */
    uint64_t handled;
    uint64_t time_ns;          /* spent in its handlers while that is measured */

    poe_session *parent;
    poe_session *first, *last; /* children in the order they came */
    poe_session *prev, *next;  /* siblings */

    struct list reaping;       /* in reap, fresh or dead */
    uint64_t mark;             /* when it was marked; birth slice while FRESH */

    struct hold *holds;
    struct alias *aliases;
    struct watch *watches;     /* signals */
    struct owned *owned;       /* watched handles and wheels' streams */
};

/* Sessions are cut from blocks; a block all of whose sessions are free goes back. */
#define BLOCK_SESSIONS 62
struct block {
    struct list all;           /* in sessions->blocks while it has a free session, else alone */
    poe_session *free;         /* linked by `next` */
    uint32_t used;
    poe_session of[BLOCK_SESSIONS];
};

/* Every live session by id: open addressing, empty slots NULL. */
struct sessions {
    struct list blocks;        /* those with room, the one to take from first */
    poe_session **slots;
    uint64_t mask;
    unsigned shift;    /* 64 - the logarithm of the capacity */
    size_t count;      /* the kernel included */
    uint64_t last_id;
    poe_session *kernel;
    int64_t extrefs;   /* tags with a count that is not zero, postbacks and the like, in all (R93) */
    int64_t handles;   /* watched, by handle or wheel, in all sessions */
    uint32_t rounds;   /* of telling about children, see children_tell */
    struct poe_stats buried; /* counts of those that are gone */
};

/* A subtree as a list; see poe__family_list. */
struct member {
    poe_session *session;
    uint32_t depth;
};
struct family {
    struct member *of;
    size_t count, room;
    size_t begin, end; /* the level being told */
    size_t at;         /* next of it */
};

int poe__family_list(poe_session *root, int upwards, struct family *f);
poe_session *poe__family_next(struct family *f);
void poe__family_rewind(struct family *f);
void poe__family_free(poe_kernel *k, struct family *f);

int poe__sessions_init(poe_kernel *k);
void poe__sessions_release(poe_kernel *k);
void poe__session_mark(poe_session *s, uint64_t mark);
void poe__session_stop_all(poe_kernel *k);
void poe__session_bury(poe_kernel *k);
uint32_t poe__session_peak(poe_session *s);
void poe__stats_add(struct poe_stats *sum, poe_session *s);

static inline int
session_kept(const poe_session *s)
{
    return (s->events_to | s->events_from | s->others) != 0;
}

#endif
