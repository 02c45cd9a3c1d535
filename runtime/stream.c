/*
 * stream.c - buffered reading and writing of a handle, what wheels are made of
 *
 * Reading: one read a slice, into a buffer that all streams share, cut into records on the way; only
 * what is not a record yet is copied aside.  Writing: bytes gather until the end of the slice and leave
 * in one call; what the descriptor does not take waits for writability.  A closed stream writes what
 * it has left in the background.
 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kernel.h"

/* -- bytes --------------------------------------------------------------------------------- */

static void
bytes_free(poe_kernel *k, struct bytes *b)
{
    struct handles *t = &k->handles;

    if (b->block && b->room == OUT_BYTES && t->spare_count < OUT_SPARE) {
        memcpy(b->block, &t->spare, sizeof t->spare);
        t->spare = b->block;
        t->spare_count++;
    } else if (b->block)
        poe__mem_free(&k->mem, b->block, b->room);
    *b = (struct bytes){ NULL, 0, 0, 0 };
}

/* Room for `more` bytes behind those that are there. */
static int
bytes_reserve(poe_kernel *k, struct bytes *b, size_t more)
{
    struct handles *t = &k->handles;
    size_t room = b->room ? b->room : OUT_BYTES;

    if (b->room - b->at - b->length >= more)
        return 0;
    if (!b->room && more <= OUT_BYTES && t->spare) {
        b->block = t->spare;
        b->room = OUT_BYTES;
        memcpy(&t->spare, b->block, sizeof t->spare);
        t->spare_count--;
        return 0;
    }
    if (b->at) {
        memmove(b->block, b->block + b->at, b->length);
        b->at = 0;
    }
    if (more > SIZE_MAX / 4)
        return UV_ENOMEM;
    while (room - b->length < more)
        room *= 2;
    if (room == b->room)
        return 0;
    char *grown = poe__mem_resize(&k->mem, b->block, b->room, room);
    if (!grown)
        return UV_ENOMEM;
    b->block = grown;
    b->room = room;
    return 0;
}

static int
bytes_add(poe_kernel *k, struct bytes *b, const char *data, size_t length)
{
    int rc = bytes_reserve(k, b, length);

    if (rc == 0 && length) {
        memcpy(b->block + b->at + b->length, data, length);
        b->length += length;
    }
    return rc;
}

/* Octets that wait to be written. */
static size_t
waiting(const poe_stream *st)
{
    return st->out.length + st->loan_length;
}

/* The borrowed bytes go back. */
static void
loan_return(poe_kernel *k, poe_stream *st)
{
    poe_payload payload = st->loan_payload;

    st->loan = NULL;
    st->loan_length = 0;
    st->loan_payload = 0;
    poe__drop(k, payload);
}

static void
output_free(poe_kernel *k, poe_stream *st)
{
    bytes_free(k, &st->out);
    loan_return(k, st);
}

/* -- life ---------------------------------------------------------------------------------- */

static void
stream_unref(poe_kernel *k, poe_stream *st)
{
    if (--st->refs > 0)
        return;
    poe__mem_free(&k->mem, st->state, st->state_bytes);
    poe__mem_free(&k->mem, st, sizeof *st);
}

/* Whether input is wanted at all: it keeps the session, paused or not (R180). */
static int
is_reading(const poe_stream *st)
{
    return st->session && st->hooks[POE_HOOK_INPUT] && !st->idle && !st->in_ended;
}

/* What libuv is to watch. */
unsigned
poe__stream_wants(const poe_stream *st)
{
    return (is_reading(st) && !st->paused && !st->held ? HANDLE_BIT(POE_READ) : 0)
           | (st->blocked && !st->out_ended ? HANDLE_BIT(POE_WRITE) : 0);
}

/* Something has changed: what it keeps, what is watched. */
static void
stream_update(poe_stream *st)
{
    unsigned keep = is_reading(st) || (st->session && (waiting(st) || st->output) && !st->out_ended);

    if (st->handle)
        poe__handle_arm(st->handle);
    if (keep == st->kept || !st->session)
        return;
    st->kept = keep & 1;
    if (keep)
        poe_session_keep(st->session, POE_KEEP_WHEEL);
    else
        poe_session_unkeep(st->session, POE_KEEP_WHEEL);
}

