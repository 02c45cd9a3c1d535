/*
 * host.h - a struct poe_host in C that writes what happened into a text log
 *
 * A spec casts roles: a name and a table of event -> script, where a script is a few words such as
 * "yield x; post B y; die boom" (host.c lists them).  Every handler that is entered leaves a word in
 * the log, "A:x", so a spec plays, runs and compares one string.  Payloads are numbered tickets: each must come back exactly once, by dispatch or by drop, and host_close()
 * fails the test when one is missing, when a session was never told to go, or when the kernel's
 * memory does not add up to nothing.
 */
#ifndef HOST_H
#define HOST_H

#include <check.h>
#include <stdint.h>
#include <uv.h>

#include "poe.h"

/* Check writes down each ck_assert it passes; this one is for what is asked a million times. */
#define holds(what)                                     \
    do {                                                \
        if (!(what))                                    \
            ck_abort_msg("does not hold: %s", #what);   \
    } while (0)

struct host;
typedef void (*host_handler)(struct host *h, poe_session *s, const poe_event *ev);

/* What an actor does at an event.  Event "*" is any without a rule of its own. */
struct rule {
    const char *event;
    const char *script;
};

/* Whom `new` and host_play make; a cast ends with a NULL name. */
struct role {
    const char *name;
    struct rule rules[16];
};

/* An allocator that checks the sizes it is told and can be made to fail. */
struct heap {
    size_t used, blocks;
    long grown;   /* requests for more memory so far */
    long fail_at; /* this one fails, counted from 1; 0: none */
    long fail_on; /* and so many after it */
    long failed;
};

/* Whether kernels made from now on find a drain in the host. */
extern int host_drains;

void *heap_alloc(void *ud, void *block, size_t old_size, size_t new_size);

/* A session's host side. */
struct actor {
    struct actor *prev, *next; /* in host->actors, the youngest first */
    char name[16];
    const struct rule *rules; /* NULL: none */
    poe_session *session;
    int stopped;
    int n; /* for the spec */
};

/* What a handler leaves behind; one per handler on the C stack. */
struct outcome {
    struct outcome *up;
    char raise[64];  /* an exception with this text */
    char result[64]; /* of _start and _stop */
};

struct ticket {
    uint32_t generation;
    unsigned live : 1;
    char *name, *state, *text;
};

struct host {
    poe_kernel *kernel;
    struct heap heap;
    char *log;
    size_t log_size, log_room;
    const char *hide;      /* events not logged, between blanks */
    int show_sender;       /* log "A:x<B" */
    struct outcome *now;
    struct actor *actors;
    const struct role *cast;
    host_handler act;      /* what the word "do" runs */
    struct { char name[16]; poe_alarm_id id; } ids[16]; /* last timer of each name */
    struct thing { /* a handle, a stream, or a timer or lookup, as scripts call it */
        char name[16];
        poe_handle *handle;
        poe_stream *stream;
        poe_later *later;
    } things[32];

    struct ticket *tickets;
    uint32_t ticket_count, ticket_room, ticket_free;
    size_t live;           /* tickets out */
    size_t made, gone, stopped; /* sessions */
    size_t dropped;        /* payloads given back undelivered */
    size_t lent_gone;      /* borrowed payloads that went while a handler had them */
    uint64_t handled;      /* handlers entered */
    void *data;            /* the spec's */
};

/* Opens a kernel on its own loop, or on `loop`. */
void host_open(struct host *h);
void host_open_on(struct host *h, uv_loop_t *loop);
/* Opens all but the kernel, and the kernel with a heap that may fail. */
void host_init(struct host *h);
int host_kernel(struct host *h, uv_loop_t *loop);
/* Frees the kernel and checks that everything has come back.  On a borrowed loop it runs that once. */
void host_close(struct host *h);

/* Makes the sessions named, in that order, from the cast. */
void host_play(struct host *h, const struct role *cast, const char *names);
/* Makes one; its role is the one of that name, or none.  A negative code: nothing was made. */
int host_session(struct host *h, const char *name, uint32_t limit);
/* The youngest of that name that is not gone; "KERNEL" is the kernel's. */
poe_session *host_find(struct host *h, const char *name);

/* Payloads. */
poe_payload host_put(struct host *h, const char *name, const char *text);
const char *host_text(struct host *h, poe_payload payload);
void host_drop(struct host *h, poe_payload payload);

/* The calls of poe.h with the payload made, and taken back when the call failed. */
int host_post(struct host *h, poe_session *to, const char *name);
int host_yield(struct host *h, const char *name);
int host_call(struct host *h, poe_session *to, const char *name);
int host_delay(struct host *h, double seconds, const char *name, poe_alarm_id *id);
int host_alarm(struct host *h, double walltime, const char *name, poe_alarm_id *id);
int host_watch(struct host *h, const char *signal);
int host_raise(struct host *h, poe_session *to, const char *signal, const char *text);
int host_child(struct host *h, int pid, const char *event);

/* The one of that name; a new one when there is none.  host_close releases what they hold. */
struct thing *host_thing(struct host *h, const char *name);
/* Opens `fd` as handle `name`. */
poe_handle *host_handle(struct host *h, const char *name, int fd, int own);
/* Two connected stream sockets that do not block, as own handles. */
void host_pair(struct host *h, const char *a, const char *b);
/* A pipe, its read end first. */
void host_pipe(struct host *h, const char *a, const char *b);
int host_hook(struct host *h, poe_stream *st, enum poe_hook what, const char *event);
int host_handle_watch(struct host *h, poe_handle *handle, enum poe_mode mode, const char *event);

/* Does what a script says, as the active session. */
void host_script(struct host *h, const char *script);
/* The same as session `name`, outside its handlers. */
void host_as(struct host *h, const char *name, const char *script);
poe_alarm_id *host_id(struct host *h, const char *name);
void host_say(struct host *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
poe_session *host_active(struct host *h);
struct actor *host_actor(const poe_session *s);
const char *host_name(const poe_session *s);

/* Runs to the end; exceptions nobody handled are logged as "!text". */
int host_run(struct host *h);
void host_exceptions(struct host *h);

/* A whole story: plays, runs to the end, compares. */
#define host_story(h, cast, names, log)                 \
    do {                                                \
        host_play(h, cast, names);                      \
        ck_assert_int_eq(host_run(h), 0);               \
        host_expect(h, log);                            \
    } while (0)

/* Compares the log and empties it. */
#define host_expect(h, text) host_expect_at(h, text, __FILE__, __LINE__)
void host_expect_at(struct host *h, const char *text, const char *file, int line);

#endif
