/*
 * session.c - sessions: ids, the family tree, the reasons each one is kept, their end
 *
 * A session that nothing keeps any more is marked; the sweep at the end of the slice stops those
 * that are still unkept, the last marked first (R62, R63).  Its memory goes later, outside all
 * handlers, when no queued event points at it.
 */
#include "session.h"

#include <string.h>

#include "kernel.h"

/* -- memory -------------------------------------------------------------------------------- */

/* What few sessions need, NULL without memory. */
struct more *
poe__session_more(poe_session *s)
{
    if (!s->more)
        s->more = poe__mem_zero(&s->kernel->mem, sizeof *s->more);
    return s->more;
}

static void
session_free(struct mem *m, poe_session *s)
{
    poe__mem_free(m, s->more, sizeof *s->more);
    poe__mem_free(m, s, sizeof *s);
}

/* -- the table ----------------------------------------------------------------------------- */

/* Where an id belongs: Fibonacci hashing, which spreads runs and steps of any width. */
static uint64_t
sessions_home(const struct sessions *t, uint64_t id)
{
    return (id * 0x9E3779B97F4A7C15u) >> t->shift;
}

static uint64_t
sessions_slot(const struct sessions *t, uint64_t id)
{
    uint64_t i = sessions_home(t, id);

    while (t->slots[i] && t->slots[i]->id != id)
        i = (i + 1) & t->mask;
    return i;
}

static poe_session *
first_child(const poe_session *s)
{
    return s->more ? s->more->first : NULL;
}

/* The one after `s` of all there are, parents first; NULL at the end. */
static poe_session *
tree_next(const poe_session *s)
{
    poe_session *child = first_child(s);

    if (child)
        return child;
    while (s && !s->next)
        s = s->parent;
    return s ? s->next : NULL;
}

/* Makes the table, or makes it larger. */
static int
sessions_grow(struct sessions *t, struct mem *m)
{
    struct sessions grown = *t;
    uint64_t capacity = t->slots ? (t->mask + 1) * 2 : 16;

    while (capacity * 3 <= t->count * 4)
        capacity *= 2;
    grown.slots = poe__mem_zero(m, (size_t)capacity * sizeof *grown.slots);
    if (!grown.slots)
        return UV_ENOMEM;
    grown.mask = capacity - 1;
    for (grown.shift = 64; capacity > 1; capacity /= 2)
        grown.shift--;
    for (poe_session *s = t->kernel; s; s = tree_next(s))
        grown.slots[sessions_slot(&grown, s->id)] = s;
    if (t->slots)
        poe__mem_free(m, t->slots, (size_t)(t->mask + 1) * sizeof *t->slots);
    *t = grown;
    return 0;
}

/* Removes by moving back whoever had been pushed past the gap. */
static void
sessions_remove(struct sessions *t, uint64_t id)
{
    t->count--;
    if (!t->slots)
        return;
    uint64_t gap = sessions_slot(t, id), i = gap;
    for (;;) {
        i = (i + 1) & t->mask;
        if (!t->slots[i])
            break;
        uint64_t home = sessions_home(t, t->slots[i]->id);
        if (((i - home) & t->mask) >= ((i - gap) & t->mask)) {
            t->slots[gap] = t->slots[i];
            gap = i;
        }
    }
    t->slots[gap] = NULL;
}

/* Whether there is a table, which is made when first asked for. */
static int
sessions_listed(poe_kernel *k)
{
    return k->sessions.slots || sessions_grow(&k->sessions, &k->mem) == 0;
}

poe_session *
poe_session_find(poe_kernel *k, uint64_t id)
{
    struct sessions *t = &k->sessions;
    poe_session *s = t->kernel;

    if (id == 0 || id > t->last_id)
        return NULL;
    if (sessions_listed(k))
        return t->slots[sessions_slot(t, id)];
    while (s && s->id != id)
        s = tree_next(s);
    return s;
}

