/*
 * poe.h - the kernel: sessions, events, timers, aliases, signals
 *
 * A kernel drives sessions on a libuv loop.  It knows nothing of the language its handlers are
 * written in: a host gives it a struct poe_host once, and everything a handler would want to
 * look into travels as an opaque payload.  For every function: what it does, who owns what
 * afterwards, what it returns, and whether a handler may run before it returns.
 *
 * Results are 0 or a negative libuv error code (UV_ENOMEM, UV_ESRCH, ...).  A function that
 * fails has changed nothing and taken nothing.  A kernel belongs to one thread.
 */
#ifndef POE_H
#define POE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* What a program may call; the library hides everything else. */
#ifndef POE_API
#ifdef __GNUC__
#define POE_API __attribute__((visibility("default")))
#else
#define POE_API
#endif
#endif

/* Of this header; poe_version tells that of the library. */
#define POE_VERSION_MAJOR 0
#define POE_VERSION_MINOR 1
#define POE_VERSION_PATCH 0
#define POE_VERSION "0.1.0"
#define POE_VERSION_NUMBER (POE_VERSION_MAJOR * 10000 + POE_VERSION_MINOR * 100 + POE_VERSION_PATCH)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct poe_kernel poe_kernel;
typedef struct poe_session poe_session;
typedef struct poe_event poe_event;
typedef struct poe_handle poe_handle;
typedef struct poe_stream poe_stream;
typedef struct poe_later poe_later;
typedef struct poe_file poe_file;
typedef struct poe_tty poe_tty;
typedef struct poe_port poe_port;
struct uv_loop_s;
struct poe_frame;

/* What an event carries, as the host numbers it; 56 bits.  0 is "nothing". */
typedef uint64_t poe_payload;
typedef uint64_t poe_alarm_id;

enum poe_event_type {
    POE_EVENT_POST,   /* post, yield, postback */
    POE_EVENT_ALARM,  /* a timer came due */
    POE_EVENT_CALL,   /* poe_call */
    POE_EVENT_START,  /* _start, inside poe_session_new */
    POE_EVENT_STOP,   /* _stop */
    POE_EVENT_CHILD,  /* _child, see struct poe_family */
    POE_EVENT_PARENT, /* _parent, see struct poe_family */
    POE_EVENT_SIGNAL, /* a watched signal or process, see struct poe_signal */
    POE_EVENT_ENTER,  /* a machine's enter or leave: posts from it carry the transition's name (R248) */
    POE_EVENT_HANDLE, /* a watched handle is ready; the payload is borrowed */
    POE_EVENT_IO,     /* a stream has done something, see struct poe_io; the payload is borrowed */
    POE_EVENT_ASK,    /* poe_ask: a post whose results somebody waits for */
    POE_EVENT_RESUME, /* poe_resume: a suspended handler goes on; the payload says which */
    POE_EVENT_WAKE,   /* poe_wake: the same, at a time */
    /* Only inside the kernel: signals in the queue, on their way through the tree. */
    POE_EVENT_RAISE,  /* poe_signal_raise; its name is the signal's */
    POE_EVENT_DIE,    /* an exception; its payload is the record */
    POE_EVENT_REAPED, /* a process has ended, for those who watch CHLD */
    POE_EVENT_EXIT,   /* a process has ended, for the one who watched it */
    POE_EVENT_GONE    /* nothing: here was a post that had to make room */
};

/* What comes with _child and _parent. */
struct poe_family {
    const char *reason;   /* _child: "create", "gain" or "lose" */
    poe_session *child;   /* _child: who; _parent: the old parent */
    poe_session *parent;  /* _parent: the new one */
    poe_payload result;   /* _child create, lose: what _start or _stop returned; borrowed */
};

/* What comes with a watched signal.  Payloads are borrowed: the kernel drops them. */
struct poe_signal {
    const char *name;     /* "TERM"; no SIG in front */
    const char *state;    /* the event that was being handled when it was raised, or NULL */
    poe_payload args;     /* what was given to poe_signal_raise; the record of a DIE */
    poe_payload extra;    /* what was given to poe_signal_watch: event name and own arguments */
    int pid;              /* CHLD: the child, its exit status and the signal that ended it */
    int64_t exit_status;
    int term_signal;
    unsigned child : 1;   /* pid, exit_status and term_signal are set */
    unsigned die : 1;     /* args is the record of an exception */
};

/* What comes with POE_EVENT_IO, in front of the hook's own arguments. */
struct poe_io {
    const char *state;    /* what the stream was doing: CALLER_STATE of its events (R255) */
    const char *data;     /* input: one record, borrowed; else NULL */
    size_t length;
    const char *op;       /* an error: "read" or "write"; else NULL */
    int error;            /* a negative libuv code; UV_EOF at the orderly end */
};

/* One event, on its way or being handled.  48 bytes: the ring holds them by value. */
struct poe_event {
    poe_session *to, *from; /* a queued event keeps both alive */
    const char *name;       /* borrowed from the payload */
    union {
        const char *state;  /* the event that was being handled when this one was made, or NULL */
        const struct poe_family *family; /* _child, _parent */
        const struct poe_signal *signal; /* POE_EVENT_SIGNAL, _REAPED, _EXIT */
        const struct poe_io *io;         /* POE_EVENT_IO */
    } with;
    int64_t stamp_ns;       /* when it was posted, on the kernel's clock */
    uint64_t payload : 56;
    uint64_t type : 6;      /* enum poe_event_type */
    uint64_t fixed : 1;     /* never dropped to make room, see poe_post_for */
    uint64_t by_default : 1; /* the host's own note, which the kernel neither sets nor reads */
};

