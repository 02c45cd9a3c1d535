/*
 * kernel.c - birth, slices, dispatch, the pump, stop, death
 *
 * Time is cut into slices.  A slice runs what was due when it began, then collects the sessions
 * that nothing keeps any more (R28).  The pump is a uv_prepare_t whose callback runs slices and a
 * uv_idle_t that is active exactly while there is work: it keeps the loop alive and the poll from
 * sleeping.  poe_kernel_run and a host that runs the loop itself use the same pump.
 *
 * How many slices go between two polls: while anything could be ready, one, as in POE; after
 * POE_STRICT_SLICES in a row without rest, and when nothing can be ready, as many as fit the budget
 * of POE_DRAIN_BUDGET events, or of POE_WATCH_BUDGET while a handle is watched.  So no chain of posts
 * keeps I/O waiting.
 */
#include "kernel.h"

#include <poll.h>
#include <string.h>

#include "stream.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#define TICKS() __rdtsc()
#define TICKS_FRESH 20000 /* the clock is not read again within so many; at 1 GHz CLOCK_SLACK_NS */
#endif

#ifdef __linux__ /* its loop's descriptor can be polled, and for nanoseconds */
#define HAS_FINE_REST 1
#else
#define HAS_FINE_REST 0
#endif

/* -- time: the one place that tells it ----------------------------------------------------- */

/* Reads the clock. */
int64_t
poe__clock(poe_kernel *k)
{
#ifdef TICKS
    k->ticks = TICKS(); /* before the clock: in between we may be put aside for a while */
#endif
    int64_t now = (int64_t)(uv_hrtime() / 1000 * 1000);

    if (now > k->now)
        k->now = now;
    return k->now;
}

/* The same, but within CLOCK_SLACK_NS of the last reading that one will do. */
int64_t
poe__clock_recent(poe_kernel *k)
{
#ifdef TICKS
    if (TICKS() - k->ticks < TICKS_FRESH)
        return k->now;
#endif
    return poe__clock(k);
}

int64_t
poe_kernel_now(poe_kernel *k)
{
    return poe__clock(k);
}

/* Wall time is the monotonic clock plus an offset, so that it never runs back; a clock that is
 * set while we run, by more than a tenth of a second, is followed. */
double
poe_kernel_walltime(poe_kernel *k)
{
    uv_timeval64_t tv;
    int64_t now = poe__clock(k);

    if (uv_gettimeofday(&tv) == 0) {
        int64_t offset = tv.tv_sec * 1000000000 + (int64_t)tv.tv_usec * 1000 - now;
        if (offset - k->wall_offset > 100000000 || k->wall_offset - offset > 100000000)
            k->wall_offset = offset;
    }
    return (double)((now + k->wall_offset) / 1000) / 1e6;
}

/* -- small things -------------------------------------------------------------------------- */

void
poe__drop(poe_kernel *k, poe_payload payload)
{
    if (payload)
        k->host.drop(k->host.ud, payload);
}

static void
nothing(uv_idle_t *idle)
{
    (void)idle;
}

/* There is work: the loop must not sleep. */
void
poe__wake(poe_kernel *k)
{
    if (!(k->attends & ATTEND_WAKE))
        return;
    k->attends &= ~(unsigned)ATTEND_WAKE;
    uv_idle_start(&k->idle, nothing);
}

poe_session *
poe_kernel_session(poe_kernel *k)
{
    return k->finalized ? NULL : k->sessions.kernel;
}

struct uv_loop_s *
poe_kernel_loop(poe_kernel *k)
{
    return k->loop;
}

void *
poe_kernel_host(const poe_kernel *k)
{
    return k->host.ud;
}

poe_session *
poe_kernel_active(const poe_kernel *k)
{
    return k->frame->session;
}

const poe_event *
poe_kernel_event(const poe_kernel *k)
{
    return k->frame->event;
}

struct poe_frame *
poe_kernel_frame(poe_kernel *k)
{
    return k->frame;
}

size_t
poe_kernel_memory(const poe_kernel *k)
{
    return k->mem.used;
}

/* -- exceptions ---------------------------------------------------------------------------- */

/*
 * Nobody handled it: run will raise it.  Takes the record, and puts it in front of those from `at`
 * on: an exception comes before those that its own handlers raised (R163).
 */
void
poe__exception(poe_kernel *k, poe_payload record, uint32_t at)
{
    if (k->exception_count == k->exception_room) {
        uint32_t room = k->exception_room * 2;
        poe_payload *grown = poe__mem_resize(&k->mem, k->exceptions,
                                             k->exception_room * sizeof *grown, room * sizeof *grown);
        if (!grown) { /* the first ones have been kept: this one goes */
            poe__drop(k, record);
            return;
        }
        k->exceptions = grown;
        k->exception_room = room;
    }
    memmove(&k->exceptions[at + 1], &k->exceptions[at],
            (k->exception_count - at) * sizeof *k->exceptions);
    k->exceptions[at] = record;
    k->exception_count++;
    k->attends |= ATTEND_RAISED;
    if (k->host.failed)
        k->host.failed(k->host.ud, record);
}

int
poe_kernel_failed(const poe_kernel *k)
{
    return k->exception_count > 0;
}

poe_payload
poe_kernel_exception(poe_kernel *k)
{
    if (k->exception_count == 0)
        return 0;
    poe_payload record = k->exceptions[0];
    memmove(&k->exceptions[0], &k->exceptions[1], --k->exception_count * sizeof record);
    attend(k, ATTEND_RAISED, k->exception_count > 0);
    return record;
}

/* -- dispatch: the one way to a handler ---------------------------------------------------- */

static inline void
frame_push(poe_kernel *k, struct poe_frame *frame, const poe_event *ev)
{
    *frame = (struct poe_frame){ .up = k->frame, .session = ev->to, .event = ev };
    k->frame = frame;
}

/* Tells that the frames above `base` begin, the outermost first. */
static void
frames_begin(poe_kernel *k, const struct poe_frame *f, const struct poe_frame *base)
{
    if (f == base)
        return;
    frames_begin(k, f->up, base);
    if (!f->event) /* nobody's handler: the host asks in the kernel's name */
        return;
    FACT(k, POE_FACT_BEGIN, f->event->type, 0, f->event->to, f->event->name);
}

void
poe_kernel_reframe(poe_kernel *k, struct poe_frame *frame)
{
    const struct poe_frame *f = frame;

    if (k->trace & TRACE_FACTS) {
        while (f && f != k->frame)
            f = f->up;
        if (f)
            frames_begin(k, frame, k->frame);
        else
            for (f = k->frame; f && f != frame; f = f->up)
                if (f->event)
                    poe__fact_end(k, 0);
    }
    k->frame = frame;
}

void
poe_kernel_enter(poe_kernel *k, struct poe_frame *frame, const poe_event *ev)
{
    frame_push(k, frame, ev);
    FACT(k, POE_FACT_BEGIN, ev->type, 0, ev->to, ev->name);
}

void
poe_kernel_leave(poe_kernel *k, struct poe_frame *frame)
{
    k->frame = frame->up;
    if (k->trace & TRACE_FACTS)
        poe__fact_end(k, 0);
}