/* Without memory for a table the cursor is the last one's id, marked, and each costs a look at all. */
poe_session *
poe_session_each(poe_kernel *k, uint64_t *cursor)
{
    const uint64_t by_id = (uint64_t)1 << 63;
    struct sessions *t = &k->sessions;
    poe_session *found = NULL;

    if (!(*cursor & by_id) && sessions_listed(k)) {
        while (*cursor <= t->mask) {
            poe_session *s = t->slots[(*cursor)++];
            if (s)
                return s;
        }
        return NULL;
    }
    for (poe_session *s = t->kernel; s; s = tree_next(s))
        if ((s->id | by_id) > *cursor && (!found || s->id < found->id))
            found = s;
    if (found)
        *cursor = found->id | by_id;
    return found;
}

/* -- keeping ------------------------------------------------------------------------------- */

/* Nothing keeps `s` since `mark`: the sweep will look at it, later marked ones first. */
void
poe__session_mark(poe_session *s, uint64_t mark)
{
    poe_kernel *k = s->kernel;

    if (kernel_is(s) || (s->flags & (SESSION_FRESH | SESSION_STOPPED)))
        return;
    list_remove(&s->reaping);
    s->mark = (uint32_t)mark;
    struct list *at = &k->reap;
    while (at->prev != &k->reap
           && (int32_t)(list_entry(at->prev, poe_session, reaping)->mark - s->mark) > 0)
        at = at->prev;
    list_insert(at, &s->reaping);
    k->attends |= ATTEND_ERRANDS;
    poe__wake(k);
}

static const char *const keep_names[POE_KEEP_KINDS] = {
    [POE_KEEP_ALARM] = "timer", [POE_KEEP_HANDLE] = "handle", [POE_KEEP_WHEEL] = "wheel",
    [POE_KEEP_CHILD] = "child", [POE_KEEP_PID] = "pid", [POE_KEEP_HOLD] = "refcount",
    [POE_KEEP_POSTBACK] = "postback", [POE_KEEP_SUSPENDED] = "suspended", [POE_KEEP_ALIAS] = "alias",
};

/* Reasons that mean something may still happen, so that IDLE has to wait (R85): handles, and what
 * in POE is an external reference. */
static void
busy_add(poe_session *s, enum poe_keep why, int64_t by)
{
    struct sessions *t = &s->kernel->sessions;

    if (why == POE_KEEP_HANDLE || why == POE_KEEP_WHEEL)
        t->handles += by;
    else if (why == POE_KEEP_POSTBACK || why == POE_KEEP_SUSPENDED)
        t->extrefs += by;
}

void
poe_session_keep(poe_session *s, enum poe_keep why)
{
    uint32_t *count = keep_count(s, why);

    if (s->flags & SESSION_STOPPED)
        return;
    if (!count && poe__session_more(s)) /* the host's own: who keeps it for a reason of ours has made it */
        count = keep_count(s, why);
    if (count)
        ++*count;
    s->others++;
    busy_add(s, why, 1);
    TRACE(s->kernel, POE_TRACE_SESSIONS, "keep %s: %s, now %u", NAME(s), keep_names[why],
          poe_session_kept(s, why));
}

void
poe_session_unkeep(poe_session *s, enum poe_keep why)
{
    uint32_t *count = keep_count(s, why);

    if (s->flags & SESSION_STOPPED)
        return;
    busy_add(s, why, -1);
    if (count && *count > 0)
        --*count;
    TRACE(s->kernel, POE_TRACE_SESSIONS, "unkeep %s: %s, now %u", NAME(s), keep_names[why],
          poe_session_kept(s, why));
    if (--s->others == 0 && !session_kept(s))
        poe__session_mark(s, ++s->kernel->mark);
}

static size_t
hold_bytes(const char *tag)
{
    return sizeof(struct hold) + strlen(tag) + 1;
}

