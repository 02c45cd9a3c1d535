/*
 * mem.h - the sized allocator hook
 *
 * Everything the runtime allocates goes through one function that is told the old size, as
 * Lua's allocator is, so that a host can count, limit or fail it.
 */
#ifndef POE_MEM_H
#define POE_MEM_H

#include <stddef.h>

/* As lua_Alloc: new_size 0 frees and returns NULL; NULL with new_size > 0 is out of memory and
 * leaves the old block as it was. */
typedef void *(*poe_alloc_fn)(void *ud, void *block, size_t old_size, size_t new_size);

struct mem {
    poe_alloc_fn alloc;
    void *ud;
    size_t used; /* bytes now held */
};

void poe__mem_init(struct mem *m, poe_alloc_fn alloc, void *ud);
void *poe__mem_resize(struct mem *m, void *block, size_t old_size, size_t new_size);
void *poe__mem_zero(struct mem *m, size_t size);
void poe__mem_free(struct mem *m, void *block, size_t size);

#endif
