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
    unsigned lookup : 1;
    int status;               /* a lookup: 0 or what went wrong */
    char (*addresses)[INET6_ADDRSTRLEN];
    size_t count;
    union {
        uv_timer_t timer;
        uv_getaddrinfo_t request;
    } uv;
};

void poe__laters_run(poe_kernel *k);

#endif
