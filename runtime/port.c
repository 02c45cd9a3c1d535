/*
 * port.c - posting from any thread: letters with copied values, and the uv_async_t that brings them
 *
 * A port is the one thing of a kernel that other threads may touch.  It belongs to those who post and, as
 * long as it is open, to the kernel, so that a post to a kernel that has gone finds a port that says
 * so.  What both sides use is under its mutex; what only the kernel's thread uses says so.  Letters are made of
 * the C heap: the kernel's allocator is for its own thread.
 */
#include "port.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* One post; in one block with the copies of its values, the event's name and the alias. */
struct letter {
    struct letter *next;
    struct poe_letter what;
    struct poe_value values[];
};

struct poe_port {
    uv_mutex_t mutex;
    struct letter *first, **last;  /* those that wait, in the order they were posted */
    uint32_t waiting, limit;       /* limit 0: none */
    uint32_t owners;               /* who may post */
    unsigned shut : 1;             /* the kernel takes nothing more; the async is closing or gone */

    /* The kernel's thread only. */
    struct list open;              /* in kernel->ports until it is shut */
    poe_kernel *kernel;            /* NULL: the async has been closed */
    uv_async_t async;              /* others only send, under the mutex, while not shut */
};

/* -- values -------------------------------------------------------------------------------- */

int
poe_values(struct poe_value *values, int room, const char *format, va_list args)
{
    int n = 0;

    for (; format && *format; format++, n++) {
        struct poe_value *v = &values[n];
        if (n == room)
            return UV_E2BIG;
        v->length = 0;
        switch (*format) {
        case 's': case 'S':
            v->type = POE_STRING;
            v->as.string = va_arg(args, const char *);
            if (*format == 'S')
                v->length = va_arg(args, size_t);
            else if (v->as.string)
                v->length = strlen(v->as.string);
            if (!v->as.string)
                v->type = POE_NIL;
            break;
        case 'i': v->type = POE_INTEGER; v->as.integer = va_arg(args, int64_t); break;
        case 'd': v->type = POE_INTEGER; v->as.integer = va_arg(args, int); break;
        case 'f': v->type = POE_NUMBER; v->as.number = va_arg(args, double); break;
        case 'b': v->type = POE_BOOLEAN; v->as.boolean = va_arg(args, int) != 0; break;
        case 'n': v->type = POE_NIL; break;
        default: return UV_EINVAL;
        }
    }
    return n;
}

/* Copies `length` bytes and a zero to `*at`, which moves on. */
static const char *
copy(char **at, const char *from, size_t length)
{
    char *to = *at;

    memcpy(to, from, length);
    to[length] = '\0';
    *at += length + 1;
    return to;
}

static struct letter *
letter_new(uint64_t to, const char *alias, const char *event, const struct poe_value *values, int count)
{
    size_t head = sizeof(struct letter) + (size_t)count * sizeof *values, event_length = strlen(event);
    size_t bytes = event_length + 1 + (alias ? strlen(alias) + 1 : 0);

    for (int i = 0; i < count; i++)
        if (values[i].type == POE_STRING) {
            if (values[i].length >= PTRDIFF_MAX - head - bytes)
                return NULL;
            bytes += values[i].length + 1;
        }
    struct letter *l = malloc(head + bytes);
    if (!l)
        return NULL;
    char *at = (char *)l + head;
    l->next = NULL;
    l->what = (struct poe_letter){ .to = to, .values = l->values, .count = count };
    l->what.event = copy(&at, event, event_length);
    if (alias)
        l->what.alias = copy(&at, alias, strlen(alias));
    for (int i = 0; i < count; i++) {
        l->values[i] = values[i];
        if (values[i].type == POE_STRING)
            l->values[i].as.string = copy(&at, values[i].as.string, values[i].length);
    }
    return l;
}

/* -- the kernel's side --------------------------------------------------------------------- */

static void
port_free(poe_port *port)
{
    uv_mutex_destroy(&port->mutex);
    free(port);
}

/* Takes what waits. */
static struct letter *
letters_take(poe_port *port)
{
    struct letter *first = port->first;

    port->first = NULL;
    port->last = &port->first;
    port->waiting = 0;
    return first;
}

static void
letters_free(struct letter *l)
{
    for (struct letter *next; l; l = next) {
        next = l->next;
        free(l);
    }
}

static void
port_closed(uv_handle_t *handle)
{
    poe_port *port = handle->data;
    poe_kernel *k = port->kernel;

    uv_mutex_lock(&port->mutex);
    port->kernel = NULL;
    int last = port->owners == 0;
    uv_mutex_unlock(&port->mutex);
    if (last)
        port_free(port);
    poe__closed(k);
}

