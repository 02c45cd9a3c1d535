/*
 * later.c - what wheels wait for besides handles: a time, a name's addresses
 *
 * A script's timers are its own (alarm.c); a wheel's are of no concern to it, so they are no events in
 * the queue.  Names are looked up, and whole files read and written, on libuv's threads.  Both are noted when libuv tells of them and served at
 * the start of the next slice, in front of the handles.
 */
#include "later.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

/* -- life ---------------------------------------------------------------------------------- */

static void
later_unref(poe_later *l)
{
    poe_kernel *k = l->kernel;

    if (--l->refs > 0)
        return;
    if (l->addresses)
        poe__mem_free(&k->mem, l->addresses, l->count * sizeof *l->addresses);
    free(l->path);
    free(l->data);
    poe__mem_free(&k->mem, l, sizeof *l);
}

static void
timer_closed(uv_handle_t *timer)
{
    poe_later *l = timer->data;
    poe_kernel *k = l->kernel;

    later_unref(l);
    poe__closed(k);
}

/* libuv is to give it back. */
static void
later_recall(poe_later *l)
{
    if (!l->waiting)
        return;
    l->waiting = 0;
    if (l->request)
        uv_cancel((uv_req_t *)&l->uv.lookup); /* its callback comes all the same */
    else
        uv_close((uv_handle_t *)&l->uv.timer, timer_closed);
}

void
poe_later_close(poe_later *l)
{
    poe_session *s = l->session;

    if (!s)
        return;
    l->session = NULL;
    poe__owned_remove(&l->owned);
    poe_session_unkeep(s, POE_KEEP_WHEEL);
    poe__hook_drop(l->kernel, &l->hook);
    later_recall(l);
}

void
poe_later_release(poe_later **later)
{
    poe_later *l = *later;

    *later = NULL;
    if (l)
        later_unref(l);
}

/* For the active session; takes the payload unless it fails. */
static int
later_new(poe_kernel *k, const char *name, poe_payload payload, poe_later **later)
{
    poe_session *s = k->frame->session;
    poe_later *l;

    if (s->flags & SESSION_STOPPED)
        return UV_ESRCH;
    l = *later = poe__session_more(s) ? poe__mem_zero(&k->mem, sizeof *l) : NULL;
    if (!l)
        return UV_ENOMEM;
    l->hook = poe__hook_new(k, name, payload);
    if (!l->hook) {
        poe__mem_free(&k->mem, l, sizeof *l);
        return UV_ENOMEM;
    }
    l->kernel = k;
    l->session = s;
    l->owned.kind = OWNED_LATER;
    l->refs = 2;
    l->waiting = 1;
    return 0;
}

/* Libuv has taken it. */
static void
later_start(poe_later *l, poe_later **later)
{
    poe__owned_add(l->session, &l->owned);
    poe_session_keep(l->session, POE_KEEP_WHEEL);
    poe__opened(l->kernel);
    *later = l;
}

/* It is to be served in the next slice. */
static void
due_add(poe_later *l)
{
    struct handles *t = &l->kernel->handles;
    poe_later **at = &t->due;

    while (*at)
        at = &(*at)->next;
    *at = l;
    l->next = NULL;
    l->refs++;
    l->kernel->attends |= ATTEND_ERRANDS;
    poe__wake(l->kernel);
}

/* Serves what has come, in the order it came. */
void
poe__laters_run(poe_kernel *k)
{
    poe_later *l = k->handles.due, *next;

    k->handles.due = NULL;
    for (; l; l = next) {
        poe_session *s = l->session;
        struct hook *hook = l->hook;
        next = l->next;
        if (s) {
            poe__hook_hold(hook);
            poe_later_close(l); /* it may keep its session no longer than this */
            poe__hook_fire(hook, s, POE_EVENT_HANDLE, NULL);
            poe__hook_release(k, hook);
        }
        later_unref(l);
    }
}

/* -- a time -------------------------------------------------------------------------------- */

static void
timer_due(uv_timer_t *timer)
{
    poe_later *l = timer->data;

    if (l->session)
        due_add(l);
}

/* The milliseconds from the loop's present time, which is rounded down, to `seconds` from now, rounded up: never
 * early. */
static uint64_t
timeout_ms(const uv_loop_t *loop, double seconds)
{
    double due_ms = (double)uv_hrtime() / 1e6 + seconds * 1000;

    if (seconds <= 0)
        return 0;
    if (!(seconds < 9e12))
        return UINT64_MAX / 4;
    return (uint64_t)due_ms + 1 - uv_now(loop);
}

int
poe_after(poe_kernel *k, double seconds, const char *name, poe_payload payload, poe_later **later)
{
    poe_later *l;
    int rc = later_new(k, name, payload, &l);

    if (rc < 0)
        return rc;
    uv_timer_init(k->loop, &l->uv.timer);
    l->uv.timer.data = l;
    uv_update_time(k->loop);
    uv_timer_start(&l->uv.timer, timer_due, timeout_ms(k->loop, seconds), 0);
    later_start(l, later);
    return 0;
}

/* -- addresses ----------------------------------------------------------------------------- */