/* What a handler left behind: see poe_host.dispatch. */
#define POE_RAISED 1
#define POE_SUSPENDED 2
#define POE_DRAINED 3

/* A value for a language above: what travels between threads, and between C and that language. */
enum poe_value_type { POE_NIL, POE_BOOLEAN, POE_INTEGER, POE_NUMBER, POE_STRING };
struct poe_value {
    enum poe_value_type type;
    size_t length;          /* of a string, which may contain zero bytes */
    union {
        int boolean;
        int64_t integer;
        double number;
        const char *string; /* borrowed */
    } as;
};

/* A post from another thread, as the kernel hands it to its host. */
struct poe_letter {
    uint64_t to;            /* the session's ID, when there is no alias */
    const char *alias;      /* or NULL */
    const char *event;
    const struct poe_value *values;
    int count;
};

/*
 * The language above.  Filled in once, copied at poe_kernel_new.  What is not said to be otherwise must be there.
 *
 * dispatch  runs the handler of `ev->to` for `ev`.  It takes the payload of POST, ALARM, CALL, START, ASK,
 *           RESUME and WAKE.  Returns 0 or, when the handler waits, POE_SUSPENDED, with `*out` the payload of the first result when the type is START or
 *           STOP (0 for none), or POE_RAISED with `*out` the payload of an exception record.
 * drop      a payload that will never be delivered comes back, exactly once.
 * stopped   the session has ended: its heap and handlers can go.  It may still be pointed at.
 * gone      nothing points at the session any more; its `ud` can be used again.
 * room      an event has left the queue of a session whose room is awaited, see poe_session_await_room;
 *           may be NULL.
 * deliver   posts a letter; everything in it is borrowed.  May be NULL: no ports then.
 * failed    an exception that nobody handled has been noted and will end the run: poe_kernel_exception has its
 *           record.  It must not run handlers.  May be NULL.
 * drain     runs the handler of `frame->event`, of type POST, ALARM, ASK, RESUME or WAKE, as dispatch would, and then
 *           of those that follow as long as poe_kernel_next says so: for a host to whom it is cheaper to stay where
 *           handlers run.
 *           Returns POE_DRAINED when that has said 0; else what dispatch returns for the event that is still on,
 *           whose handler has raised, been suspended, or returned.  May be NULL: all goes by dispatch.
 */
struct poe_host {
    size_t size; /* sizeof(struct poe_host), so that it can grow */
    void *ud;
    int (*dispatch)(void *ud, const poe_event *ev, poe_payload *out);
    void (*drop)(void *ud, poe_payload payload);
    void (*stopped)(void *ud, poe_session *s);
    void (*gone)(void *ud, poe_session *s);
    void (*trace)(void *ud, const char *line); /* may be NULL; see poe_kernel_trace */
    void (*room)(void *ud, poe_session *s);
    void (*deliver)(void *ud, const struct poe_letter *letter);
    void (*failed)(void *ud, poe_payload record);
    int (*drain)(void *ud, struct poe_frame *frame, poe_payload *out);
};

/* Zero everywhere is a good default. */
struct poe_config {
    size_t size;            /* sizeof(struct poe_config), so that it can grow */
    struct uv_loop_s *loop; /* NULL: a loop of the kernel's own */
    void *(*alloc)(void *ud, void *block, size_t old_size, size_t new_size); /* NULL: the C heap */
    void *alloc_ud;
};

/* -- the library --------------------------------------------------------------------------- */

/* The library's POE_VERSION, a constant string, and its POE_VERSION_NUMBER.  Any thread.  No handler runs. */
POE_API const char *poe_version(void);
POE_API int poe_version_number(void);

/* -- the kernel ---------------------------------------------------------------------------- */

/*
 * Makes a kernel.  The loop, when given, must outlive it; `config` may be NULL.  No handler runs.  Both
 * structs are copied.  A program built with an older header has a smaller `size`: what is missing is 0.
 * UV_EINVAL: a `size` that no version had, or no `dispatch`, `drop`, `stopped` or `gone`; UV_E2BIG: from a newer
 * header, something this library does not know is asked for; UV_ENOMEM.
 */
POE_API int poe_kernel_new(poe_kernel **kernel, const struct poe_host *host,
                           const struct poe_config *config);

/* Ends it: stops every session (_stop handlers run), closes what it opened, clears `*kernel`. */
POE_API void poe_kernel_free(poe_kernel **kernel);

/*
 * Runs until the last session has stopped.  Handlers run.  Returns 0; UV_ECANCELED when an
 * exception nobody handled ended it (fetch it with poe_kernel_exception); UV_EBUSY inside a handler.
 */
POE_API int poe_kernel_run(poe_kernel *k);

/* The same, but ends as soon as `*done` is not 0, which a handler may set; sessions live on then. */
POE_API int poe_kernel_run_until(poe_kernel *k, const int *done);

/*
 * Waits for work and runs one slice.  Handlers run.  Returns 1 while there is a session, the
 * kernel included, then 0 (R231); UV_ECANCELED as poe_kernel_run.  Inside a handler it does not wait.
 */
POE_API int poe_kernel_slice(poe_kernel *k);