/* Adds `by` to the tag's count.  A positive count keeps the session, one that is not zero keeps
 * IDLE away (R93). */
static int
hold_add(poe_session *s, const char *tag, int64_t by, int64_t *count)
{
    poe_kernel *k = s->kernel;
    struct hold **at, *h;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    if (!poe__session_more(s))
        return UV_ENOMEM;
    at = &s->more->holds;
    while (*at && strcmp((*at)->tag, tag) != 0)
        at = &(*at)->next;
    h = *at;
    if (!h) {
        h = poe__mem_resize(&k->mem, NULL, 0, hold_bytes(tag));
        if (!h)
            return UV_ENOMEM;
        h->next = NULL;
        h->count = 0;
        strcpy(h->tag, tag);
        *at = h;
        k->sessions.extrefs++;
    }
    h->count += by;
    *count = h->count;
    if (h->count == 1 && by > 0)
        poe_session_keep(s, POE_KEEP_HOLD);
    else if (h->count == 0) {
        *at = h->next;
        k->sessions.extrefs--;
        poe__mem_free(&k->mem, h, hold_bytes(h->tag));
        if (by < 0)
            poe_session_unkeep(s, POE_KEEP_HOLD);
        poe__wake(k);
    }
    return 0;
}

int
poe_session_hold(poe_session *s, const char *tag, int64_t *count)
{
    return hold_add(s, tag, 1, count);
}

int
poe_session_release(poe_session *s, const char *tag, int64_t *count)
{
    return hold_add(s, tag, -1, count);
}

static void
holds_forget(poe_session *s)
{
    while (s->more && s->more->holds) {
        struct hold *h = s->more->holds;
        s->more->holds = h->next;
        s->kernel->sessions.extrefs--;
        if (h->count > 0)
            poe_session_unkeep(s, POE_KEEP_HOLD);
        poe__mem_free(&s->kernel->mem, h, hold_bytes(h->tag));
    }
}

/* -- the tree ------------------------------------------------------------------------------ */

/* The parent has what few sessions need. */
static void
tree_add(poe_session *parent, poe_session *s)
{
    poe_session *first = parent->more->first;

    s->parent = parent;
    s->flags &= ~(unsigned)SESSION_TOLD;
    s->next = NULL;
    if (first) {
        s->prev = first->prev;
        first->prev->next = s;
        first->prev = s;
    } else {
        s->prev = s;
        parent->more->first = s;
    }
    poe_session_keep(parent, POE_KEEP_CHILD);
}

static void
tree_remove(poe_session *s)
{
    poe_session *parent = s->parent, *first = parent->more->first;

    if (s == first)
        parent->more->first = first = s->next;
    else
        s->prev->next = s->next;
    if (s->next)
        s->next->prev = s->prev;
    else if (first)
        first->prev = s->prev;
    s->prev = s->next = NULL;
    s->parent = NULL;
    poe_session_unkeep(parent, POE_KEEP_CHILD);
}

static void
tree_move(poe_session *s, poe_session *parent)
{
    tree_remove(s);
    tree_add(parent, s);
}

static void
tell_parent(poe_session *parent, const char *reason, poe_session *child, poe_payload result)
{
    poe_kernel *k = parent->kernel;
    struct poe_family family = { reason, child, NULL, result };
    poe_event ev = { .to = parent, .from = k->sessions.kernel, .name = "_child",
                     .with.family = &family, .type = POE_EVENT_CHILD };

    if (!kernel_is(parent) && !(parent->flags & SESSION_STOPPED))
        poe__dispatch(k, &ev, NULL);
}

static void
tell_child(poe_session *child, poe_session *old, poe_session *parent)
{
    poe_kernel *k = child->kernel;
    struct poe_family family = { NULL, old, parent, 0 };
    poe_event ev = { .to = child, .from = k->sessions.kernel, .name = "_parent",
                     .with.family = &family, .type = POE_EVENT_PARENT };

    if (!(child->flags & SESSION_STOPPED))
        poe__dispatch(k, &ev, NULL);
}

