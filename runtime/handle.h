/*
 * handle.h - descriptors: who watches which for what
 */
#ifndef POE_HANDLE_H
#define POE_HANDLE_H

#include <uv.h>

#include "list.h"
#include "mem.h"
#include "poe.h"

/* An event name with its arguments, to be dispatched again and again.  Freed when it has been taken
 * away and no dispatch uses it any more. */
struct hook {
    const char *name;    /* borrowed from the payload */
    poe_payload payload; /* ours */
    uint32_t busy;       /* dispatches on the C stack */
    uint32_t dead;
};

/* What hangs on a session and goes with it; first in what it is part of. */
enum owned_kind { OWNED_INTEREST, OWNED_STREAM, OWNED_LATER, OWNED_FILE, OWNED_TTY };
struct owned {
    struct owned *next, **at; /* in session->owned */
    enum owned_kind kind;     /* a struct interest, poe_stream, poe_later, poe_file, poe_tty */
};

/* A session watches a handle in one mode. */
struct interest {
    struct owned owned;
    struct interest *next; /* on the same handle, in the same mode, by time of coming */
    poe_handle *handle;
    poe_session *session;
    struct hook *hook;
    uint32_t round;        /* the last phase it was fired in */
    uint8_t mode;          /* enum poe_mode */
    uint8_t keep;          /* enum poe_keep */
};

/*
 * A descriptor.  Found by its number while it is open; freed when it is closed, nobody points at it
 * and libuv has given `poll` back.
 */
struct poe_handle {
    poe_kernel *kernel;
    int fd;                 /* -1: closed */
    uint32_t refs;          /* the table's, poe_handle_open's and libuv's */
    uint32_t seq;           /* ready handles are served in the order they were first watched in */
    uint8_t own : 1;        /* closing it closes the descriptor */
    uint8_t known : 1;      /* `poll` is initialised */
    uint8_t queued : 1;     /* on kernel->handles.ready */
    uint8_t checked : 1;    /* on handles.foreign */
    uint8_t asked;          /* modes libuv watches, as bits */
    uint8_t ready;          /* modes the last poll found, as bits */
    uint8_t now;            /* the same, being served */
    uint8_t paused;         /* modes that nobody hears of now (R179) */
    struct interest *watched[POE_MODES];
    poe_stream *stream;     /* a wheel's; NULL: none */
    poe_handle *ready_next, *now_next;
    poe_handle *foreign_next;
    struct list loose;      /* in handles.loose */
    uint64_t device, inode; /* of a descriptor that is not ours: tells when it was closed */
    uv_poll_t poll;
};

struct handles {
    poe_handle **by_fd;
    uint32_t room;
    uint32_t seq;
    poe_handle *ready, *ready_last; /* what the poll found, for the next slice */
    uint32_t ready_count;
    unsigned unsorted : 1;
    unsigned crowded : 1;           /* more than CROWD are being served */
    uint32_t round;
    poe_handle *foreign;            /* watched descriptors that others may close */
    struct list dirty;              /* streams to look after at the end of the slice */
    struct list loose;              /* handles that libuv watches for more than is wanted */
    poe_later *due;                 /* what has come and is to be served, in order */
    size_t lingering;               /* closed wheels with something to write */
    char *buffer;                   /* of BUFFER_BYTES, for reading; NULL while in use */
    char *spare;                    /* small buffers for output, each beginning with the next */
    unsigned spare_count;
};

#define HANDLE_BIT(mode) (1u << (mode))
#define BUFFER_BYTES 65536
#define CROWD 64 /* ready handles whose sockets fit the processor's cache until the slice ends */

struct hook *poe__hook_new(poe_kernel *k, const char *name, poe_payload payload);
void poe__hook_drop(poe_kernel *k, struct hook **hook);
void poe__hook_hold(struct hook *hook);
void poe__hook_release(poe_kernel *k, struct hook *hook);
int poe__hook_fire(struct hook *hook, poe_session *s, int type, const struct poe_io *io);

int poe__handle_ready(poe_handle *h);
int poe__handle_arm(poe_handle *h);
void poe__handle_again(poe_handle *h, enum poe_mode mode);
void poe__handle_unref(poe_handle *h);
void poe__owned_add(poe_session *s, struct owned *o);
void poe__owned_remove(struct owned *o);

void poe__handles_run(poe_kernel *k);
void poe__handles_check(poe_kernel *k);
void poe__handles_settle(poe_kernel *k);
void poe__handles_forget(poe_session *s);
void poe__handles_release(poe_kernel *k);

#endif