/*
 * For a loop that is not libuv's: wait until poe_kernel_fd is readable or poe_kernel_timeout is over, then call
 * poe_kernel_step; ask for the timeout anew after whatever was called of poe.h.
 *
 * poe_kernel_fd      a descriptor to poll for reading (an epoll's, on Linux), the same as long as the kernel
 *                    lives, which owns it; negative: this system has none.
 * poe_kernel_timeout milliseconds, rounded up from 25 us on, for no poll returns as exactly as that; 0: step at
 *                    once; -1: nothing is due.  No handler runs.
 * poe_kernel_step    does what is due and never waits for anything to come.  Handlers run.  Returns 1 while
 *                    there is a session; 0 when the last has stopped, after what closed streams have left
 *                    has been written, as at the end of poe_kernel_run; UV_ECANCELED as poe_kernel_run;
 *                    UV_EBUSY inside a handler or while the kernel runs.
 */
POE_API int poe_kernel_fd(poe_kernel *k);
POE_API int poe_kernel_timeout(poe_kernel *k);
POE_API int poe_kernel_step(poe_kernel *k);

/* Stops every session at once, children first, with _stop and _child (R235).  Handlers run. */
POE_API void poe_kernel_stop(poe_kernel *k);

/* Hands over the records of exceptions nobody handled, oldest first; 0 when there are no more. */
POE_API poe_payload poe_kernel_exception(poe_kernel *k);
POE_API int poe_kernel_failed(const poe_kernel *k); /* whether there is one */

POE_API poe_session *poe_kernel_session(poe_kernel *k); /* the kernel as a session, ID 1; NULL after run (R203) */
POE_API struct uv_loop_s *poe_kernel_loop(poe_kernel *k);
POE_API void *poe_kernel_host(const poe_kernel *k); /* the host's ud */
POE_API poe_session *poe_kernel_active(const poe_kernel *k); /* the kernel when no handler runs */
POE_API const poe_event *poe_kernel_event(const poe_kernel *k); /* NULL when no handler runs */

/* Names the event being handled while a session calls itself (R50); `frame` is the caller's
 * memory until poe_kernel_leave, which must be called in reverse order. */
struct poe_frame {
    struct poe_frame *up;
    poe_session *session;
    const poe_event *event;
    uint64_t mark;
    const poe_event *counted; /* the kernel's: what keeps its two ends until it has been handled; NULL: nothing */
    unsigned timed : 1;
};
POE_API void poe_kernel_enter(poe_kernel *k, struct poe_frame *frame, const poe_event *ev);
POE_API void poe_kernel_leave(poe_kernel *k, struct poe_frame *frame);
POE_API struct poe_frame *poe_kernel_frame(poe_kernel *k);

/* Inside a host's drain: the handler of `frame->event` has returned or been suspended.  Returns 1 when the next
 * event is there, in the same frame, the same `frame->event`; 0 when what comes next is the kernel's business.  No
 * handler runs. */
POE_API int poe_kernel_next(poe_kernel *k, struct poe_frame *frame);

/* Makes `frame` the innermost one: a handler that was suspended in self-calls goes on, or one is suspended.
 * The frames under it must be linked by `up`. */
POE_API void poe_kernel_reframe(poe_kernel *k, struct poe_frame *frame);

/* One line per fact goes to the host's trace: events, timers, signals, what keeps and stops sessions,
 * handles.  Returns what was on.  poe_trace_tag: the bit of "ev", "ti", "si", "rc", "fh"; 0: none. */
enum poe_trace { POE_TRACE_EVENTS = 1, POE_TRACE_TIMERS = 2, POE_TRACE_SIGNALS = 4,
                 POE_TRACE_SESSIONS = 8, POE_TRACE_HANDLES = 16 };
POE_API unsigned poe_kernel_trace(poe_kernel *k, unsigned tag_bits);
POE_API unsigned poe_trace_tag(const char *name, size_t length);

/*
 * The same facts for a program: `watch` hears of them as they happen, and must not call anything of
 * poe.h that changes something.  One watcher; NULL ends it.  What is not watched costs nothing.
 * BEGIN and END come in pairs, nested: a handler, a self-call, a signal on its way through the tree,
 * whatever the host marks.
 */
enum poe_fact_kind {
    POE_FACT_NAMED,  /* a session is new, or has a new alias */
    POE_FACT_QUEUED, /* an event, timer or signal waits for its turn */
    POE_FACT_BEGIN,
    POE_FACT_END,
    POE_FACT_REST    /* the kernel is about to sleep */
};
struct poe_fact {
    enum poe_fact_kind kind;
    enum poe_event_type type;   /* QUEUED, BEGIN */
    uint64_t id;                /* BEGIN has that of QUEUED, unique for POST and signals together and for
                                 * ALARM; 0: it runs at once, for what has begun last */
    const poe_session *session; /* NAMED: who; QUEUED: the receiver; BEGIN: whose handler */
    const char *name;           /* QUEUED, BEGIN: of the event, or the signal */
    unsigned raised : 1;        /* END */
};
POE_API void poe_kernel_watch(poe_kernel *k, void (*watch)(void *ud, const struct poe_fact *fact),
                              void *ud);

/* BEGIN, in the kernel's name, of something that the host runs; NULL: its END. */
POE_API void poe_kernel_mark(poe_kernel *k, const char *name);

