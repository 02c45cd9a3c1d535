/*
 * host.c - the log-writing host
 */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* -- memory that counts -------------------------------------------------------------------- */

#define HEADER 16 /* keeps blocks aligned; holds the size */

void *
heap_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct heap *heap = ud;
    char *base = block ? (char *)block - HEADER : NULL;
    size_t size = 0;

    if (base)
        memcpy(&size, base, sizeof size);
    if (size != old_size)
        ck_abort_msg("block of %zu bytes called %zu", size, old_size);
    if (new_size == 0) {
        heap->used -= size;
        heap->blocks -= base != NULL;
        free(base);
        return NULL;
    }
    if (new_size > old_size) { /* shrinking never fails, as with lua_Alloc */
        heap->grown++;
        if (heap->fail_at && heap->grown >= heap->fail_at
            && heap->grown <= heap->fail_at + heap->fail_on) {
            heap->failed++;
            return NULL;
        }
    }
    char *moved = malloc(HEADER + new_size); /* always elsewhere, so that stale pointers show */
    holds(moved != NULL);
    memset(moved + HEADER, 0xA5, new_size);
    if (base) {
        memcpy(moved + HEADER, block, size < new_size ? size : new_size);
        free(base);
    } else
        heap->blocks++;
    memcpy(moved, &new_size, sizeof new_size);
    heap->used += new_size - size;
    return moved + HEADER;
}

/* -- the log ------------------------------------------------------------------------------- */

static void
log_room(struct host *h, size_t more)
{
    if (h->log_size + more + 1 < h->log_room)
        return;
    h->log_room = (h->log_size + more + 1) * 2;
    h->log = realloc(h->log, h->log_room);
    holds(h->log != NULL);
}

/* Adds a word. */
void
host_say(struct host *h, const char *format, ...)
{
    char word[256];
    va_list args;

    va_start(args, format);
    vsnprintf(word, sizeof word, format, args);
    va_end(args);
    size_t size = strlen(word);
    log_room(h, size + 1);
    if (h->log_size)
        h->log[h->log_size++] = ' ';
    memcpy(h->log + h->log_size, word, size + 1);
    h->log_size += size;
}

void
host_expect_at(struct host *h, const char *text, const char *file, int line)
{
    const char *log = h->log_size ? h->log : "";

    if (strcmp(log, text) != 0)
        ck_abort_msg("%s:%d: the log differs\n  expected: %.1000s\n  happened: %.1000s", file, line,
                     text, log);
    h->log_size = 0;
}

/* -- payloads ------------------------------------------------------------------------------ */

#define TICKET_BITS 24

static char *
copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

poe_payload
host_put(struct host *h, const char *name, const char *text)
{
    uint32_t at = h->ticket_free;
    const poe_event *ev = h->kernel ? poe_kernel_event(h->kernel) : NULL;

    if (at)
        h->ticket_free = h->tickets[at].generation >> 1;
    else {
        if (h->ticket_count + 1 >= h->ticket_room) {
            h->ticket_room = h->ticket_room ? h->ticket_room * 2 : 64;
            h->tickets = realloc(h->tickets, h->ticket_room * sizeof *h->tickets);
            holds(h->tickets != NULL);
        }
        at = ++h->ticket_count;
        holds(at < 1u << TICKET_BITS);
    }
    static uint32_t generation;
    struct ticket *t = &h->tickets[at];
    *t = (struct ticket){ ++generation, 1, copy(name), copy(ev ? ev->name : NULL), copy(text) };
    h->live++;
    return (uint64_t)t->generation << TICKET_BITS | at;
}

static struct ticket *
ticket_find(struct host *h, poe_payload payload)
{
    uint32_t at = payload & ((1u << TICKET_BITS) - 1);

    if (at == 0 || at > h->ticket_count)
        return NULL;
    struct ticket *t = &h->tickets[at];
    return t->live && t->generation == payload >> TICKET_BITS ? t : NULL;
}

static void
ticket_free(struct host *h, poe_payload payload)
{
    struct ticket *t = ticket_find(h, payload);

    if (!t)
        ck_abort_msg("payload %llx came back twice", (unsigned long long)payload);
    free(t->name);
    free(t->state);
    free(t->text);
    t->live = 0;
    t->name = t->state = t->text = NULL;
    t->generation = h->ticket_free << 1;
    h->ticket_free = (uint32_t)(t - h->tickets);
    h->live--;
}