static void
dirty_add(poe_stream *st)
{
    poe_kernel *k = st->handle->kernel;

    if (!list_empty(&st->dirty))
        return;
    list_insert(&k->handles.dirty, &st->dirty);
    k->attends |= ATTEND_ERRANDS;
    if (k->attends & ATTEND_WAKE)
        poe__wake(k);
}

/* Takes it off its session. */
static void
stream_disown(poe_kernel *k, poe_stream *st)
{
    poe__owned_remove(&st->owned);
    if (st->kept && st->session)
        poe_session_unkeep(st->session, POE_KEEP_WHEEL);
    st->kept = 0;
    st->session = NULL;
    st->cut = st->cut_end = NULL;
    for (int i = 0; i < POE_HOOKS; i++)
        poe__hook_drop(k, &st->hooks[i]);
    bytes_free(k, &st->rest);
    bytes_free(k, &st->given);
}

/* Takes it off its handle. */
void
poe__stream_cut(poe_stream *st)
{
    poe_handle *h = st->handle;
    poe_kernel *k = h->kernel;

    if (st->session)
        stream_disown(k, st);
    if (st->closing)
        k->handles.lingering--;
    st->closing = 0;
    list_remove(&st->dirty);
    output_free(k, st);
    h->stream = NULL;
    st->handle = NULL;
    stream_unref(k, st);
}

/* Closed, and its output is written: the descriptor goes, too, when it is ours. */
static void
stream_end(poe_stream *st)
{
    poe_handle *h = st->handle;

    poe__stream_cut(st);
    if (h->own)
        poe_handle_close(h);
    else
        poe__handle_arm(h);
}

static const char reading[] = " -> select read", writing[] = " -> select write";

/* What its input events have for a caller's event. */
static int
state_copy(poe_kernel *k, poe_stream *st, const char *state)
{
    size_t length = strlen(state);

    st->state_bytes = length + sizeof reading;
    st->state = poe__mem_resize(&k->mem, NULL, 0, st->state_bytes);
    if (!st->state)
        return UV_ENOMEM;
    memcpy(st->state, state, length);
    memcpy(st->state + length, reading, sizeof reading);
    return 0;
}

