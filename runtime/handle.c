/*
 * handle.c - readiness of descriptors: select_read and friends
 *
 * One uv_poll_t per descriptor, however many sessions watch it.  What a poll finds is noted, and
 * served at the start of the next slice: all reads, then all writes, then all expedites, with a
 * collection after each (R29, R173, R188), in the order in which the handles were first watched.
 * Readiness is a level: what is left unread is found again by the next poll (R174).
 */
#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"
#include "later.h"
#include "stream.h"

/* -- hooks --------------------------------------------------------------------------------- */

/* Takes the payload unless there is no memory. */
struct hook *
poe__hook_new(poe_kernel *k, const char *name, poe_payload payload)
{
    struct hook *hook = poe__mem_zero(&k->mem, sizeof *hook);

    if (hook) {
        hook->name = name;
        hook->payload = payload;
    }
    return hook;
}

static void
hook_free(poe_kernel *k, struct hook *hook)
{
    poe__drop(k, hook->payload);
    poe__mem_free(&k->mem, hook, sizeof *hook);
}

/* Takes it away from its place; a dispatch that is using it frees it. */
void
poe__hook_drop(poe_kernel *k, struct hook **place)
{
    struct hook *hook = *place;

    *place = NULL;
    if (hook && hook->busy)
        hook->dead = 1;
    else if (hook)
        hook_free(k, hook);
}

/* Somebody uses it: it is not freed until the release. */
void
poe__hook_hold(struct hook *hook)
{
    hook->busy++;
}

/* Frees it if it has no place any more. */
void
poe__hook_release(poe_kernel *k, struct hook *hook)
{
    if (--hook->busy == 0 && hook->dead)
        hook_free(k, hook);
}

/* Runs the handler of `s` that the hook names. */
int
poe__hook_fire(struct hook *hook, poe_session *s, int type, const struct poe_io *io)
{
    poe_kernel *k = s->kernel;
    poe_event ev = { .to = s, .from = s, .name = hook->name, .payload = hook->payload,
                     .type = (uint64_t)type & 0x7f };

    if (type == POE_EVENT_IO)
        ev.with.io = io;
    poe__hook_hold(hook);
    int rc = poe__dispatch(k, &ev, NULL);
    poe__hook_release(k, hook);
    if (k->exception_count)
        poe_kernel_stop(k);
    return rc;
}

/* -- what a session owns ------------------------------------------------------------------- */

/* The session has what few need: poe__session_more. */
void
poe__owned_add(poe_session *s, struct owned *o)
{
    o->next = s->more->owned;
    o->at = &s->more->owned;
    if (o->next)
        o->next->at = &o->next;
    s->more->owned = o;
}

void
poe__owned_remove(struct owned *o)
{
    if (!o->at)
        return;
    *o->at = o->next;
    if (o->next)
        o->next->at = o->at;
    o->at = NULL;
}

/* -- opening and closing ------------------------------------------------------------------- */

static void
handle_ref(poe_handle *h)
{
    h->refs++;
}

void
poe__handle_unref(poe_handle *h)
{
    if (--h->refs == 0)
        poe__mem_free(&h->kernel->mem, h, sizeof *h);
}

static void
poll_closed(uv_handle_t *poll)
{
    poe_handle *h = poll->data;
    poe_kernel *k = h->kernel;

    poe__handle_unref(h);
    poe__closed(k);
}

/* Room for descriptor `fd` in the table. */
static int
table_reach(poe_kernel *k, int fd)
{
    struct handles *t = &k->handles;
    uint32_t room = t->room ? t->room : 16;

    while (room <= (uint32_t)fd)
        room *= 2;
    if (room == t->room)
        return 0;
    poe_handle **grown = poe__mem_resize(&k->mem, t->by_fd, t->room * sizeof *grown,
                                         room * sizeof *grown);
    if (!grown)
        return UV_ENOMEM;
    memset(grown + t->room, 0, (room - t->room) * sizeof *grown);
    t->by_fd = grown;
    t->room = room;
    return 0;
}

poe_handle *
poe_handle_find(poe_kernel *k, int fd)
{
    return fd >= 0 && (uint32_t)fd < k->handles.room ? k->handles.by_fd[fd] : NULL;
}

int
poe_handle_fd(const poe_handle *h)
{
    return h->fd;
}