/* Whose exception it is: the session's, as a queued DIE, or the run's, when nobody could handle
 * it any more (R162, R163). */
static void
exception_place(poe_kernel *k, const struct poe_frame *f, poe_payload record)
{
    const poe_event *ev = f->event;
    int in_die = ev->type == POE_EVENT_SIGNAL && ev->with.signal->die;

    if (ev->type == POE_EVENT_STOP || in_die || kernel_is(f->session))
        poe__exception(k, record, k->exception_count);
    else
        poe__raise_die(ev->to, record);
}

/* While handlers' time is measured: what has passed belongs to whose handler has been running.  Without memory for
 * a session's first it is nobody's. */
static void
time_pass(poe_kernel *k, const struct poe_frame *f)
{
    uint64_t now = uv_hrtime();

    while (f && !f->timed)
        f = f->up;
    if (f && poe__session_more(f->event->to))
        f->event->to->more->time_ns += now - k->timed_ns;
    k->timed_ns = now;
}

/* An event is told of by the number it got when it was queued: its place in the queue or its timer. */
static void
dispatch_begins(poe_kernel *k, struct poe_frame *f)
{
    const poe_event *ev = f->event;
    uint64_t id = !f->counted ? 0 : ev->type == POE_EVENT_ALARM ? k->fired : k->queue.head;

    FACT(k, POE_FACT_BEGIN, ev->type, id, ev->to, ev->name);
    TRACE(k, POE_TRACE_EVENTS, "run '%s' in %s from %s", ev->name, NAME(ev->to), NAME(ev->from));
    if (k->trace & TRACE_TIME) {
        time_pass(k, f->up);
        f->timed = 1;
    }
}

static void
dispatch_ends(poe_kernel *k, const struct poe_frame *f, int rc)
{
    if (f->timed)
        time_pass(k, f);
    if ((k->trace & TRACE_FACTS) && rc != POE_RAISED)
        poe__fact_end(k, 0);
    TRACE(k, POE_TRACE_EVENTS, "%s '%s' in %s", rc == POE_RAISED ? "raised in" : "done",
          f->event->name, NAME(f->event->to));
}

/* The handler of `f` has returned, raised or been suspended; see poe_host.dispatch. */
static int
dispatch_done(poe_kernel *k, const struct poe_frame *f, int rc, poe_payload left, poe_payload *out)
{
    IF_TOLD(k, POE_TRACE_EVENTS)
        dispatch_ends(k, f, rc);
    k->frame = f->up;
    k->depth--;
    if (rc == POE_RAISED) {
        exception_place(k, f, left);
        if (k->trace & TRACE_FACTS)
            poe__fact_end(k, 1); /* the DIE is its doing */
    } else if (out)
        *out = left;
    else
        poe__drop(k, left);
    return rc;
}

static int
frame_dispatch(poe_kernel *k, struct poe_frame *f, poe_payload *out)
{
    poe_payload left = 0;

    k->depth++;
    IF_TOLD(k, POE_TRACE_EVENTS)
        dispatch_begins(k, f);
    int rc = k->host.dispatch(k->host.ud, f->event, &left);
    return dispatch_done(k, f, rc, left, out);
}

/* Runs the handler of one event now.  `out`: see poe_host.dispatch; NULL when nobody asks. */
int
poe__dispatch(poe_kernel *k, const poe_event *ev, poe_payload *out)
{
    struct poe_frame f;

    frame_push(k, &f, ev);
    ev->to->handled++;
    return frame_dispatch(k, &f, out);
}

/* The same of a timer, which keeps its receiver only. */
static __attribute__((noinline)) void
alarm_uncount(const poe_event *ev, uint64_t mark)
{
    if (ev->type == POE_EVENT_WAKE || (ev->to->flags & SESSION_STOPPED))
        return;
    ev->to->keep_alarms--;
    if (--ev->to->others == 0 && !session_kept(ev->to))
        poe__session_mark(ev->to, mark);
}

/* A queued event no longer keeps its two ends.  `mark`: when its turn came (R63). */
static inline __attribute__((always_inline)) void
event_uncount(const poe_event *ev, uint64_t mark)
{
    if (ev->type == POE_EVENT_WAKE || ev->type == POE_EVENT_ALARM) {
        alarm_uncount(ev, mark);
        return;
    }
    if (--ev->to->events_to == 0 && !session_kept(ev->to))
        poe__session_mark(ev->to, mark);
    if (ev->from != ev->to && --ev->from->events_from == 0 && !session_kept(ev->from))
        poe__session_mark(ev->from, mark);
}

static void
event_drop(poe_kernel *k, const poe_event *ev)
{
    if (ev->type == POE_EVENT_GONE)
        return;
    if (ev->type >= POE_EVENT_RAISE)
        poe__signal_drop(k, ev);
    else
        poe__drop(k, ev->payload);
}

/* A signal's turn, or the turn of an event for somebody who has stopped meanwhile. */
static void
event_other(poe_kernel *k, const poe_event *ev)
{
    if ((ev->to->flags | ev->from->flags) & SESSION_STOPPED)
        event_drop(k, ev);
    else if (ev->type == POE_EVENT_EXIT)
        poe__signal_exit(k, ev);
    else if (poe__signal_deliver(k, ev) < 0) { /* no memory: again in the next slice */
        poe_event *again = queue_push(&k->queue, &k->mem);
        if (again) {
            *again = *ev;
            ev->to->events_to++;
            ev->from->events_from += ev->from != ev->to;
            FACT(k, POE_FACT_QUEUED, ev->type, k->queue.tail, ev->to, ev->name);
        } else if (ev->type == POE_EVENT_DIE)
            poe__exception(k, ev->payload, k->exception_count);
        else
            event_drop(k, ev);
    }
}

/* What event_run leaves: nothing, a signal, an event of somebody who has stopped, or one that makes room
 * somebody waits for. */
static void
event_run_other(poe_kernel *k, const poe_event *ev, struct poe_frame *f)
{
    unsigned other = ev->type >= POE_EVENT_RAISE || ((ev->to->flags | ev->from->flags) & SESSION_STOPPED);
    unsigned told = ev->type >= POE_EVENT_RAISE && (k->trace & TRACE_FACTS);

    if (ev->type == POE_EVENT_GONE) {
        k->gone--;
        return;
    }
    k->frame = f;
    if (!other) {
        ev->to->handled++;
        frame_dispatch(k, f, NULL);
    } else {
        f->session = k->sessions.kernel; /* whose doing a signal is */
        if (told)
            poe__fact(k, POE_FACT_BEGIN, ev->type, k->queue.head, f->session, ev->name);
        event_other(k, ev);
        if (told && (k->trace & TRACE_FACTS))
            poe__fact_end(k, 0);
        k->frame = f->up;
    }
    if (f->counted)
        event_uncount(ev, f->mark);
    if (ev->to->flags & SESSION_AWAITED)
        k->host.room(k->host.ud, ev->to);
}

/* When the turn of an event comes, the most wait. */
static inline void
event_peak(const poe_event *ev)
{
    if (UNLIKELY(ev->to->events_to > ev->to->peak))
        ev->to->peak = ev->to->events_to;
}