/* Keeps the addresses as text, each once. */
static int
addresses_take(poe_later *l, const struct addrinfo *list)
{
    size_t count = 0;

    for (const struct addrinfo *a = list; a; a = a->ai_next)
        count++;
    l->addresses = poe__mem_zero(&l->kernel->mem, (count ? count : 1) * sizeof *l->addresses);
    if (!l->addresses)
        return UV_ENOMEM;
    l->count = count ? count : 1;
    size_t n = 0;
    for (const struct addrinfo *a = list; a; a = a->ai_next) {
        char *text = l->addresses[n];
        if (a->ai_family == AF_INET)
            uv_ip4_name((const struct sockaddr_in *)a->ai_addr, text, sizeof *l->addresses);
        else if (a->ai_family == AF_INET6)
            uv_ip6_name((const struct sockaddr_in6 *)a->ai_addr, text, sizeof *l->addresses);
        size_t same = 0;
        while (same < n && strcmp(l->addresses[same], text) != 0)
            same++;
        if (same == n && text[0])
            n++;
        else
            text[0] = '\0';
    }
    return 0;
}

static void
looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    poe_later *l = request->data;
    poe_kernel *k = l->kernel;

    l->waiting = 0;
    if (l->session) {
        l->status = status < 0 ? status : addresses_take(l, list);
        due_add(l);
    }
    uv_freeaddrinfo(list);
    later_unref(l);
    poe__closed(k);
}

int
poe_resolve(poe_kernel *k, const char *host, int family, const char *name, poe_payload payload,
            poe_later **later)
{
    struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
    poe_later *l;
    int rc = later_new(k, name, payload, &l);

    if (rc < 0)
        return rc;
    l->request = 1;
    l->uv.lookup.data = l;
    rc = uv_getaddrinfo(k->loop, &l->uv.lookup, looked_up, host, NULL, &hints);
    if (rc < 0) {
        poe__mem_free(&k->mem, l->hook, sizeof *l->hook);
        poe__mem_free(&k->mem, l, sizeof *l);
        return rc;
    }
    later_start(l, later);
    return 0;
}

int
poe_resolved(const poe_later *l)
{
    return l->waiting ? UV_EAGAIN : l->status;
}

const char *
poe_resolved_address(const poe_later *l, size_t index)
{
    return index < l->count && l->addresses[index][0] ? l->addresses[index] : NULL;
}

/* -- whole files --------------------------------------------------------------------------- */

/* On another thread: all of the file, up to `most` bytes. */
static int
file_read(poe_later *l, int fd)
{
    struct stat st;
    size_t room = 65536;
    ssize_t n;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (size_t)st.st_size < l->most)
        room = (size_t)st.st_size + 1; /* one more tells the end without another turn */
    for (;;) {
        char *grown = realloc(l->data, room);
        if (!grown)
            return UV_ENOMEM;
        l->data = grown;
        while (l->length < room) {
            n = read(fd, l->data + l->length, room - l->length);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                return n < 0 ? -errno : 0;
            l->length += (size_t)n;
            if (l->length > l->most)
                return UV_EFBIG;
        }
        room *= 2;
    }
}

static int
file_write(const poe_later *l, int fd)
{
    size_t at = 0;

    while (at < l->length) {
        ssize_t n = write(fd, l->data + at, l->length - at);
        if (n < 0 && errno != EINTR)
            return -errno;
        at += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static void
file_work(uv_work_t *work)
{
    poe_later *l = work->data;
    int how = !l->writes ? O_RDONLY : O_WRONLY | O_CREAT | (l->appends ? O_APPEND : O_TRUNC);
    int fd = open(l->path, how | O_CLOEXEC, 0666);

    if (fd < 0) {
        l->status = -errno;
        return;
    }
    l->status = l->writes ? file_write(l, fd) : file_read(l, fd);
    if (close(fd) < 0 && l->status == 0 && errno != EINTR)
        l->status = -errno;
}

static void
file_done(uv_work_t *work, int status)
{
    poe_later *l = work->data;
    poe_kernel *k = l->kernel;

    l->waiting = 0;
    if (l->session) {
        if (status < 0)
            l->status = status;
        due_add(l);
    }
    later_unref(l);
    poe__closed(k);
}

/* Takes `l`, and frees it when it fails. */
static int
file_start(poe_later *l, const char *path, poe_later **later)
{
    poe_kernel *k = l->kernel;
    int rc = UV_ENOMEM;

    l->request = 1;
    l->uv.work.data = l;
    l->path = strdup(path);
    if (l->path && (!l->writes || !l->length || l->data))
        rc = uv_queue_work(k->loop, &l->uv.work, file_work, file_done);
    if (rc < 0) {
        poe__mem_free(&k->mem, l->hook, sizeof *l->hook); /* the payload is the caller's */
        free(l->path);
        free(l->data);
        poe__mem_free(&k->mem, l, sizeof *l);
        return rc;
    }
    later_start(l, later);
    return 0;
}

int
poe_read_file(poe_kernel *k, const char *path, size_t most, const char *name, poe_payload payload,
              poe_later **later)
{
    poe_later *l;
    int rc = later_new(k, name, payload, &l);

    if (rc < 0)
        return rc;
    l->most = most;
    return file_start(l, path, later);
}

int
poe_write_file(poe_kernel *k, const char *path, const char *data, size_t length, int append,
               const char *name, poe_payload payload, poe_later **later)
{
    poe_later *l;
    int rc = later_new(k, name, payload, &l);

    if (rc < 0)
        return rc;
    l->writes = 1;
    l->appends = append != 0;
    l->length = length;
    l->data = malloc(length ? length : 1);
    if (l->data)
        memcpy(l->data, data, length);
    return file_start(l, path, later);
}

int
poe_file_result(const poe_later *l, const char **data, size_t *length)
{
    *data = l->data;
    *length = l->length;
    return l->waiting ? UV_EAGAIN : l->status;
}