POE_API int64_t poe_kernel_now(poe_kernel *k); /* nanoseconds, whole microseconds, never back */
POE_API double poe_kernel_walltime(poe_kernel *k); /* seconds since the epoch, whole microseconds */
POE_API uint64_t poe_kernel_event_count(const poe_kernel *k);
POE_API int poe_kernel_next_time(poe_kernel *k, double *walltime); /* UV_ENOENT when nothing is queued */
POE_API size_t poe_kernel_memory(const poe_kernel *k); /* bytes held by the kernel */

/* -- sessions ------------------------------------------------------------------------------ */

/* What becomes of posts to a session that is full; see poe_session_set_overflow. */
enum poe_overflow { POE_OVERFLOW_REFUSE, POE_OVERFLOW_DROP_NEW, POE_OVERFLOW_DROP_OLD, POE_OVERFLOW_WAIT };

/*
 * Makes a child of the active session and runs its _start and its parent's _child create (R1-R9).
 * Takes `start` (arguments of _start) unless it fails.  `limit`, `overflow`: see poe_session_limit.
 * UV_ECANCELED: the kernel is being freed.  `*session` may have stopped already when this returns, but is still readable in this handler.
 */
POE_API int poe_session_new(poe_kernel *k, void *ud, poe_payload start, uint32_t limit,
                            enum poe_overflow overflow, poe_session **session);

POE_API poe_session *poe_session_find(poe_kernel *k, uint64_t id);

/* Every live session, the kernel included, in no order; start with `*cursor` 0.  NULL at the end. */
POE_API poe_session *poe_session_each(poe_kernel *k, uint64_t *cursor);
POE_API uint64_t poe_session_id(const poe_session *s);
POE_API poe_kernel *poe_session_kernel(const poe_session *s);
POE_API void *poe_session_ud(const poe_session *s);
POE_API void poe_session_set_ud(poe_session *s, void *ud);
POE_API poe_session *poe_session_parent(const poe_session *s);
POE_API poe_session *poe_session_child(const poe_session *s, const poe_session *after); /* creation order */
POE_API int poe_session_stopped(const poe_session *s);
POE_API int poe_session_stopping(const poe_session *s); /* its end has begun: what it waits for will not come */
POE_API size_t poe_session_count(const poe_kernel *k); /* the kernel not counted */

/* How many queued events it accepts; 0: no limit.  What happens to further posts is up to the overflow.
 * UV_ENOMEM: all is as it was. */
POE_API int poe_session_limit(poe_session *s, uint32_t events);

/*
 * What becomes of a post to a session that is full:
 * REFUSE    it returns UV_ENOBUFS.
 * DROP_NEW  it succeeds and is dropped; an ask returns UV_ECANCELED.
 * DROP_OLD  it takes the place of the post or ask that was queued to the session first, which is dropped: its
 *           payload comes back through the host's `drop`.  Costs a look at each event queued before
 *           that one, whomever it is for.  UV_ENOBUFS when only what may not be dropped is queued.
 * WAIT      as REFUSE; a host whose handlers can wait lets them, see poe_session_await_room.
 * All that is queued takes room, but timers, signals, I/O and what resumes a handler are never refused
 * nor dropped.
 */
POE_API void poe_session_set_overflow(poe_session *s, enum poe_overflow overflow);
POE_API enum poe_overflow poe_session_overflow(const poe_session *s);

POE_API int poe_session_limited(const poe_session *s); /* whether it has a limit */
POE_API int poe_session_plain(const poe_session *s);   /* no limit, not stopped, not the kernel: takes any post */
POE_API int poe_session_full(const poe_session *s); /* whether as many events are queued as it accepts */

/* What poe_post would do, or poe_ask, for a host that does not want to make a payload in vain: 0, the
 * code it would return, or POE_DROPPED.  Anything but 0 counts as if it had been posted. */
#define POE_DROPPED 1
POE_API int poe_session_admit(poe_session *s, enum poe_event_type type);

/* From now on, or no longer, the host's `room` hears of each event that leaves the queue of `s`. */
POE_API void poe_session_await_room(poe_session *s, int on);

/*
 * Counts since a session began.  `queued`: waiting now, of any kind, the one being handled not among them.
 * `handled`: how often a handler of its was entered or went on.  `time_ns` was spent there, what its handlers
 * called in other sessions not included, while poe_kernel_timing was on.  `bytes`: its places in the queue.
 */
struct poe_stats {
    uint64_t queued;
    uint64_t peak;                 /* the highest `queued`; of a kernel: the highest of any session */
    uint64_t refused, dropped;
    uint64_t handled;
    uint64_t time_ns;
    size_t bytes;
    uint64_t sessions, timers, handles; /* of a kernel: how many there are, itself not counted */
};
POE_API void poe_session_stats(poe_session *s, struct poe_stats *stats);

/* The sums over all sessions there are and have been; `bytes` as poe_kernel_memory.  Costs a look at each
 * session. */
POE_API void poe_kernel_stats(poe_kernel *k, struct poe_stats *stats);

/* From now on, or no longer, the time spent in handlers is measured: two readings of the clock each. */
POE_API void poe_kernel_timing(poe_kernel *k, int on);

/* Gives a child of the active session to the kernel (R222-R228).  Handlers run.
 * UV_EPERM when it is not its child. */
POE_API int poe_session_detach(poe_session *child);
POE_API int poe_session_detach_self(poe_kernel *k); /* the active session; UV_EPERM: it is the kernel's */

/* Stops one session as the end of its reasons would (R74).  Handlers run. */
POE_API void poe_session_stop(poe_session *s);