/* The turn of an event has come that has left the queue or the heap: `f` is its frame. */
static inline void
event_begin(poe_kernel *k, struct poe_frame *f, const poe_event *ev)
{
    *f = (struct poe_frame){ .up = k->frame, .session = ev->to, .event = ev, .mark = ++k->mark,
                             .counted = ev };
    event_peak(ev);
}

/* Whether its two ends are there, and nobody waits for the room it makes. */
static inline int
is_free(const poe_event *ev)
{
    return !((ev->to->flags | ev->from->flags) & (SESSION_STOPPED | SESSION_AWAITED));
}

/* Runs one event that has left the queue or the heap. */
static void
event_run(poe_kernel *k, const poe_event *ev)
{
    struct poe_frame f;

    event_begin(k, &f, ev);
    if (ev->type >= POE_EVENT_RAISE || !is_free(ev)) {
        event_run_other(k, ev, &f);
        return;
    }
    ev->to->handled++;
    k->frame = &f; /* cppcheck-suppress autoVariables ; frame_dispatch takes it out again */
    frame_dispatch(k, &f, NULL);
    if (f.counted)
        event_uncount(ev, f.mark);
}

/* For a slice inside a handler: the events being handled count as done, as in POE (R233). */
static void
frames_settle(poe_kernel *k)
{
    for (struct poe_frame *f = k->frame; f; f = f->up)
        if (f->counted) {
            event_uncount(f->counted, f->mark); /* `event` may be that which a resumed handler handles */
            f->counted = NULL;
        }
}

/* Queued events to `s`, the one being handled not among them. */
uint32_t
poe__queued(const poe_session *s)
{
    uint32_t n = s->events_to;

    for (const struct poe_frame *f = s->kernel->frame; f; f = f->up)
        if (f->counted && f->counted->to == s && f->counted->type != POE_EVENT_ALARM
            && f->counted->type != POE_EVENT_WAKE)
            n--;
    return n;
}

/* Sets payload, type and notes of an event in one go: what is stored by parts of a word cannot be read as a word
 * before it has reached the cache, and it may be read soon. */
static inline void
event_set(poe_event *ev, poe_payload payload, enum poe_event_type type)
{
#if defined __GNUC__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ /* bit-fields begin with a word's lowest bits */
    const size_t at = offsetof(poe_event, stamp_ns) + sizeof ev->stamp_ns;
    uint64_t word = payload | (uint64_t)type << 56;

    _Static_assert(sizeof *ev == offsetof(poe_event, stamp_ns) + sizeof ev->stamp_ns + sizeof word, "the last word");
    memcpy((char *)ev + at, &word, sizeof word);
#else
    ev->payload = payload;
    ev->type = type;
    ev->fixed = ev->by_default = 0;
#endif
}

/* Puts an event into the queue, where there is room. */
static inline void
event_put(poe_kernel *k, poe_session *to, poe_session *from, const char *name, const char *state,
          poe_payload payload, enum poe_event_type type)
{
    poe_event *ev = queue_slot(&k->queue);

    ev->to = to;
    ev->from = from;
    ev->name = name;
    ev->with.state = state;
    ev->stamp_ns = k->now;
    event_set(ev, payload, type);
    to->events_to++;
    if (from != to)
        from->events_from++;
}

/* event_push, when there may be no room, or timers wait, which are due before or after it, or somebody is to be told
 * of it or to be woken. */
static __attribute__((noinline)) int
event_push_other(poe_session *to, poe_session *from, const char *name, const char *state,
                 poe_payload payload, enum poe_event_type type)
{
    poe_kernel *k = to->kernel;

    if (queue_full(&k->queue) && poe__queue_grow(&k->queue, &k->mem) < 0)
        return UV_ENOMEM;
    if (k->alarms.count)
        poe__clock_recent(k);
    event_put(k, to, from, name, state, payload, type);
    IF_TRACED(k, POE_TRACE_EVENTS) {
        FACT(k, POE_FACT_QUEUED, POE_EVENT_POST, k->queue.tail, to, name);
        TRACE(k, POE_TRACE_EVENTS, "post '%s' to %s from %s", name, NAME(to), NAME(from));
    }
    poe__wake(k);
    return 0;
}

/* Puts an event into the queue; nothing when there is no memory. */
static inline int
event_push(poe_session *to, poe_session *from, const char *name, const char *state,
           poe_payload payload, enum poe_event_type type)
{
    poe_kernel *k = to->kernel;

    if (UNLIKELY(queue_full(&k->queue) || (k->attends & (ATTEND_ALARMS | ATTEND_TRACE | ATTEND_WAKE))))
        return event_push_other(to, from, name, state, payload, type);
    event_put(k, to, from, name, state, payload, type);
    return 0;
}

/* The place in the queue of the post to `s` that was queued first and may be dropped; the tail: none. */
static uint64_t
queue_oldest(const poe_kernel *k, const poe_session *s)
{
    uint64_t at = k->queue.head;

    for (; at != k->queue.tail; at++) {
        const poe_event *ev = &k->queue.ring[at & k->queue.mask];
        if (ev->to == s && !ev->fixed && (ev->type == POE_EVENT_POST || ev->type == POE_EVENT_ASK))
            break;
    }
    return at;
}

/* Takes an event out of the middle of the queue; its place stays, and nothing comes of it. */
static void
queue_cut(poe_kernel *k, uint64_t at)
{
    poe_event *slot = &k->queue.ring[at & k->queue.mask], ev = *slot;

    slot->to = slot->from = k->sessions.kernel;
    slot->name = "";
    slot->payload = 0;
    slot->type = POE_EVENT_GONE;
    k->gone++;
    ev.to->more->dropped++; /* it has a limit */
    TRACE(k, POE_TRACE_EVENTS, "drop '%s' to %s from %s", ev.name, NAME(ev.to), NAME(ev.from));
    event_uncount(&ev, ++k->mark);
    poe__drop(k, ev.payload); /* the host may queue something now */
}

