/*
 * heap_spec.c - blocks of all sizes keep what is written into them, and their memory goes back
 */
#include "heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "specs.h"

#define BLOCKS 20000
#define ROUNDS 400000

/* A block and what it is filled with. */
struct kept {
    unsigned char *block;
    size_t size;
    unsigned char fill;
};

static int
is_whole(const struct kept *k, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (k->block[i] != k->fill)
            return 0;
    return 1;
}

/* Makes, resizes and frees at random; returns whether all held what was written. */
static int
stir(struct heap *h)
{
    struct kept *all = calloc(BLOCKS, sizeof *all);
    uint32_t seed = 1;
    int whole = 1;

    for (int i = 0; i < ROUNDS && whole; i++) {
        seed = seed * 1664525 + 1013904223;
        struct kept *k = &all[(seed >> 8) % BLOCKS];
        seed = seed * 1664525 + 1013904223;
        size_t size = (seed >> 8) % 8 == 0 ? 0 : (seed >> 12) % 400;
        unsigned char *block = lpoe_heap_alloc(h, k->block, k->block ? k->size : 5, size);
        size_t same = size < k->size ? size : k->size;
        if ((block == NULL) != (size == 0))
            whole = 0;
        else if (size) {
            int had = k->block != NULL;
            k->block = block;
            whole = !had || is_whole(k, same);
            k->fill = (unsigned char)i;
            memset(block, k->fill, size);
        }
        if (!size)
            k->block = NULL;
        k->size = size;
    }
    for (int i = 0; i < BLOCKS; i++)
        if (all[i].block) {
            whole = whole && is_whole(&all[i], all[i].size);
            lpoe_heap_alloc(h, all[i].block, all[i].size, 0);
        }
    free(all);
    return whole;
}

/* Pages of this process that are in memory. */
static long
resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = -1;

    if (f) {
        if (fscanf(f, "%*d %ld", &pages) != 1)
            pages = -1;
        fclose(f);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void
burst_spec(struct heap *h)
{
    enum { COUNT = 500000, SIZE = 128, FEW = 4096 };
    void **blocks = malloc(COUNT * sizeof *blocks);
    long before = resident();

    for (int i = 0; i < COUNT; i++)
        memset(blocks[i] = lpoe_heap_alloc(h, NULL, 0, SIZE), i, SIZE);
    long most = resident();
    for (int i = 0; i < COUNT; i++)
        lpoe_heap_alloc(h, blocks[i], SIZE, 0);
    long after = resident();
    check(most - before > 60000, "a burst takes memory", (int)(most - before));
    check(after - before < 24000, "... which is given back", (int)(after - before));

    for (int i = 0; i < COUNT; i++)
        memset(blocks[i] = lpoe_heap_alloc(h, NULL, 0, SIZE), i, SIZE);
    for (int i = 0; i < COUNT; i++)
        if (i % FEW)
            lpoe_heap_alloc(h, blocks[i], SIZE, 0);
    after = resident();
    check(after - before < 40000, "... also where some of it stays in use", (int)(after - before));
    int whole = 1;
    for (int i = 0; i < COUNT; i += FEW) {
        whole = whole && is_whole(&(struct kept){ blocks[i], SIZE, (unsigned char)i }, SIZE);
        lpoe_heap_alloc(h, blocks[i], SIZE, 0);
    }
    check(whole, "... and holds what was written", 0);
    free(blocks);
}

void
heap_spec(void)
{
    struct heap none = { .base = NULL }, h;

    lpoe_heap_open(&h);
    void *first = lpoe_heap_alloc(&h, NULL, 0, 40);
    check(h.base == NULL, "the first block needs no range", 0);
    check(stir(&h), "blocks of all sizes keep what is written", 0);
    check(h.base != NULL, "... and a range is reserved on the way", 0);
    first = lpoe_heap_alloc(&h, first, 40, 100);
    check((char *)first >= h.base && (char *)first < h.base + h.size, "... in which the first block finds a place", 0);
    lpoe_heap_alloc(&h, first, 100, 0);
    check(stir(&none), "... without a range as well", 0);
    void *foreign = lpoe_heap_alloc(&none, NULL, 0, 40);
    memset(foreign, 7, 40);
    unsigned char *taken = lpoe_heap_alloc(&h, foreign, 40, 48);
    check(taken && taken[0] == 7 && taken[39] == 7, "a block of the C library is taken over", 0);
    lpoe_heap_alloc(&h, taken, 48, 0);
    burst_spec(&h);
    free(h.early);
}
