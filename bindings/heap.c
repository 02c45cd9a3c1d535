/*
 * heap.c - the memory of a program's Lua: small blocks by size, of a range of our own
 *
 * Lua tells the size of a block when it gives it back, so a block needs no header: a page of 64 KiB
 * holds blocks of one size, and its number says which.  The range is reserved, not used: a page
 * counts when it is written to, and goes back to the system when all its blocks have been freed,
 * but for a few.  So the memory of a burst is given back wherever it lay.
 *
 * Before there is a range small blocks lie side by side in one piece of the C library's memory, as many as
 * find room there: a start, or a small script, would else write to a little of a page of each size, in a far
 * corner of the address space.  What has been freed of the piece is used again as long as there is no range.
 */
#include "heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_BYTES ((size_t)64 << 10)
#define LARGEST ((size_t)16 * HEAP_CLASSES)
#define RANGE_MOST ((size_t)1 << 36)
#define RANGE_LEAST ((size_t)1 << 30)
#define EMPTIES_KEPT 64 /* 4 MiB */
#define BURST ((int64_t)32 << 20)
#define EARLY_BYTES ((uint32_t)256 << 10)
#define EARLY_OVER UINT32_MAX

struct heap_page {
    void *free;          /* blocks that were used before, linked by their first word */
    uint32_t fresh;      /* offset of the first block never used */
    uint32_t used;       /* blocks in use */
    uint32_t next, prev; /* in heap.some; next only, in heap.empty */
    uint8_t size_class;
    uint8_t listed;      /* in heap.some */
};

void
lpoe_heap_open(struct heap *h)
{
    memset(h, 0, sizeof *h);
    h->early = malloc(EARLY_BYTES);
}

/* Reserves the range.  Where that is not allowed, all blocks are the C library's. */
static void
range_open(struct heap *h)
{
    for (size_t size = RANGE_MOST; size >= RANGE_LEAST; size /= 4) {
        void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED)
            continue;
        h->base = p;
        h->size = size;
        h->pages = p;
        h->room = (uint32_t)(size / PAGE_BYTES);
        h->made = (uint32_t)((h->room * sizeof *h->pages + PAGE_BYTES - 1) / PAGE_BYTES);
        return;
    }
}

static void
page_list(struct heap *h, uint32_t at)
{
    struct heap_page *p = &h->pages[at];

    p->listed = 1;
    p->prev = 0;
    p->next = h->some[p->size_class];
    if (p->next)
        h->pages[p->next].prev = at;
    h->some[p->size_class] = at;
}

static void
page_unlist(struct heap *h, uint32_t at)
{
    struct heap_page *p = &h->pages[at];

    p->listed = 0;
    if (p->next)
        h->pages[p->next].prev = p->prev;
    if (p->prev)
        h->pages[p->prev].next = p->next;
    else
        h->some[p->size_class] = p->next;
}

/* A page for blocks of a size; 0 when the range is used up. */
static uint32_t
page_new(struct heap *h, unsigned size_class)
{
    uint32_t at = h->empty;

    if (at) {
        h->empty = h->pages[at].next;
        h->empties--;
    } else if (h->made < h->room)
        at = h->made++;
    else
        return 0;
    h->pages[at] = (struct heap_page){ .size_class = (uint8_t)size_class };
    page_list(h, at);
    return at;
}

static void
page_free(struct heap *h, uint32_t at)
{
    page_unlist(h, at);
    if (h->empties >= EMPTIES_KEPT)
        (void)madvise(h->base + at * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED);
    h->pages[at].next = h->empty;
    h->empty = at;
    h->empties++;
}

static void *
block_new(struct heap *h, size_t size)
{
    unsigned size_class = (unsigned)((size - 1) / 16);
    uint32_t at = h->some[size_class];

    if (!at && !(at = page_new(h, size_class)))
        return NULL;
    struct heap_page *p = &h->pages[at];
    size_t step = ((size_t)size_class + 1) * 16;
    void *block = p->free;
    if (block)
        memcpy(&p->free, block, sizeof p->free);
    else {
        block = h->base + at * PAGE_BYTES + p->fresh;
        p->fresh += (uint32_t)step;
    }
    p->used++;
    if (!p->free && p->fresh + step > PAGE_BYTES)
        page_unlist(h, at);
    return block;
}

