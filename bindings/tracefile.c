/*
 * tracefile.c - what ran when, and who asked for it, as Chrome's trace-event format
 *
 * A JSON array with an event a line: a row (tid) per session, a slice per handler, an arrow from
 * the slice that posted, called, set the timer or raised the signal to the slice that came of it.
 * Slices are pairs of "B" and "E", so that nothing has to be remembered but those that are open.
 * What goes to disk ends with a whole line, and goes when the kernel rests: a reader that tolerates a
 * missing "]", as all do, can read the file of a program that was killed.
 *
 * Knows the kernel's facts (poe_kernel_watch) and no Lua.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "poelib.h"

#define NAME_BYTES 1000       /* longer names are cut */
#define BUFFER_BYTES 65536
#define LINE_BYTES 8192       /* no event is longer: two names' worth, escaped */

struct poelib_trace {
    int fd;                   /* -1: given up */
    void (*failed)(const char *path, int rc);
    char *path;
    off_t written;            /* bytes in the file, whole lines */
    size_t used;              /* bytes in the buffer, whole lines between two facts */
    uint64_t calls;           /* arrows of handlers that ran at once */
    uint64_t *open;           /* rows of the slices that are open, the innermost last */
    size_t depth, room;
    int pid;
    char buffer[BUFFER_BYTES];
};

/* -- to disk ------------------------------------------------------------------------------- */

/* Writes all of it.  Returns 0 or a negative libuv code. */
static int
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return uv_translate_sys_error(errno);
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
    return 0;
}

/* Says so once, leaves what can be read, and writes no more. */
static void
give_up(struct poelib_trace *t, int rc)
{
    int fd = t->fd;

    t->fd = -1;
    if (ftruncate(fd, t->written) == 0 && lseek(fd, t->written, SEEK_SET) >= 0)
        (void)write_all(fd, "\n]\n", 3);
    close(fd);
    t->failed(t->path, rc);
}

static void
flush(struct poelib_trace *t)
{
    if (t->fd < 0 || t->used == 0)
        return;
    int rc = write_all(t->fd, t->buffer, t->used);
    if (rc < 0) {
        give_up(t, rc);
        return;
    }
    t->written += (off_t)t->used;
    t->used = 0;
}

/* -- JSON ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void
put(struct poelib_trace *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(t->buffer + t->used, BUFFER_BYTES - t->used, format, args);
    va_end(args);
    if (n > 0)
        t->used += (size_t)n;
}

/* How many bytes the UTF-8 character at `s` has; 0 when it is none, as JSON and Unicode have it. */
static int
utf8_length(const unsigned char *s)
{
    int n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
            : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

    for (int i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)
        || (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

/* Text inside a string, what is not UTF-8 replaced.  Returns how many of `room` bytes are left. */
static size_t
put_text(struct poelib_trace *t, const char *text, size_t room)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s) {
        int n = utf8_length(s);
        if (room < (size_t)(n ? n : 1))
            return 0;
        if (n == 0)
            put(t, "\\ufffd");
        else if (*s < 0x20 || *s == '"' || *s == '\\' || *s == 0x7f)
            put(t, "\\u%04x", (unsigned)*s);
        else
            put(t, "%.*s", n, (const char *)s);
        room -= (size_t)(n ? n : 1);
        s += n ? n : 1;
    }
    return room;
}

/* Begins an event: all but its name and its end. */
static void
event_begin(struct poelib_trace *t, const char *phase, uint64_t row, uint64_t now_ns)
{
    if (BUFFER_BYTES - t->used < LINE_BYTES)
        flush(t);
    put(t, "%s{\"ph\":\"%s\",\"pid\":%d,\"tid\":%llu,\"ts\":%llu.%03u", t->written + (off_t)t->used > 2
        ? ",\n" : "", phase, t->pid, (unsigned long long)row, (unsigned long long)(now_ns / 1000),
        (unsigned)(now_ns % 1000));
}

/* One end of an arrow. */
static void
arrow(struct poelib_trace *t, const char *phase, const char *kind, uint64_t id, uint64_t row,
      uint64_t now_ns)
{
    event_begin(t, phase, row, now_ns);
    put(t, ",\"cat\":\"%s\",\"name\":\"%s\",\"id\":\"0x%llx\"%s}", kind, kind, (unsigned long long)id,
        phase[0] == 'f' ? ",\"bp\":\"e\"" : "");
}