/* -- life ---------------------------------------------------------------------------------- */

int
poe_session_new(poe_kernel *k, void *ud, poe_payload start, uint32_t limit,
                enum poe_overflow overflow, poe_session **session)
{
    struct sessions *t = &k->sessions;
    poe_session *parent = k->frame->session;

    if (k->closing)
        return UV_ECANCELED;
    if (parent->flags & SESSION_STOPPED)
        parent = t->kernel;
    if (t->slots && t->count * 4 >= (t->mask + 1) * 3 && sessions_grow(t, &k->mem) < 0)
        return UV_ENOMEM;
    poe_session *s = poe__session_more(parent) ? poe__mem_zero(&k->mem, sizeof *s) : NULL;
    if (!s)
        return UV_ENOMEM;
    s->kernel = k;
    if (poe_session_limit(s, limit) < 0) {
        session_free(&k->mem, s);
        return UV_ENOMEM;
    }
    s->id = ++t->last_id;
    s->ud = ud;
    s->flags |= SESSION_FRESH;
    poe_session_set_overflow(s, overflow);
    list_init(&s->reaping);
    if (t->slots)
        t->slots[sessions_slot(t, s->id)] = s;
    t->count++;
    k->finalized = 0;
    k->unkempt = 1;
    tree_add(parent, s);
    poe__wake(k);
    *session = s;
    IF_TRACED(k, POE_TRACE_SESSIONS) {
        FACT(k, POE_FACT_NAMED, POE_EVENT_START, 0, s, NULL);
        TRACE(k, POE_TRACE_SESSIONS, "start %s, child of %s", NAME(s), NAME(parent));
    }

    poe_payload result = 0;
    poe_event ev = { .to = s, .from = k->frame->session, .name = "_start",
                     .payload = start, .type = POE_EVENT_START };
    k->depth++; /* keeps `s` readable for the caller, whatever its _start does */
    poe__dispatch(k, &ev, kernel_is(parent) ? NULL : &result);
    if (!(s->flags & SESSION_STOPPED) && s->parent == parent)
        tell_parent(parent, "create", s, result);
    if (!(s->flags & SESSION_STOPPED)) { /* its grace begins now (R242) */
        s->flags |= SESSION_STARTED;
        s->mark = (uint32_t)k->slice;
        s->born = (uint32_t)k->queue.tail;
        list_insert(&k->fresh, &s->reaping);
        k->fresh_count++;
        k->attends |= ATTEND_ERRANDS;
    }
    k->depth--;
    poe__drop(k, result);
    return 0;
}

/* The parent loses the child, the child hears of its new one, then it moves (R222, R223).  A parent
 * that has not been told of the child does not lose it (R16). */
static int
session_detach(poe_session *child, int told)
{
    poe_kernel *k = child->kernel;
    poe_session *parent = child->parent, *kernel = k->sessions.kernel;

    if (told)
        tell_parent(parent, "lose", child, 0);
    tell_child(child, parent, kernel);
    if (!(child->flags & SESSION_STOPPED) && child->parent == parent)
        tree_move(child, kernel);
    return 0;
}

int
poe_session_detach(poe_session *child)
{
    poe_session *active = child->kernel->frame->session;

    return kernel_is(active) || child->parent != active ? UV_EPERM : session_detach(child, 1);
}

int
poe_session_detach_self(poe_kernel *k)
{
    poe_session *s = k->frame->session;

    if (kernel_is(s) || !s->parent || kernel_is(s->parent))
        return UV_EPERM;
    return session_detach(s, k->frame->event->type != POE_EVENT_START);
}

