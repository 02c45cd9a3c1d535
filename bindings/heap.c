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
 */
#include "heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_BYTES ((size_t)64 << 10)
#define FINE ((size_t)64)  /* sizes in steps of 8 up to here, as most objects of Lua are small; then of 16 */
#define LARGEST (FINE + 16 * (HEAP_CLASSES - FINE / 8))
#define RANGE_MOST ((size_t)1 << 36)
#define RANGE_LEAST ((size_t)1 << 30)
#define IDLE_KEPT 64 /* 4 MiB */
#define HUGE_BYTES ((size_t)2 << 20)
#define HUGE_PAGES ((uint32_t)(HUGE_BYTES / PAGE_BYTES))
#define SMALL_PAGES ((uint32_t)256) /* 16 MiB, before there are huge ones */
#define BURST ((int64_t)32 << 20)

struct heap_page {
    void *free;          /* blocks that were used before, linked by their first word */
    uint32_t fresh;      /* offset of the first block never used */
    uint32_t used;       /* blocks in use */
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
static uint32_t
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
    h->pages[at] = (struct heap_page){ .size_class = (uint8_t)size_class };
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

    return IDLE_KEPT + (h->used + large) / 4;
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

static void
page_free(struct heap *h, uint32_t at)
{
    page_unlist(h, at);
    h->pages[at].next = h->empty;
    h->empty = at;
    h->used--;
    if (++h->idle > idle_most(h))
        idle_give(h);
}

static void *
block_new(struct heap *h, size_t size)
{
    unsigned size_class = class_of(size);
    uint32_t at = h->some[size_class];

    if (!at && !(at = page_new(h, size_class)))
        return NULL;
    struct heap_page *p = &h->pages[at];
    size_t step = class_step(size_class);
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

static inline int
is_ours(const struct heap *h, const void *block)
{
    return (uintptr_t)block - (uintptr_t)h->base < h->size;
}

/* A block of many megabytes is asked to be in huge pages.  All of it: one of which only a part is could not be moved
 * without a copy. */
static void
large_advise(void *block, size_t size)
{
#ifdef MADV_HUGEPAGE
    uintptr_t page = 4096, begin = (uintptr_t)block & ~(page - 1);
    uintptr_t end = ((uintptr_t)block + size + page - 1) & ~(page - 1);

    if (size >= 2 * HUGE_BYTES)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#else
    (void)block;
    (void)size;
#endif
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

static void
give_back(struct heap *h, void *block, size_t size)
{
    if (is_ours(h, block)) {
        block_free(h, block);
        return;
    }
    free(block);
    large_count(h, -(int64_t)size);
}

/* Of the range when it is small and there is room, else of the C library. */
static void *
take(struct heap *h, size_t size)
{
    void *block = size <= LARGEST && h->base ? block_new(h, size) : NULL;

    if (!block && (block = malloc(size))) {
        large_count(h, (int64_t)size);
        large_advise(block, size);
    }
    return block;
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
    if (!is_ours(h, block)) {
        if (new_size > LARGEST || !h->base) {
            void *resized = realloc(block, new_size);
            if (resized) {
                large_count(h, (int64_t)new_size - (int64_t)old_size);
                large_advise(resized, new_size);
            }
            return resized;
        }
    } else if (new_size <= LARGEST && class_of(new_size) == class_of(old_size))
        return block;
    void *moved = take(h, new_size);
    if (!moved)
        return new_size <= old_size ? block : NULL; /* shrinking never fails */
    memcpy(moved, block, old_size < new_size ? old_size : new_size);
    give_back(h, block, old_size);
    return moved;
}