/* Named claims that keep a session alive (R199-R202).  `*count` is the tag's new count. */
POE_API int poe_session_hold(poe_session *s, const char *tag, int64_t *count);
POE_API int poe_session_release(poe_session *s, const char *tag, int64_t *count);

/* Postbacks and suspended handlers are counted, not named; for the other reasons the kernel counts itself. */
enum poe_keep { POE_KEEP_ALARM, POE_KEEP_HANDLE, POE_KEEP_WHEEL, POE_KEEP_CHILD, POE_KEEP_PID,
                POE_KEEP_HOLD, POE_KEEP_POSTBACK, POE_KEEP_SUSPENDED, POE_KEEP_ALIAS, POE_KEEP_KINDS };
POE_API void poe_session_keep(poe_session *s, enum poe_keep why);
POE_API void poe_session_unkeep(poe_session *s, enum poe_keep why);

/* What keeps it: a count per reason; events queued for it and, in `*from`, by it for others; its
 * `index`th tag with its count, NULL at the end. */
POE_API uint32_t poe_session_kept(const poe_session *s, enum poe_keep why);
POE_API uint32_t poe_session_events(const poe_session *s, uint32_t *from);
POE_API const char *poe_session_tag(const poe_session *s, uint32_t index, int64_t *count);

/* -- events -------------------------------------------------------------------------------- */

/*
 * Queues an event from the active session.  Takes the payload on success.  `name` must live as
 * long as the payload, `state` (the event now handled, or NULL) too.  Posting to the kernel
 * succeeds and has no effect (R27).  UV_ENOBUFS (see poe_session_set_overflow), UV_ENOMEM, UV_ESRCH
 * (stopped).  No handler runs.
 */
POE_API int poe_post(poe_session *to, const char *name, const char *state, poe_payload payload);

/* The same, as an event of type POE_EVENT_ASK. */
POE_API int poe_ask(poe_session *to, const char *name, const char *state, poe_payload payload);

/* The same, POST or ASK, in the name of `from`, which lives.  No limit applies, and nothing drops it to make
 * room. */
POE_API int poe_post_for(poe_session *from, poe_session *to, enum poe_event_type type,
                         const char *name, const char *state, poe_payload payload);

/*
 * A suspended handler of `to` is to go on: queued like a post, or due in `seconds`.  No limit applies and
 * nothing is kept by it.  A wake is no timer of the session's; poe_wake_cancel hands over its payload.
 */
POE_API int poe_resume(poe_session *to, poe_payload payload);
POE_API int poe_wake(poe_session *to, double seconds, poe_payload payload, poe_alarm_id *id);
POE_API int poe_wake_cancel(poe_kernel *k, poe_alarm_id id, poe_payload *payload);

/* Something points at the session's memory: it may stop, but stays readable. */
POE_API void poe_session_pin(poe_session *s);
POE_API void poe_session_unpin(poe_session *s);

/* Runs a handler now, ahead of the queue.  Takes the payload.  Returns what dispatch returned: after
 * POE_RAISED the exception is signal DIE of `to` already (R52). */
POE_API int poe_call(poe_session *to, const char *name, const char *state, poe_payload payload);

/* The `index`th event in the queue, next to run first; NULL at the end. */
POE_API poe_event *poe_kernel_queued(const poe_kernel *k, uint64_t index);

/* Those for one session; start with `*cursor` 0.  NULL at the end. */
POE_API poe_event *poe_session_queued(const poe_session *s, uint64_t *cursor);

/* -- from other threads -------------------------------------------------------------------- */

/*
 * Reads as many values as `format` has letters: s a string that ends with a zero byte, S a string and its
 * size_t length, i an int64_t, d an int, f a double, b an int as a boolean, n nil without an argument.
 * A string that is NULL is nil.  Strings are borrowed.  Returns how many; UV_EINVAL: another letter; UV_E2BIG:
 * more than `room`.
 */
#define POE_VALUES 32 /* so many a format may have where nothing else is said */
POE_API int poe_values(struct poe_value *values, int room, const char *format, va_list args);

/*
 * A port, through which any thread may post to sessions of `k`.  It is the caller's, who releases it; with
 * the last owner it closes, after what waits has been posted.  An open port keeps no session, but it is something
 * that may still happen: sessions kept by an alias alone are not told IDLE, and a borrowed loop that is run by its
 * owner does not end.  `limit`: so many letters may wait for the kernel's next turn; 0: any number.
 * To be called in the kernel's thread.  UV_ENOMEM, UV_EMFILE; UV_ENOSYS: the host has no `deliver`;
 * UV_ECANCELED: the kernel is being freed.  No handler runs.
 */
POE_API int poe_port_open(poe_kernel *k, uint32_t limit, poe_port **port);

/* Any thread: makes one more owner, who gets the same pointer and releases it for himself. */
POE_API poe_port *poe_port_share(poe_port *port);
POE_API void poe_port_release(poe_port **port); /* any thread, also when the kernel has gone; clears `*port` */

/*
 * Any thread: posts to a session by ID, or by the alias as it is when the letter comes.  The values, see
 * poe_values, are copied before this returns.  What one thread posts arrives in its order; the sender is the
 * kernel.  Whether there is such a session shows only when the letter comes: if not, the host hears of it.
 * UV_EPIPE: the kernel has gone, or goes; UV_ENOBUFS: the limit; UV_ENOMEM, UV_EINVAL, UV_E2BIG.  Nothing has
 * been taken then.  No handler runs.
 */