/* What hangs on a session and keeps it goes; events are dropped when their turn comes. */
static void
session_forget(poe_session *s)
{
    poe__signal_forget(s);
    poe__alias_forget(s);
    holds_forget(s);
    poe__alarm_forget(s);
    poe__handles_forget(s);
    for (int why = 0; s->others && why < POE_KEEP_KINDS; why++) {
        uint32_t *count = keep_count(s, (enum poe_keep)why);
        if (count) {
            busy_add(s, (enum poe_keep)why, -(int64_t)*count);
            *count = 0;
        }
    }
    s->others = 0;
}

/*
 * Tells of each child: the grandparent gains it, the child hears of its new parent.  The handlers
 * may end or detach any of them; each is told once, and one that has gone is not: none comes back to
 * a parent it has had.
 */
static void
children_tell(poe_session *s)
{
    poe_session *child = first_child(s);

    while (child) {
        if (!(child->flags & SESSION_TOLD)) {
            child->flags |= SESSION_TOLD;
            tell_parent(s->parent, "gain", child, 0);
            if (child->parent == s)
                tell_child(child, s, s->parent);
        }
        child = child->parent == s ? child->next : first_child(s);
    }
}

/*
 * The end of a session (R74): its children go to its parent, who hears of each; then _stop; then
 * the parent loses it.  Children born inside _stop move up in silence (R17).
 */
void
poe_session_stop(poe_session *s)
{
    poe_kernel *k = s->kernel;
    poe_session *parent = s->parent;

    if (kernel_is(s) || (s->flags & (SESSION_STOPPING | SESSION_STOPPED)))
        return;
    s->flags |= SESSION_STOPPING;
    TRACE(k, POE_TRACE_SESSIONS, "stop %s", NAME(s));
    k->depth++;
    children_tell(s);

    poe_payload result = 0;
    poe_event ev = { .to = s, .from = k->frame->session, .name = "_stop", .type = POE_EVENT_STOP };
    poe__dispatch(k, &ev, kernel_is(parent) ? NULL : &result);
    tell_parent(parent, "lose", s, result);
    poe__drop(k, result);

    while (first_child(s))
        tree_move(first_child(s), s->parent);
    tree_remove(s);
    session_forget(s);
    poe__session_peak(s);
    sessions_remove(&k->sessions, s->id);
    if ((s->flags & SESSION_FRESH) && (s->flags & SESSION_STARTED))
        k->fresh_count--;
    s->flags = (s->flags | SESSION_STOPPED) & ~(unsigned)SESSION_FRESH;
    list_remove(&s->reaping);
    list_insert(&k->dead, &s->reaping);
    k->attends |= ATTEND_ERRANDS;
    k->host.stopped(k->host.ud, s);
    k->depth--;
    if (k->sessions.count == 1)
        poe__wake(k); /* run must notice */
}

/* Frees a stopped session unless a queued event points at it.  Only outside all handlers. */
static void
session_bury(poe_session *s)
{
    poe_kernel *k = s->kernel;

    if (s->events_to || s->events_from || s->pins)
        return;
    list_remove(&s->reaping);
    poe__stats_add(&k->sessions.buried, s);
    k->host.gone(k->host.ud, s);
    session_free(&k->mem, s);
}

void
poe__session_bury(poe_kernel *k)
{
    struct list *at = k->dead.next;

    while (at != &k->dead) {
        poe_session *s = list_entry(at, poe_session, reaping);
        at = at->next;
        session_bury(s);
    }
}

/* The one that stopped last, which is still at hand: of many at once none is fetched a second time. */
void
poe__session_bury_last(poe_kernel *k)
{
    if (!list_empty(&k->dead))
        session_bury(list_entry(k->dead.prev, poe_session, reaping));
}

/* -- everyone below, deepest first ------------------------------------------------------------ */

/* Starts over. */
void
poe__family_rewind(struct family *f)
{
    f->begin = f->end = f->at = f->count;
}

/*
 * Lists `root`, everyone below it and, with `upwards`, its ancestors short of the kernel, each
 * with its depth, level by level from the top.  The list is the caller's until poe__family_free.
 */
