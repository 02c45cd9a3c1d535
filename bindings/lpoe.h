/*
 * lpoe.h - what the files of bindings/ share: the context, checkers, pushers
 *
 * A binding checks, calls, pushes, in that order, and raises only when the runtime function it
 * called has returned.  C functions find their context in upvalue 1.
 */
#ifndef LPOE_H
#define LPOE_H

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <stdatomic.h>

#include "poe.h"
#include "poelib.h"

/* Where things stand in the anchors table, S. */
enum anchor {
    ANCHOR_FATAL = 1,   /* record of the exception that ended the last run */
    ANCHOR_SPENT,       /* the error of a handler that has spent its budget */
    ANCHOR_OOM,         /* record used when there is no memory for one */
    ANCHOR_DIE, ANCHOR_TRACE, /* "DIE"; an error and its traceback, of a function with_timeout ran */
    ANCHOR_START, ANCHOR_STOP, ANCHOR_CHILD, ANCHOR_PARENT, ANCHOR_DEFAULT, /* event names */
    ANCHOR_WARNED,      /* state table -> event -> true: unknown events reported (weak keys) */
    ANCHOR_CHECKED,     /* state tables whose handlers have been checked (weak keys) */
    ANCHOR_SESSION_MT, ANCHOR_MODULE,
    ANCHOR_MACHINES,    /* NFA -> { state = name } */
    ANCHOR_METHODS, ANCHOR_OPTION, /* Lua's part of create */
    ANCHOR_MESSAGE, ANCHOR_CHUNK, ANCHOR_EXCEPTIONS, ANCHOR_RAISED, /* functions of state.c */
    ANCHOR_SOCKET_MT, ANCHOR_STREAM_MT, ANCHOR_LATER_MT, ANCHOR_FILE_MT,
    ANCHOR_TTY_MT, ANCHOR_OUTPUT_MT,
    ANCHOR_HTTP_LINES,  /* status lines; see l_http.c */
    ANCHOR_READY,       /* what is needed to make names ready: see names.c */
    ANCHOR_FRAME_MT = ANCHOR_READY + 7, /* of the guard a self-call leaves on its caller's stack */
    ANCHOR_NO_STATES,   /* false: what is in place of the state table of a session that has stopped */
    ANCHOR_SLOTS        /* and on: sessions and state tables, see anchors.c */
};

/* Where the compiler puts what an event takes: the usual way in one piece. */
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* A session as scripts hold it.  Its user value is the heap; one that nobody asked for yet: a NULL pointer. */
struct lsession {
    uint32_t magic;           /* tells ours from other userdata, copies of it included: lpoe_magic */
    uint32_t slot;            /* where S anchors it; 0: not yet, or no more */
    union { poe_session *session; uint64_t id; } is; /* see lpoe_alive, lpoe_id */
    uint32_t waits;           /* its suspended handlers, a ring: see l_wait.c, lpoe_wait_at */
    uint32_t line;            /* handlers that wait until it has room for what they post, likewise */
    uint32_t states;          /* where S anchors its state table, for as many sessions as have that */
    union {
        uint32_t sender;      /* whose ID its names have as SENDER's; 0: nobody's; see names.c */
        uint32_t stall_ms;    /* without a slot: see lpoe_stall */
    };
    union {                   /* what few have, so that one look at `few` tells who has none of it */
        struct {
            uint8_t asked;    /* bits of the names its handler has asked for */
            uint8_t wants;    /* those that are to be ready for each */
            uint8_t trace : 1;     /* option trace */
            uint8_t awaits : 1;    /* some of its suspended handlers wait for an event */
            uint8_t unwatched : 1; /* the kernel's: the watchdog is to begin with the first handler */
            uint8_t stall : 1;     /* it has a limit of its own: see lpoe_stall */
        };
        uint32_t few;
    };
    uint8_t before, age;      /* what the handler before has asked for; for how many events those have been ready */
    uint8_t debug : 1, unknown : 1; /* the options debug, default */
    uint8_t stopped : 1;      /* `is` is the ID it had */
    uint8_t machine : 1;      /* an NFA */
    uint8_t own_states : 1;   /* its state table is its own, see set_state */
};
_Static_assert(sizeof(struct lsession) <= 40, "there may be a million");