POE_API int poe_post_async(poe_port *port, uint64_t to, const char *event, const char *format, ...);
POE_API int poe_post_async_to(poe_port *port, const char *alias, const char *event, const char *format, ...);

/* The same with values from an array of any length; `alias` NULL: `to` counts. */
POE_API int poe_post_async_values(poe_port *port, uint64_t to, const char *alias, const char *event,
                          const struct poe_value *values, int count);

POE_API uint32_t poe_port_waiting(poe_port *port); /* letters the kernel has not taken yet; any thread */

/* -- timers -------------------------------------------------------------------------------- */

/* What a timer is. */
struct poe_alarm {
    poe_session *session;
    const char *name, *state;
    poe_payload payload;
    double walltime; /* due, seconds since the epoch */
    int by_delay;    /* made by name with a delay: R107 shows no time */
};

/* Sets a timer of the active session, due at `walltime` or `seconds` from now; never early.
 * Takes the payload.  Times beyond the clock's range mean its end.  No handler runs. */
POE_API int poe_alarm_set(poe_kernel *k, double walltime, const char *name, const char *state,
                          poe_payload payload, poe_alarm_id *id);
POE_API int poe_delay_set(poe_kernel *k, double seconds, const char *name, const char *state,
                          poe_payload payload, int by_name, poe_alarm_id *id);

/* Tells what timer `id` of the active session is; UV_ESRCH, UV_EPERM (another session's). */
POE_API int poe_alarm_get(poe_kernel *k, poe_alarm_id id, struct poe_alarm *alarm);

/* Takes the timer away; its payload goes to the caller. */
POE_API int poe_alarm_remove(poe_kernel *k, poe_alarm_id id, struct poe_alarm *alarm);

/* Moves it by `seconds`, or to `seconds` from now; `*walltime` is the new due time. */
POE_API int poe_alarm_adjust(poe_kernel *k, poe_alarm_id id, double seconds, double *walltime);
POE_API int poe_delay_adjust(poe_kernel *k, poe_alarm_id id, double seconds, double *walltime);

/* Drops every timer of that name of the active session (R98, R99). */
POE_API void poe_alarm_clear(poe_kernel *k, const char *name);

/* Puts the active session's timers into due order, for poe_alarm_each and poe_alarm_shift. */
POE_API void poe_alarm_sort(poe_kernel *k);

/* Takes the first of the active session's timers away; UV_ENOENT when it has none. */
POE_API int poe_alarm_shift(poe_kernel *k, struct poe_alarm *alarm);

/* Tells the timers of a session one by one; start with `*cursor` 0.  UV_ENOENT at the end. */
POE_API int poe_alarm_each(poe_session *s, uint32_t *cursor, struct poe_alarm *alarm);

/* -- aliases ------------------------------------------------------------------------------- */

/* Of the active session.  UV_EEXIST: another session has it.  UV_ESRCH, UV_EPERM on removal. */
POE_API int poe_alias_set(poe_kernel *k, const char *name);
POE_API int poe_alias_remove(poe_kernel *k, const char *name);
POE_API poe_session *poe_alias_find(poe_kernel *k, const char *name);

/* The alias of `s` after `after` (NULL: the first) in byte order; NULL at the end. */
POE_API const char *poe_alias_next(const poe_session *s, const char *after);

/* -- signals ------------------------------------------------------------------------------- */

/* The active session watches `signal`: `event` comes with it (R115-R141).  Takes the payload, which
 * holds `event`.  A real signal is caught while it is watched. */
POE_API int poe_signal_watch(poe_kernel *k, const char *signal, const char *event,
                             poe_payload extra);
POE_API void poe_signal_ignore(poe_kernel *k, const char *signal);

/* To be watched like a signal: a DIE that nobody has handled, of any session, comes as an ancestor's would;
 * poe_signal_handled in it keeps all running. */
#define POE_SIGNAL_UNHANDLED_DIE "DIE?"

/* The number of a signal of the system's, by name; 0 when it is none. */
POE_API int poe_signal_number(const char *name);

/* Whether any session watches it. */
POE_API int poe_signal_watched(poe_kernel *k, const char *signal);

/* Sends a signal through the tree of `to`; queued like a post.  Takes `args`.  `signal` and
 * `state` must live as long as `args`. */
POE_API int poe_signal_raise(poe_session *to, const char *signal, const char *state,
                             poe_payload args);

/* The signal being handled is handled: it stops nobody (R122). */
POE_API void poe_signal_handled(poe_kernel *k);

/* The active session waits for the end of process `pid` (R142-R151).  Takes the payload. */
POE_API int poe_child_watch(poe_kernel *k, int pid, const char *event, poe_payload extra);
POE_API int poe_child_ignore(poe_kernel *k, int pid); /* UV_ESRCH when it did not watch */

/* The `index`th process that `s` waits for; 0 at the end. */
POE_API int poe_child_watched(const poe_session *s, uint32_t index);

/* -- handles ------------------------------------------------------------------------------- */

enum poe_mode { POE_READ, POE_WRITE, POE_EXPEDITE, POE_MODES };

/*
 * A descriptor as the kernel knows it; the same one for every opening of `fd`.  `own`: closing the
 * handle closes the descriptor, and so does the kernel's end; else whoever opened it closes it, which
 * ends the watching.  The caller must release it.  UV_EBADF, UV_ENOMEM.
 */