/* Whether a descriptor that is not ours is still what it was when it was first watched. */
static int
is_same(const poe_handle *h)
{
    struct stat st;

    return fstat(h->fd, &st) == 0 && st.st_dev == h->device && st.st_ino == h->inode;
}

int
poe_handle_open(poe_kernel *k, int fd, int own, poe_handle **handle)
{
    poe_handle *h = poe_handle_find(k, fd);
    struct stat st;

    if (h && ((own && !h->own) || (!h->own && !is_same(h)))) { /* it was closed behind our back */
        poe_handle_close(h);
        h = NULL;
    }
    if (h) {
        handle_ref(h);
        *handle = h;
        return 0;
    }
    if (fd < 0 || fstat(fd, &st) < 0)
        return UV_EBADF;
    if (table_reach(k, fd) < 0 || !(h = poe__mem_zero(&k->mem, sizeof *h)))
        return UV_ENOMEM;
    h->kernel = k;
    h->fd = fd;
    h->refs = 2;
    h->own = own != 0;
    h->device = st.st_dev;
    h->inode = st.st_ino;
    list_init(&h->loose);
    k->handles.by_fd[fd] = *handle = h;
    return 0;
}

static void
interest_remove(struct interest *i)
{
    poe_handle *h = i->handle;
    poe_kernel *k = h->kernel;
    struct interest **at = &h->watched[i->mode];

    while (*at != i)
        at = &(*at)->next;
    *at = i->next;
    if (!h->watched[i->mode])
        h->paused &= (uint8_t)~HANDLE_BIT(i->mode);
    TRACE(k, POE_TRACE_HANDLES, "ignore %d in %s", h->fd, NAME(i->session));
    poe_session_unkeep(i->session, i->keep);
    poe__owned_remove(&i->owned);
    poe__hook_drop(k, &i->hook);
    poe__mem_free(&k->mem, i, sizeof *i);
}

static void
foreign_remove(poe_handle *h)
{
    poe_handle **at = &h->kernel->handles.foreign;

    if (!h->checked)
        return;
    while (*at != h)
        at = &(*at)->foreign_next;
    *at = h->foreign_next;
    h->checked = 0;
}

void
poe_handle_close(poe_handle *h)
{
    poe_kernel *k = h->kernel;
    int fd = h->fd;

    if (fd < 0)
        return;
    TRACE(k, POE_TRACE_HANDLES, "close %d", fd);
    for (int mode = 0; mode < POE_MODES; mode++)
        while (h->watched[mode])
            interest_remove(h->watched[mode]);
    if (h->stream)
        poe__stream_cut(h->stream);
    foreign_remove(h);
    list_remove(&h->loose);
    h->fd = -1;
    h->ready = h->asked = 0;
    k->handles.by_fd[fd] = NULL;
    if (h->known)
        uv_close((uv_handle_t *)&h->poll, poll_closed); /* takes the descriptor out at once */
    if (h->own)
        close(fd);
    poe__handle_unref(h);
}

int
poe_handle_watched(const poe_handle *h)
{
    return h->watched[POE_READ] || h->watched[POE_WRITE] || h->watched[POE_EXPEDITE] || h->stream;
}

/* The end of somebody's pointer.  A descriptor of another's that nobody watches is forgotten. */
void
poe_handle_release(poe_handle **handle)
{
    poe_handle *h = *handle;

    *handle = NULL;
    if (!h)
        return;
    if (h->fd >= 0 && !h->own && !poe_handle_watched(h) && h->refs == 2u + h->known)
        poe_handle_close(h);
    poe__handle_unref(h);
}

/* -- watching ------------------------------------------------------------------------------ */

/* Notes that a handle is to be served in the next slice. */
static void
ready_add(poe_handle *h, unsigned modes)
{
    struct handles *t = &h->kernel->handles;

    h->ready |= (uint8_t)modes;
    if (h->queued)
        return;
    h->kernel->attends |= ATTEND_ERRANDS;
    h->queued = 1;
    h->ready_next = NULL;
    if (!t->ready)
        t->ready = h;
    else {
        t->unsorted |= t->ready_last->seq > h->seq;
        t->ready_last->ready_next = h;
    }
    t->ready_last = h;
    t->ready_count++;
    handle_ref(h);
}

/* It is to be served as if a poll had found it ready. */
void
poe__handle_again(poe_handle *h, enum poe_mode mode)
{
    ready_add(h, HANDLE_BIT(mode));
    poe__wake(h->kernel);
}

