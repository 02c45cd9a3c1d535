/*
 * specs.h - what the files of binding-specs share
 */
#ifndef SPECS_H
#define SPECS_H

#include <stddef.h>

/* Counts bytes; the `fail_at`th allocation from now, and the two after it, fail. */
struct budget {
    size_t used;
    long fail_at;
    int broken;  /* an old size was wrong */
    int reached; /* it has failed */
};

void *budget_alloc(void *ud, void *block, size_t old_size, size_t new_size);
void check(int ok, const char *what, long n);

void capi_spec(void);
void heap_spec(void);
void limits_spec(void);

#endif