const char *
host_text(struct host *h, poe_payload payload)
{
    struct ticket *t = ticket_find(h, payload);

    return t && t->text ? t->text : "";
}

void
host_drop(struct host *h, poe_payload payload)
{
    ticket_free(h, payload);
}

static void
payload_dropped(void *ud, poe_payload payload)
{
    struct host *h = ud;

    h->dropped++;
    ticket_free(h, payload);
}

/* -- handlers ------------------------------------------------------------------------------ */

struct actor *
host_actor(const poe_session *s)
{
    return poe_session_ud(s);
}

const char *
host_name(const poe_session *s)
{
    struct actor *a = s ? host_actor(s) : NULL;

    return a ? a->name : "KERNEL";
}

static int
hidden(const struct host *h, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = size ? h->hide : NULL; at && (at = strstr(at, name)); at++)
        if ((at == h->hide || at[-1] == ' ') && (at[size] == '\0' || at[size] == ' '))
            return 1;
    return 0;
}

/* A record as the log shows it: LF as "~", CR as "^", a long one by its length. */
static void
show(char *to, size_t size, const char *data, size_t length)
{
    if (length > 40) {
        snprintf(to, size, "%zu bytes", length);
        return;
    }
    for (size_t i = 0; i < length; i++)
        to[i] = data[i] == '\n' ? '~' : data[i] == '\r' ? '^' : data[i] ? data[i] : '0';
    to[length] = '\0';
}

static void
log_event(struct host *h, const poe_event *ev)
{
    char more[128] = "";
    const char *who = host_name(ev->to);

    if (hidden(h, ev->name))
        return;
    if (ev->type == POE_EVENT_CHILD) {
        const struct poe_family *f = ev->with.family;
        const char *result = host_text(h, f->result);
        snprintf(more, sizeof more, "(%s,%s%s%s)", f->reason, host_name(f->child),
                 *result ? "," : "", result);
    } else if (ev->type == POE_EVENT_PARENT)
        snprintf(more, sizeof more, "(%s,%s)", host_name(ev->with.family->child),
                 host_name(ev->with.family->parent));
    else if (ev->type == POE_EVENT_SIGNAL && ev->with.signal->child)
        snprintf(more, sizeof more, "(%s,%d,%d)", ev->with.signal->name,
                 (int)ev->with.signal->exit_status, ev->with.signal->term_signal);
    else if (ev->type == POE_EVENT_SIGNAL && *host_text(h, ev->with.signal->args))
        snprintf(more, sizeof more, "(%s)", host_text(h, ev->with.signal->args));
    else if (ev->type == POE_EVENT_IO && ev->with.io->op)
        snprintf(more, sizeof more, "(%s,%s)", ev->with.io->op, uv_err_name(ev->with.io->error));
    else if (ev->type == POE_EVENT_IO && ev->with.io->data) {
        char text[64];
        show(text, sizeof text, ev->with.io->data, ev->with.io->length);
        snprintf(more, sizeof more, "(%s)", text);
    }
    if (h->show_sender)
        host_say(h, "%s:%s%s<%s", who, ev->name, more, host_name(ev->from));
    else
        host_say(h, "%s:%s%s", who, ev->name, more);
}

static const char *
script_find(const struct actor *a, const char *event)
{
    for (const struct rule *r = a->rules; r && r->event; r++)
        if (strcmp(r->event, event) == 0 || strcmp(r->event, "*") == 0)
            return r->script;
    return NULL;
}