/* NULL when it has stopped, or not begun. */
static inline poe_session *
lpoe_alive(const struct lsession *ls)
{
    return ls->stopped ? NULL : ls->is.session;
}

static inline uint64_t
lpoe_id(const struct lsession *ls)
{
    return ls->stopped ? ls->is.id : ls->is.session ? poe_session_id(ls->is.session) : 0;
}

/* A Lua thread used as a stack of waiting arguments; see mailbox.c. */
struct chunk {
    lua_State *Q;
    uint32_t top;             /* values on it */
    uint64_t live;            /* payloads on it; no pair with `top` for the compiler, which would wait for both */
    uint64_t token;           /* of an event on it, without its place and values */
    const char *state;        /* the caller's event last anchored here, or one that needs no anchor */
    const char *name;         /* an event's, checked and anchored here; NULL: none */
    const void *key;          /* lua_topointer of that; the chunk itself, which nobody has: none */
};

#ifdef POE_TORTURE
#define LPOE_CHUNKS 2
#else
#define LPOE_CHUNKS 32        /* made at once */
#endif
#define LPOE_NAMES 10         /* the dynamic names */
#ifdef POE_TORTURE
#define LPOE_SHARED 2
#else
#define LPOE_SHARED 64
#endif

struct lpoe {
    lua_State *L;             /* the main thread */
    poe_kernel *kernel;
    _Atomic(lua_State *) current; /* running a handler or chunk now; NULL when none */
    _Atomic(lua_State *) looping; /* current when the kernel's loop was called for: nothing runs */
    _Atomic uint32_t beats;   /* how many handlers and chunks the loop has entered */
    struct poe_frame *stage;  /* of the last of these; what it calls has others, above */
    lua_State *closing;       /* its <close> variables run, as it has ended; NULL when none */
    struct lpoe_running *running; /* see watchdog.h */
    struct lpoe_watch *watch; /* NULL: none asked for */
    volatile sig_atomic_t killing; /* it is about to end a handler */
    const char *names[LPOE_NAMES]; /* as the state has them; see names.c */
    const poe_session *known; /* whose names are ready now; NULL: nobody's */
    const lua_State *named;   /* the drain on whose stack lies what makes them ready; NULL: nobody's */
    unsigned near;            /* events in a row for which they were, up to NEAR of names.c */
    const struct poe_frame *drained; /* of the handlers that a drain runs; NULL: none */
    struct drain *drain;      /* of host.c: that which runs the handler or has let it go on; NULL: something else has */
    lua_State *chunk;         /* the innermost poelib_call's coroutine; NULL when none */
    lua_State *aux;           /* for protected calls of our own */
    lua_State *results;       /* what _start and _stop returned, until the parent has heard */

    lua_State **pool;         /* idle handler coroutines */
    uint32_t pool_count, pool_room, pool_made;

    struct chunk **chunks;    /* LPOE_CHUNKS in a block each */
    uint32_t chunk_count, chunk_room;
    struct chunk *fill;       /* the chunk posts go to */
    struct chunk none;        /* that at first: a full one */
    uint32_t *spare;          /* empty chunks */
    uint32_t spare_count;

    struct lwait **waits;     /* records of suspended handlers, each of them in M too */
    uint32_t wait_count, wait_room;
    uint64_t waited;          /* how often a handler has begun to wait */
    struct lwait *wait_spare; /* those without a handler, linked by `next` */

    uint32_t slot_free;       /* M: first free index, 0 none; free ones hold the next as integer */
    uint32_t slot_used;
    struct {                  /* slots that timers and watchers without arguments share, by their event's name ... */
        const char *name, *state; /* ... and their caller's, when it needs an anchor; NULL: not */
        uint32_t slot, users; /* without users it is kept, until another name wants the place */
    } shared[LPOE_SHARED];
    uint32_t *slots;          /* of S, from ANCHOR_SLOTS on; see anchors.c; NULL: being moved */
    uint32_t slots_room, slots_used;
    uint32_t slots_free, slots_spare; /* the first free one, 0 none; how many there are */
    uint32_t changes;         /* of where sessions have their states, and of `instructions`: who remembers looks again */