/* The modes that somebody wants to hear of now. */
static unsigned
wanted(const poe_handle *h)
{
    unsigned want = h->stream ? poe__stream_wants(h->stream) : 0;

    for (int mode = 0; mode < POE_MODES; mode++)
        if (h->watched[mode] && !(h->paused & HANDLE_BIT(mode)))
            want |= HANDLE_BIT(mode);
    return want;
}

static int poll_ask(poe_handle *h, unsigned want);

static void
poll_found(uv_poll_t *poll, int status, int events)
{
    poe_handle *h = poll->data;
    unsigned modes = 0;

    if (status < 0) { /* an error: whoever reads or writes will be told it; libuv has stopped */
        modes = h->asked;
        h->asked = 0;
    } else {
        modes |= events & UV_READABLE ? HANDLE_BIT(POE_READ) : 0;
        modes |= events & UV_WRITABLE ? HANDLE_BIT(POE_WRITE) : 0;
        modes |= events & UV_PRIORITIZED ? HANDLE_BIT(POE_EXPEDITE) : 0;
        if (!list_empty(&h->loose) && (modes & ~wanted(h))) {
            list_remove(&h->loose);
            modes &= wanted(h);
            poll_ask(h, wanted(h));
        }
    }
    if (modes)
        ready_add(h, modes);
}

/* Makes it known to libuv, which makes it non-blocking, too (R181). */
int
poe__handle_ready(poe_handle *h)
{
    poe_kernel *k = h->kernel;

    if (h->known)
        return 0;
    int rc = uv_poll_init(k->loop, &h->poll, h->fd);
    if (rc < 0)
        return rc;
    h->poll.data = h;
    h->known = 1;
    h->seq = ++k->handles.seq;
    handle_ref(h);
    poe__opened(k);
    if (!h->own) {
        h->foreign_next = k->handles.foreign;
        k->handles.foreign = h;
        h->checked = 1;
    }
    return 0;
}

/* Makes libuv watch for `want`.  Of a descriptor that was closed behind our back it must not hear,
 * it would abort; poe__handles_check finds that soon. */
static int
poll_ask(poe_handle *h, unsigned want)
{
    int rc = poe__handle_ready(h), gone = 0;

    if (rc < 0)
        return rc;
    if (want && !h->own && !is_same(h)) {
        want = 0;
        gone = UV_EBADF;
    }
    if (want == 0)
        rc = uv_poll_stop(&h->poll);
    else
        rc = uv_poll_start(&h->poll,
                           (want & HANDLE_BIT(POE_READ) ? UV_READABLE : 0)
                               | (want & HANDLE_BIT(POE_WRITE) ? UV_WRITABLE : 0)
                               | (want & HANDLE_BIT(POE_EXPEDITE) ? UV_PRIORITIZED : 0),
                           poll_found);
    if (rc == 0)
        h->asked = (uint8_t)want;
    return gone ? gone : rc;
}

/* Makes libuv watch what is wanted now.  A wheel that wants less often wants more again at once, as a handler
 * does that waits for record after record: libuv hears of less before a sleep, or when there is what nobody wants. */
int
poe__handle_arm(poe_handle *h)
{
    unsigned want = wanted(h);

    if (h->fd < 0)
        return UV_EBADF;
    if (want == h->asked)
        return 0;
    if (h->stream && h->own && !(want & ~(unsigned)h->asked)) {
        if (list_empty(&h->loose))
            list_insert(&h->kernel->handles.loose, &h->loose);
        return 0;
    }
    if (!h->kernel->pumping)
        h->kernel->unpolled = 1;
    return poll_ask(h, want);
}

/* Before a sleep: what nobody wants must not wake us. */
void
poe__handles_settle(poe_kernel *k)
{
    while (!list_empty(&k->handles.loose)) {
        poe_handle *h = list_entry(k->handles.loose.next, poe_handle, loose);
        list_remove(&h->loose);
        if (wanted(h) != h->asked)
            poll_ask(h, wanted(h));
    }
}

static struct interest *
interest_find(const poe_handle *h, const poe_session *s, enum poe_mode mode)
{
    struct interest *i = h->watched[mode];

    while (i && i->session != s)
        i = i->next;
    return i;
}

int
poe_handle_watch(poe_handle *h, enum poe_mode mode, const char *name, poe_payload payload,
                 enum poe_keep keep)
{
    poe_kernel *k = h->kernel;
    poe_session *s = k->frame->session;
    struct interest *i, **at;

