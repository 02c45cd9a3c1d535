/*
 * mem.c - the sized allocator hook
 */
#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

static void *
heap_alloc(void *ud, void *block, size_t old_size, size_t new_size)
{
    (void)ud;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

/* `alloc` NULL: the C library's heap. */
void
poe__mem_init(struct mem *m, poe_alloc_fn alloc, void *ud)
{
    m->alloc = alloc ? alloc : heap_alloc;
    m->ud = ud;
    m->used = 0;
}

void *
poe__mem_resize(struct mem *m, void *block, size_t old_size, size_t new_size)
{
    void *p = m->alloc(m->ud, block, old_size, new_size);

    if (p || new_size == 0)
        m->used += new_size - old_size;
    return p;
}

/* A new block full of zeros, or NULL. */
void *
poe__mem_zero(struct mem *m, size_t size)
{
    void *p = poe__mem_resize(m, NULL, 0, size);

    if (p)
        memset(p, 0, size);
    return p;
}

void
poe__mem_free(struct mem *m, void *block, size_t size)
{
    if (block)
        poe__mem_resize(m, block, size, 0);
}

int
poe__options(void *ours, size_t known, size_t least, const void *given)
{
    const unsigned char *bytes = given;
    size_t size;

    memcpy(&size, given, sizeof size);
    if (size < least)
        return UV_EINVAL;
    for (size_t i = known; i < size; i++)
        if (bytes[i])
            return UV_E2BIG;
    memcpy(ours, given, size < known ? size : known);
    memcpy(ours, &known, sizeof known);
    return 0;
}
