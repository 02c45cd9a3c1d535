/*
 * heap.h - the memory of a program's Lua: small blocks by size, of a range of our own
 */
#ifndef LPOE_HEAP_H
#define LPOE_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_CLASSES 20      /* blocks of 8, 16 ... 64, 80 ... 256 bytes; larger ones are the C library's */

struct heap_page;

/* One thread's.  All zero: no range, every block is the C library's. */
struct heap {
    char *base;              /* the range; NULL: none */
    size_t size;
    struct heap_page *pages; /* what is known of each page, at the range's start */
    uint32_t made;           /* pages that have been used so far */
    uint32_t room;           /* pages of the range */
    uint32_t huge;           /* the first that may be part of a huge one */
    uint32_t empty;          /* first of those with no block; 0: none, as page 0 holds `pages` */
    uint32_t idle;           /* of these, how many have not been given back */
    uint32_t used;           /* pages with blocks in use, or the last of their size with room */
    uint32_t some[HEAP_CLASSES]; /* first page with a free block; 0: none */
    int64_t large, peak;     /* bytes of larger blocks: now, at most since they were last given back */
};

/* Reserves the range.  Where that is not allowed, all blocks are the C library's. */
void lpoe_heap_open(struct heap *h);

/* As lua_Alloc; `ud` is the heap.  Takes blocks that the C library made, too. */
void *lpoe_heap_alloc(void *ud, void *block, size_t old_size, size_t new_size);

#endif
