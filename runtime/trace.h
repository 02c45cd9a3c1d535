/*
 * trace.h - one line per fact, by tag
 *
 * What is not asked for costs one test of a word that is in the cache anyway.
 */
#ifndef POE_TRACE_H
#define POE_TRACE_H

#include "poe.h"

/* Room for a session's ID and aliases. */
#define NAME_SIZE 80

const char *poe__name(const poe_session *s, char *buffer);
void poe__trace(poe_kernel *k, unsigned tag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define TRACE(k, tag, ...)                       \
    do {                                         \
        if (__builtin_expect((k)->trace & (tag), 0)) \
            poe__trace(k, tag, __VA_ARGS__);     \
    } while (0)

/* The bit of k->trace that is on while somebody watches; beyond enum poe_trace. */
#define TRACE_FACTS 0x100u

/* And while the time of handlers is measured. */
#define TRACE_TIME 0x200u

void poe__trace_set(poe_kernel *k, unsigned bits);
void poe__fact(poe_kernel *k, enum poe_fact_kind kind, enum poe_event_type type, uint64_t id,
               const poe_session *session, const char *name);
void poe__fact_end(poe_kernel *k, int raised);

/* FACT(...) costs nothing more where a TRACE is: one test for both. */
#define FACT(k, ...)                                     \
    do {                                                 \
        if (__builtin_expect((k)->trace & TRACE_FACTS, 0)) \
            poe__fact(k, __VA_ARGS__);                   \
    } while (0)
#define IF_TRACED(k, tag) if (__builtin_expect((k)->trace & ((tag) | TRACE_FACTS), 0))
#define IF_TOLD(k, tag) if (__builtin_expect((k)->trace & ((tag) | TRACE_FACTS | TRACE_TIME), 0))

/* The names of up to two sessions in a TRACE. */
#define NAME(s) poe__name(s, (char[NAME_SIZE]){ 0 })

#endif