static int
handler_run(void *ud, const poe_event *ev, poe_payload *out)
{
    struct host *h = ud;
    struct outcome outcome = { h->now, "", "" };
    struct actor *a = host_actor(ev->to);
    int ours = ev->type == POE_EVENT_POST || ev->type == POE_EVENT_ALARM
               || ev->type == POE_EVENT_CALL || ev->type == POE_EVENT_START;

    holds(poe_kernel_event(h->kernel) == ev);
    holds(poe_kernel_active(h->kernel) == ev->to);
    if (a && a->stopped)
        ck_abort_msg("%s was entered after its end", host_name(ev->to));
    holds(!ev->payload || ticket_find(h, ev->payload));
    h->handled++;
    if (a) {
        a->session = ev->to;
        log_event(h, ev);
        const char *script = script_find(a, ev->name);
        h->now = &outcome;
        if (script)
            host_script(h, script);
        h->now = outcome.up;
    }
    if (*outcome.raise) {
        char text[128];
        snprintf(text, sizeof text, "%s@%s", outcome.raise, host_name(ev->to));
        *out = host_put(h, NULL, text);
    } else if (*outcome.result && (ev->type == POE_EVENT_START || ev->type == POE_EVENT_STOP))
        *out = host_put(h, NULL, outcome.result);
    if (ev->type == POE_EVENT_SIGNAL) {
        const struct poe_signal *told = ev->with.signal;
        h->lent_gone += (told->extra && !ticket_find(h, told->extra))
                        || (told->args && !ticket_find(h, told->args));
    } else if (ours && ev->payload) { /* arguments go when the handler has returned (R25) */
        if (ev->type != POE_EVENT_START)
            holds(strcmp(ev->name, ticket_find(h, ev->payload)->name) == 0);
        ticket_free(h, ev->payload);
    }
    return *outcome.raise ? POE_RAISED : 0;
}

static void
actor_unlink(struct host *h, struct actor *a)
{
    if (a->prev)
        a->prev->next = a->next;
    else
        h->actors = a->next;
    if (a->next)
        a->next->prev = a->prev;
}

static void
session_stopped(void *ud, poe_session *s)
{
    struct host *h = ud;

    holds(host_actor(s)->stopped == 0);
    holds(poe_session_stopped(s) == 1);
    host_actor(s)->stopped = 1;
    h->stopped++;
}

static void
session_gone(void *ud, poe_session *s)
{
    struct host *h = ud;

    struct actor *a = host_actor(s);

    holds(a->stopped);
    actor_unlink(h, a);
    free(a);
    h->gone++;
}

poe_session *
host_active(struct host *h)
{
    return poe_kernel_active(h->kernel);
}

/* -- life ---------------------------------------------------------------------------------- */

void
host_init(struct host *h)
{
    *h = (struct host){ 0 };
}

/* poe_host.room */
static void
session_room(void *ud, poe_session *s)
{
    host_say(ud, "%s:room", host_name(s));
}

/* poe_host.deliver: the values become the payload's text, "1,x,nil" */
static void
letter_deliver(void *ud, const struct poe_letter *letter)
{
    struct host *h = ud;
    char text[256] = "";
    poe_session *to = letter->alias ? poe_alias_find(h->kernel, letter->alias)
                                    : poe_session_find(h->kernel, letter->to);

    for (int i = 0; i < letter->count; i++) {
        const struct poe_value *v = &letter->values[i];
        char *at = text + strlen(text);
        size_t room = sizeof text - strlen(text);
        const char *comma = i ? "," : "";
        switch (v->type) {
        case POE_NIL: snprintf(at, room, "%snil", comma); break;
        case POE_BOOLEAN: snprintf(at, room, "%s%s", comma, v->as.boolean ? "true" : "false"); break;
        case POE_INTEGER: snprintf(at, room, "%s%lld", comma, (long long)v->as.integer); break;
        case POE_NUMBER: snprintf(at, room, "%s%g", comma, v->as.number); break;
        case POE_STRING: snprintf(at, room, "%s%.*s", comma, (int)v->length, v->as.string); break;
        }
    }
    if (!to) {
        host_say(h, "nobody:%s", letter->event);
        return;
    }
    poe_payload p = host_put(h, letter->event, text);
    const struct ticket *t = ticket_find(h, p);
    if (poe_post(to, t->name, t->state, p) < 0)
        host_drop(h, p);
}

int host_drains;

/* poe_host.drain */
static int
handlers_run(void *ud, struct poe_frame *frame, poe_payload *out)
{
    int rc;

    do {
        rc = handler_run(ud, frame->event, out);
    } while (rc == 0 && poe_kernel_next(((struct host *)ud)->kernel, frame));
    return rc ? rc : POE_DRAINED;
}