    if (h->fd < 0)
        return UV_EBADF;
    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    struct hook *hook = poe__hook_new(k, name, payload);
    if (!hook)
        return UV_ENOMEM;
    i = interest_find(h, s, mode);
    if (i) { /* the old one gives way */
        poe__hook_drop(k, &i->hook);
        i->hook = hook;
        return 0;
    }
    i = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *i) : NULL;
    if (!i) {
        poe__mem_free(&k->mem, hook, sizeof *hook);
        return UV_ENOMEM;
    }
    i->handle = h;
    i->session = s;
    i->mode = (uint8_t)mode;
    for (at = &h->watched[mode]; *at;)
        at = &(*at)->next;
    *at = i;
    int rc = poe__handle_arm(h);
    if (rc < 0) {
        *at = NULL;
        poe__mem_free(&k->mem, hook, sizeof *hook);
        poe__mem_free(&k->mem, i, sizeof *i);
        return rc;
    }
    i->hook = hook;
    i->keep = (uint8_t)keep;
    poe__owned_add(s, &i->owned);
    poe_session_keep(s, keep);
    TRACE(k, POE_TRACE_HANDLES, "watch %d in %s for '%s'", h->fd, NAME(s), name);
    return 0;
}

int
poe_handle_ignore(poe_handle *h, enum poe_mode mode)
{
    struct interest *i = interest_find(h, h->kernel->frame->session, mode);

    if (!i)
        return UV_ENOENT;
    interest_remove(i);
    poe__handle_arm(h);
    return 0;
}

void
poe_handle_unwatch(poe_handle *h, enum poe_mode mode)
{
    if (!h->watched[mode])
        return;
    while (h->watched[mode])
        interest_remove(h->watched[mode]);
    poe__handle_arm(h);
}

int
poe_handle_pause(poe_handle *h, enum poe_mode mode, int paused)
{
    if (h->fd < 0 || !h->watched[mode])
        return UV_ENOENT;
    if (paused)
        h->paused |= (uint8_t)HANDLE_BIT(mode);
    else
        h->paused &= (uint8_t)~HANDLE_BIT(mode);
    return poe__handle_arm(h);
}

int
poe_handle_each(poe_session *s, uint32_t index, int *fd, enum poe_mode *mode, const char **event)
{
    for (struct owned *o = s->more ? s->more->owned : NULL; o; o = o->next) {
        const struct interest *i = (const struct interest *)o;
        if (o->kind == OWNED_INTEREST && i->keep == POE_KEEP_HANDLE && index-- == 0) {
            *fd = i->handle->fd;
            *mode = i->mode;
            *event = i->hook->name;
            return 0;
        }
    }
    return UV_ENOENT;
}

/* -- serving ------------------------------------------------------------------------------- */

/* Merges two lists in order of `seq`. */
static poe_handle *
merge(poe_handle *a, poe_handle *b)
{
    poe_handle *head = NULL, **at = &head;

    while (a && b) {
        poe_handle **from = b->seq < a->seq ? &b : &a;
        *at = *from;
        at = &(*at)->ready_next;
        *from = *at;
    }
    *at = a ? a : b;
    return head;
}

/* Sorts by merging runs of 1, 2, 4 ...: run[i] holds none or 2^i. */
static poe_handle *
sorted(poe_handle *list)
{
    poe_handle *run[32] = { NULL };

    while (list) {
        poe_handle *one = list;
        int i = 0;
        list = list->ready_next;
        one->ready_next = NULL;
        for (; i < 31 && run[i]; i++) {
            one = merge(run[i], one);
            run[i] = NULL;
        }
        run[i] = merge(run[i], one);
    }
    for (int i = 0; i < 32; i++)
        list = merge(run[i], list);
    return list;
}

/* Serves everyone who watches `h` in `mode`; those who come on the way wait for the next slice. */
static void
serve(poe_handle *h, enum poe_mode mode)
{
    uint32_t round = ++h->kernel->handles.round;
    struct interest *i;

    if (h->stream && mode != POE_EXPEDITE)
        poe__stream_ready(h->stream, mode);
    for (i = h->watched[mode]; i; i = i->next)
        i->round = round - 1;
    for (;;) {
        for (i = h->watched[mode]; i && i->round != round - 1;)
            i = i->next;
        if (!i)
            return;
        i->round = round;
        if (!(i->session->flags & SESSION_STOPPED))
            poe__hook_fire(i->hook, i->session, POE_EVENT_HANDLE, NULL);
    }
}

