/*
 * tty.h - terminals that belong to sessions
 */
#ifndef POE_TTY_H
#define POE_TTY_H

#include <termios.h>

#include "handle.h"

#define FAREWELL_BYTES 32

/* Freed when the host releases it; closed then, or with its session. */
struct poe_tty {
    struct owned owned;            /* first: see poe__handles_forget */
    poe_kernel *kernel;
    poe_session *session;          /* NULL: closed */
    int fd;                        /* -1: closed */
    unsigned raw : 1;              /* `saved` is to be put back */
    struct termios saved;
    char farewell[FAREWELL_BYTES]; /* what is written when nobody has put it back in time */
};

#endif
