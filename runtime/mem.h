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

/*
 * Copies a caller's option struct, whose first member is its size, into ours, which holds defaults.  What an older
 * caller's lacks stays as it is.  `least`: the size of the first version.  UV_EINVAL: smaller than that, as a
 * forgotten size is; UV_E2BIG: larger than ours, and something behind it is not zero.
 */
#define POE_HOST_LEAST (offsetof(struct poe_host, room) + sizeof(void (*)(void)))
#define POE_CONFIG_LEAST (offsetof(struct poe_config, alloc_ud) + sizeof(void *))
int poe__options(void *ours, size_t known, size_t least, const void *given);

#endif
