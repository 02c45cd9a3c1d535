/*
 * heap.c - the memory of a program's Lua: small blocks by size, of a range of our own
 *
 * Lua tells the size of a block when it gives it back, so a block needs no header: a page of 64 KiB
 * holds blocks of one size, and its number says which.  The range is reserved, not used: a page
 * counts when it is written to, and goes back to the system when all its blocks have been freed,
 * but for a few.  So the memory of a burst is given back wherever it lay.
 *
 * What a program needs beyond some megabytes may be made of huge pages by the system: fewer to be
 * made and to be looked up.  To give back, and to make again, is dear: that waits until much lies idle,
 * measured by what is used, and then goes in long pieces.
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
#define FINE ((size_t)128) /* sizes in steps of 8 up to here, as most objects of Lua are small; then of 16 */
#define LARGEST (FINE + 16 * (HEAP_CLASSES - FINE / 8))
#define RANGE_MOST ((size_t)1 << 36)
#define RANGE_LEAST ((size_t)1 << 30)
#define IDLE_KEPT 64 /* 4 MiB */
#define HUGE_BYTES ((size_t)2 << 20)
#define LARGE_HUGE (2 * HUGE_BYTES)
#define HUGE_PAGES ((uint32_t)(HUGE_BYTES / PAGE_BYTES))
#define SMALL_PAGES ((uint32_t)256) /* 16 MiB, before there are huge ones */
#define BURST ((int64_t)32 << 20)
#define EARLY_BYTES ((uint32_t)256 << 10)
#define EARLY_OVER UINT32_MAX

struct heap_page {
    void *free;          /* blocks that were used before, linked by their first word */
    uint16_t fresh;      /* blocks never used, at its end */
    uint16_t used;       /* blocks in use */
    uint32_t next, prev; /* in heap.some; next only, in heap.empty */
    uint8_t size_class;
    uint8_t listed;      /* in heap.some */
    uint8_t gone;        /* it has been given back, and not been used since */
};

static inline unsigned
class_of(size_t size)
{
    return (unsigned)(size <= FINE ? (size - 1) / 8 : (size - 1) / 16 + FINE / 16);
}

static inline size_t
class_step(unsigned size_class)
{
    return size_class < FINE / 8 ? (size_class + (size_t)1) * 8 : (size_class + (size_t)1) * 16 - FINE;
}

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
        h->base = (char *)p + -(uintptr_t)p % HUGE_BYTES;
        h->size = size - HUGE_BYTES;
        h->pages = (struct heap_page *)h->base;
        h->room = (uint32_t)(h->size / PAGE_BYTES);
        h->made = (uint32_t)((h->room * sizeof *h->pages + PAGE_BYTES - 1) / PAGE_BYTES);
        h->huge = (h->made + SMALL_PAGES + HUGE_PAGES - 1) / HUGE_PAGES * HUGE_PAGES;
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
static __attribute__((noinline)) uint32_t
page_new(struct heap *h, unsigned size_class)
{
    uint32_t at = h->empty;

    if (at) {
        h->empty = h->pages[at].next;
        h->idle -= !h->pages[at].gone;
    } else if (h->made < h->room) {
        at = h->made++;
#ifdef MADV_HUGEPAGE
        if (at == h->huge)
            (void)madvise(h->base + at * PAGE_BYTES, h->size - at * PAGE_BYTES, MADV_HUGEPAGE);
#endif
    } else
        return 0;
    h->pages[at] = (struct heap_page){ .size_class = (uint8_t)size_class,
                                       .fresh = (uint16_t)(PAGE_BYTES / class_step(size_class)) };
    page_list(h, at);
    h->used++;
    return at;
}

static void
pages_give(struct heap *h, uint32_t first, uint32_t count)
{
    (void)madvise(h->base + first * PAGE_BYTES, count * PAGE_BYTES, MADV_DONTNEED);
    for (uint32_t at = first; at < first + count; at++) {
        h->idle -= !h->pages[at].gone;
        h->pages[at].gone = 1;
    }
}

/* So many may lie idle: what a collection frees, a program that goes on will need again before the next. */
static inline uint32_t
idle_most(const struct heap *h)
{
    uint32_t large = h->large > 0 ? (uint32_t)((size_t)h->large / PAGE_BYTES) : 0;

    return IDLE_KEPT + (h->used + large) / 2;
}

