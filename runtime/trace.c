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

unsigned
poe_kernel_trace(poe_kernel *k, unsigned tag_bits)
{
    unsigned old = k->trace;

    k->trace = tag_bits;
    return old;
}

unsigned
poe_trace_tag(const char *name, size_t length)
{
    for (unsigned bit = 0; bit < sizeof tags / sizeof tags[0]; bit++)
        if (strlen(tags[bit]) == length && strncmp(tags[bit], name, length) == 0)
            return 1u << bit;
    return 0;
}