int
poe_stream_open(poe_handle *h, const char *state, poe_stream **stream)
{
    poe_kernel *k = h->kernel;
    poe_stream *old = h->stream, *st;
    struct sigaction sa;
    struct stat how;

    if (h->fd < 0 || fstat(h->fd, &how) < 0)
        return UV_EBADF;
    if ((old && !old->closing) || h->watched[POE_READ] || h->watched[POE_WRITE])
        return UV_EBUSY;
    if (S_ISREG(how.st_mode) || S_ISDIR(how.st_mode))
        return UV_EPERM;
    if (k->frame->session->flags & SESSION_STOPPED)
        return UV_ESRCH;
    st = poe__session_more(k->frame->session) ? poe__mem_zero(&k->mem, sizeof *st) : NULL;
    if (!st)
        return UV_ENOMEM;
    if (state_copy(k, st, state) < 0) {
        poe__mem_free(&k->mem, st, sizeof *st);
        return UV_ENOMEM;
    }
    list_init(&st->dirty);
    st->owned.kind = OWNED_STREAM;
    st->refs = 2;
    st->block = BUFFER_BYTES;
    st->socket = S_ISSOCK(how.st_mode);
    st->guard = !st->socket && sigaction(SIGPIPE, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL;
    int rc = poe__handle_ready(h);
    if (rc < 0) {
        poe__mem_free(&k->mem, st->state, st->state_bytes);
        poe__mem_free(&k->mem, st, sizeof *st);
        return rc;
    }
    if (old) {
        st->out = old->out;
        st->loan = old->loan;
        st->loan_length = old->loan_length;
        st->loan_payload = old->loan_payload;
        st->messages = old->messages;
        st->blocked = old->blocked;
        old->out = (struct bytes){ NULL, 0, 0, 0 };
        old->loan_payload = 0;
        old->loan_length = 0;
        poe__stream_cut(old);
    }
    st->handle = h;
    h->stream = st;
    st->session = k->frame->session;
    poe__owned_add(st->session, &st->owned);
    if (waiting(st)) {
        st->unflushed = 1;
        dirty_add(st);
    }
    stream_update(st);
    *stream = st;
    return 0;
}

void
poe_stream_close(poe_stream *st, int abort)
{
    poe_handle *h = st->handle;

    if (!h || (!st->session && !abort))
        return;
    poe_kernel *k = h->kernel;
    if (st->session)
        stream_disown(k, st);
    if (!st->closing) {
        st->closing = 1;
        k->handles.lingering++;
    }
    if (abort || st->out_ended || st->write_error)
        output_free(k, st);
    dirty_add(st);
    poe__handle_arm(h);
}

void
poe_stream_release(poe_kernel *k, poe_stream **stream)
{
    poe_stream *st = *stream;

    *stream = NULL;
    if (st)
        stream_unref(k, st);
}

poe_session *
poe_stream_session(const poe_stream *st)
{
    return st->session;
}

/* -- telling ------------------------------------------------------------------------------- */

/* Dispatches a hook, if it is set.  Whether the stream is still its session's afterwards. */
static int
tell(poe_stream *st, enum poe_hook what, const struct poe_io *more)
{
    struct poe_io io = more ? *more : (struct poe_io){ .data = NULL };
    struct hook *hook = st->hooks[what];
    poe_session *s = st->session;

    char name[96]; /* output is rarer: what that is called is made when it happens */

    if (!hook || !s || (s->flags & SESSION_STOPPED))
        return s != NULL;
    io.state = st->state;
    if (what != POE_HOOK_INPUT && !(io.op && io.op[0] == 'r')) {
        snprintf(name, sizeof name, "%.*s%s", (int)(st->state_bytes - sizeof reading), st->state, writing);
        io.state = name;
    }
    st->raised = poe__hook_fire(hook, s, POE_EVENT_IO, &io) == POE_RAISED;
    return st->session == s;
}

static int
tell_error(poe_stream *st, const char *op, int error)
{
    struct poe_io io = { .op = op, .error = error };

    return tell(st, POE_HOOK_ERROR, &io);
}

/* -- plain reading and writing ------------------------------------------------------------- */

/* write(2) that raises no SIGPIPE, where that would kill the process. */
static ssize_t
guarded_write(int fd, const char *data, size_t length)
{
    sigset_t pipe, old, pending;
    struct timespec none = { 0, 0 };

    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe, &old);
    ssize_t n = write(fd, data, length);
    int error = errno;
    if (n < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE))
        sigtimedwait(&pipe, NULL, &none);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = error;
    return n;
}

int64_t
poe_handle_read(poe_handle *h, char *buffer, size_t size)
{
    ssize_t n;

    if (h->fd < 0)
        return UV_EBADF;
    do
        n = read(h->fd, buffer, size);
    while (n < 0 && errno == EINTR);
    return n > 0 || (n == 0 && size == 0) ? n : n == 0 ? UV_EOF : -errno;
}

int64_t
poe_handle_write(poe_handle *h, const char *data, size_t length)
{
    ssize_t n;

    if (h->fd < 0)
        return UV_EBADF;
    do {
        n = send(h->fd, data, length, MSG_NOSIGNAL);
        if (n < 0 && errno == ENOTSOCK)
            n = guarded_write(h->fd, data, length);
    } while (n < 0 && errno == EINTR);
    return n >= 0 ? n : -errno;
}

/* -- reading ------------------------------------------------------------------------------- */

/* Reading ends; the error is told. */
static void
input_end(poe_stream *st, int error)
{
    st->in_ended = 1;
    st->in_error = error;
    stream_update(st);
    tell_error(st, "read", error);
}

/* Whether the byte `back` before `at` is `c`; it may lie in the rest. */
static int
is_before(const poe_stream *st, const char *at, size_t back, char c)
{
    size_t here = (size_t)(at - st->cut);

    if (back <= here)
        return at[-(ptrdiff_t)back] == c;
    back -= here;
    return back <= st->rest.length && st->rest.block[st->rest.at + st->rest.length - back] == c;
}