/* Asks for the memory of those that come next while `h` is served: where many are ready none of it is in the
 * processor's cache. */
static void
ask_ahead(const poe_handle *h)
{
    const poe_handle *next = h->now_next;

    if (next && next->stream)
        __builtin_prefetch(next->stream->hooks[POE_HOOK_INPUT]);
    next = next ? next->now_next : NULL;
    for (size_t at = 0; next && next->stream && at < sizeof *next->stream; at += 64)
        __builtin_prefetch((const char *)next->stream + at);
}

/* One batch. */
static void
serve_all(poe_kernel *k, poe_handle *first, enum poe_mode mode)
{
    int any = 0, many = k->handles.crowded;

    for (poe_handle *h = first; h; h = h->now_next)
        if ((h->now & HANDLE_BIT(mode)) && h->fd >= 0) {
            if (many)
                ask_ahead(h);
            serve(h, mode);
            any = 1;
        }
    if (any)
        poe__sweep(k, 0);
}

/* Serves what the last poll found. */
void
poe__handles_run(poe_kernel *k)
{
    struct handles *t = &k->handles;
    unsigned modes = 0;
    poe__laters_run(k);
    poe_handle *first = t->unsorted ? sorted(t->ready) : t->ready, *next;

    t->ready = t->ready_last = NULL;
    t->unsorted = 0;
    t->crowded = t->ready_count > CROWD;
    t->ready_count = 0;
    for (poe_handle *h = first; h; h = h->ready_next) { /* may be noted again on the way */
        h->now_next = h->ready_next;
        h->now = h->ready;
        modes |= h->ready;
        h->ready = 0;
        h->queued = 0;
    }
    for (int mode = 0; mode < POE_MODES; mode++)
        if (modes & HANDLE_BIT(mode))
            serve_all(k, first, mode);
    for (; first; first = next) {
        next = first->now_next;
        if (first->fd >= 0 && !first->asked)
            poe__handle_arm(first); /* libuv has stopped at an error */
        poe__handle_unref(first);
    }
}

/* Descriptors that scripts have closed without telling: nobody watches them any more. */
void
poe__handles_check(poe_kernel *k)
{
    poe_handle *next;

    for (poe_handle *h = k->handles.foreign; h; h = next) {
        next = h->foreign_next;
        if (!is_same(h))
            poe_handle_close(h);
    }
}

/* The session has stopped: what it watched is watched no more (R189). */
void
poe__handles_forget(poe_session *s)
{
    while (s->more && s->more->owned) {
        struct owned *o = s->more->owned;
        if (o->kind == OWNED_STREAM)
            poe_stream_close((poe_stream *)o, 0);
        else if (o->kind == OWNED_LATER)
            poe_later_close((poe_later *)o);
        else if (o->kind == OWNED_FILE)
            poe_file_close((poe_file *)o);
        else if (o->kind == OWNED_TTY)
            poe_tty_close((poe_tty *)o);
        else {
            poe_handle *h = ((struct interest *)o)->handle;
            interest_remove((struct interest *)o);
            poe__handle_arm(h);
        }
    }
}

/* The end of the kernel. */
void
poe__handles_release(poe_kernel *k)
{
    struct handles *t = &k->handles;

    for (uint32_t fd = 0; fd < t->room; fd++)
        if (t->by_fd[fd])
            poe_handle_close(t->by_fd[fd]);
    for (poe_handle *h = t->ready, *next; h; h = next) {
        next = h->ready_next;
        poe__handle_unref(h);
    }
    t->ready = t->ready_last = NULL;
    poe__laters_run(k); /* their sessions have gone: frees them */
    poe__mem_free(&k->mem, t->by_fd, t->room * sizeof *t->by_fd);
    t->by_fd = NULL;
    t->room = 0;
    if (t->buffer)
        poe__mem_free(&k->mem, t->buffer, BUFFER_BYTES);
    t->buffer = NULL;
    while (t->spare) {
        char *spare = t->spare;
        memcpy(&t->spare, spare, sizeof t->spare);
        poe__mem_free(&k->mem, spare, OUT_BYTES);
    }
    t->spare_count = 0;
}