POE_API int poe_handle_open(poe_kernel *k, int fd, int own, poe_handle **handle);
POE_API poe_handle *poe_handle_find(poe_kernel *k, int fd); /* an open one; nothing to release */
POE_API int poe_handle_fd(const poe_handle *h); /* -1: closed */
POE_API void poe_handle_close(poe_handle *h); /* ends all watching; any number of times */
POE_API void poe_handle_release(poe_handle **handle);

/*
 * The active session watches `h` (R172-R189): `name` is dispatched once per slice in which it is
 * ready.  Takes the payload, which holds `name`.  A watch that is there is replaced.  `keep` says as what
 * it keeps the session.  UV_EPERM: a plain file.
 */
POE_API int poe_handle_watch(poe_handle *h, enum poe_mode mode, const char *name,
                             poe_payload payload, enum poe_keep keep);
POE_API int poe_handle_ignore(poe_handle *h, enum poe_mode mode); /* UV_ENOENT: was not watched */
POE_API void poe_handle_unwatch(poe_handle *h, enum poe_mode mode); /* every session's watch in that mode */
POE_API int poe_handle_watched(const poe_handle *h); /* whether any session watches it or streams on it */

/* One read or write that raises no SIGPIPE: bytes, or an error; UV_EOF at the end of input. */
POE_API int64_t poe_handle_read(poe_handle *h, char *buffer, size_t size);
POE_API int64_t poe_handle_write(poe_handle *h, const char *data, size_t length);

/* Holds back, or not, that mode of the handle for all who watch it (R179); UV_ENOENT: nobody does. */
POE_API int poe_handle_pause(poe_handle *h, enum poe_mode mode, int paused);

/* The `index`th watch of `s`; UV_ENOENT at the end. */
POE_API int poe_handle_each(poe_session *s, uint32_t index, int *fd, enum poe_mode *mode,
                            const char **event);

/* -- streams ------------------------------------------------------------------------------- */

/* What a stream tells its session, by hooks. */
enum poe_hook {
    POE_HOOK_INPUT,   /* a record */
    POE_HOOK_FLUSHED, /* everything has been written */
    POE_HOOK_ERROR,   /* reading or writing has ended; at the end of input with UV_EOF */
    POE_HOOK_HIGH,    /* so much waits that the high mark is reached */
    POE_HOOK_LOW,     /* no more than the low mark waits, after the high mark */
    POE_HOOKS
};

/* How input is cut into records. */
enum poe_framing {
    POE_FRAME_NONE,  /* what a read brings */
    POE_FRAME_LINES, /* at a given line end, which does not belong to the record */
    POE_FRAME_ANY    /* at CR, LF, CR LF or LF CR, also when cut between reads */
};

/*
 * Buffered reading and writing of a handle, for the active session, which the stream keeps while it
 * reads or has something to write.  `state` begins the names of its work, see struct poe_io, "X -> select
 * read" and "X -> select write"; it is copied.  Output that is left from a closed stream goes first.  UV_EBUSY: the handle has a stream; UV_EPERM: a plain file.
 */
POE_API int poe_stream_open(poe_handle *h, const char *state, poe_stream **stream);

/* Ends it: nothing more is dispatched.  What is to be written still is, in the background, unless
 * `abort`; then an own handle is closed, if nobody has opened a stream on it by the end of the slice. */
POE_API void poe_stream_close(poe_stream *st, int abort);

/* Sets a hook; payload 0: none.  Takes the payload, which holds `name`, unless it fails; `name` NULL: what
 * the stream does.  Input is read while there is a hook for it. */
POE_API int poe_stream_hook(poe_stream *st, enum poe_hook what, const char *name,
                            poe_payload payload);

/* How to cut.  `end` is at most POE_LINE_END bytes; `most` bytes make a record, more are an error. */
#define POE_LINE_END 16
POE_API int poe_stream_frame(poe_stream *st, enum poe_framing how, const char *end, size_t length,
                             size_t most);
POE_API void poe_stream_block(poe_stream *st, size_t bytes); /* how much one read takes, at most 65536 */

/* While it is idle, it is as if the hook for input were not set.  Setting it ends that. */
POE_API void poe_stream_idle(poe_stream *st, int idle);

/* Holds reading and, inside an input handler, the rest of what was read. */
POE_API void poe_stream_pause(poe_stream *st, int paused);

/* What has been read and is not a record yet, in up to two parts; then it is taken. */
POE_API size_t poe_stream_rest(poe_stream *st, const char *part[2], size_t length[2]);
/* the half of a line end that is skipped if it comes next; or 0 */
POE_API char poe_stream_skip(const poe_stream *st);
POE_API void poe_stream_take(poe_stream *st);

/* 0, or why nothing more will be read: UV_EOF or an error */
POE_API int poe_stream_ended(const poe_stream *st);

/* Takes the next whole record of what a pause has held back, without dispatching it: 1, 0 (there is none) or
 * an error.  `*data` is good until anything else is done with the stream. */
POE_API int poe_stream_next(poe_stream *st, const char **data, size_t *length);
POE_API int poe_stream_give(poe_stream *st, const char *data, size_t length); /* to an empty rest */

/* Queues bytes for the end of the slice; copies them.  UV_ENOMEM, UV_EPIPE (closed or shut
 * down); after a failure, which was told, they are lost. */
POE_API int poe_stream_write(poe_stream *st, const char *data, size_t length);

/* The same without copying, as far as that goes: the payload holds the bytes and is dropped when they are
 * written.  Taken unless it fails. */