/* The byte behind the first line end in cut..cut_end, and how long that is; NULL: none. */
static const char *
line_end(poe_stream *st, size_t *length)
{
    const char *at = st->cut, *end = st->cut_end;
    size_t n = st->end_length;

    if (st->framing == POE_FRAME_ANY) {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        const char *cr = memchr(at, '\r', (size_t)((lf ? lf : end) - at));
        const char *first = cr ? cr : lf;
        if (!first)
            return NULL;
        char other = *first == '\n' ? '\r' : '\n';
        *length = first + 1 < end && first[1] == other ? 2 : 1;
        st->swallow = first + 1 == end ? other : '\0';
        return first + *length;
    }
    *length = n;
    while (at < end && (at = memchr(at, st->end[n - 1], (size_t)(end - at)))) {
        size_t i = 1;
        while (i < n && is_before(st, at, i, st->end[n - 1 - i]))
            i++;
        at++;
        if (i == n)
            return at;
    }
    return NULL;
}

/* Cuts the next record off; 1, 0 (none that is whole: all has gone to the rest), or an error. */
static int
record_cut(poe_stream *st, struct poe_io *io)
{
    poe_kernel *k = st->handle->kernel;
    const char *end = st->cut_end;
    size_t ending = 0;

    if (st->swallow && *st->cut == st->swallow)
        st->cut++;
    st->swallow = '\0';
    if (st->cut == st->cut_end)
        return 0;
    int whole = st->framing == POE_FRAME_NONE || (end = line_end(st, &ending));
    if (!whole)
        end = st->cut_end;
    size_t size = st->rest.length + (size_t)(end - st->cut);
    if (!whole && ending)
        ending = size < ending ? size : ending - 1; /* so much may be the beginning of its end */
    size -= ending;
    if (st->framing != POE_FRAME_NONE && size > st->most)
        return UV_EMSGSIZE;
    if (st->rest.length == 0 && whole) {
        io->data = st->cut;
        io->length = size;
        st->cut = end;
        return 1;
    }
    if (bytes_add(k, &st->rest, st->cut, (size_t)(end - st->cut)) < 0)
        return UV_ENOMEM;
    st->cut = end;
    if (!whole)
        return 0;
    io->data = st->rest.block + st->rest.at;
    io->length = size;
    return 1;
}

/* Cuts what is at cut..cut_end and dispatches it, for as long as somebody wants it. */
static void
deliver(poe_stream *st)
{
    poe_kernel *k = st->handle->kernel;
    struct poe_io io = { .data = NULL };
    int rc = 1;

    while (st->cut < st->cut_end && is_reading(st) && !st->paused) {
        rc = record_cut(st, &io);
        if (rc <= 0)
            break;
        struct bytes used = st->rest; /* the record may lie in it */
        st->rest = (struct bytes){ NULL, 0, 0, 0 };
        tell(st, POE_HOOK_INPUT, &io);
        if (!st->rest.block && st->session && used.room > (size_t)OUT_BYTES * 4) {
            st->rest = used; /* long lines come together */
            st->rest.at = st->rest.length = 0;
        } else
            bytes_free(k, &used);
        if (st->raised)
            break;
    }
    if (st->session && st->cut < st->cut_end && rc >= 0) { /* held back */
        if (bytes_add(k, &st->rest, st->cut, (size_t)(st->cut_end - st->cut)) < 0)
            rc = UV_ENOMEM;
        else if (st->raised && rc > 0)
            st->stuck = 1;
        else
            st->held = 1;
    }
    st->cut = st->cut_end = NULL;
    if (!st->session)
        return;
    if (st->rest.block && st->rest.length == 0)
        bytes_free(k, &st->rest);
    if (rc < 0) {
        bytes_free(k, &st->rest);
        input_end(st, rc);
    }
}

/* What was held back can go on. */
static void
deliver_held(poe_stream *st)
{
    poe_kernel *k = st->handle->kernel;
    struct bytes old = st->rest;

    st->rest = (struct bytes){ NULL, 0, 0, 0 };
    st->held = st->stuck = 0;
    if (old.length) {
        st->cut = old.block + old.at;
        st->cut_end = st->cut + old.length;
        deliver(st);
    }
    bytes_free(k, &old);
}

