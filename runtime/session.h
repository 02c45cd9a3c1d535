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
    SESSION_LIMITED = 16, /* more->limit is not 0 */
    SESSION_AWAITED = 32, /* the host wants to hear of room */
    SESSION_KERNEL = 64,
    SESSION_TOLD = 128,   /* that its parent ends: see children_tell */
    SESSION_OVERFLOW = 256 /* times enum poe_overflow */
};

/* What few sessions need; made on first use, see poe__session_more. */
struct more {
    poe_session *first;        /* children in the order they came; first->prev is the last */
    struct hold *holds;
    struct alias *aliases;
    struct watch *watches;     /* signals */
    struct owned *owned;       /* watched handles and wheels' streams */
    uint32_t keeps[POE_KEEP_KINDS]; /* but for those below */
    uint32_t limit;            /* queued events it accepts, 0: any number */
    uint32_t refused, dropped; /* posts */
    uint64_t time_ns;          /* spent in its handlers while that is measured */
};

/*
 * Kept while any of events_to, events_from and others is not zero; on kernel->reap when they have
 * been zero since it was marked.  Freed only outside all handlers, never under its own.  There may be
 * a million: 64 bytes that each event or timer looks at, then as many more.
 */
struct poe_session {
    poe_kernel *kernel;
    void *ud;                  /* the host's */
    uint32_t flags;
    uint32_t events_to;        /* queued or being handled */
    uint32_t events_from;      /* the same, to others */
    uint32_t others;           /* the sum of all that keeps it, see keep_count */
    uint32_t keep_alarms;      /* of `others` */
    uint32_t peak;             /* queued at most, as seen when events' turns came */
    uint64_t handled;
    uint64_t id;
    uint32_t pins;             /* suspended handlers that name it */
    uint32_t alarms;           /* its first timer, an index into kernel->alarms */

    uint32_t keep_postbacks, keep_suspended; /* of `others` too */
    uint32_t born;             /* FRESH: the place in the queue its grace holds (R9), low bits */
    uint32_t mark;             /* when it was marked; birth slice while FRESH; low bits */
    struct more *more;         /* NULL: it has needed none of that */
    poe_session *parent;
    poe_session *prev, *next;  /* siblings */
    struct list reaping;       /* in reap, fresh or dead */
};

/* Every live session by id, once one is looked up: open addressing, empty slots NULL. */
struct sessions {
    poe_session **slots; /* NULL: there is none yet */
    uint64_t mask;
    unsigned shift;    /* 64 - the logarithm of the capacity */
    size_t count;      /* the kernel included */
    uint64_t last_id;
    poe_session *kernel;
    int64_t extrefs;   /* tags with a count that is not zero, postbacks and the like, in all (R93) */
    int64_t handles;   /* watched, by handle or wheel, in all sessions */
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
struct more *poe__session_more(poe_session *s);
void poe__session_mark(poe_session *s, uint64_t mark);
void poe__session_stop_all(poe_kernel *k);
void poe__session_bury(poe_kernel *k);
void poe__session_bury_last(poe_kernel *k);
uint32_t poe__session_peak(poe_session *s);
void poe__stats_add(struct poe_stats *sum, poe_session *s);

/* NULL: none has been counted yet. */
static inline uint32_t *
keep_count(poe_session *s, enum poe_keep why)
{
    switch (why) {
    case POE_KEEP_ALARM: return &s->keep_alarms;
    case POE_KEEP_POSTBACK: return &s->keep_postbacks;
    case POE_KEEP_SUSPENDED: return &s->keep_suspended;
    default: return s->more ? &s->more->keeps[why] : NULL;
    }
}

static inline int
session_kept(const poe_session *s)
{
    return (s->events_to | s->events_from | s->others) != 0;
}

#endif