int
host_kernel(struct host *h, uv_loop_t *loop)
{
    struct poe_host host = { .size = sizeof host, .ud = h, .dispatch = handler_run,
                             .drop = payload_dropped, .stopped = session_stopped,
                             .gone = session_gone, .room = session_room, .deliver = letter_deliver,
                             .drain = host_drains ? handlers_run : NULL };
    struct poe_config config = { .size = sizeof config, .loop = loop, .alloc = heap_alloc,
                                 .alloc_ud = &h->heap };

    return poe_kernel_new(&h->kernel, &host, &config);
}

void
host_open_on(struct host *h, uv_loop_t *loop)
{
    host_init(h);
    ck_assert_int_eq(host_kernel(h, loop), 0);
    ck_assert_uint_eq(poe_kernel_memory(h->kernel), h->heap.used);
}

void
host_open(struct host *h)
{
    host_open_on(h, NULL);
}

static void
things_release(struct host *h)
{
    for (size_t i = 0; i < sizeof h->things / sizeof h->things[0]; i++) {
        struct thing *t = &h->things[i];
        if (t->stream)
            poe_stream_release(h->kernel, &t->stream);
        poe_later_release(&t->later);
        poe_handle_release(&t->handle);
    }
}

void
host_close(struct host *h)
{
    if (h->kernel) {
        uv_loop_t *loop = poe_kernel_loop(h->kernel);
        int depth = 0;
        ck_assert_uint_eq(poe_kernel_memory(h->kernel), h->heap.used);
        things_release(h);
        poe_kernel_free(&h->kernel);
        while (h->heap.used && depth++ < 1000) { /* only a borrowed loop still lives now */
            uv_run(loop, UV_RUN_NOWAIT);
            usleep(depth > 10 ? 1000 : 0); /* a lookup ends when its thread does */
        }
    }
    ck_assert_ptr_null(h->kernel);
    ck_assert_msg(h->live == 0, "%zu payloads never came back", h->live);
    ck_assert_msg(h->made == h->gone, "%zu sessions made, %zu gone", h->made, h->gone);
    ck_assert_uint_eq(h->made, h->stopped);
    ck_assert_msg(h->heap.used == 0 && h->heap.blocks == 0, "%zu bytes in %zu blocks leaked",
                  h->heap.used, h->heap.blocks);
    free(h->tickets);
    free(h->log);
    h->tickets = NULL;
    h->log = NULL;
}

int
host_session(struct host *h, const char *name, uint32_t limit)
{
    struct actor *a = calloc(1, sizeof *a);
    poe_payload start = host_put(h, "_start", NULL);
    poe_session *s = NULL;

    holds(a != NULL);
    snprintf(a->name, sizeof a->name, "%s", name);
    for (const struct role *r = h->cast; r && r->name; r++)
        if (strcmp(r->name, name) == 0)
            a->rules = r->rules;
    a->next = h->actors;
    if (a->next)
        a->next->prev = a;
    h->actors = a;
    h->made++;
    int rc = poe_session_new(h->kernel, a, start, limit, POE_OVERFLOW_REFUSE, &s);
    if (rc < 0) {
        actor_unlink(h, a);
        h->made--;
        free(a);
        host_drop(h, start);
        return rc;
    }
    a->session = s;
    return rc;
}

void
host_play(struct host *h, const struct role *cast, const char *names)
{
    char name[16];
    int size;

    h->cast = cast;
    for (; sscanf(names, " %15s%n", name, &size) == 1; names += size)
        holds(host_session(h, name, 0) == 0);
}