static void
stream_read(poe_stream *st)
{
    poe_kernel *k = st->handle->kernel;
    struct handles *t = &k->handles;
    char *buffer = t->buffer ? t->buffer : poe__mem_resize(&k->mem, NULL, 0, BUFFER_BYTES);
    ssize_t n;

    if (!buffer)
        return; /* the next poll finds it again */
    t->buffer = NULL; /* a handler may run a slice of its own */
    do
        n = read(st->handle->fd, buffer, st->block);
    while (n < 0 && errno == EINTR);
    if (n > 0 && st->stuck) { /* a handler raised in the middle of the last read: the rest comes with this one */
        if (bytes_add(k, &st->rest, buffer, (size_t)n) == 0)
            deliver_held(st);
        else
            input_end(st, UV_ENOMEM);
    } else if (n > 0) {
        st->cut = buffer;
        st->cut_end = buffer + n;
        deliver(st);
    } else if (n == 0 || (errno == EIO && !st->socket)) /* a pseudo-terminal ends with EIO */
        input_end(st, UV_EOF);
    else if (errno != EAGAIN)
        input_end(st, -errno);
    if (t->buffer)
        poe__mem_free(&k->mem, buffer, BUFFER_BYTES);
    else
        t->buffer = buffer;
}

int
poe_stream_frame(poe_stream *st, enum poe_framing how, const char *end, size_t length, size_t most)
{
    if (how == POE_FRAME_LINES && (length == 0 || length > POE_LINE_END))
        return UV_EINVAL;
    st->framing = (uint8_t)how;
    st->end_length = (uint8_t)length;
    if (length)
        memcpy(st->end, end, length);
    st->most = most;
    st->swallow = '\0';
    return 0;
}

void
poe_stream_block(poe_stream *st, size_t bytes)
{
    st->block = bytes && bytes < BUFFER_BYTES ? bytes : BUFFER_BYTES;
}

void
poe_stream_pause(poe_stream *st, int paused)
{
    if (!st->session)
        return;
    st->paused = paused != 0;
    if (!paused && st->held && is_reading(st))
        poe__handle_again(st->handle, POE_READ);
    stream_update(st);
}

size_t
poe_stream_rest(poe_stream *st, const char *part[2], size_t length[2])
{
    part[0] = st->rest.block ? st->rest.block + st->rest.at : "";
    length[0] = st->rest.length;
    part[1] = st->cut ? st->cut : "";
    length[1] = (size_t)(st->cut_end - st->cut);
    return length[0] + length[1];
}

char
poe_stream_skip(const poe_stream *st)
{
    return st->swallow;
}

void
poe_stream_take(poe_stream *st)
{
    if (st->handle)
        bytes_free(st->handle->kernel, &st->rest);
    st->cut = st->cut_end;
    st->held = st->stuck = 0;
    st->swallow = '\0';
    if (st->session)
        stream_update(st);
}

int
poe_stream_ended(const poe_stream *st)
{
    return st->in_ended ? st->in_error : 0;
}

int
poe_stream_next(poe_stream *st, const char **data, size_t *length)
{
    struct poe_io io = { .data = NULL };

    if (!st->session || !(st->held || st->stuck) || st->cut)
        return 0;
    poe_kernel *k = st->handle->kernel;
    bytes_free(k, &st->given);
    st->given = st->rest;
    st->rest = (struct bytes){ NULL, 0, 0, 0 };
    st->cut = st->given.block + st->given.at;
    st->cut_end = st->cut + st->given.length;
    int rc = st->cut < st->cut_end ? record_cut(st, &io) : 0;
    size_t left = (size_t)(st->cut_end - st->cut);
    st->cut = st->cut_end = NULL;
    *data = io.data;
    *length = io.length;
    if (rc > 0 && left) { /* the block stays, what was cut off is passed over */
        st->rest = st->given;
        st->rest.at += st->rest.length - left;
        st->rest.length = left;
        st->given = (struct bytes){ NULL, 0, 0, 0 };
        return rc;
    }
    st->held = st->stuck = 0; /* `given` holds the record until the next call */
    stream_update(st);
    return rc;
}

int
poe_stream_give(poe_stream *st, const char *data, size_t length)
{
    if (!st->session || st->rest.length || st->cut < st->cut_end)
        return UV_EINVAL;
    int rc = bytes_add(st->handle->kernel, &st->rest, data, length);
    if (rc == 0 && length) {
        st->held = 1;
        if (is_reading(st) && !st->paused)
            poe__handle_again(st->handle, POE_READ);
        stream_update(st);
    }
    return rc;
}

/* Whether it is, if there is a hook. */
static void
input_wanted(poe_stream *st, int wanted)
{
    st->idle = !wanted;
    if (st->held && is_reading(st) && !st->paused)
        poe__handle_again(st->handle, POE_READ);
    stream_update(st);
}