    lua_State *call_co;       /* the results of the last call, on this coroutine's stack */
    int call_results;
    struct lwait *wait;       /* of the running handler, when it was suspended before */
    struct lwait *suspended;  /* the handler on its way out to host.c has been suspended for this */
    struct poe_frame *base;   /* the running handler's own frame; its self-calls are on top */
    unsigned debug : 1;       /* record where events are posted: CALLER_FILE, CALLER_LINE */
    unsigned makes_room : 1;  /* what is dropped now makes room for another event */

    void (*log)(void *ud, enum poelib_level level, const char *line); /* NULL: see lpoe_log */
    void *log_ud;
    char warning[512];        /* as much of a warning as has come in pieces */
    unsigned quiet : 1;       /* nothing is printed where there is no `log` */
    unsigned confining : 1;   /* functions that are set now are such: see lpoe_setfuncs */
    unsigned confined : 1;    /* scripts get nothing of the system from us */
    unsigned spent : 1;       /* `left` has run out in this turn */
    uint64_t instructions;    /* of a turn; 0: any number */
    uint64_t left;            /* of the present turn */

    int ref_anchors, ref_slots, ref_threads; /* S, M and the list of threads */
    struct lsession *kernel_object;
};

static inline uint32_t
lpoe_magic(const struct lsession *ls)
{
    return (uint32_t)(((uint64_t)(uintptr_t)ls * 0x9E3779B97F4A7C15u) >> 32);
}

/* -- state.c -- */
struct lpoe *lpoe_find(lua_State *L);
poe_kernel *lpoe_open(lua_State *L, const struct poe_config *config, int confined);
void lpoe_setfuncs(lua_State *L, struct lpoe *p, const luaL_Reg *funcs);
/* Doubles the room of an array, of at least `least` elements of `size` bytes, by the state's allocator.  Returns where
 * it is then; NULL without memory, and nothing has changed. */
void *lpoe_array_grow(lua_State *L, void *array, size_t size, uint32_t *room, uint32_t least);