int
poe__family_list(poe_session *root, int upwards, struct family *f)
{
    poe_kernel *k = root->kernel;
    size_t room = k->sessions.count + 1;
    struct member *of = poe__mem_resize(&k->mem, NULL, 0, room * sizeof *of);
    size_t count = 0;
    uint32_t depth = 0;

    if (!of)
        return UV_ENOMEM;
    for (poe_session *up = root->parent; upwards && up && !kernel_is(up); up = up->parent)
        depth++;
    for (poe_session *s = root; ; s = s->parent) {
        of[depth - count].session = s;
        of[depth - count].depth = depth - (uint32_t)count;
        if (count++ == depth)
            break;
    }
    for (size_t at = depth; at < count; at++)
        for (poe_session *s = first_child(of[at].session); s; s = s->next)
            of[count++] = (struct member){ s, of[at].depth + 1 };
    *f = (struct family){ .of = of, .count = count, .room = room };
    poe__family_rewind(f);
    return 0;
}

/* The next of them: the deepest level first, within a level in the order of creation. */
poe_session *
poe__family_next(struct family *f)
{
    if (f->at == f->end) { /* this level is done: the one above it */
        f->end = f->begin;
        if (f->end == 0)
            return NULL;
        for (f->begin = f->end - 1; f->begin > 0; f->begin--)
            if (f->of[f->begin - 1].depth != f->of[f->begin].depth)
                break;
        f->at = f->begin;
    }
    return f->of[f->at++].session;
}

void
poe__family_free(poe_kernel *k, struct family *f)
{
    poe__mem_free(&k->mem, f->of, f->room * sizeof *f->of);
}

/*
 * Stops every session but the kernel (R235).  One that is made meanwhile lives on (R236).
 * Without memory for a list: leaf by leaf, still children before parents.
 */
void
poe__session_stop_all(poe_kernel *k)
{
    struct family f;
    poe_session *s;

    k->depth++;
    if (poe__family_list(k->sessions.kernel, 0, &f) == 0) {
        while ((s = poe__family_next(&f)))
            poe_session_stop(s);
        poe__family_free(k, &f);
    } else {
        while ((s = first_child(k->sessions.kernel)) && !(s->flags & SESSION_STOPPING)) {
            while (first_child(s) && !(first_child(s)->flags & SESSION_STOPPING))
                s = first_child(s);
            poe_session_stop(s);
        }
    }
    k->depth--;
}

int
poe__sessions_init(poe_kernel *k)
{
    struct sessions *t = &k->sessions;

    t->kernel = poe__mem_zero(&k->mem, sizeof *t->kernel);
    if (!t->kernel)
        return UV_ENOMEM;
    t->kernel->kernel = k;
    if (!poe__session_more(t->kernel))
        return UV_ENOMEM;
    t->kernel->id = t->last_id = 1;
    t->kernel->flags = SESSION_KERNEL;
    list_init(&t->kernel->reaping);
    t->count = 1;
    return 0;
}

void
poe__sessions_release(poe_kernel *k)
{
    struct sessions *t = &k->sessions;

    if (t->kernel) {
        session_forget(t->kernel);
        session_free(&k->mem, t->kernel);
    }
    if (t->slots)
        poe__mem_free(&k->mem, t->slots, (size_t)(t->mask + 1) * sizeof *t->slots);
    *t = (struct sessions){ 0 };
}

/* -- telling ------------------------------------------------------------------------------- */

uint64_t
poe_session_id(const poe_session *s)
{
    return s->id;
}

poe_kernel *
poe_session_kernel(const poe_session *s)
{
    return s->kernel;
}

void *
poe_session_ud(const poe_session *s)
{
    return s->ud;
}

void
poe_session_set_ud(poe_session *s, void *ud)
{
    s->ud = ud;
}

