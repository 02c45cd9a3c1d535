/*
 * trace.c - one line per fact, by tag
 */
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel.h"

/* In the order of their bits. */
static const char *const tags[] = { "ev", "ti", "si", "rc", "fh" };

/* "3 (logger, main)", cut off where the buffer ends. */
const char *
poe__name(const poe_session *s, char *buffer)
{
    size_t length = (size_t)snprintf(buffer, NAME_SIZE, "%llu", (unsigned long long)s->id);
    const char *alias = poe_alias_next(s, NULL);

    for (const char *sep = " ("; alias && length < NAME_SIZE - 1; sep = ", ") {
        length += (size_t)snprintf(buffer + length, NAME_SIZE - length, "%s%s", sep, alias);
        alias = poe_alias_next(s, alias);
    }
    if (poe_alias_next(s, NULL) && length < NAME_SIZE - 1)
        strcpy(buffer + length, ")");
    return buffer;
}

/* Tells the host one fact: tag, seconds on the kernel's clock, what has happened. */
void
poe__trace(poe_kernel *k, unsigned tag, const char *format, ...)
{
    char line[512];
    unsigned bit = 0;
    va_list args;

    while (!(tag >> bit & 1))
        bit++;
    int length = snprintf(line, sizeof line, "%s %.6f ", tags[bit], (double)uv_hrtime() / 1e9);
    va_start(args, format);
    vsnprintf(line + length, sizeof line - (size_t)length, format, args);
    va_end(args);
    if (k->host.trace)
        k->host.trace(k->host.ud, line);
}

void
poe__trace_set(poe_kernel *k, unsigned bits)
{
    k->trace = bits;
    attend(k, ATTEND_TRACE, bits != 0);
}

unsigned
poe_kernel_trace(poe_kernel *k, unsigned tag_bits)
{
    unsigned old = k->trace;

    poe__trace_set(k, (tag_bits & ~(TRACE_FACTS | TRACE_TIME)) | (old & (TRACE_FACTS | TRACE_TIME)));
    return old & ~TRACE_FACTS;
}

void
poe__fact(poe_kernel *k, enum poe_fact_kind kind, enum poe_event_type type, uint64_t id,
          const poe_session *session, const char *name)
{
    struct poe_fact fact = { .kind = kind, .type = type, .id = id, .session = session, .name = name };

    k->watch(k->watch_ud, &fact);
}

void
poe__fact_end(poe_kernel *k, int raised)
{
    struct poe_fact fact = { .kind = POE_FACT_END, .raised = raised != 0 };

    k->watch(k->watch_ud, &fact);
}

void
poe_kernel_watch(poe_kernel *k, void (*watch)(void *ud, const struct poe_fact *fact), void *ud)
{
    k->watch = watch;
    k->watch_ud = ud;
    poe__trace_set(k, watch ? k->trace | TRACE_FACTS : k->trace & ~TRACE_FACTS);
}

void
poe_kernel_mark(poe_kernel *k, const char *name)
{
    if (!(k->trace & TRACE_FACTS))
        return;
    if (name)
        poe__fact(k, POE_FACT_BEGIN, POE_EVENT_CALL, 0, k->sessions.kernel, name);
    else
        poe__fact_end(k, 0);
}

unsigned
poe_trace_tag(const char *name, size_t length)
{
    for (unsigned bit = 0; bit < sizeof tags / sizeof tags[0]; bit++)
        if (strlen(tags[bit]) == length && strncmp(tags[bit], name, length) == 0)
            return 1u << bit;
    return 0;
}