poe_session *
host_find(struct host *h, const char *name)
{
    if (strcmp(name, "KERNEL") == 0)
        return poe_kernel_session(h->kernel);
    if (strcmp(name, "self") == 0)
        return host_active(h);
    for (struct actor *a = h->actors; a; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a->session;
    if (h->heap.failed) /* there was no memory for it */
        return poe_kernel_session(h->kernel);
    ck_abort_msg("no actor %s", name);
    return NULL;
}

/* -- calls --------------------------------------------------------------------------------- */

static int
taken(struct host *h, int rc, poe_payload payload)
{
    if (rc < 0 && payload)
        host_drop(h, payload);
    return rc;
}

/* The strings of a payload just made. */
static struct ticket *
strings(struct host *h, poe_payload payload)
{
    return ticket_find(h, payload);
}

int
host_post(struct host *h, poe_session *to, const char *name)
{
    poe_payload p = host_put(h, name, NULL);

    return taken(h, poe_post(to, strings(h, p)->name, strings(h, p)->state, p), p);
}

int
host_yield(struct host *h, const char *name)
{
    return host_post(h, host_active(h), name);
}

int
host_call(struct host *h, poe_session *to, const char *name)
{
    poe_payload p = host_put(h, name, NULL);

    return taken(h, poe_call(to, strings(h, p)->name, strings(h, p)->state, p), p);
}

int
host_delay(struct host *h, double seconds, const char *name, poe_alarm_id *id)
{
    poe_payload p = host_put(h, name, NULL);
    struct ticket *t = strings(h, p);

    return taken(h, poe_delay_set(h->kernel, seconds, t->name, t->state, p, 0, id), p);
}

int
host_alarm(struct host *h, double walltime, const char *name, poe_alarm_id *id)
{
    poe_payload p = host_put(h, name, NULL);
    struct ticket *t = strings(h, p);

    return taken(h, poe_alarm_set(h->kernel, walltime, t->name, t->state, p, id), p);
}

/* The event is called as the signal is. */
int
host_watch(struct host *h, const char *signal)
{
    poe_payload p = host_put(h, signal, NULL);

    return taken(h, poe_signal_watch(h->kernel, signal, strings(h, p)->name, p), p);
}

int
host_raise(struct host *h, poe_session *to, const char *signal, const char *text)
{
    poe_payload p = host_put(h, signal, text);
    struct ticket *t = strings(h, p);

    return taken(h, poe_signal_raise(to, t->name, t->state, p), p);
}

int
host_child(struct host *h, int pid, const char *event)
{
    poe_payload p = host_put(h, event, NULL);

    return taken(h, poe_child_watch(h->kernel, pid, strings(h, p)->name, p), p);
}

/* -- handles ------------------------------------------------------------------------------- */

struct thing *
host_thing(struct host *h, const char *name)
{
    size_t i = 0;

    while (*h->things[i].name && strcmp(h->things[i].name, name) != 0)
        holds(++i < sizeof h->things / sizeof h->things[0]);
    snprintf(h->things[i].name, sizeof h->things[i].name, "%s", name);
    return &h->things[i];
}

poe_handle *
host_handle(struct host *h, const char *name, int fd, int own)
{
    struct thing *t = host_thing(h, name);

    poe_handle_release(&t->handle);
    ck_assert_int_eq(poe_handle_open(h->kernel, fd, own, &t->handle), 0);
    return t->handle;
}

void
host_pair(struct host *h, const char *a, const char *b)
{
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    host_handle(h, a, fds[0], 1);
    host_handle(h, b, fds[1], 1);
}

void
host_pipe(struct host *h, const char *a, const char *b)
{
    int fds[2];

    ck_assert_int_eq(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    host_handle(h, a, fds[0], 1);
    host_handle(h, b, fds[1], 1);
}

int
host_hook(struct host *h, poe_stream *st, enum poe_hook what, const char *event)
{
    poe_payload p = event ? host_put(h, event, NULL) : 0;

    return taken(h, poe_stream_hook(st, what, p ? strings(h, p)->name : NULL, p), p);
}

int
host_handle_watch(struct host *h, poe_handle *handle, enum poe_mode mode, const char *event)
{
    poe_payload p = host_put(h, event, NULL);

    return taken(h, poe_handle_watch(handle, mode, strings(h, p)->name, p, POE_KEEP_HANDLE), p);
}

static int
host_after(struct host *h, double seconds, const char *event, poe_later **later)
{
    poe_payload p = host_put(h, event, NULL);

    poe_later_release(later);
    return taken(h, poe_after(h->kernel, seconds, strings(h, p)->name, p, later), p);
}

static int
host_lookup(struct host *h, const char *name, const char *event, poe_later **later)
{
    poe_payload p = host_put(h, event, NULL);

    poe_later_release(later);
    return taken(h, poe_resolve(h->kernel, name, AF_UNSPEC, strings(h, p)->name, p, later), p);
}

static enum poe_mode
mode_of(const char *name)
{
    return *name == 'r' ? POE_READ : *name == 'w' ? POE_WRITE : POE_EXPEDITE;
}

/* What a script means: "~" is LF, "^" is CR; "N*" is N bytes. */
static void
text_of(char *to, const char *from)
{
    if (*from && from[strlen(from) - 1] == '*') {
        holds(atoi(from) < 1 << 20);
        memset(to, 'x', (size_t)atoi(from));
        to[atoi(from)] = '\0';
        return;
    }
    for (; *from; from++)
        *to++ = *from == '~' ? '\n' : *from == '^' ? '\r' : *from;
    *to = '\0';
}

/* -- scripts ------------------------------------------------------------------------------- */

poe_alarm_id *
host_id(struct host *h, const char *name)
{
    size_t i = 0;

    while (*h->ids[i].name && strcmp(h->ids[i].name, name) != 0)
        holds(++i < sizeof h->ids / sizeof h->ids[0]);
    snprintf(h->ids[i].name, sizeof h->ids[i].name, "%s", name);
    return &h->ids[i].id;
}

static int
alarm_removed(struct host *h, const char *name)
{
    struct poe_alarm alarm;
    int rc = poe_alarm_remove(h->kernel, *host_id(h, name), &alarm);

    if (rc == 0)
        host_drop(h, alarm.payload);
    return rc;
}

/* The words about sessions. */
static int
say_session(struct host *h, const char *verb, const char *a, const char *b, int *rc)
{
    int64_t count;

    if (strcmp(verb, "yield") == 0)
        *rc = host_yield(h, a);
    else if (strcmp(verb, "post") == 0)
        *rc = host_post(h, host_find(h, a), b);
    else if (strcmp(verb, "call") == 0)
        *rc = host_call(h, host_find(h, a), b);
    else if (strcmp(verb, "new") == 0)
        *rc = host_session(h, a, 0);
    else if (strcmp(verb, "detach") == 0)
        *rc = poe_session_detach(host_find(h, a));
    else if (strcmp(verb, "detach_self") == 0)
        *rc = poe_session_detach_self(h->kernel);
    else if (strcmp(verb, "end") == 0)
        poe_session_stop(host_find(h, a));
    else if (strcmp(verb, "stop") == 0)
        poe_kernel_stop(h->kernel);
    else if (strcmp(verb, "slice") == 0)
        *rc = poe_kernel_slice(h->kernel);
    else if (strcmp(verb, "limit") == 0)
        *rc = poe_session_limit(host_find(h, a), (uint32_t)atoi(b));
    else if (strcmp(verb, "overflow") == 0)
        poe_session_set_overflow(host_find(h, a), (enum poe_overflow)atoi(b));
    else if (strcmp(verb, "await") == 0)
        poe_session_await_room(host_find(h, a), atoi(b));
    else if (strcmp(verb, "hold") == 0)
        *rc = poe_session_hold(host_find(h, a), b, &count);
    else if (strcmp(verb, "release") == 0)
        *rc = poe_session_release(host_find(h, a), b, &count);
    else if (strcmp(verb, "alias") == 0)
        *rc = poe_alias_set(h->kernel, a);
    else if (strcmp(verb, "unalias") == 0)
        *rc = poe_alias_remove(h->kernel, a);
    else if (strcmp(verb, "resolve") == 0)
        host_say(h, "%s=%s", a, poe_alias_find(h->kernel, a) ? host_name(poe_alias_find(h->kernel, a))
                                                             : "nobody");
    else
        return 0;
    return 1;
}

/* The words about timers and signals. */
static int
say_timer(struct host *h, const char *verb, const char *a, const char *b, const char *c, int *rc)
{
    double walltime;

    if (strcmp(verb, "delay") == 0)
        *rc = host_delay(h, atof(a), b, host_id(h, b));
    else if (strcmp(verb, "alarm") == 0) /* so many seconds from now, as an absolute time */
        *rc = host_alarm(h, poe_kernel_walltime(h->kernel) + atof(a), b, host_id(h, b));
    else if (strcmp(verb, "at") == 0)
        *rc = host_alarm(h, atof(a), b, host_id(h, b));
    else if (strcmp(verb, "remove") == 0)
        *rc = alarm_removed(h, a);
    else if (strcmp(verb, "adjust") == 0)
        *rc = poe_alarm_adjust(h->kernel, *host_id(h, a), atof(b), &walltime);
    else if (strcmp(verb, "redelay") == 0)
        *rc = poe_delay_adjust(h->kernel, *host_id(h, a), atof(b), &walltime);
    else if (strcmp(verb, "clear") == 0)
        poe_alarm_clear(h->kernel, a);
    else if (strcmp(verb, "sig") == 0)
        *rc = host_watch(h, a);
    else if (strcmp(verb, "unsig") == 0)
        poe_signal_ignore(h->kernel, a);
    else if (strcmp(verb, "signal") == 0)
        *rc = host_raise(h, host_find(h, a), b, c);
    else if (strcmp(verb, "handled") == 0)
        poe_signal_handled(h->kernel);
    else if (strcmp(verb, "child") == 0)
        *rc = host_child(h, atoi(a), b);
    else
        return 0;
    return 1;
}

/* The words about handles, streams, and what wheels wait for. */
static int
say_io(struct host *h, const char *verb, const char *a, const char *b, const char *c, int *rc)
{
    static const char *const hooks[] = { "input", "flushed", "error", "high", "low" };
    struct thing *t = host_thing(h, a);
    static char text[1 << 20];
    char shown[64];

    if (strcmp(verb, "watch") == 0)
        *rc = host_handle_watch(h, t->handle, mode_of(b), c);
    else if (strcmp(verb, "ignore") == 0)
        *rc = poe_handle_ignore(t->handle, mode_of(b));
    else if (strcmp(verb, "pause") == 0)
        *rc = poe_handle_pause(t->handle, mode_of(b), 1);
    else if (strcmp(verb, "resume") == 0)
        *rc = poe_handle_pause(t->handle, mode_of(b), 0);
    else if (strcmp(verb, "shut") == 0)
        poe_handle_close(t->handle);
    else if (strcmp(verb, "closefd") == 0) /* behind the kernel's back */
        holds(close(poe_handle_fd(t->handle)) == 0);
    else if (strcmp(verb, "write") == 0) { /* to a handle, past the streams */
        text_of(text, b);
        *rc = (int)poe_handle_write(t->handle, text, strlen(text));
    } else if (strcmp(verb, "read") == 0) {
        *rc = (int)poe_handle_read(t->handle, text, sizeof text);
        if (*rc > 0) {
            show(shown, sizeof shown, text, (size_t)*rc);
            host_say(h, "%s=%s", a, shown);
        }
    } else if (!t->stream && strstr("hook put give", verb))
        return 1; /* it could not be opened */
    else if (strcmp(verb, "stream") == 0)
        *rc = poe_stream_open(host_thing(h, b)->handle, a, &t->stream);
    else if (strcmp(verb, "lines") == 0) {
        text_of(text, b);
        *rc = poe_stream_frame(t->stream, POE_FRAME_LINES, text, strlen(text), 64);
    } else if (strcmp(verb, "any") == 0)
        *rc = poe_stream_frame(t->stream, POE_FRAME_ANY, NULL, 0, 64);
    else if (strcmp(verb, "hook") == 0) {
        int what = 0;
        while (strcmp(hooks[what], b) != 0)
            holds(++what < 5);
        *rc = host_hook(h, t->stream, (enum poe_hook)what, *c ? c : NULL);
    } else if (strcmp(verb, "put") == 0) {
        text_of(text, b);
        *rc = poe_stream_write(t->stream, text, strlen(text));
    } else if (strcmp(verb, "flush") == 0)
        *rc = poe_stream_flush(t->stream);
    else if (strcmp(verb, "hush") == 0)
        poe_stream_pause(t->stream, 1);
    else if (strcmp(verb, "speak") == 0)
        poe_stream_pause(t->stream, 0);
    else if (strcmp(verb, "half") == 0)
        poe_stream_shutdown(t->stream, strcmp(b, "in") == 0, strcmp(b, "out") == 0);
    else if (strcmp(verb, "close") == 0)
        poe_stream_close(t->stream, 0);
    else if (strcmp(verb, "abort") == 0)
        poe_stream_close(t->stream, 1);
    else if (strcmp(verb, "leave") == 0) {
        poe_stream_release(h->kernel, &t->stream);
        poe_handle_release(&t->handle);
    } else if (strcmp(verb, "rest") == 0) {
        const char *part[2];
        size_t length[2];
        poe_stream_rest(t->stream, part, length);
        memcpy(text, part[0], length[0]);
        memcpy(text + length[0], part[1], length[1]);
        show(shown, sizeof shown, text, length[0] + length[1]);
        host_say(h, "rest=%s", shown);
    } else if (strcmp(verb, "take") == 0)
        poe_stream_take(t->stream);
    else if (strcmp(verb, "give") == 0) {
        text_of(text, b);
        *rc = poe_stream_give(t->stream, text, strlen(text));
    } else if (strcmp(verb, "queued") == 0)
        host_say(h, "queued=%zu", poe_stream_queued(t->stream, NULL));
    else if (strcmp(verb, "after") == 0)
        *rc = host_after(h, atof(b), a, &t->later);
    else if (strcmp(verb, "lookup") == 0)
        *rc = host_lookup(h, b, a, &t->later);
    else if (strcmp(verb, "cancel") == 0)
        poe_later_close(t->later);
    else
        return 0;
    if (*rc > 0)
        *rc = 0;
    return 1;
}

/* The words about the log and what the handler leaves behind. */
static int
say_other(struct host *h, const char *verb, const char *a)
{
    if (strcmp(verb, "die") == 0)
        snprintf(h->now->raise, sizeof h->now->raise, "%s", a);
    else if (strcmp(verb, "return") == 0)
        snprintf(h->now->result, sizeof h->now->result, "%s", a);
    else if (strcmp(verb, "say") == 0)
        host_say(h, "%s", a);
    else if (strcmp(verb, "active") == 0)
        host_say(h, "active=%s", host_name(host_active(h)));
    else if (strcmp(verb, "count") == 0)
        host_say(h, "#%d", (int)poe_kernel_event_count(h->kernel));
    else if (strcmp(verb, "do") == 0)
        h->act(h, host_active(h), poe_kernel_event(h->kernel));
    else
        return 0;
    return 1;
}

/* One sentence; a refused one is logged as "verb=ECODE" and must have changed nothing. */
static void
sentence(struct host *h, const char *text)
{
    char w[4][64] = { "", "", "", "" };
    uint64_t events = poe_kernel_event_count(h->kernel);
    size_t sessions = poe_session_count(h->kernel), live = h->live;
    int rc = 0;

    if (sscanf(text, "%63s %63s %63s %63s", w[0], w[1], w[2], w[3]) < 1)
        return;
    if (!say_session(h, w[0], w[1], w[2], &rc) && !say_timer(h, w[0], w[1], w[2], w[3], &rc)
        && !say_other(h, w[0], w[1]) && !say_io(h, w[0], w[1], w[2], w[3], &rc))
        ck_abort_msg("no such word: %s", w[0]);
    if (rc == UV_ENOMEM || rc == UV_ENOBUFS || rc == UV_ESRCH)
        holds(events == poe_kernel_event_count(h->kernel) && sessions == poe_session_count(h->kernel)
              && live == h->live);
    if (rc < 0)
        host_say(h, "%s=%s", w[0], uv_err_name(rc));
}

void
host_script(struct host *h, const char *script)
{
    char text[256];

    while (*script) {
        size_t size = strcspn(script, ";");
        holds(size < sizeof text);
        memcpy(text, script, size);
        text[size] = '\0';
        sentence(h, text);
        script += size + (script[size] == ';');
    }
}

void
host_as(struct host *h, const char *name, const char *script)
{
    struct outcome outcome = { h->now, "", "" };
    poe_session *s = host_find(h, name);
    poe_event ev = { .to = s, .from = s, .name = "as", .type = POE_EVENT_CALL };
    struct poe_frame frame;

    h->now = &outcome;
    poe_kernel_enter(h->kernel, &frame, &ev);
    host_script(h, script);
    poe_kernel_leave(h->kernel, &frame);
    h->now = outcome.up;
}

/* -- running ------------------------------------------------------------------------------- */

void
host_exceptions(struct host *h)
{
    poe_payload record;

    while ((record = poe_kernel_exception(h->kernel))) {
        host_say(h, "!%s", host_text(h, record));
        host_drop(h, record);
    }
}

int
host_run(struct host *h)
{
    int rc = poe_kernel_run(h->kernel);

    if (rc == UV_ECANCELED)
        host_exceptions(h);
    return rc;
}
