/*
 * due.h - keys in due order, put into it only as far as somebody wants the first
 */
#ifndef POE_DUE_H
#define POE_DUE_H

#include <stdint.h>

#include "mem.h"

struct due_key {
    int64_t due_ns;
    uint32_t seq;   /* equal times: the order they were set; wraps */
    uint32_t index; /* whose it is */
};

/* Unsorted keys, none before `low` and none after those of the part before it. */
struct due_part {
    struct due_key low;
    uint32_t begin; /* to the beginning of the part before it; the first's to the end */
};

#ifdef POE_TORTURE
#define DUE_PARTS 3
#define DUE_SORTED 2
#define DUE_FRONT 4
#else
#define DUE_PARTS 48
#define DUE_SORTED 32 /* so many are sorted at a time */
#define DUE_FRONT 64  /* so many may be, as others come between */
#endif

/* keys[begin..front) are sorted; what is behind belongs to the parts, the last of them next to the front. */
struct due {
    struct due_key *keys;
    uint32_t begin, front, end, room;
    uint32_t parts;
    struct due_part part[DUE_PARTS];
};

int poe__due_grow(struct due *d, struct mem *m);
void poe__due_shrink(struct due *d, struct mem *m, uint32_t room);
void poe__due_add(struct due *d, struct due_key key);
int poe__due_refill(struct due *d);
void poe__due_sweep(struct due *d, int (*is_live)(const void *of, const struct due_key *key), const void *of);
void poe__due_clear(struct due *d);
void poe__due_release(struct due *d, struct mem *m);

static inline int
due_before(const struct due_key *a, const struct due_key *b)
{
    return (a->due_ns < b->due_ns) | ((a->due_ns == b->due_ns) & ((int32_t)(a->seq - b->seq) < 0));
}

#endif
