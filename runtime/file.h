/*
 * file.h - plain files that belong to sessions
 */
#ifndef POE_FILE_H
#define POE_FILE_H

#include "handle.h"

/* Freed when the host releases it; closed then, or with its session. */
struct poe_file {
    struct owned owned;   /* first: see poe__handles_forget */
    poe_kernel *kernel;
    poe_session *session; /* NULL: closed */
    int fd;               /* -1: closed */
};

#endif