poe_session *
poe_session_parent(const poe_session *s)
{
    return s->parent;
}

poe_session *
poe_session_child(const poe_session *s, const poe_session *after)
{
    return after ? after->next : first_child(s);
}

void
poe_session_pin(poe_session *s)
{
    s->pins++;
}

void
poe_session_unpin(poe_session *s)
{
    s->pins--;
}

int
poe_session_stopping(const poe_session *s)
{
    return (s->flags & SESSION_STOPPING) != 0;
}

int
poe_session_stopped(const poe_session *s)
{
    return (s->flags & SESSION_STOPPED) != 0;
}

size_t
poe_session_count(const poe_kernel *k)
{
    return k->sessions.count - 1;
}

int
poe_session_limit(poe_session *s, uint32_t events)
{
    if (events && !poe__session_more(s)) /* where it is counted what the limit keeps out */
        return UV_ENOMEM;
    if (s->more)
        s->more->limit = events;
    s->flags = events ? s->flags | SESSION_LIMITED : s->flags & ~(unsigned)SESSION_LIMITED;
    return 0;
}

void
poe_session_set_overflow(poe_session *s, enum poe_overflow overflow)
{
    s->flags = (s->flags & ~(3u * SESSION_OVERFLOW)) | (unsigned)overflow * SESSION_OVERFLOW;
}

enum poe_overflow
poe_session_overflow(const poe_session *s)
{
    return s->flags / SESSION_OVERFLOW & 3;
}

int
poe_session_limited(const poe_session *s)
{
    return (s->flags & SESSION_LIMITED) != 0;
}

int
poe_session_plain(const poe_session *s)
{
    return (s->flags & (SESSION_LIMITED | SESSION_STOPPED | SESSION_KERNEL)) == 0;
}

int
poe_session_full(const poe_session *s)
{
    return (s->flags & SESSION_LIMITED) && poe__queued(s) >= s->more->limit;
}

void
poe_session_await_room(poe_session *s, int on)
{
    int hears = on && s->kernel->host.room;

    s->flags = hears ? s->flags | SESSION_AWAITED : s->flags & ~(unsigned)SESSION_AWAITED;
}

/* The most events it has had in the queue.  The count falls only when the turn of one comes, which
 * looks first. */
uint32_t
poe__session_peak(poe_session *s)
{
    uint32_t queued = poe__queued(s);

    if (!(s->flags & SESSION_STOPPED) && queued > s->peak)
        s->peak = queued;
    return s->peak;
}

/* Adds what stays of a session when it is gone. */
void
poe__stats_add(struct poe_stats *sum, poe_session *s)
{
    uint32_t peak = poe__session_peak(s);

    sum->peak = peak > sum->peak ? peak : sum->peak;
    if (s->more) {
        sum->refused += s->more->refused;
        sum->dropped += s->more->dropped;
        sum->time_ns += s->more->time_ns;
    }
    sum->handled += s->handled;
}

uint32_t
poe_session_kept(const poe_session *s, enum poe_keep why)
{
    const uint32_t *count = keep_count((poe_session *)s, why);

    return count ? *count : 0;
}

uint32_t
poe_session_events(const poe_session *s, uint32_t *from)
{
    uint32_t to = s->events_to;

    *from = s->events_from;
    for (const struct poe_frame *f = s->kernel->frame; f; f = f->up) {
        const poe_event *ev = f->counted;
        if (ev && ev->type != POE_EVENT_ALARM && ev->type != POE_EVENT_WAKE) { /* being handled */
            to -= ev->to == s;
            *from -= ev->from == s && ev->to != s;
        }
    }
    return to;
}

const char *
poe_session_tag(const poe_session *s, uint32_t index, int64_t *count)
{
    const struct hold *h = s->more ? s->more->holds : NULL;

    while (h && index-- > 0)
        h = h->next;
    if (!h)
        return NULL;
    *count = h->count;
    return h->tag;
}