/* The row's name: "session 3 (logger, main)". */
static void
row_name(struct poelib_trace *t, const poe_session *s)
{
    uint64_t id = poe_session_id(s), now_ns = uv_hrtime();
    size_t room = NAME_BYTES;

    event_begin(t, "M", id, now_ns);
    put(t, ",\"name\":\"thread_name\",\"args\":{\"name\":\"");
    if (id == 1)
        put(t, "kernel");
    else
        put(t, "session %llu", (unsigned long long)id);
    const char *alias = poe_alias_next(s, NULL), *sep = " (";
    for (; alias && room > 0; alias = poe_alias_next(s, alias), sep = ", ")
        room = put_text(t, alias, put_text(t, sep, room));
    put(t, "%s\"}}", poe_alias_next(s, NULL) ? ")" : "");
    event_begin(t, "M", id, now_ns);
    put(t, ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%llu}}", (unsigned long long)id);
}

/* -- facts --------------------------------------------------------------------------------- */

static const char *
arrow_kind(enum poe_event_type type)
{
    return type == POE_EVENT_ALARM ? "timer" : type >= POE_EVENT_RAISE ? "signal" : "post";
}

static void
slice_begin(struct poelib_trace *t, const struct poe_fact *fact, uint64_t now_ns)
{
    uint64_t row = poe_session_id(fact->session);

    if (t->depth == t->room) {
        size_t room = t->room ? t->room * 2 : 64;
        uint64_t *open = realloc(t->open, room * sizeof *open);
        if (!open) {
            give_up(t, UV_ENOMEM);
            return;
        }
        t->open = open;
        t->room = room;
    }
    int called = fact->id == 0 && t->depth > 0;
    if (called)
        arrow(t, "s", "call", ++t->calls, t->open[t->depth - 1], now_ns);
    event_begin(t, "B", row, now_ns);
    put(t, ",\"cat\":\"%s\",\"name\":\"", fact->type >= POE_EVENT_RAISE ? "signal" : "handler");
    put_text(t, fact->name, NAME_BYTES);
    put(t, "\"}");
    if (called)
        arrow(t, "f", "call", t->calls, row, now_ns);
    else if (fact->id)
        arrow(t, "f", arrow_kind(fact->type), fact->id, row, now_ns);
    t->open[t->depth++] = row;
}

static void
slice_end(struct poelib_trace *t, int raised, uint64_t now_ns)
{
    if (t->depth == 0)
        return;
    event_begin(t, "E", t->open[--t->depth], now_ns);
    put(t, raised ? ",\"args\":{\"raised\":true}}" : "}");
}

/* An arrow begins in the slice that is on; what comes from outside all of them, such as a real signal,
 * gets one of no length in the kernel's row. */
static void
queued(struct poelib_trace *t, const struct poe_fact *fact, uint64_t now_ns)
{
    uint64_t row = t->depth ? t->open[t->depth - 1] : 1;

    if (t->depth == 0) {
        event_begin(t, "X", row, now_ns);
        put(t, ",\"dur\":0,\"cat\":\"%s\",\"name\":\"", arrow_kind(fact->type));
        put_text(t, fact->name, NAME_BYTES);
        put(t, "\"}");
    }
    arrow(t, "s", arrow_kind(fact->type), fact->id, row, now_ns);
}

static void
told(void *ud, const struct poe_fact *fact)
{
    struct poelib_trace *t = ud;
    uint64_t now_ns = uv_hrtime();

    if (t->fd < 0)
        return;
    switch (fact->kind) {
    case POE_FACT_NAMED: row_name(t, fact->session); break;
    case POE_FACT_QUEUED: queued(t, fact, now_ns); break;
    case POE_FACT_BEGIN: slice_begin(t, fact, now_ns); break;
    case POE_FACT_END: slice_end(t, fact->raised, now_ns); break;
    case POE_FACT_REST: flush(t); break;
    }
}

/* -- opening and closing ------------------------------------------------------------------- */

int
poelib_trace_open(struct poelib_trace **trace, poe_kernel *kernel, const char *path,
                  void (*failed)(const char *path, int rc))
{
    struct poelib_trace *t = calloc(1, sizeof *t);
    int rc = UV_ENOMEM;

    if (!t || !(t->path = strdup(path)))
        goto fail_memory;
    t->failed = failed;
    t->pid = (int)getpid();
    t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (t->fd < 0) {
        rc = uv_translate_sys_error(errno);
        goto fail_open;
    }
    put(t, "[\n");
    row_name(t, poe_kernel_session(kernel));
    poe_kernel_watch(kernel, told, t);
    *trace = t;
    return 0;

fail_open:
    free(t->path);
fail_memory:
    free(t);
    return rc;
}

void
poelib_trace_close(struct poelib_trace **trace, poe_kernel *kernel)
{
    struct poelib_trace *t = *trace;

    if (!t)
        return;
    *trace = NULL;
    if (kernel)
        poe_kernel_watch(kernel, NULL, NULL);
    while (t->fd >= 0 && t->depth > 0)
        slice_end(t, 0, uv_hrtime());
    if (t->fd >= 0) {
        put(t, "\n]\n");
        flush(t);
    }
    if (t->fd >= 0)
        close(t->fd);
    free(t->open);
    free(t->path);
    free(t);
}