int
poe_session_admit(poe_session *to, enum poe_event_type type)
{
    if (to->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (!poe_session_full(to))
        return 0;
    switch (poe_session_overflow(to)) {
    case POE_OVERFLOW_DROP_NEW:
        to->more->dropped++;
        return type == POE_EVENT_ASK ? UV_ECANCELED : POE_DROPPED;
    case POE_OVERFLOW_DROP_OLD:
        if (queue_oldest(to->kernel, to) != to->kernel->queue.tail)
            return 0;
        /* fall through */
    default:
        to->more->refused++;
        return UV_ENOBUFS;
    }
}

/* A post to a session that has stopped or has a limit, or to the kernel. */
static int
post_other(poe_session *to, const char *name, const char *state, poe_payload payload,
           enum poe_event_type type)
{
    poe_kernel *k = to->kernel;
    int rc = poe_session_admit(to, type);

    if (rc < 0)
        return rc;
    if (rc == POE_DROPPED || (kernel_is(to) && type == POE_EVENT_POST)) {
        poe__drop(k, payload);
        return 0;
    }
    uint64_t old = poe_session_full(to) ? queue_oldest(k, to) : k->queue.tail, tail = k->queue.tail;
    rc = event_push(to, k->frame->session, name, state, payload, type);
    if (rc == 0 && old != tail)
        queue_cut(k, old);
    return rc;
}

int
poe_post(poe_session *to, const char *name, const char *state, poe_payload payload)
{
    poe_kernel *k = to->kernel;

    if (UNLIKELY(to->flags & (SESSION_STOPPED | SESSION_LIMITED | SESSION_KERNEL)))
        return post_other(to, name, state, payload, POE_EVENT_POST);
    return event_push(to, k->frame->session, name, state, payload, POE_EVENT_POST);
}

int
poe_ask(poe_session *to, const char *name, const char *state, poe_payload payload)
{
    if (UNLIKELY(to->flags & (SESSION_STOPPED | SESSION_LIMITED | SESSION_KERNEL)))
        return post_other(to, name, state, payload, POE_EVENT_ASK);
    return event_push(to, to->kernel->frame->session, name, state, payload, POE_EVENT_ASK);
}

int
poe_post_for(poe_session *from, poe_session *to, enum poe_event_type type, const char *name,
             const char *state, poe_payload payload)
{
    if (to->flags & SESSION_STOPPED)
        return UV_ESRCH;
    int rc = event_push(to, from, name, state, payload, type);
    if (rc == 0) {
        struct queue *q = &to->kernel->queue;
        q->ring[(q->tail - 1) & q->mask].fixed = 1;
    }
    return rc;
}

int
poe_resume(poe_session *to, poe_payload payload)
{
    if (to->flags & SESSION_STOPPED)
        return UV_ESRCH;
    return event_push(to, to, "resume", NULL, payload, POE_EVENT_RESUME);
}

int
poe_call(poe_session *to, const char *name, const char *state, poe_payload payload)
{
    poe_kernel *k = to->kernel;
    poe_event ev = { .to = to, .from = k->frame->session, .name = name, .with.state = state,
                     .payload = payload, .type = POE_EVENT_CALL };

    if (to->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (kernel_is(to)) {
        poe__drop(k, payload);
        return 0;
    }
    return poe__dispatch(k, &ev, NULL);
}

/* -- slices -------------------------------------------------------------------------------- */

/* Stops the sessions that nothing keeps: the last marked first, parents after children (R62-R66).
 * `fresh`: this is the end of the slice, and of the grace of new ones (R9, R188). */
void
poe__sweep(poe_kernel *k, int fresh)
{
    while (fresh && !list_empty(&k->fresh)) {
        poe_session *s = list_entry(k->fresh.next, poe_session, reaping);
        if (s->mark == (uint32_t)k->slice) /* born in this slice: the next one is its first (R9) */
            break;
        list_remove(&s->reaping);
        k->fresh_count--;
        s->flags &= ~(unsigned)SESSION_FRESH;
        if (!session_kept(s))
            poe__session_mark(s, ++k->mark);
    }
    while (!list_empty(&k->reap)) {
        struct list todo;
        list_init(&todo);
        list_splice(&todo, &k->reap);
        while (!list_empty(&todo)) {
            poe_session *s = list_entry(todo.prev, poe_session, reaping);
            list_remove(&s->reaping);
            if (session_kept(s))
                continue;
            poe_session_stop(s);
            if (fresh && k->depth == 0 && list_empty(&k->handles.dirty))
                poe__session_bury_last(k);
        }
    }
}

/* Handles first: what their handlers post belongs to this slice (R29, R30).  `nested`: a slice
 * inside a handler, without a poll, leaves them to the outer one. */
static void
slice_begin(poe_kernel *k, int nested)
{
    if (k->signals.look)
        poe__children_reap(k);
    k->in_slice = 1;
    k->slice++;
    k->busy_slices++;
    if (!nested && !list_empty(&k->handles.dirty))
        poe__streams_begin(k);
    if ((k->handles.ready || k->handles.due) && !nested)
        poe__handles_run(k);
    poe__clock_recent(k);
    k->slice_now = k->now;
    k->slice_end = k->queue.tail;
    k->slice_seq = k->alarms.seq;
    k->past_set = 0;
}

/* The first timer, if it is part of this slice: due when it began, or set in the past since. */
static inline const struct alarm *
alarm_in_slice(poe_kernel *k)
{
    const struct alarm *first = alarms_first(&k->alarms);

    return first && (first->due_ns < k->slice_now
                     || (first->due_ns == k->slice_now && (int32_t)(first->seq - k->slice_seq) < 0))
               ? first : NULL;
}

/* Copies an event by the word, as it has been written: from what has been stored by parts of itself just now, a wide
 * load would have to wait. */
static inline void
event_copy(poe_event *to, const poe_event *from)
{
    _Static_assert(sizeof *to % sizeof(uint64_t) == 0, "whole words");
#ifdef __GNUC__
#pragma GCC unroll 8
    for (size_t i = 0; i < sizeof *to; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, (const char *)from + i, sizeof word);
        __asm__("" : "+r"(word)); /* else the compiler makes wide ones of them */
        memcpy((char *)to + i, &word, sizeof word);
    }
#else
    *to = *from;
#endif
}

/* Takes the slice's next event: by time, equal times in the order they came (R31, R32). */
static inline int
slice_next(poe_kernel *k, poe_event *ev)
{
    int post = k->queue.head < k->slice_end;

    const struct alarm *alarm = alarm_in_slice(k);
    if (alarm) {
        int64_t stamp = post ? queue_head(&k->queue)->stamp_ns : INT64_MAX;
        if (alarm->due_ns < stamp || (alarm->due_ns == stamp && alarm->posted <= k->queue.head)) {
            poe__alarm_fire(k, ev);
            return 1;
        }
    }
    if (!post)
        return 0;
    event_copy(ev, queue_head(&k->queue));
    k->queue.head++;
    return 1;
}

/* Whether readiness could have come up since the last poll. */
static int
must_poll(const poe_kernel *k)
{
    return (k->signals.open || k->sessions.handles) && k->busy_slices < POE_STRICT_SLICES;
}

/* The slice is over, and the next begins. */
static inline void
slice_follow(poe_kernel *k)
{
    k->slice++;
    k->busy_slices++;
    k->slice_now = k->now;
    k->slice_end = k->queue.tail;
    k->slice_seq = k->alarms.seq;
    k->past_set = 0;
}

/* The slice is over.  If neither its end nor the beginning of the next has anything to do, the next begins;
 * otherwise slice_run ends this one.  The clock is read where timers wait, as for posts. */
static int
slice_turn(poe_kernel *k)
{
    if ((k->attends & (ATTEND_SLICE | ATTEND_ERRANDS)) || queue_count(&k->queue) == 0 || must_poll(k))
        return 0;
    if (k->alarms.count)
        poe__clock_recent(k);
    slice_follow(k);
    return 1;
}

/* Events one after the other, as the host's drain takes them. */
struct drain {
    struct poe_frame frame;
    poe_event ev;
    int taken; /* `ev` is not for the host: it has left the queue and is to be run */
};

/* Whether the host's drain may have it. */
static inline int
is_plain(const poe_kernel *k, const poe_event *ev)
{
    const unsigned plain = 1u << POE_EVENT_POST | 1u << POE_EVENT_ALARM | 1u << POE_EVENT_ASK
                           | 1u << POE_EVENT_RESUME | 1u << POE_EVENT_WAKE;

    return (plain >> ev->type & 1) && is_free(ev) && !k->trace;
}

/* The event in `d` is the next; `plain`: it is one for the host.  Returns that. */
static inline int
next_begin(poe_kernel *k, struct drain *d, int plain)
{
    if (UNLIKELY(!plain)) {
        d->taken = 1;
        k->frame = d->frame.up;
        return 0;
    }
    d->frame.session = d->ev.to; /* the rest is as it was */
    d->frame.mark = ++k->mark;
    event_peak(&d->ev);
    d->ev.to->handled++;
    return 1;
}

/* poe_kernel_next, whatever the event and whatever there is to attend to. */
static __attribute__((noinline)) int
next_other(poe_kernel *k, struct drain *d)
{
    IF_TOLD(k, POE_TRACE_EVENTS)
        dispatch_ends(k, &d->frame, 0);
    if (d->frame.counted)
        event_uncount(&d->ev, d->frame.mark);
    d->frame.counted = &d->ev;
    if (--k->budget > 0 && !k->exception_count && !k->trace
        && (k->queue.head < k->slice_end || alarm_in_slice(k) || slice_turn(k)) && slice_next(k, &d->ev))
        return next_begin(k, d, is_plain(k, &d->ev));
    k->frame = d->frame.up;
    return 0;
}

/* The budget has been spent: next_other, which counts it once more. */
static __attribute__((noinline)) int
next_spent(poe_kernel *k, struct drain *d)
{
    k->budget++;
    return next_other(k, d);
}

/* Whether `count` is the last that keeps a session, which has these besides. */
static inline int
is_last(uint32_t count, uint32_t events, uint32_t others)
{
    return count == 1 && (events | others) == 0;
}

/*
 * poe_kernel_next after a post or what counts like one; nothing is called on the usual way.  With nothing to attend to
 * no session has stopped that an event still names: it would be among the dead, which is an errand.
 */
static inline __attribute__((always_inline)) int
next_usual(poe_kernel *k, struct drain *d)
{
    poe_session *to = d->ev.to, *from = d->ev.from;

    if (UNLIKELY(k->attends || !d->frame.counted || is_last(to->events_to, to->events_from, to->others)
                 || (from != to && is_last(from->events_from, from->events_to, from->others))))
        return next_other(k, d);
    if (UNLIKELY(--k->budget <= 0))
        return next_spent(k, d);
    to->events_to--; /* as event_uncount does */
    if (from != to)
        from->events_from--;
    if (k->queue.head == k->slice_end) {
        if (UNLIKELY(k->queue.head == k->queue.tail || must_poll(k))) {
            k->frame = d->frame.up;
            return 0;
        }
        slice_follow(k);
    }
    event_copy(&d->ev, queue_head(&k->queue));
    k->queue.head++;
    return next_begin(k, d, LIKELY(d->ev.type == POE_EVENT_POST && !(d->ev.to->flags & SESSION_AWAITED))
                                || is_plain(k, &d->ev));
}

/* After no post. */
static __attribute__((noinline)) int
next_rare(poe_kernel *k, struct drain *d)
{
    return d->ev.type == POE_EVENT_ASK || d->ev.type == POE_EVENT_RESUME ? next_usual(k, d) : next_other(k, d);
}

int
poe_kernel_next(poe_kernel *k, struct poe_frame *frame)
{
    struct drain *d = list_entry(frame, struct drain, frame);

    return LIKELY(d->ev.type == POE_EVENT_POST) ? next_usual(k, d) : next_rare(k, d);
}

/* Has the host run the event in `d`, and what plain ones follow. */
static void
drain_run(poe_kernel *k, struct drain *d)
{
    poe_payload left = 0;

    d->taken = 0;
    event_begin(k, &d->frame, &d->ev);
    d->ev.to->handled++;
    k->frame = &d->frame;
    k->depth++;
    int rc = k->host.drain(k->host.ud, &d->frame, &left);
    if (rc == POE_DRAINED) {
        k->depth--;
        return;
    }
    dispatch_done(k, &d->frame, rc, left, NULL);
    if (d->frame.counted)
        event_uncount(&d->ev, d->frame.mark);
    k->budget--;
}

/* What the end of a slice, or the beginning of the next, has to do besides running events. */
static int
has_errands(const poe_kernel *k)
{
    return !list_empty(&k->fresh) || !list_empty(&k->reap) || !list_empty(&k->dead)
           || !list_empty(&k->handles.dirty) || k->signals.look || k->handles.ready || k->handles.due;
}

/* Runs what is left of the slice, as far as the budget goes; without ATTEND_SLICE also of those that follow. */
static void
slice_run(poe_kernel *k)
{
    struct drain d = { .taken = 0 };

    while (d.taken || slice_next(k, &d.ev)) {
        if (!d.taken && k->host.drain && is_plain(k, &d.ev))
            drain_run(k, &d);
        else {
            d.taken = 0;
            event_run(k, &d.ev);
            k->budget--;
        }
        if (k->exception_count)
            poe_kernel_stop(k);
        if (!d.taken && k->budget <= 0 && (k->queue.head < k->slice_end || alarm_in_slice(k)))
            return;
    }
    poe__sweep(k, 1);
    if (!list_empty(&k->handles.dirty))
        poe__streams_flush(k);
    if (k->depth == 0)
        poe__session_bury(k);
    k->in_slice = 0;
    attend(k, ATTEND_ERRANDS, has_errands(k));
}

/* Something to do without waiting. */
int
poe__has_work(poe_kernel *k)
{
    if (queue_count(&k->queue) || k->fresh_count || k->in_slice || !list_empty(&k->reap)
        || k->signals.look || k->handles.ready || k->handles.due || !list_empty(&k->handles.dirty))
        return 1;
    return k->alarms.count && alarms_first(&k->alarms)->due_ns <= poe__clock(k);
}

/* Sessions, but nothing that could ever happen (R85): IDLE tells them. */
static int
idle_raise(poe_kernel *k)
{
    poe_session *kernel = k->sessions.kernel;

    if (k->sessions.count == 1 || k->alarms.count || k->sessions.handles || k->sessions.extrefs
        || !list_empty(&k->ports) || poe__signal_awaits(k))
        return 0;
    struct poe_frame *frame = k->frame;
    k->frame = &k->outside;
    int rc = poe_signal_raise(kernel, "IDLE", NULL, 0);
    k->frame = frame;
    return rc == 0;
}

/* -- the pump ------------------------------------------------------------------------------ */

static void
timer_due(uv_timer_t *timer)
{
    poe_kernel *k = timer->data;

    k->alarms.armed_ns = INT64_MIN;
    poe__wake(k); /* the pump comes before the next poll */
}

/*
 * What uv_timer_t is to wait for the first timer, in whole milliseconds: short of it where rest_finely is to wait the
 * rest; else up to WAKE_NS short, for nobody is woken sooner after the time he asked for.  But timers that follow each
 * other closely share a millisecond: `closely`, the one before has just come, and others wait behind it.
 */
static uint64_t
wait_ms(int64_t left_ns, int finely, int closely)
{
    if (closely && left_ns < CLOSE_NS)
        return left_ns > 0;
    int64_t short_ns = finely ? FINE_NS : WAKE_NS;
    if (left_ns <= short_ns)
        return 0;
    return ((uint64_t)(left_ns - short_ns) + (finely ? 0 : 999999)) / 1000000;
}

/* Before a sleep: the one uv_timer_t waits for the first timer, or until shortly before. */
static void
timer_arm(poe_kernel *k)
{
    const struct alarm *first = alarms_first(&k->alarms);
    int64_t due_ns = first ? first->due_ns : INT64_MAX;

    if (due_ns == k->alarms.armed_ns && uv_is_active((uv_handle_t *)&k->timer))
        return;
    int closely = due_ns != k->alarms.waited_ns && k->alarms.count > 1;
    int finely = HAS_FINE_REST && (k->running || k->slicing);
    k->alarms.armed_ns = k->alarms.waited_ns = due_ns;
    if (due_ns == INT64_MAX) {
        uv_timer_stop(&k->timer);
        return;
    }
    int64_t left = due_ns - poe__clock(k);
    uv_update_time(k->loop);
    uv_timer_start(&k->timer, timer_due, wait_ms(left, finely, closely), 0);
}

/*
 * Before a poll of ours that may sleep: the part of a millisecond that uv_timer_t cannot wait for is slept on the loop's
 * descriptor, as POE sleeps in its select; CLOSE_NS more, so that what was set together comes together.  Where the
 * descriptor does not know yet all that is watched, uv_backend_timeout says 0, and the loop polls first.  In a loop
 * that the host runs nobody knows whether it may sleep.
 */
static void
rest_finely(poe_kernel *k)
{
#if HAS_FINE_REST
    struct pollfd polled = { .fd = uv_backend_fd(k->loop), .events = POLLIN };
    const struct alarm *first = alarms_first(&k->alarms);

    if (!first || polled.fd < 0 || uv_timer_get_due_in(&k->timer) > 0 || poe__has_work(k))
        return;
    int64_t left = first->due_ns - poe__clock(k);
    if (left <= 0 || wait_ms(left, 1, 0) > 0)
        return;
    struct timespec rest = { .tv_nsec = left + CLOSE_NS };
    uv_timer_stop(&k->timer);
    uv_idle_stop(&k->idle); /* a slice's timer_due has started it */
    k->attends |= ATTEND_WAKE;
    if (uv_backend_timeout(k->loop) != 0)
        (void)ppoll(&polled, 1, &rest, NULL); /* what comes meanwhile is for the loop's own poll */
    uv_update_time(k->loop);
    uv_timer_start(&k->timer, timer_due, 0, 0);
#else
    (void)k;
#endif
}

/* Whether the uv_timer_t, to which a millisecond begins when the loop's clock says so, has come before the timer it
 * waits for, and nothing else has: it waits again. */
static int
timer_early(poe_kernel *k)
{
    if (k->alarms.armed_ns != INT64_MIN || !k->alarms.count || poe__has_work(k))
        return 0;
    k->attends |= ATTEND_WAKE;
    uv_idle_stop(&k->idle);
    timer_arm(k);
    return 1;
}

/* Whether there is something to run for: a session, or the kernel's own suspended handler. */
static int
is_living(const poe_kernel *k)
{
    if (k->until && *k->until)
        return 0;
    return k->sessions.count > 1
           || (k->sessions.kernel->keep_suspended > 0 && !k->exception_count);
}

/* After a turn: sleep, come again at once, or end. */
static void
kernel_rest(poe_kernel *k)
{
    if (k->handles.foreign && !poe__has_work(k))
        poe__handles_check(k);
    if (poe__has_work(k) || idle_raise(k)) {
        k->attends |= ATTEND_WAKE;
        poe__wake(k);
    } else {
        k->busy_slices = 0;
        k->attends |= ATTEND_WAKE;
        poe__handles_settle(k);
        uv_idle_stop(&k->idle);
        poe__queue_shrink(&k->queue, &k->mem);
        poe__alarms_shrink(k);
        timer_arm(k);
        FACT(k, POE_FACT_REST, POE_EVENT_POST, 0, NULL, NULL);
    }
    if (k->running && !is_living(k))
        uv_stop(k->loop);
}

static void
pump_turn(uv_prepare_t *pump)
{
    poe_kernel *k = pump->data;

    if (k->pumping)
        return;
    if (k->hold_pump) {
        rest_finely(k);
        return;
    }
    if (k->unpolled && k->sessions.handles) { /* what is ready comes first: a poll, then the slice (R28) */
        k->unpolled = 0;
        k->attends |= ATTEND_WAKE;
        poe__wake(k);
        return;
    }
    k->pumping = 1;
    k->attends &= ~(unsigned)(ATTEND_WAKE | ATTEND_SLICE);
    k->budget = k->sessions.handles ? POE_WATCH_BUDGET : POE_DRAIN_BUDGET;
    do {
        if (!k->in_slice) {
            if (!poe__has_work(k) && !idle_raise(k))
                break;
            slice_begin(k, 0);
        }
        slice_run(k);
    } while (k->budget > 0 && !must_poll(k));
    k->pumping = 0;
    k->attends |= ATTEND_SLICE;
    kernel_rest(k);
    if (k->running)
        rest_finely(k);
}

/* -- running ------------------------------------------------------------------------------- */

/* Events that will never run give their payloads back. */
static void
queue_clear(poe_kernel *k)
{
    while (queue_count(&k->queue)) {
        poe_event ev = *queue_head(&k->queue);
        k->queue.head++;
        event_drop(k, &ev);
        event_uncount(&ev, ++k->mark);
    }
}

/* The end of a run: the kernel forgets its own aliases and watchers (R194, R203). */
static void
kernel_finalize(poe_kernel *k)
{
    if (k->finalized)
        return;
    k->finalized = 1;
    k->unkempt = 0;
    queue_clear(k); /* signals that come too late must not meet the next run's sessions */
    poe__signal_forget(k->sessions.kernel);
    poe__alias_forget(k->sessions.kernel);
    poe__alarm_forget(k->sessions.kernel);
    poe__handles_forget(k->sessions.kernel);
    if (k->depth == 0)
        poe__session_bury(k);
}

int
poe_kernel_run_until(poe_kernel *k, const int *done)
{
    if (k->running || k->pumping || k->depth > 0 || !kernel_is(k->frame->session))
        return UV_EBUSY;
    k->running = 1;
    uv_ref((uv_handle_t *)&k->pump); /* what keeps a session may be nothing libuv knows of */
    k->until = done;
    while (is_living(k)) {
        poe__wake(k);
        uv_run(k->loop, UV_RUN_DEFAULT);
    }
    k->until = NULL;
    uv_unref((uv_handle_t *)&k->pump);
    k->running = 0;
    if (k->sessions.count == 1) {
        poe__streams_linger(k);
        kernel_finalize(k);
    }
    return k->exception_count ? UV_ECANCELED : 0;
}

int
poe_kernel_run(poe_kernel *k)
{
    return poe_kernel_run_until(k, NULL);
}

/* A slice inside a handler: without a poll, around the slice that is on (R233). */
static void
slice_nested(poe_kernel *k)
{
    uint64_t end = k->slice_end;
    int64_t now = k->slice_now;
    uint32_t seq = k->slice_seq;
    int budget = k->budget;
    unsigned in_slice = k->in_slice, single = k->attends & ATTEND_SLICE;

    frames_settle(k);
    k->attends |= ATTEND_SLICE;
    k->budget = INT32_MAX;
    slice_begin(k, 1);
    slice_run(k);
    k->slice_end = end;
    k->slice_now = now;
    k->slice_seq = seq;
    k->budget = budget;
    k->in_slice = in_slice;
    attend(k, ATTEND_SLICE, single != 0);
}

int
poe_kernel_slice(poe_kernel *k)
{
    if (k->pumping || k->depth > 0) {
        slice_nested(k);
        return 1;
    }
    if (k->sessions.count == 1) {
        int more = k->unkempt;
        k->unkempt = 0;
        if (!more) {
            poe__streams_linger(k);
            kernel_finalize(k);
        }
        return more;
    }
    int wait = !poe__has_work(k) && !idle_raise(k);
    k->slicing = 1;
    if (wait)
        timer_arm(k);
    else
        poe__wake(k);
    k->hold_pump = 1;
    uv_ref((uv_handle_t *)&k->pump);
    do
        uv_run(k->loop, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
    while (wait && timer_early(k));
    uv_unref((uv_handle_t *)&k->pump);
    k->hold_pump = k->unpolled = 0;

    k->pumping = 1;
    k->attends &= ~(unsigned)ATTEND_WAKE;
    k->budget = INT32_MAX;
    if (!k->in_slice)
        slice_begin(k, 0);
    slice_run(k);
    k->pumping = 0;
    kernel_rest(k);
    k->slicing = 0;
    return k->exception_count ? UV_ECANCELED : 1;
}

/* -- in a loop of the host's own ----------------------------------------------------------- */

int
poe_kernel_fd(poe_kernel *k)
{
    return uv_backend_fd(k->loop);
}

int
poe_kernel_timeout(poe_kernel *k)
{
    if (poe__has_work(k))
        return 0;
    timer_arm(k);
    uv_update_time(k->loop);
    uv_ref((uv_handle_t *)&k->pump); /* what keeps a session may be nothing libuv knows of */
    int timeout = uv_backend_timeout(k->loop);
    uv_unref((uv_handle_t *)&k->pump);
    return timeout;
}

/* One turn of the loop, the pump's slices included.  What the poll brings is for the next turn, which
 * poe_kernel_timeout says is due at once. */
int
poe_kernel_step(poe_kernel *k)
{
    if (k->running || k->pumping || k->depth > 0 || !kernel_is(k->frame->session))
        return UV_EBUSY;
    if (poe__has_work(k) || idle_raise(k))
        poe__wake(k);
    uv_ref((uv_handle_t *)&k->pump);
    uv_run(k->loop, UV_RUN_NOWAIT);
    uv_unref((uv_handle_t *)&k->pump);
    if (k->exception_count)
        return UV_ECANCELED;
    if (is_living(k))
        return 1;
    poe__streams_linger(k);
    kernel_finalize(k);
    return 0;
}

void
poe_kernel_stop(poe_kernel *k)
{
    poe__session_stop_all(k);
    for (struct poe_frame *f = k->frame; f; f = f->up)
        f->session = k->sessions.kernel;
}

/* How many sessions still have their grace before them in the queue (R9, R242).  The list is in the
 * order of birth, so that mostly its first or its last tells of all. */
static uint64_t
graces_queued(const poe_kernel *k)
{
    uint32_t head = (uint32_t)k->queue.head;
    uint64_t count = k->fresh_count;

    for (const struct list *at = k->fresh.next; at != &k->fresh; at = at->next, count--) {
        const poe_session *first = list_entry(at, const poe_session, reaping);
        const poe_session *last = list_entry(k->fresh.prev, const poe_session, reaping);
        if ((int32_t)(head - first->born) <= 0)
            return count;
        if ((int32_t)(head - last->born) > 0)
            return 0;
    }
    return 0;
}

uint64_t
poe_kernel_event_count(const poe_kernel *k)
{
    uint64_t count = queue_count(&k->queue) - k->gone + k->alarms.count + graces_queued(k);

    if (!list_empty(&k->dead)) /* events of the dead are still in the ring, but will not run */
        for (uint64_t at = k->queue.head; at != k->queue.tail; at++) {
            const poe_event *ev = &k->queue.ring[at & k->queue.mask];
            count -= ((ev->to->flags | ev->from->flags) & SESSION_STOPPED) != 0;
        }
    return count;
}

int
poe_kernel_next_time(poe_kernel *k, double *walltime)
{
    int64_t next = INT64_MAX;

    for (uint64_t at = k->queue.head; at != k->queue.tail && next == INT64_MAX; at++) {
        const poe_event *ev = &k->queue.ring[at & k->queue.mask];
        if (ev->type != POE_EVENT_GONE && !((ev->to->flags | ev->from->flags) & SESSION_STOPPED))
            next = ev->stamp_ns;
    }
    if (next == INT64_MAX && graces_queued(k))
        next = k->now;
    const struct alarm *first = alarms_first(&k->alarms);
    if (first && first->due_ns <= next) {
        *walltime = first->walltime;
        return 0;
    }
    if (next == INT64_MAX)
        return UV_ENOENT;
    *walltime = (double)((next + k->wall_offset) / 1000) / 1e6;
    return 0;
}

poe_event *
poe_kernel_queued(const poe_kernel *k, uint64_t index)
{
    for (uint64_t at = k->queue.head; at != k->queue.tail; at++) {
        poe_event *ev = &k->queue.ring[at & k->queue.mask];
        if (ev->type != POE_EVENT_GONE && !((ev->to->flags | ev->from->flags) & SESSION_STOPPED)
            && index-- == 0)
            return ev;
    }
    return NULL;
}

poe_event *
poe_session_queued(const poe_session *s, uint64_t *cursor)
{
    const struct queue *q = &s->kernel->queue;

    while (*cursor < queue_count(q)) {
        poe_event *ev = &q->ring[(q->head + (*cursor)++) & q->mask];
        if (ev->to == s && ev->type != POE_EVENT_GONE)
            return ev;
    }
    return NULL;
}

/* -- counting ------------------------------------------------------------------------------ */

void
poe_kernel_timing(poe_kernel *k, int on)
{
    if (on && !(k->trace & TRACE_TIME))
        k->timed_ns = uv_hrtime();
    poe__trace_set(k, on ? k->trace | TRACE_TIME : k->trace & ~TRACE_TIME);
}

/* The time of the handlers that run now, up to now. */
static void
time_settle(poe_kernel *k)
{
    if (k->trace & TRACE_TIME)
        time_pass(k, k->frame);
}

void
poe_session_stats(poe_session *s, struct poe_stats *stats)
{
    uint64_t queued = poe__queued(s);

    time_settle(s->kernel);
    *stats = (struct poe_stats){
        .queued = queued, .peak = poe__session_peak(s),
        .refused = s->more ? s->more->refused : 0, .dropped = s->more ? s->more->dropped : 0,
        .handled = s->handled, .time_ns = s->more ? s->more->time_ns : 0, .bytes = queued * sizeof(poe_event),
    };
}

void
poe_kernel_stats(poe_kernel *k, struct poe_stats *stats)
{
    uint64_t cursor = 0;
    poe_session *s;

    time_settle(k);
    *stats = k->sessions.buried;
    while ((s = poe_session_each(k, &cursor))) {
        poe__stats_add(stats, s);
        stats->queued += poe__queued(s);
    }
    for (struct list *at = k->dead.next; at != &k->dead; at = at->next)
        poe__stats_add(stats, list_entry(at, poe_session, reaping));
    stats->bytes = k->mem.used;
    stats->sessions = k->sessions.count - 1;
    stats->timers = k->alarms.count;
    stats->handles = (uint64_t)k->sessions.handles;
}

/* -- birth and death ----------------------------------------------------------------------- */

void
poe__opened(poe_kernel *k)
{
    k->open++;
}

/* The last memory of a kernel; `alloc` may be the host's. */
static void
kernel_release(poe_kernel *k)
{
    struct mem mem = k->mem;
    uv_loop_t *own = k->own_loop;

    if (own) {
        uv_loop_close(own);
        poe__mem_free(&mem, own, sizeof *own);
    }
    poe__mem_free(&mem, k, sizeof *k);
}

/* A handle's close callback has come.  On a borrowed loop the last one ends the kernel. */
void
poe__closed(poe_kernel *k)
{
    if (--k->open == 0 && !k->own_loop)
        kernel_release(k);
}

static void
part_closed(uv_handle_t *handle)
{
    poe__closed(handle->data);
}

/* Closes what the kernel itself has open and lets the loop bring the callbacks. */
static void
kernel_close(poe_kernel *k)
{
    uv_handle_t *parts[] = { (uv_handle_t *)&k->pump, (uv_handle_t *)&k->idle,
                             (uv_handle_t *)&k->timer };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        uv_close(parts[i], part_closed);
    if (!k->own_loop)
        return;
    while (k->open)
        uv_run(k->loop, UV_RUN_ONCE);
    kernel_release(k);
}

static int
handles_init(poe_kernel *k)
{
    int rc;

    if ((rc = uv_prepare_init(k->loop, &k->pump)) < 0 || (rc = uv_idle_init(k->loop, &k->idle)) < 0
        || (rc = uv_timer_init(k->loop, &k->timer)) < 0)
        return rc;
    k->pump.data = k->idle.data = k->timer.data = k;
    k->open = 3;
    rc = uv_prepare_start(&k->pump, pump_turn);
    uv_unref((uv_handle_t *)&k->pump);
    return rc;
}

const char *
poe_version(void)
{
    return POE_VERSION;
}

int
poe_version_number(void)
{
    return POE_VERSION_NUMBER;
}

int
poe_kernel_new(poe_kernel **kernel, const struct poe_host *host, const struct poe_config *config)
{
    struct poe_config options = { .size = sizeof options };
    struct poe_host callbacks = { .size = sizeof callbacks };
    struct mem mem;
    int rc = poe__options(&callbacks, sizeof callbacks, POE_HOST_LEAST, host);

    if (rc == 0 && config)
        rc = poe__options(&options, sizeof options, POE_CONFIG_LEAST, config);
    if (rc < 0)
        return rc;
    if (!callbacks.dispatch || !callbacks.drop || !callbacks.stopped || !callbacks.gone)
        return UV_EINVAL;
    poe__mem_init(&mem, options.alloc, options.alloc_ud);
    poe_kernel *k = poe__mem_zero(&mem, sizeof *k);
    if (!k)
        return UV_ENOMEM;
    k->mem = mem;
    k->host = callbacks;
    k->frame = &k->outside;
    rc = UV_ENOMEM;
    k->unkempt = 1;
    k->attends = ATTEND_WAKE | ATTEND_SLICE;
    list_init(&k->ports);
    list_init(&k->reap);
    list_init(&k->fresh);
    list_init(&k->dead);
    list_init(&k->handles.dirty);
    list_init(&k->handles.loose);
    poe__queue_init(&k->queue, POE_RING_SMALLEST);
    poe__signals_init(k);
    k->exception_room = 4; /* so many need no memory when they come */
    k->exceptions = poe__mem_zero(&k->mem, k->exception_room * sizeof *k->exceptions);
    if (!k->exceptions || poe__sessions_init(k) < 0)
        goto fail_sessions;
    k->outside.session = k->sessions.kernel;

    k->loop = options.loop;
    if (!k->loop) {
        k->loop = k->own_loop = poe__mem_zero(&k->mem, sizeof *k->loop);
        if (!k->loop)
            goto fail_sessions;
        rc = uv_loop_init(k->loop);
        if (rc < 0)
            goto fail_loop;
    }
    rc = handles_init(k); /* libuv's own inits of these kinds cannot fail */
    if (rc < 0)
        goto fail_loop;
    poe__clock(k);
    k->wall_offset = INT64_MIN / 4;
    poe_kernel_walltime(k);
    *kernel = k;
    return 0;

fail_loop:
    poe__mem_free(&k->mem, k->own_loop, sizeof *k->loop);
fail_sessions:
    poe__sessions_release(k);
    poe__mem_free(&k->mem, k->exceptions, k->exception_room * sizeof *k->exceptions);
    mem = k->mem;
    poe__mem_free(&mem, k, sizeof *k);
    return rc;
}

/*
 * On a loop of its own everything is gone when this returns.  On a borrowed one the host has to run
 * the loop once more, for the close callbacks.  Inside a handler, which happens on the way out of
 * the process, the sessions are stopped and the memory is left to it.
 */
void
poe_kernel_free(poe_kernel **kernel)
{
    poe_kernel *k = *kernel;

    if (!k)
        return;
    k->closing = 1; /* no new sessions */
    poe_kernel_stop(k);
    poe__ports_close(k);
    *kernel = NULL;
    if (k->depth > 0 || k->pumping)
        return;
    k->finalized = 0; /* what the kernel was given since the last run goes, too */
    kernel_finalize(k);
    poe_payload record;
    while ((record = poe_kernel_exception(k)))
        poe__drop(k, record);
    poe__handles_release(k);
    poe__session_bury(k);
    poe__mem_free(&k->mem, k->exceptions, k->exception_room * sizeof *k->exceptions);
    k->exceptions = NULL;
    poe__queue_release(&k->queue, &k->mem);
    poe__alarms_release(k);
    poe__aliases_release(k);
    poe__signals_release(k);
    poe__sessions_release(k);
    kernel_close(k);
}
