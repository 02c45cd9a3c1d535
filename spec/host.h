/*
 * host.h - a struct poe_host in C that writes what happened into a text log
 *
 * Sessions are actors: a name and a table of event -> C function.  Every handler that is entered
 * leaves a word in the log, "A:x", so a spec posts, runs and compares one string.  Payloads are
 * numbered tickets: each must come back exactly once, by dispatch or by drop, and host_close()
 * fails the test when one is missing, when a session was never told to go, or when the kernel's
 * memory does not add up to nothing.
 */
#ifndef HOST_H
#define HOST_H

#include <check.h>
#include <stdint.h>
#include <uv.h>

#include "poe.h"

struct host;
typedef void (*host_handler)(struct host *h, poe_session *s, const poe_event *ev);

/* What an actor does at an event; a table of them ends with a NULL event.  Event "*" is any. */
struct rule {
    const char *event;
    host_handler act;
};

/* An allocator that checks the sizes it is told and can be made to fail. */
struct heap {
    size_t used, blocks;
    long grown;   /* requests for more memory so far */
    long fail_at; /* this one fails, counted from 1; 0: none */
    int fail_on;  /* and all after it */
    long failed;
};

void *heap_alloc(void *ud, void *block, size_t old_size, size_t new_size);

/* A session's host side. */
struct actor {
    char name[16];
    const struct rule *rules;
    poe_session *session;
    int stopped;
    int n; /* for the spec */
};

/* What a handler leaves behind; one per handler on the C stack. */
struct outcome {
    struct outcome *up;
    const char *raise;  /* an exception with this text */
    const char *result; /* of _start and _stop */
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
    poe_session *created;  /* by the last host_session */

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

/* Makes a session; NULL when poe_session_new failed (the code is in *rc when asked). */
poe_session *host_session(struct host *h, const char *name, const struct rule *rules);
poe_session *host_session_rc(struct host *h, const char *name, const struct rule *rules,
                             uint32_t limit, int *rc);

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

/* Inside a handler. */
void host_die(struct host *h, const char *text);
void host_return(struct host *h, const char *text);
void host_say(struct host *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
poe_session *host_active(struct host *h);
struct actor *host_actor(const poe_session *s);
const char *host_name(const poe_session *s);

/* Runs to the end; exceptions nobody handled are logged as "!text". */
int host_run(struct host *h);
int host_slice(struct host *h);
void host_exceptions(struct host *h);

/* Compares the log and empties it. */
#define host_expect(h, text) host_expect_at(h, text, __FILE__, __LINE__)
void host_expect_at(struct host *h, const char *text, const char *file, int line);

#endif