POE_API int poe_stream_lend(poe_stream *st, const char *data, size_t length, poe_payload payload);
POE_API int poe_stream_flush(poe_stream *st); /* writes what can be written now; handlers may run */
POE_API void poe_stream_marks(poe_stream *st, size_t high, size_t low); /* bytes; 0: none */
POE_API int poe_stream_message(poe_stream *st, size_t records); /* one put has ended; whether at the high mark */
POE_API void poe_stream_output(poe_stream *st); /* a wheel writes to it: it keeps its session until output ends */
POE_API size_t poe_stream_queued(const poe_stream *st, size_t *messages);

/* Half-closes.  Output that waits is written first. */
POE_API void poe_stream_shutdown(poe_stream *st, int input, int output);

/* The end of the opener's pointer; the stream goes on until it is closed. */
POE_API void poe_stream_release(poe_kernel *k, poe_stream **stream);

/* The session it belongs to; NULL when it has been closed. */
POE_API poe_session *poe_stream_session(const poe_stream *st);

/* -- a wheel's own timers, and names -------------------------------------------------------- */

/*
 * `name` is dispatched to the active session once, `seconds` from now or when `host` has been looked
 * up, as an event of type POE_EVENT_HANDLE at the start of a slice.  It keeps the session as a wheel
 * does.  Takes the payload, which holds `name`, unless it fails.  The caller must release it.
 * `family`: AF_INET, AF_INET6 or AF_UNSPEC.
 */
POE_API int poe_after(poe_kernel *k, double seconds, const char *name, poe_payload payload,
                      poe_later **later);
POE_API int poe_resolve(poe_kernel *k, const char *host, int family, const char *name,
                        poe_payload payload, poe_later **later);
POE_API void poe_later_close(poe_later *l); /* it will not come; any number of times */
POE_API void poe_later_release(poe_later **later);

/* The same when a whole file has been read, of `most` bytes at most (UV_EFBIG), or written, which are copied
 * now; `append` or replace.  The file is worked on by another thread. */
POE_API int poe_read_file(poe_kernel *k, const char *path, size_t most, const char *name,
                          poe_payload payload, poe_later **later);
POE_API int poe_write_file(poe_kernel *k, const char *path, const char *data, size_t length,
                           int append, const char *name, poe_payload payload, poe_later **later);
POE_API int poe_file_result(const poe_later *l, const char **data, size_t *length); /* UV_EAGAIN: not yet */

/* How the lookup went: 0, UV_EAGAIN (not yet) or an error; the `index`th address as text, or NULL. */
POE_API int poe_resolved(const poe_later *l);
POE_API const char *poe_resolved_address(const poe_later *l, size_t index);

/* -- files --------------------------------------------------------------------------------- */

enum poe_file_kind { POE_FILE_PLAIN, POE_FILE_DIRECTORY, POE_FILE_FIFO, POE_FILE_OTHER };

struct poe_file_status {
    uint64_t device, inode; /* which file it is */
    int64_t size;           /* bytes; of a plain file */
    enum poe_file_kind kind;
};

POE_API int poe_path_status(const char *path, struct poe_file_status *status);

/*
 * A file for reading, the active session's: it is closed when that stops, but does not keep it.  Opening
 * waits for no peer; a FIFO is opened for writing, too, so that its end never comes.  `share` opens what
 * `fd` has open once more.  The caller must release it, which closes it.
 */
POE_API int poe_file_open(poe_kernel *k, const char *path, poe_file **file);
POE_API int poe_file_share(poe_kernel *k, int fd, poe_file **file);
POE_API int poe_file_status(const poe_file *f, struct poe_file_status *status);
POE_API int64_t poe_file_read(const poe_file *f, char *buffer, size_t size, int64_t offset); /* 0: the end */
POE_API int poe_file_take(poe_file *f); /* its descriptor, the caller's from now on; -1: it is closed */
POE_API void poe_file_close(poe_file *f); /* any number of times */
POE_API void poe_file_release(poe_file **file);

/* Appends to a file that nobody but its owner may read, in one write; makes it, and its folders, when they
 * are not there (modes 0600 and 0700).  What others might read already is made private first. */
POE_API int poe_file_append_private(const char *path, const char *bytes, size_t size);

/* -- terminals ----------------------------------------------------------------------------- */

/*
 * The terminal that `fd` is, opened once more; UV_ENOTTY: it is none.  It is the active session's: it is
 * closed when that stops, but does not keep it.  Closing puts the modes back, and writes the farewell (less
 * than 32 bytes) when poe_tty_cooked has not done so before.  The caller must release it, which closes it.
 */
POE_API int poe_tty_open(poe_kernel *k, int fd, poe_tty **tty);
POE_API int poe_tty_share(const poe_tty *t); /* one more descriptor of it, the caller's, or negative */
POE_API int poe_tty_size(const poe_tty *t, int *columns, int *lines); /* 0: nobody has said */

/* No echo, no lines, no signals, but with `interrupts` that of Ctrl-C; output as before. */
POE_API int poe_tty_raw(poe_tty *t, const char *farewell, int interrupts);
POE_API int poe_tty_cooked(poe_tty *t); /* the modes as they were before poe_tty_raw */
POE_API void poe_tty_close(poe_tty *t); /* any number of times */
POE_API void poe_tty_release(poe_tty **tty);

#ifdef __cplusplus
}
#endif

#endif