/* Gives back all that are idle, neighbours at once. */
static void
idle_give(struct heap *h)
{
    for (uint32_t at = h->empty, first, end; at && h->idle; at = h->pages[at].next) {
        if (h->pages[at].gone)
            continue;
        for (first = end = at; h->pages[at].next; at = h->pages[at].next) {
            uint32_t next = h->pages[at].next;
            if (h->pages[next].gone || (next + 1 != first && next != end + 1))
                break;
            first = next < first ? next : first;
            end = next > end ? next : end;
        }
        pages_give(h, first, end - first + 1);
    }
}

static __attribute__((noinline)) void
page_free(struct heap *h, uint32_t at)
{
    page_unlist(h, at);
    h->pages[at].next = h->empty;
    h->empty = at;
    h->used--;
    if (++h->idle > idle_most(h))
        idle_give(h);
}

/* NULL: there is no range, or no room in it. */
static inline void *
block_new(struct heap *h, size_t size)
{
    unsigned size_class = class_of(size);
    uint32_t at = h->some[size_class];

    if (!at && !(at = page_new(h, size_class)))
        return NULL;
    struct heap_page *p = &h->pages[at];
    void *block = p->free;
    if (block)
        memcpy(&p->free, block, sizeof p->free);
    else
        block = h->base + (at + (size_t)1) * PAGE_BYTES - p->fresh-- * class_step(size_class);
    p->used++;
    if (!p->free && !p->fresh)
        page_unlist(h, at);
    return block;
}

static inline void
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
    unsigned size_class = class_of(size);
    uint32_t step = (uint32_t)class_step(size_class);
    char *block = h->base ? NULL : h->early_free[size_class];

    if (block) {
        memcpy(&h->early_free[size_class], block, sizeof h->early_free[size_class]);
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
    void **list = &h->early_free[class_of(size)];

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
    if (more < 0 && h->idle > idle_most(h))
        idle_give(h);
    if (h->large > h->peak)
        h->peak = h->large;
    else if (h->peak - h->large > BURST && h->large < h->peak / 4) {
        h->peak = h->large;
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
}

/* A block of the C library's of some megabytes is asked to be in huge pages.  All of it: one of which only a part
 * is the system does not move, and realloc would copy it. */
static void
large_huge(void *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t page = 4096, from = (uintptr_t)block & ~(page - 1);
    uintptr_t to = ((uintptr_t)block + size + page - 1) & ~(page - 1);

    if (size >= LARGE_HUGE)
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
#endif
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

    if (!block && (block = malloc(size))) {
        large_count(h, (int64_t)size);
        large_huge(block, size);
    }
    return block;
}

/* Of the range when it is small and there is room. */
static void *
take(struct heap *h, size_t size)
{
    void *block = size <= LARGEST ? block_new(h, size) : NULL;

    return block ? block : take_other(h, size);
}

static __attribute__((noinline)) void *
resize(struct heap *h, void *block, size_t old_size, size_t new_size)
{
    if (new_size == 0) {
        if (block)
            give_back(h, block, old_size);
        return NULL;
    }
    if (!block)
        return take_other(h, new_size); /* there is no room in the range, if it is small */
    if (is_ours(h, block) || is_early(h, block)) {
        if (new_size <= LARGEST && class_of(new_size) == class_of(old_size))
            return block;
    } else if (new_size > LARGEST || (!h->base && !h->early)) {
        void *resized = realloc(block, new_size);
        if (resized) {
            large_count(h, (int64_t)new_size - (int64_t)old_size);
            large_huge(resized, new_size);
        }
        return resized;
    }
    void *moved = take(h, new_size);
    if (!moved)
        return new_size <= old_size ? block : NULL; /* shrinking never fails */
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(h, block, old_size);
    return moved;
}

/* What is asked for most is done at once. */
void *
lpoe_heap_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    struct heap *h = ud;

    if (!block && new_size - 1 < LARGEST) {
        block = block_new(h, new_size);
        if (block)
            return block;
    } else if (block && new_size == 0 && is_ours(h, block)) {
        block_free(h, block);
        return NULL;
    }
    return resize(h, block, old_size, new_size);
}
