/*
 * later.h - what wheels wait for besides handles: a time, a name's addresses
 */
#ifndef POE_LATER_H
#define POE_LATER_H

#include <uv.h>

#include "handle.h"

/* Something that will be dispatched once; freed when it has ended, libuv has given it back and the
 * host has released it. */
struct poe_later {
    struct owned owned;       /* first: see poe__handles_forget */
    poe_kernel *kernel;
    poe_session *session;     /* NULL: ended */
    struct hook *hook;
    poe_later *next;          /* in kernel->handles.due */
    uint32_t refs;            /* the host's, libuv's, the due list's */
    unsigned waiting : 1;     /* libuv has it */
    unsigned request : 1;     /* a request, no timer */
    unsigned writes : 1;      /* a file is written, else read */
    unsigned appends : 1;
    int status;               /* a request: 0 or what went wrong */
    char (*addresses)[INET6_ADDRSTRLEN];
    size_t count;
    union {
        uv_timer_t timer;
        uv_getaddrinfo_t lookup;
        uv_work_t work;
    } uv;
    char *path, *data;        /* of a file; of the C heap, as another thread uses them */
    size_t length, most;
};

void poe__laters_run(poe_kernel *k);

#endif