static void
block_free(struct heap *h, void *block)
{
    uint32_t at = (uint32_t)((size_t)((char *)block - h->base) / PAGE_BYTES);
    struct heap_page *p = &h->pages[at];

    memcpy(block, &p->free, sizeof p->free);
    p->free = block;
    if (!p->listed)
        page_list(h, at);
    if (--p->used == 0 && (p->next || p->prev)) /* the last one with room stays */
        page_free(h, at);
}

/* A block of the first piece; NULL when it is full, and from the next block on there is a range. */
static void *
early_new(struct heap *h, size_t size)
{
    unsigned size_class = (unsigned)((size - 1) / 16);
    uint32_t step = (size_class + 1) * 16;
    char *block = h->base ? NULL : h->early_free[size_class];

    if (block) {
        memcpy(&h->early_free[size_class], block, sizeof(void *));
        return block;
    }
    if (h->early_used <= EARLY_BYTES - step) {
        block = h->early + h->early_used;
        h->early_used += step;
        return block;
    }
    if (h->early_used != EARLY_OVER) {
        h->early_used = EARLY_OVER;
        range_open(h);
    }
    return NULL;
}

static inline int
is_early(const struct heap *h, const void *block)
{
    return (uintptr_t)block - (uintptr_t)h->early < EARLY_BYTES;
}

static void
early_free(struct heap *h, void *block, size_t size)
{
    void **list = &h->early_free[(size - 1) / 16];

    memcpy(block, list, sizeof(void *));
    *list = block;
}

static inline int
is_ours(const struct heap *h, const void *block)
{
    return (uintptr_t)block - (uintptr_t)h->base < h->size;
}

/* The C library keeps what is freed below a block in use: after a burst it is told to look. */
static void
large_count(struct heap *h, int64_t more)
{
    h->large += more;
    if (h->large > h->peak)
        h->peak = h->large;
    else if (h->peak - h->large > BURST && h->large < h->peak / 4) {
        h->peak = h->large;
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
}

/* What is not of the range. */
static void
give_back_other(struct heap *h, void *block, size_t size)
{
    if (is_early(h, block)) {
        early_free(h, block, size);
        return;
    }
    free(block);
    large_count(h, -(int64_t)size);
}

static void
give_back(struct heap *h, void *block, size_t size)
{
    if (is_ours(h, block))
        block_free(h, block);
    else
        give_back_other(h, block, size);
}

/* A block that is large, or for which there is no range, or no room in it. */
static void *
take_other(struct heap *h, size_t size)
{
    void *block = size <= LARGEST && h->early ? early_new(h, size) : NULL;

    if (!block && (block = malloc(size)))
        large_count(h, (int64_t)size);
    return block;
}

/* Of the range when it is small and there is room. */
static void *
take(struct heap *h, size_t size)
{
    void *block = size <= LARGEST && h->base ? block_new(h, size) : NULL;

    return block ? block : take_other(h, size);
}

void *
lpoe_heap_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct heap *h = ud;

    if (new_size == 0) {
        if (block)
            give_back(h, block, old_size);
        return NULL;
    }
    if (!block)
        return take(h, new_size);
    if (is_ours(h, block) || is_early(h, block)) {
        if (new_size <= LARGEST && (new_size - 1) / 16 == (old_size - 1) / 16)
            return block;
    } else if (new_size > LARGEST || (!h->base && !h->early)) {
        void *resized = realloc(block, new_size);
        if (resized)
            large_count(h, (int64_t)new_size - (int64_t)old_size);
        return resized;
    }
    void *moved = take(h, new_size);
    if (!moved)
        return new_size <= old_size ? block : NULL; /* shrinking never fails */
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(h, block, old_size);
    return moved;
}