int
poe_stream_hook(poe_stream *st, enum poe_hook what, const char *name, poe_payload payload)
{
    struct hook *hook = NULL;

    if (!st->session)
        return UV_EBADF;
    poe_kernel *k = st->handle->kernel;
    if (!name)
        name = st->state;
    if (payload && !(hook = poe__hook_new(k, name, payload)))
        return UV_ENOMEM;
    poe__hook_drop(k, &st->hooks[what]);
    st->hooks[what] = hook;
    if (what == POE_HOOK_INPUT)
        input_wanted(st, 1);
    else
        stream_update(st);
    return 0;
}

void
poe_stream_idle(poe_stream *st, int idle)
{
    if (st->session && st->idle != (idle != 0))
        input_wanted(st, !idle);
}

/* -- writing ------------------------------------------------------------------------------- */

static ssize_t
quiet_write(const poe_stream *st, const char *data, size_t length)
{
    if (st->socket)
        return send(st->handle->fd, data, length, MSG_NOSIGNAL);
    return st->guard ? guarded_write(st->handle->fd, data, length)
                     : write(st->handle->fd, data, length);
}

/* A pipe has no half: its number goes on as another descriptor, any one that is there, and the stream lives
 * until it is closed. */
static void
output_shut(poe_stream *st)
{
    poe_handle *h = st->handle;

    st->out_ended = 1;
    if (shutdown(h->fd, SHUT_WR) < 0 && errno == ENOTSOCK && h->own && !is_reading(st)) {
        /* The end of a pipe: the reader is to read the end now, the number stays ours until the close.
         * Any descriptor that nobody reads will do in its place, and this one needs no new one. */
        poe__handle_arm(h);
        dup3(uv_backend_fd(h->kernel->loop), h->fd, O_CLOEXEC);
    }
}

/* One call for all that waits; how many bytes went, or an error. */
static ssize_t
write_once(const poe_stream *st)
{
    const char *first = st->out.block + st->out.at;

    if (!st->loan_length)
        return quiet_write(st, first, st->out.length);
    if (!st->out.length)
        return quiet_write(st, st->loan, st->loan_length);
    if (!st->socket)
        return quiet_write(st, first, st->out.length); /* the rest comes in another call */
    struct iovec part[2] = { { (char *)first, st->out.length },
                             { (char *)(uintptr_t)st->loan, st->loan_length } };
    struct msghdr message = { .msg_iov = part, .msg_iovlen = 2 };
    return sendmsg(st->handle->fd, &message, MSG_NOSIGNAL);
}

/* So many bytes have gone. */
static void
written(poe_kernel *k, poe_stream *st, size_t n)
{
    size_t own = n < st->out.length ? n : st->out.length;

    st->out.at += own;
    st->out.length -= own;
    n -= own;
    st->loan += n;
    st->loan_length -= n;
    if (st->loan_payload && st->loan_length == 0)
        loan_return(k, st);
}

/*
 * Has everybody gone who could read?  The master of a pseudo-terminal takes what nobody reads until it
 * is full and is then "not ready" for ever, while its hang-up wakes us all the time.
 */
static int
hung_up(const poe_stream *st)
{
    struct pollfd p = { .fd = st->handle->fd, .events = POLLOUT };

    return !st->socket && poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLOUT)) == POLLHUP;
}

/* Writes as much as goes; 0 or an error, which ends the writing. */
static int
write_some(poe_stream *st)
{
    poe_kernel *k = st->handle->kernel;
    ssize_t n = 0;

    st->blocked = 0;
    while (waiting(st)) {
        do
            n = write_once(st);
        while (n < 0 && errno == EINTR);
        int code = n < 0 ? errno : 0;
        if (code == EAGAIN && !hung_up(st)) {
            st->blocked = 1;
            break;
        }
        if (code) {
            st->out_ended = 1;
            return code == EAGAIN ? -EIO : -code;
        }
        written(k, st, (size_t)n);
    }
    if (waiting(st) == 0) {
        output_free(k, st);
        st->messages = 0;
        if (st->out_shut && !st->out_ended)
            output_shut(st);
    }
    return 0;
}