static inline struct lpoe *
lpoe_context(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* -- host.c -- */
void lpoe_host_fill(struct lpoe *p, struct poe_host *host);
int lpoe_find_handler(lua_State *co, int states);
int lpoe_callable(lua_State *L, int at);
void lpoe_check_handler(lua_State *L, const char *name, int level);
void lpoe_unknown_report(lua_State *L, struct lpoe *p, const poe_event *ev);
lua_State *lpoe_coroutine(struct lpoe *p);
void lpoe_coroutine_done(struct lpoe *p, lua_State *co);
int lpoe_coroutine_close(struct lpoe *p, lua_State *co);
void lpoe_coroutine_reset(struct lpoe *p, lua_State *co);
int lpoe_coroutine_base(struct lpoe *p, lua_State *co);
int lpoe_resume(struct lpoe *p, lua_State *co, int nargs, int *nresults);
void lpoe_push_exceptions(lua_State *L, struct lpoe *p);
/* The handler on `L`, which a drain runs, is about to yield: whether it need not, what it waits for has come on top. */
int lpoe_handed(lua_State *L, struct lwait *w, poe_payload asked);
#define LPOE_ROOM 56 /* values that find room on a handler coroutine without asking */
#define LPOE_ARGS 28 /* arguments that do, on top of what a drain has there */
#define LPOE_BASE 2 /* S and M at the bottom of each handler coroutine */

/* The object of a session, which is its ud; anchored as long as the session is pointed at. */
static inline struct lsession *
lpoe_lsession(const poe_session *s)
{
    return poe_session_ud(s);
}

/* -- anchors.c -- */
void lpoe_anchor_get(lua_State *L, struct lpoe *p, lua_Integer at);
void lpoe_anchor_set(lua_State *L, struct lpoe *p, lua_Integer at);
void lpoe_anchors_reserve(lua_State *L, struct lpoe *p, int anchors, uint32_t n);
void lpoe_object_anchor(lua_State *L, struct lpoe *p, int anchors, int object);
void lpoe_object_free(struct lpoe *p, struct lsession *ls);
/* Option stall of a session that has one: ms; UINT32_MAX: no limit.  A signal's handler may read it at any time when
 * p->slots is not NULL. */
static inline uint32_t *
lpoe_stall(struct lpoe *p, struct lsession *ls)
{
    return ls->slot ? &p->slots[ls->slot - ANCHOR_SLOTS] : &ls->stall_ms;
}
void lpoe_push_session(lua_State *L, struct lpoe *p, const poe_session *s);
void lpoe_states_hold(lua_State *L, struct lpoe *p, int anchors, uint32_t slot, struct lsession *ls);
void lpoe_states_free(struct lpoe *p, struct lsession *ls);
void lpoe_states_replace(lua_State *L, struct lpoe *p, struct lsession *ls);

/* -- mailbox.c: THE place where arguments wait -- */
struct mail {
    poe_payload payload;
    const char *name;  /* the event, anchored by the payload */
    const char *state; /* the event now handled, anchored too; NULL when none */
};
void lpoe_mail_open(struct lpoe *p);
/* From now on the next post's event is looked at as if it were the first. */
void lpoe_mail_forget(struct lpoe *p);
/* FIFO: takes the event name at `first` and all values above it off the stack. */
void lpoe_mail_post(struct lpoe *p, lua_State *L, int first, const char *name, struct mail *mail);
/* Any order: the same for a timer or watcher. */
void lpoe_mail_keep(struct lpoe *p, lua_State *L, int first, struct mail *mail);
/* The same of an event without arguments, whose name is at `at`, which stays there.  0: it needs a slot of its
 * own. */
int lpoe_mail_share(struct lpoe *p, lua_State *L, int at, const char *name, struct mail *mail);
/* The same for an ask of `w`; `stays`: it will not leave in the order of posts. */
void lpoe_mail_ask(struct lpoe *p, lua_State *L, int first, const struct lwait *w, int stays, struct mail *mail);
/* lpoe_mail_keep, of what has the asker of `payload` from now on. */
void lpoe_mail_keep_ask(struct lpoe *p, lua_State *L, int first, poe_payload payload, struct mail *mail);
/* Whether it may stay for long: a slot, no part of a chunk. */
int lpoe_mail_stays(poe_payload payload);
/* The asker's ticket, of an ask that is not answered; else 0.  `take`: from now on it is. */
lua_Integer lpoe_mail_asker(struct lpoe *p, poe_payload payload, int take);
/* Any order: holds the one value on top. */
void lpoe_mail_hold(struct lpoe *p, lua_State *L, struct mail *mail);
/* Copies the arguments onto `to`, short of the name; returns how many, or -1: no room. */
int lpoe_mail_args(struct lpoe *p, poe_payload payload, lua_State *to);
/* Pushes the handler that the state table at `states` of S has for the event, with some values below it, then the
 * arguments, a record that has come before them; returns how many.  S and M are at `anchors` of `to`.  `io`: a record,
 * which may raise; NULL: none, and nothing raises.  Negative: the state table has no function for it, or the values
 * are too many; what was pushed is undefined then. */
int lpoe_mail_enter(struct lpoe *p, poe_payload payload, lua_Integer states, lua_State *to, int anchors,
                    const struct poe_io *io);
/* Pushes file and line where it was posted, or two nils. */
void lpoe_mail_where(struct lpoe *p, poe_payload payload, lua_State *to);
/* Takes file and line off the stack: where what lpoe_mail_keep keeps was posted. */
void lpoe_mail_set_where(struct lpoe *p, poe_payload payload, lua_State *L);
/* Finds the script's line that has called the C function now running; 0: none. */
int lpoe_where(lua_State *L, lua_Debug *ar);
/* Copies the event name onto `to`. */
void lpoe_mail_name(struct lpoe *p, poe_payload payload, lua_State *to);
void lpoe_mail_drop(struct lpoe *p, poe_payload payload);
/* One value off L's stack, dropped in reverse order. */
poe_payload lpoe_mail_result(struct lpoe *p, lua_State *L);
int lpoe_mail_count(poe_payload payload); /* arguments, the name not counted */
size_t lpoe_mail_bytes(poe_payload payload); /* that it holds in the mailbox, about */
#define LPOE_OOM ((poe_payload)4 << 52)   /* the record made in advance */

/* A self-call on its way, on the C or Lua side of l_kernel.c: where it was made. */
struct lpoe_guard {
    struct poe_frame frame;
    poe_event event;
    struct lpoe *p;
    const char *source; /* of the caller's function, which is on the stack; NULL: not recorded */
    int line;
};

/* -- l_wait.c: handlers that wait -- */

/* A suspended handler. */
struct lwait {
    struct lpoe *p;
    lua_State *co;            /* NULL while it runs, and when it is over */
    poe_event ev;             /* what it handles; the payload is ours */
    struct lwait *prev, *next; /* in lsession.waits, a ring */
    struct lwait *last;       /* of the first there: the last that hears */
    uint64_t since;           /* lpoe.waited as it began to wait */
    struct lsession *ls;
    struct poe_frame *calls, *lowest; /* its self-calls, innermost and outermost; NULL: none */
    uint32_t index;           /* in lpoe.waits, from 1 */
    uint32_t turn;            /* how often it, and those that had the record before, have gone on */
    uint32_t born;            /* the turn when it became this handler's */
    int below;                /* values under its results */
    int brings;               /* values that have come for it, on top of its coroutine: while it is due */
    poe_alarm_id alarm;       /* its wake; 0: none */
    struct lwait *parent;     /* with_timeout: who waits for it */
    struct lwait *child;      /* and for whom that waits */
    const char *event_name;   /* on its stack */
    struct lsession *target;  /* it waits for room there; else NULL */
    struct lwait *ahead, *behind; /* in target->line, a ring */
    struct mail mail;         /* what it posts then */
    unsigned due : 1;         /* a RESUME that lets it go on is queued; nothing else does then */
    unsigned over : 1;        /* it is no handler's any more; free once it is not due */
    unsigned kept : 1;        /* not free then either: poelib_call looks at it */
    unsigned event : 1;       /* it waits for an event of that name */
    unsigned hears : 1;       /* it is among those in the ring */
    unsigned owns : 1;        /* the payload of `ev` is ours */
    unsigned pinned : 1;      /* the sender is, for its sake */
    unsigned chunk : 1;       /* no handler but a chunk of poelib_call */
    unsigned asks : 1;        /* what it posts is an ask */
    unsigned loose : 1;       /* a chunk nobody fetches results from: poelib_ask's */
    unsigned here : 1;        /* it has not yielded: see lpoe_handed */
    unsigned shut : 1;        /* its session has stopped meanwhile: it is closed as it yields */
    int done;                 /* a chunk's: it has ended; -1: abandoned */
};

/* The record with that index; 0: NULL. */
static inline struct lwait *
lpoe_wait_at(const struct lpoe *p, uint32_t index)
{
    return index ? p->waits[index - 1] : NULL;
}

/* Tells a wait and its turn, never 0: an older turn's comes too late, whoever has the record now. */
static inline lua_Integer
lpoe_ticket(const struct lwait *w)
{
    return (lua_Integer)((uint64_t)w->index << 32 | w->turn);
}

/* Who waits with that ticket; NULL: nobody any more. */
static inline struct lwait *
lpoe_waiting(const struct lpoe *p, lua_Integer ticket)
{
    uint64_t index = (uint64_t)ticket >> 32;
    struct lwait *w = index > 0 && index <= p->wait_count ? p->waits[index - 1] : NULL;

    return w && w->co && !w->due && w->turn == (uint32_t)ticket ? w : NULL;
}

int lpoe_suspended(struct lpoe *p, lua_State *co, const poe_event *ev, int below);
/* A RESUME or WAKE in `frame`: whom it lets go on, the coroutine to resume then and with how many values; NULL: it
 * comes too late.  What this sets is for the caller to set again: frame->event, lpoe.base, lpoe.wait. */
struct lwait *lpoe_going(struct lpoe *p, struct poe_frame *frame, const poe_event *event, lua_State **co, int *nargs);
/* It has ended on `co` with that status, or been suspended again: returns what host_dispatch does. */
int lpoe_gone(struct lwait *w, lua_State *co, struct poe_frame *frame, int status, poe_payload *out);
int lpoe_host_resume(struct lpoe *p, const poe_event *event, poe_payload *out);
int lpoe_wait_take(struct lpoe *p, const poe_event *ev, poe_payload *out, int *rc);
void lpoe_waits_close(struct lpoe *p, struct lsession *ls);
/* Whether the running handler shall wait until `to` has room for what it posts. */
int lpoe_room_awaited(lua_State *L, const struct lpoe *p, const poe_session *to);
/* Waits for that, then posts the event name at `event` with all above it: to be returned. */
int lpoe_room_wait(lua_State *L, struct lpoe *p, poe_session *to, int event);
/* What core.token, core.suspend and core.resume do.  The second is to be returned; the last takes `n` values off if
 * there is somebody who waits with that ticket. */
lua_Integer lpoe_wait_ticket(lua_State *L, struct lpoe *p);
int lpoe_wait_suspend(lua_State *L, struct lpoe *p);
int lpoe_wait_resume(lua_State *L, struct lpoe *p, lua_Integer ticket, int n);
void lpoe_line_serve(struct lpoe *p, poe_session *s);
void lpoe_line_close(struct lpoe *p, poe_session *s);
void lpoe_ask_dropped(struct lpoe *p, poe_payload payload);
/* The asked handler has returned the `n` values on top of `co`, which are taken off.  Another answer would come too
 * late: the asker is due from now on. */
void lpoe_answer_to(struct lpoe *p, lua_Integer ticket, lua_State *co, int n);
void lpoe_answer(struct lpoe *p, poe_payload payload, lua_State *co, int n);
poe_payload lpoe_ask_payload(const struct lpoe *p, const poe_event *ev);
void lpoe_answer_die(struct lpoe *p, poe_payload payload);
enum { LPOE_RUN = 2, LPOE_SLICE }; /* lwait.done: the chunk waits in KERNEL:run(), in a slice */
void lpoe_run_over(struct lpoe *p, struct lwait *w, int rc);
int lpoe_run_wait(lua_State *L, struct lpoe *p, int what);
void lpoe_wait_over(struct lpoe *p);
void lpoe_trace_keep(struct lpoe *p, lua_State *co, struct lwait *own, struct lwait *caller);
void lpoe_close_warn(struct lpoe *p, struct lwait *w, int error);
void lpoe_wait_free(struct lwait *w);
void lpoe_resume_dropped(struct lpoe *p, uint32_t index);
const char *lpoe_event_state(const poe_event *ev);
int lpoe_push_special(lua_State *L, struct lpoe *p, const poe_event *ev);
int lpoe_raised(struct lpoe *p, lua_State *co, const poe_event *ev, poe_payload *out);
void lpoe_open_wait(lua_State *L, struct lpoe *p);
void lpoe_push_ask(lua_State *L, struct lpoe *p); /* poe.ask */

/* -- capi.c -- */
void lpoe_deliver(struct lpoe *p, const struct poe_letter *letter);

/* -- limits.c -- */
void lpoe_log(struct lpoe *p, enum poelib_level level, const char *line);
void lpoe_failed(struct lpoe *p, poe_payload record);
void lpoe_budget_begin(struct lpoe *p, lua_State *co);
void lpoe_budget_end(struct lpoe *p, lua_State *co);
void lpoe_budget_restore(struct lpoe *p, lua_State *L);
void lpoe_spent_error(lua_State *L);

/* -- result.c -- */
poe_session *lpoe_check_session(lua_State *L, struct lpoe *p, int arg);
/* The session object at `arg`, stopped or not; NULL when it is something else. */
static inline struct lsession *
lpoe_to_lsession(lua_State *L, int arg)
{
    struct lsession *ls = lua_touserdata(L, arg);

    return ls && lua_rawlen(L, arg) == sizeof *ls /* a light one has none */ && ls->magic == lpoe_magic(ls)
               ? ls : NULL;
}
const char *lpoe_check_name(lua_State *L, int arg, const char *what);
/* The same for an event's name, as often as that is asked: most are short. */
static inline const char *
lpoe_check_event(lua_State *L, int arg)
{
    size_t length, i = 0;
    const char *name = lua_type(L, arg) == LUA_TSTRING ? lua_tolstring(L, arg, &length) : NULL;

    if (!name || length > 16)
        return lpoe_check_name(L, arg, "event");
    while (i < length && name[i])
        i++;
    return i == length ? name : lpoe_check_name(L, arg, "event");
}
double lpoe_check_seconds(lua_State *L, int arg, const char *what);
int lpoe_push_error(lua_State *L, int rc, const char *format, ...);
int lpoe_push_esrch(lua_State *L, int arg);
int lpoe_push_true(lua_State *L);

/* -- debug.c: misuse, with option debug of the kernel -- */
enum lpoe_use { USE_OTHER, USE_YIELD, USE_TIMER, USE_CHILD };
void lpoe_debug_say(lua_State *L, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void lpoe_debug_error(lua_State *L, const char *text);
void lpoe_debug_mail(struct lpoe *p, lua_State *L, int first);
void lpoe_debug_unknown(lua_State *L, struct lpoe *p, const poe_event *ev, const char *text);
/* What the C function now running is called by scripts, if its failing is misuse; in l_kernel.c. */
const char *lpoe_use(lua_State *L, enum lpoe_use *use);

/* -- names.c -- */
const char *lpoe_state_name(const poe_event *ev);
/* Pushes file and line where the event was posted; nils when that was not recorded. */
void lpoe_push_where(lua_State *L, struct lpoe *p, const poe_event *ev);
void lpoe_names_install(lua_State *L, struct lpoe *p);
void lpoe_names_ready(lua_State *L, struct lpoe *p, const poe_event *ev);
void lpoe_names_clear(struct lpoe *p);
void lpoe_names_drop(struct lpoe *p, uint32_t slot);
#define LPOE_NAMES_STACK 3 /* values that lpoe_names_ready keeps */

/* To be called before anything but the handler that a drain has begun asks for names. */
static inline void
lpoe_names_forget(struct lpoe *p)
{
    if (p->known)
        lpoe_names_clear(p);
}

/* -- l_*.c: what scripts call -- */
void lpoe_open_kernel(lua_State *L, struct lpoe *p);
void lpoe_open_session(lua_State *L, struct lpoe *p);
void lpoe_push_spawn(lua_State *L, struct lpoe *p); /* poe.spawn */
void lpoe_open_handle(lua_State *L, struct lpoe *p);
void lpoe_open_stream(lua_State *L, struct lpoe *p);
void lpoe_open_later(lua_State *L, struct lpoe *p);
void lpoe_open_file(lua_State *L, struct lpoe *p);
void lpoe_open_http(lua_State *L, struct lpoe *p);
#define LPOE_HTTP_HEAD 2048 /* bytes of a plain response's, at most */
size_t lpoe_http_head(lua_State *L, struct lpoe *p, int at, char *head, size_t room);
void lpoe_open_tty(lua_State *L, struct lpoe *p);
void lpoe_open_output(lua_State *L, struct lpoe *p);
void lpoe_open_look(lua_State *L, struct lpoe *p);
void lpoe_open_process(lua_State *L, struct lpoe *p);
poe_handle *lpoe_check_handle(lua_State *L, struct lpoe *p, int arg);
int lpoe_check_fd(lua_State *L, struct lpoe *p, int arg);
struct lsocket *lpoe_push_socket(lua_State *L, struct lpoe *p);
int lpoe_socket_open(struct lpoe *p, struct lsocket *s, int fd);
void lpoe_object_heap(lua_State *L);
void lpoe_loader_install(lua_State *L);
void lpoe_loader_core(lua_State *L); /* `core` on top: what modules that are required get */
int lpoe_loader(lua_State *L, const char *module);
int lpoe_source(lua_State *L, const char *module); /* pushes its text: returns 1; 0: not one of ours */
int lpoe_modules(lua_State *L); /* pushes a list of their names: returns 1 */

#endif