/* Takes nothing more.  What still waits is lost. */
static void
port_shut(poe_port *port)
{
    uv_mutex_lock(&port->mutex);
    port->shut = 1;
    struct letter *lost = letters_take(port);
    uv_mutex_unlock(&port->mutex);
    letters_free(lost);
    list_remove(&port->open);
}

static void
port_close(poe_port *port)
{
    port_shut(port);
    uv_close((uv_handle_t *)&port->async, port_closed);
}

/* Posts what has come.  When nobody is left who could post, that was all. */
static void
port_deliver(uv_async_t *async)
{
    poe_port *port = async->data;
    poe_kernel *k = port->kernel;

    uv_mutex_lock(&port->mutex);
    int over = port->owners == 0, shut = port->shut;
    struct letter *first = shut ? NULL : letters_take(port);
    uv_mutex_unlock(&port->mutex);
    for (const struct letter *l = first; l; l = l->next)
        k->host.deliver(k->host.ud, &l->what);
    letters_free(first);
    if (over && !shut) {
        port_close(port);
        poe__wake(k); /* perhaps for IDLE: nothing can come from here any more */
    }
}

/* The kernel goes, or only its sessions and what it promised, when it is freed inside a handler. */
void
poe__ports_close(poe_kernel *k)
{
    while (!list_empty(&k->ports)) {
        poe_port *port = list_entry(k->ports.next, poe_port, open);
        if (k->depth > 0 || k->pumping)
            port_shut(port);
        else
            port_close(port);
    }
}

int
poe_port_open(poe_kernel *k, uint32_t limit, poe_port **port)
{
    if (!k->host.deliver)
        return UV_ENOSYS;
    if (k->closing)
        return UV_ECANCELED;
    poe_port *p = calloc(1, sizeof *p);
    if (!p)
        return UV_ENOMEM;
    int rc = uv_mutex_init(&p->mutex);
    if (rc < 0)
        goto fail_mutex;
    rc = uv_async_init(k->loop, &p->async, port_deliver);
    if (rc < 0)
        goto fail_async;
    p->async.data = p;
    p->kernel = k;
    p->last = &p->first;
    p->limit = limit;
    p->owners = 1;
    list_insert(&k->ports, &p->open);
    poe__opened(k);
    *port = p;
    return 0;

fail_async:
    uv_mutex_destroy(&p->mutex);
fail_mutex:
    free(p);
    return rc;
}

/* -- any thread ---------------------------------------------------------------------------- */

poe_port *
poe_port_share(poe_port *port)
{
    uv_mutex_lock(&port->mutex);
    port->owners++;
    uv_mutex_unlock(&port->mutex);
    return port;
}

void
poe_port_release(poe_port **port)
{
    poe_port *p = *port;

    if (!p)
        return;
    *port = NULL;
    uv_mutex_lock(&p->mutex);
    int last = --p->owners == 0;
    int gone = !p->kernel;
    if (last && !p->shut)
        uv_async_send(&p->async);
    uv_mutex_unlock(&p->mutex);
    if (last && gone)
        port_free(p);
}

uint32_t
poe_port_waiting(poe_port *port)
{
    uv_mutex_lock(&port->mutex);
    uint32_t waiting = port->waiting;
    uv_mutex_unlock(&port->mutex);
    return waiting;
}

int
poe_post_async_values(poe_port *port, uint64_t to, const char *alias, const char *event,
                      const struct poe_value *values, int count)
{
    struct letter *l = letter_new(to, alias, event, values, count);
    int rc = 0;

    if (!l)
        return UV_ENOMEM;
    uv_mutex_lock(&port->mutex);
    if (port->shut)
        rc = UV_EPIPE;
    else if (port->limit && port->waiting >= port->limit)
        rc = UV_ENOBUFS;
    else {
        *port->last = l;
        port->last = &l->next;
        if (port->waiting++ == 0)
            uv_async_send(&port->async);
    }
    uv_mutex_unlock(&port->mutex);
    if (rc < 0)
        free(l);
    return rc;
}

static int
post_format(poe_port *port, uint64_t to, const char *alias, const char *event, const char *format,
            va_list args)
{
    struct poe_value values[POE_VALUES];
    int count = poe_values(values, POE_VALUES, format, args);

    return count < 0 ? count : poe_post_async_values(port, to, alias, event, values, count);
}

int
poe_post_async(poe_port *port, uint64_t to, const char *event, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int rc = post_format(port, to, NULL, event, format, args);
    va_end(args);
    return rc;
}

int
poe_post_async_to(poe_port *port, const char *alias, const char *event, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int rc = post_format(port, 0, alias, event, format, args);
    va_end(args);
    return rc;
}