/* Tells what writing has led to: error, marks, flushed (R258-R263). */
static void
output_tell(poe_stream *st, int error)
{
    if (error < 0) {
        tell_error(st, "write", error);
        return;
    }
    if (st->in_high) {
        if (waiting(st) <= st->low) {
            st->in_high = 0;
            if (!tell(st, POE_HOOK_LOW, NULL))
                return;
        }
    } else if (st->high && waiting(st) >= st->high) {
        st->in_high = 1;
        if (!tell(st, POE_HOOK_HIGH, NULL))
            return;
    }
    if (waiting(st) == 0 && st->unflushed) {
        st->unflushed = 0;
        tell(st, POE_HOOK_FLUSHED, NULL);
    }
}

/* The write phase of a slice, or flush: writes, and tells. */
static void
stream_write(poe_stream *st)
{
    int error = st->write_error;

    st->write_error = 0;
    if (error == 0 && !st->out_ended)
        error = write_some(st);
    if (!st->handle)
        return;
    stream_update(st);
    if (st->session)
        output_tell(st, error);
    else if (waiting(st) == 0 || error < 0)
        stream_end(st);
}

/* Whether somebody waits to hear that all is written. */
static int
is_awaited(const poe_stream *st)
{
    return st->hooks[POE_HOOK_FLUSHED] || st->in_high || st->high;
}

/* Many handles are ready: what this one's input has led to leaves while it is at hand.  Whoever waits to
 * hear of it does at the usual time. */
static void
write_early(poe_stream *st)
{
    if (!st->blocked && !st->out_ended) {
        int rc = write_some(st);
        if (rc < 0)
            st->write_error = rc; /* told when the slice ends */
    }
}

/* Its handle is ready. */
void
poe__stream_ready(poe_stream *st, enum poe_mode mode)
{
    poe_kernel *k = st->handle->kernel;

    st->refs++;
    if (mode == POE_WRITE) {
        if (st->blocked || st->write_error || st->unflushed)
            stream_write(st);
    } else if (is_reading(st) && !st->paused) {
        if (st->held)
            deliver_held(st);
        else
            stream_read(st);
        if (k->handles.crowded && st->session && !list_empty(&st->dirty) && !is_awaited(st))
            write_early(st);
    }
    if (st->session)
        stream_update(st);
    stream_unref(k, st);
}

/* A slice begins: what was put since the last one counts as found ready by the poll, as in POE. */
void
poe__streams_begin(poe_kernel *k)
{
    struct list *dirty = &k->handles.dirty;

    for (struct list *at = dirty->next; at != dirty; at = at->next)
        poe__handle_again(list_entry(at, poe_stream, dirty)->handle, POE_WRITE);
}

/* The end of a slice: what was put in it leaves together.  Where somebody waits to hear of it, it leaves
 * in the next slice's write phase, in front of the event, as in POE: another wheel of the same program does
 * not read it before (R254, R312). */
void
poe__streams_flush(poe_kernel *k)
{
    while (!list_empty(&k->handles.dirty)) {
        poe_stream *st = list_entry(k->handles.dirty.next, poe_stream, dirty);
        poe_handle *h = st->handle;
        list_remove(&st->dirty);
        if (!h) /* never: what has no handle any more is not dirty */
            continue;
        if (st->session && is_awaited(st) && !st->blocked) {
            poe__handle_again(h, POE_WRITE);
            continue;
        }
        int rc = st->write_error ? st->write_error : st->blocked || st->out_ended ? 0 : write_some(st);
        if (!st->handle)
            continue;
        if (!st->session && (rc < 0 || waiting(st) == 0 || st->out_ended)) {
            stream_end(st);
            continue;
        }
        if (rc < 0) {
            st->write_error = rc;
            st->out_ended = 1;
            poe__handle_again(h, POE_WRITE);
        } else if (waiting(st) == 0)
            st->unflushed = 0;
        stream_update(st);
    }
}

/* One attempt at what each closed stream has left; whether any went.  Notes whom to wait for. */
static int
linger_turn(poe_kernel *k, struct pollfd *wait, nfds_t most, nfds_t *count)
{
    int moved = 0;

    *count = 0;
    for (uint32_t fd = 0; fd < k->handles.room; fd++) {
        poe_handle *h = k->handles.by_fd[fd];
        poe_stream *st = h ? h->stream : NULL;
        if (!st || !st->closing)
            continue;
        size_t before = waiting(st);
        if (before == 0 || write_some(st) < 0 || waiting(st) == 0) {
            stream_end(st);
            moved = 1;
            continue;
        }
        moved |= waiting(st) < before;
        if (*count < most)
            wait[(*count)++] = (struct pollfd){ .fd = h->fd, .events = POLLOUT };
    }
    return moved;
}

