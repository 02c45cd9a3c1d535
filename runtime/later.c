/*
 * later.c - what wheels wait for besides handles: a time, a name's addresses
 *
 * A script's timers are its own (alarm.c); a wheel's are of no concern to it, so they are no events in
 * the queue.  Names are looked up on libuv's threads.  Both are noted when libuv tells of them and served at
 * the start of the next slice, in front of the handles.
 */
#include "later.h"

#include <string.h>

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
    if (l->lookup)
        uv_cancel((uv_req_t *)&l->uv.request); /* its callback comes all the same */
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
    l = poe__mem_zero(&k->mem, sizeof *l);
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
    *later = l;
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

int
poe_after(poe_kernel *k, double seconds, const char *name, poe_payload payload, poe_later **later)
{
    double ms = seconds * 1000;
    poe_later *l;
    int rc = later_new(k, name, payload, &l);

    if (rc < 0)
        return rc;
    uv_timer_init(k->loop, &l->uv.timer);
    l->uv.timer.data = l;
    uv_update_time(k->loop);
    uv_timer_start(&l->uv.timer, timer_due,
                   ms <= 0 ? 0 : ms < 9e15 ? (uint64_t)ms + ((double)(uint64_t)ms < ms) : UINT64_MAX / 4, 0);
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
    l->lookup = 1;
    l->uv.request.data = l;
    rc = uv_getaddrinfo(k->loop, &l->uv.request, looked_up, host, NULL, &hints);
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
