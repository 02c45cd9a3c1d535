/*
 * alias.h - name -> session
 */
#ifndef POE_ALIAS_H
#define POE_ALIAS_H

#include <stddef.h>
#include <stdint.h>

#include "poe.h"

/* A name; in the table and in its owner's list, which is in byte order. */
struct alias {
    poe_session *session;
    struct alias *next;
    uint32_t hash;
    char name[];
};

/* Open addressing; removal closes the gap, so there are no gravestones. */
struct aliases {
    struct alias **slots;
    uint32_t mask;
    uint32_t count;
};

uint32_t poe__hash(const char *name);
void poe__alias_forget(poe_session *s);
void poe__aliases_release(poe_kernel *k);

#endif