/* The end of a run: closed streams get their output out, as long as anybody reads any of it. */
void
poe__streams_linger(poe_kernel *k)
{
    struct pollfd wait[64];
    nfds_t count;
    uint64_t last;

    poe__streams_flush(k);
    last = uv_hrtime();
    while (k->handles.lingering) {
        int moved = linger_turn(k, wait, sizeof wait / sizeof wait[0], &count);
        uint64_t quiet_ms = (uv_hrtime() - last) / 1000000;
        if (moved)
            last = uv_hrtime();
        else if (quiet_ms >= LINGER_MS)
            break; /* nobody reads */
        else /* a slow one may be behind those that are noted */
            poll(wait, count, count < sizeof wait / sizeof wait[0] ? (int)(LINGER_MS - quiet_ms) : 20);
    }
    for (uint32_t fd = 0; fd < k->handles.room && k->handles.lingering; fd++) {
        poe_handle *h = k->handles.by_fd[fd];
        if (h && h->stream && h->stream->closing)
            stream_end(h->stream);
    }
}

/* Something was put. */
static void
output_added(poe_stream *st)
{
    st->unflushed = 1;
    if (!st->kept)
        stream_update(st);
    if (!st->blocked)
        dirty_add(st);
}

/* Bytes come behind borrowed ones: those are copied now. */
static int
loan_copy(poe_kernel *k, poe_stream *st)
{
    int rc = st->loan_length ? bytes_add(k, &st->out, st->loan, st->loan_length) : 0;

    if (rc == 0)
        loan_return(k, st);
    return rc;
}

int
poe_stream_write(poe_stream *st, const char *data, size_t length)
{
    int rc;

    if (!st->session || st->out_shut)
        return UV_EPIPE;
    if (length == 0 || st->out_ended) /* failed: told already, and what is put later is lost */
        return 0;
    poe_kernel *k = st->handle->kernel;
    if (st->loan_length && (rc = loan_copy(k, st)) < 0)
        return rc;
    rc = bytes_add(k, &st->out, data, length);
    if (rc == 0)
        output_added(st);
    return rc;
}

int
poe_stream_lend(poe_stream *st, const char *data, size_t length, poe_payload payload)
{
    int rc;

    if (!st->session || st->out_shut)
        return UV_EPIPE;
    poe_kernel *k = st->handle->kernel;
    if (length == 0 || st->out_ended) {
        poe__drop(k, payload);
        return 0;
    }
    if (st->loan_length && (rc = loan_copy(k, st)) < 0)
        return rc;
    st->loan = data;
    st->loan_length = length;
    st->loan_payload = payload;
    output_added(st);
    return 0;
}

int
poe_stream_flush(poe_stream *st)
{
    if (!st->session)
        return UV_EBADF;
    poe_kernel *k = st->handle->kernel;
    st->refs++;
    list_remove(&st->dirty);
    stream_write(st);
    stream_unref(k, st);
    return 0;
}

void
poe_stream_marks(poe_stream *st, size_t high, size_t low)
{
    st->high = high;
    st->low = low;
}

void
poe_stream_output(poe_stream *st)
{
    st->output = 1;
    if (st->session)
        stream_update(st);
}

int
poe_stream_message(poe_stream *st, size_t records)
{
    int high = st->high > 0 && waiting(st) >= st->high;

    st->messages += records;
    if (high && records)
        st->in_high = 1;
    return high;
}

size_t
poe_stream_queued(const poe_stream *st, size_t *messages)
{
    if (messages)
        *messages = st->messages;
    return waiting(st);
}

void
poe_stream_shutdown(poe_stream *st, int input, int output)
{
    if (!st->session)
        return;
    poe_handle *h = st->handle;
    poe_kernel *k = h->kernel;
    st->refs++;
    if (input && !st->in_ended) {
        st->in_ended = 1;
        st->in_error = UV_EOF;
        shutdown(h->fd, SHUT_RD);
    }
    if (output && !st->out_shut) {
        st->out_shut = 1;
        if (waiting(st) == 0 && !st->out_ended)
            output_shut(st);
    }
    if (st->session)
        stream_update(st);
    stream_unref(k, st);
}
