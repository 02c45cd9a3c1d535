/*
 * stream_spec.c - streams: cutting at every byte, pauses, marks, what is left at a close
 */
#include <uv.h>

#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "kernel.h"
#include "suites.h"

static struct host h;

static void
open_host(void)
{
    host_open(&h);
    h.hide = "_start _child _parent _stop tick";
}

static void
close_host(void)
{
    host_close(&h);
}

static poe_stream *
stream(const char *name)
{
    return host_thing(&h, name)->stream;
}

/* Bytes for the stream, from outside. */
static void
feed(const char *name, const char *data, size_t size)
{
    ck_assert_int_eq(poe_handle_write(host_thing(&h, name)->handle, data, size), (int64_t)size);
}

/* How many bytes `name` has to read, until its end or nothing more comes. */
static size_t
drain(const char *name)
{
    static char buffer[65536];
    size_t size = 0;
    int64_t n;

    while ((n = poe_handle_read(host_thing(&h, name)->handle, buffer, sizeof buffer)) > 0)
        size += (size_t)n;
    return size;
}

/* A slice that waits for nothing. */
static void
slice(void)
{
    if (h.actors && h.actors->session && !h.actors->stopped)
        host_post(&h, h.actors->session, "tick");
    poe_kernel_slice(h.kernel);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* -- cutting ------------------------------------------------------------------------------- */

#define READER { "A", { { "_start", "do" }, { "error", "abort s" } } }, { NULL, { { NULL, NULL } } }

static struct framing {
    enum poe_framing how;
    const char *end, *input, *log;
} framings[] = {
    { POE_FRAME_LINES, "\n", "one\n\ntwo\nrest", "A:in(one) A:in() A:in(two) A:error(read,EOF)" },
    { POE_FRAME_LINES, "\r\n", "one\r\n\r\nt\rw\no\r\nrest\r", "A:in(one) A:in() A:in(t^w~o) A:error(read,EOF)" },
    { POE_FRAME_LINES, "aab", "aaab.aaaab.aab", "A:in(a) A:in(.aa) A:in(.) A:error(read,EOF)" },
    { POE_FRAME_LINES, "abab", "ababab.abababab", "A:in() A:in(ab.) A:in() A:error(read,EOF)" },
    { POE_FRAME_ANY, "", "a\nb\rc\r\nd\n\re\n\nf\r\rg", "A:in(a) A:in(b) A:in(c) A:in(d) A:in(e) A:in() A:in(f) A:in() A:error(read,EOF)" },
};

static struct framing framing;

static void
start_reading(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(poe_stream_open(host_thing(host, "a")->handle, "s", &host_thing(host, "s")->stream), 0);
    ck_assert_int_eq(poe_stream_frame(stream("s"), framing.how, framing.end, strlen(framing.end), 64), 0);
    ck_assert_int_eq(host_hook(host, stream("s"), POE_HOOK_INPUT, "in"), 0);
    ck_assert_int_eq(host_hook(host, stream("s"), POE_HOOK_ERROR, "error"), 0);
}

/* Sends `input` in pieces, a slice for each, then the end. */
static void
cut(const struct framing *f, const size_t *at, size_t cuts)
{
    static const struct role cast[] = { READER };
    size_t from = 0, size = strlen(f->input);

    framing = *f;
    h.act = start_reading;
    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    for (size_t i = 0; i <= cuts; i++) {
        size_t to = i < cuts ? at[i] : size;
        if (to > from && poe_stream_session(stream("s")))
            feed("b", f->input + from, to - from);
        from = to;
        slice();
    }
    poe_handle_close(host_thing(&h, "b")->handle);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, f->log);
    poe_stream_release(h.kernel, &host_thing(&h, "s")->stream);
}

START_TEST(records_are_the_same_however_the_bytes_are_cut)
{
    const struct framing *f = &framings[_i];
    size_t size = strlen(f->input), every[64];

    for (size_t one = 0; one <= size; one++)
        for (size_t two = one; two <= size; two++)
            cut(f, (size_t[]){ one, two }, 2);
    for (size_t i = 0; i < size; i++)
        every[i] = i;
    cut(f, every, size);
}
END_TEST

START_TEST(a_line_end_of_any_length_is_found_however_it_is_cut)
{
    static const char letters[] = "abcdefghijklmnop";
    char end[17], input[128], log[] = "A:in(x) A:in() A:in(abcx) A:error(read,EOF)";
    int n = _i;

    snprintf(end, sizeof end, "%.*s", n, letters);
    snprintf(input, sizeof input, "x%s%sabcx%sq", end, end, end);
    if (n <= 3) { /* the end itself is in "abcx" */
        snprintf(input, sizeof input, "x%s%s---x%sq", end, end, end);
        memcpy(strstr(log, "abc"), "---", 3);
    }
    for (size_t at = 0; at <= strlen(input); at++)
        cut(&(struct framing){ POE_FRAME_LINES, end, input, log }, &at, 1);
    size_t every[128];
    for (size_t i = 0; i < strlen(input); i++)
        every[i] = i;
    cut(&(struct framing){ POE_FRAME_LINES, end, input, log }, every, strlen(input));
}
END_TEST

START_TEST(a_line_end_has_1_to_16_bytes)
{
    static const struct role cast[] = { READER };

    framing = framings[0];
    h.act = start_reading;
    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_stream_frame(stream("s"), POE_FRAME_LINES, "", 0, 1), UV_EINVAL);
    ck_assert_int_eq(poe_stream_frame(stream("s"), POE_FRAME_LINES, "12345678901234567", 17, 1), UV_EINVAL);
    poe_stream_close(stream("s"), 1);
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

START_TEST(without_framing_a_record_is_a_read)
{
    static const struct role cast[] = { READER };

    framing = (struct framing){ POE_FRAME_NONE, "", "", "" };
    h.act = start_reading;
    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    poe_stream_block(stream("s"), 3);
    feed("b", "1234567", 7);
    poe_handle_close(host_thing(&h, "b")->handle);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in(123) A:in(456) A:in(7) A:error(read,EOF)");
}
END_TEST

/* A record of 64 bytes is the most; its end is not counted. */
static const struct { int size; size_t piece; const char *end; int ok; } sizes[] = {
    { 64, 1000, "\r\n", 1 }, { 65, 1000, "\r\n", 0 }, { 64, 1, "\r\n", 1 }, { 65, 1, "\r\n", 0 },
    { 64, 1000, "\n", 1 },   { 65, 1000, "\n", 0 },   { 64, 1, "\n", 1 },   { 65, 1, "\n", 0 },
    { 64, 1000, NULL, 1 },   { 65, 1000, NULL, 0 },   { 64, 1, NULL, 1 },   { 65, 1, NULL, 0 },
    { 64, 63, "0123456789abcdef", 1 }, { 65, 63, "0123456789abcdef", 0 }, { 64, 1, "0123456789abcdef", 1 },
};

START_TEST(a_record_that_is_too_long_ends_the_input)
{
    char input[256];
    const char *end = sizes[_i].end;
    size_t at[256], n = 0;

    memset(input, 'x', (size_t)sizes[_i].size);
    strcpy(input + sizes[_i].size, end ? end : "\n");
    strcat(input, "y");
    for (size_t i = sizes[_i].piece; i < strlen(input); i += sizes[_i].piece)
        at[n++] = i;
    cut(&(struct framing){ end ? POE_FRAME_LINES : POE_FRAME_ANY, end ? end : "", input,
                           sizes[_i].ok ? "A:in(64 bytes) A:error(read,EOF)" : "A:error(read,EMSGSIZE)" }, at, n);
}
END_TEST

START_TEST(a_peer_that_never_ends_its_line_is_not_collected)
{
    static const struct role cast[] = { { "A", { { "_start", "stream s a; any s; hook s input in" } } },
                                        { NULL, { { NULL, NULL } } } };
    static char much[4000];

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    memset(much, 'x', sizeof much);
    feed("b", much, sizeof much);
    ck_assert_int_eq(host_run(&h), 0); /* nothing is read any more, so nothing keeps it */
    host_expect(&h, "");
}
END_TEST

/* -- in the middle of a read --------------------------------------------------------------- */

START_TEST(a_pause_holds_the_rest_of_the_read_back)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error end; delay 0.02 go" },
                 { "in", "hush s; rest s" }, { "go", "speak s; delay 0.02 go" },
                 { "end", "abort s; remove go" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    poe_handle_close(host_thing(&h, "b")->handle);
    host_story(&h, cast, "A", "A:in(1) rest=2~3 A:go A:in(2) rest=3 A:go A:end(read,EOF)");
}
END_TEST

START_TEST(taking_the_hook_away_holds_back_too_and_the_next_one_gets_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in" }, { "in", "hook s input; delay 0.01 go" },
                 { "go", "hook s input more" }, { "more", "rest s; delay 0.01 off" }, { "off", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    host_story(&h, cast, "A", "A:in(1) A:go A:more(2) rest=3 A:off");
}
END_TEST

START_TEST(what_is_taken_is_gone_and_what_is_given_comes_first)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in" },
                 { "in", "rest s; give s no; take s; rest s; give s x~y~; hook s input more" },
                 { "more", "delay 0.01 off" }, { "off", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in(1) rest=2~3 give=EINVAL rest= A:more(x) A:more(y) A:off A:off");
}
END_TEST

START_TEST(a_handler_that_raises_leaves_the_rest_for_the_next_read)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error end; sig DIE; delay 0.03 more" },
                 { "in", "hook s input next; die oops" }, { "DIE", "handled" }, { "more", "write b 3~" },
                 { "end", "abort s" }, { "next", "say got" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n", 4);
    host_play(&h, cast, "A");
    for (int i = 0; i < 3; i++)
        slice();
    while (h.log && !strstr(h.log, "next(3)"))
        slice();
    poe_handle_close(host_thing(&h, "b")->handle);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in(1) A:DIE(oops@A) A:more A:next(2) got A:next(3) got A:end(read,EOF)");
}
END_TEST

START_TEST(closed_in_its_own_input_it_delivers_no_more)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error end" }, { "in", "close s; close s; put s x" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    host_story(&h, cast, "A", "A:in(1) put=EPIPE");
}
END_TEST

START_TEST(its_handle_closed_in_its_own_input_it_is_gone)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error end; hook s flushed f; put s x" },
                 { "in", "shut a; put s x; flush s; hush s; speak s; half s out; close s; abort s; take s; rest s; queued s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    host_story(&h, cast, "A", "A:in(1) put=EPIPE flush=EBADF rest= queued=0");
}
END_TEST

START_TEST(a_session_that_dies_in_its_input_leaves_its_output_behind)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in" }, { "in", "put s answer; end self" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    feed("b", "1\n2\n3", 5);
    host_story(&h, cast, "A", "A:in(1)");
    ck_assert_uint_eq(drain("b"), 6);
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
}
END_TEST

/* -- output -------------------------------------------------------------------------------- */

START_TEST(several_puts_of_a_slice_are_flushed_once_and_name_their_state)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; put s 1; put s 2; yield x" }, { "x", "put s 3; put s 4" },
                 { "f", "count" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_uint_eq(drain("b"), 4);
    const char *first = strstr(h.log, "A:f");
    ck_assert_ptr_nonnull(first);
    const char *second = strstr(first + 1, "A:f");
    ck_assert(!second || !strstr(second + 1, "A:f"));
    h.log_size = 0;
}
END_TEST

START_TEST(nothing_put_is_nothing_flushed)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; put s 0*; flush s; flush s; delay 0.01 x" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_story(&h, cast, "A", "A:x");
}
END_TEST

START_TEST(flush_writes_at_once_and_tells_before_it_returns)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; put s 1; say before; flush s; say after; read b; delay 0.01 x" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_story(&h, cast, "A", "before A:f after b=1 A:x");
}
END_TEST

START_TEST(the_marks_are_told_once_each_time_they_are_crossed)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s high high; hook s low low; hook s flushed f" }, { "f", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    poe_stream_marks(stream("s"), 500000, 1000);
    host_as(&h, "A", "put s 1000000*");
    for (int i = 0; i < 5; i++)
        slice();
    host_expect(&h, "A:high");
    size_t got = 0;
    while (got < 1000000) {
        got += drain("b");
        slice();
    }
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:low A:f");
}
END_TEST

START_TEST(borrowed_bytes_are_written_and_given_back_once)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; delay 0.5 late" }, { "f", "say f; remove late" } } },
        { NULL, { { NULL, NULL } } } };
    static char much[3000000];
    size_t got = 0;

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    for (int i = 0; i < 3; i++) {
        poe_payload lent = host_put(&h, "lent", NULL);
        memset(much + i * 1000000, 'a' + i, 1000000);
        ck_assert_int_eq(poe_stream_lend(stream("s"), much + i * 1000000, 1000000, lent), 0);
        ck_assert_int_eq(poe_stream_write(stream("s"), "-", 1), 0);
    }
    ck_assert_uint_eq(poe_stream_queued(stream("s"), NULL), 3000003);
    char *all = malloc(3000003);
    while (got < 3000003) {
        int64_t n = poe_handle_read(host_thing(&h, "b")->handle, all + got, 3000003 - got);
        if (n > 0)
            got += (size_t)n;
        else
            slice();
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(memcmp(all + i * 1000001, much + i * 1000000, 1000000), 0);
        ck_assert_int_eq(all[i * 1000001 + 1000000], '-');
    }
    free(all);
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_ptr_nonnull(strstr(h.log, "A:f"));
    h.log_size = 0;
}
END_TEST

/* 0: a close, 1: an abort, 2: the peer goes, 3: the kernel goes. */
START_TEST(borrowed_bytes_come_back_whatever_happens)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s error e" }, { "e", "abort s" } } },
        { "B", { { "_start", "hold B x" } } },
        { NULL, { { NULL, NULL } } } };
    static char much[1000000];

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A B");
    ck_assert_int_eq(poe_stream_lend(stream("s"), much, sizeof much, host_put(&h, "lent", NULL)), 0);
    if (_i == 3)
        return;
    slice();
    if (_i < 2)
        poe_stream_close(stream("s"), _i);
    else
        poe_handle_close(host_thing(&h, "b")->handle);
    size_t got = 0;
    while (_i == 0 && got < sizeof much) {
        got += drain("b");
        slice();
    }
    host_as(&h, "B", "release B x");
    ck_assert_int_eq(host_run(&h), 0);
    if (_i == 2)
        host_expect(&h, "A:e(write,EPIPE)");
    ck_assert_uint_eq(h.live, 0);
}
END_TEST

/* -- ends ---------------------------------------------------------------------------------- */

START_TEST(a_write_to_nobody_is_told_once_and_later_puts_are_lost)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s error e; put s x" },
                 { "e", "put s y; put s z; queued s; flush s; delay 0.01 off" }, { "off", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    if (_i)
        host_pipe(&h, "b", "a");
    else
        host_pair(&h, "a", "b");
    signal(SIGPIPE, SIG_DFL); /* would end the process */
    poe_handle_close(host_thing(&h, "b")->handle);
    host_story(&h, cast, "A", "A:e(write,EPIPE) queued=1 A:off");
}
END_TEST

START_TEST(a_reset_is_told_to_both_ways)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error e; hold A x; delay 0.02 put" },
                 { "put", "put s x" } } },
        { NULL, { { NULL, NULL } } } };
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct linger hard = { 1, 0 };
    socklen_t size = sizeof any;

    holds(bind(listener, (struct sockaddr *)&any, size) == 0 && listen(listener, 1) == 0);
    getsockname(listener, (struct sockaddr *)&any, &size);
    connect(one, (struct sockaddr *)&any, size);
    int two = accept(listener, NULL, NULL);
    host_handle(&h, "a", one, 1);
    host_play(&h, cast, "A");
    holds(write(two, "1\nhalf", 6) == 6);
    slice();
    slice();
    setsockopt(two, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(two);
    close(listener);
    while (!h.log || !strstr(h.log, "(write"))
        slice();
    host_as(&h, "A", "rest s; abort s; release A x");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in(1) A:e(read,ECONNRESET) A:put A:e(write,EPIPE) rest=half");
}
END_TEST

START_TEST(half_closed_it_still_reads)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s input in; hook s error e; put s bye; half s out; half s out; put s no" },
                 { "in", "" }, { "e", "abort s" } } },
        { NULL, { { NULL, NULL } } } };
    char text[8];

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    slice();
    slice();
    ck_assert_int_eq(poe_handle_read(host_thing(&h, "b")->handle, text, sizeof text), 3);
    ck_assert_int_eq(poe_handle_read(host_thing(&h, "b")->handle, text, sizeof text), UV_EOF);
    feed("b", "still", 5);
    slice();
    poe_handle_close(host_thing(&h, "b")->handle);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "put=EPIPE A:in(still) A:e(read,EOF)");
}
END_TEST

START_TEST(at_the_end_of_input_it_still_writes)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s input in; hook s error e; hook s flushed f" },
                 { "e", "put s answer" }, { "f", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    ck_assert_int_eq(shutdown(poe_handle_fd(host_thing(&h, "b")->handle), SHUT_WR), 0);
    host_story(&h, cast, "A", "A:e(read,EOF) A:f");
    ck_assert_uint_eq(drain("b"), 6);
}
END_TEST

START_TEST(a_shutdown_waits_for_what_was_put)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; put s 1000000*; half s out" } } },
        { NULL, { { NULL, NULL } } } };
    size_t got = 0;

    if (_i)
        host_pipe(&h, "b", "a");
    else
        host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    while (got < 1000000) {
        got += drain("b");
        slice();
    }
    ck_assert_int_eq(host_run(&h), 0);
    char byte;
    ck_assert_int_eq(poe_handle_read(host_thing(&h, "b")->handle, &byte, 1), UV_EOF);
    host_expect(&h, "A:f");
}
END_TEST

START_TEST(what_was_put_before_a_close_is_written_behind_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s flushed f; put s 1000000*; close s" } } },
        { "B", { { "_start", "delay 2 x" } } },
        { NULL, { { NULL, NULL } } } };
    size_t got = 0;

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A B");
    while (got < 1000000) {
        got += drain("b");
        slice();
    }
    slice();
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
    host_as(&h, "B", "remove x");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "");
}
END_TEST

START_TEST(an_abort_drops_what_was_put)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; put s 100*; abort s; abort s" } } }, { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_story(&h, cast, "A", "");
    ck_assert_uint_eq(drain("b"), 0);
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
}
END_TEST

struct million {
    int fd;
    size_t got;
};

static void
read_a_million(void *arg)
{
    struct million *m = arg;
    char buffer[65536];
    struct pollfd p = { .fd = m->fd, .events = POLLIN };

    while (m->got < 1000000 && poll(&p, 1, 5000) > 0)
        m->got += (size_t)read(m->fd, buffer, sizeof buffer);
    close(m->fd);
}

START_TEST(a_run_by_slices_writes_what_is_left_too)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; put s 1000000*; close s" } } }, { NULL, { { NULL, NULL } } } };
    uv_thread_t thread;
    struct million reader = { .got = 0 };

    host_pair(&h, "a", "b");
    reader.fd = dup(poe_handle_fd(host_thing(&h, "b")->handle));
    ck_assert_int_eq(uv_thread_create(&thread, read_a_million, &reader), 0);
    host_play(&h, cast, "A");
    while (poe_kernel_slice(h.kernel) == 1)
        ;
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
    ck_assert_int_eq(uv_thread_join(&thread), 0);
    ck_assert_uint_eq(reader.got, 1000000);
}
END_TEST

/* However many there are, they are waited for together. */
START_TEST(readers_that_never_read_hold_the_end_up_for_a_while_only)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; put s 900000*; close s; stream t c; put t 900000*; close t; "
                             "stream u e; put u 900000*; close u" } } }, { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_pair(&h, "c", "d");
    host_pair(&h, "e", "f");
    double began = seconds();
    host_story(&h, cast, "A", "");
    double took = seconds() - began;
    ck_assert_double_ge(took, LINGER_MS / 1000.0 - 0.1);
    ck_assert_double_le(took, LINGER_MS / 1000.0 + 1.5);
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "e")->handle), -1);
}
END_TEST

START_TEST(output_takes_the_memory_of_what_was_put)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hold A x" } } }, { NULL, { { NULL, NULL } } } };
    size_t put = 0;

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    size_t before = poe_kernel_memory(h.kernel);
    for (int i = 0; i < 200; i++) {
        host_as(&h, "A", "put s 10000*");
        put += 10000;
        slice();
        if (i % 20 == 19)
            put -= drain("b");
        ck_assert_uint_le(poe_kernel_memory(h.kernel), before + 2 * put + 70000);
    }
    while (poe_stream_queued(stream("s"), NULL)) {
        drain("b");
        slice();
    }
    ck_assert_uint_le(poe_kernel_memory(h.kernel), before + 66000);
    host_as(&h, "A", "abort s; release A x");
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

/* -- one after another --------------------------------------------------------------------- */

START_TEST(a_new_stream_goes_on_where_a_closing_one_was)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; stream t a; put s 1; close s; stream t a; hook t input in; put t 2; hook t flushed f" },
                 { "in", "abort t" } } },
        { NULL, { { NULL, NULL } } } };
    char text[8];

    host_pair(&h, "a", "b");
    host_play(&h, cast, "A");
    slice();
    slice();
    ck_assert_int_eq(poe_handle_read(host_thing(&h, "b")->handle, text, sizeof text), 2);
    ck_assert_int_eq(memcmp(text, "12", 2), 0);
    feed("b", "x", 1);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "stream=EBUSY A:f A:in(x)");
}
END_TEST

START_TEST(a_stream_and_a_watch_exclude_each_other)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; stream s a; ignore a read; stream s a; close s" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "b");
    host_story(&h, cast, "A", "stream=EBUSY");
}
END_TEST

START_TEST(closed_on_a_descriptor_of_others_it_leaves_that_open)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; put s bye; close s; yield x" } } }, { NULL, { { NULL, NULL } } } };
    int fds[2];
    char text[8];

    holds(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
    host_handle(&h, "a", fds[0], 0);
    host_story(&h, cast, "A", "A:x");
    ck_assert_int_eq(read(fds[1], text, sizeof text), 3);
    ck_assert_int_eq(read(fds[1], text, sizeof text), -1);
    ck_assert_int_eq(errno, EAGAIN);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

/* -- memory -------------------------------------------------------------------------------- */

/* Whatever allocation fails while a stream works, nothing is lost but what is told to be. */
START_TEST(memory_that_fails_while_it_works_is_told_or_comes_back)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; lines s ~; hook s input in; hook s error e; put s 5000*" },
                 { "in", "put s 100*" }, { "e", "abort s" } } },
        { NULL, { { NULL, NULL } } } };

    for (long n = 1, failed = 1; failed; n++) {
        host_pair(&h, "a", "b");
        feed("b", "1\n2\n34", 6);
        host_play(&h, cast, "A");
        h.heap.failed = 0;
        h.heap.fail_at = h.heap.grown + n;
        slice();
        slice();
        if (poe_stream_session(stream("s"))) {
            feed("b", "5\n", 2);
            slice();
        }
        poe_handle_close(host_thing(&h, "b")->handle);
        ck_assert_int_eq(host_run(&h), 0);
        h.heap.fail_at = 0;
        failed = h.heap.failed;
        if (!failed)
            ck_assert_ptr_nonnull(strstr(h.log, "A:in(345)"));
        else if (!strstr(h.log, "A:in(345)"))
            ck_assert_msg(strstr(h.log, "ENOMEM") != NULL, "n = %ld: %s", n, h.log);
        h.log_size = 0;
        poe_stream_release(h.kernel, &host_thing(&h, "s")->stream);
        ck_assert_int_lt(n, 60);
    }
}
END_TEST

Suite *
stream_suite(void)
{
    Suite *s = suite_create("stream");
    TCase *cutting = tcase_create("cutting"), *middle = tcase_create("middle");
    TCase *output = tcase_create("output"), *ends = tcase_create("ends"), *next = tcase_create("next");

    tcase_add_checked_fixture(cutting, open_host, close_host);
    tcase_set_timeout(cutting, 20);
    tcase_add_loop_test(cutting, records_are_the_same_however_the_bytes_are_cut, 0,
                        (int)(sizeof framings / sizeof framings[0]));
    tcase_add_loop_test(cutting, a_line_end_of_any_length_is_found_however_it_is_cut, 1, POE_LINE_END + 1);
    tcase_add_test(cutting, a_line_end_has_1_to_16_bytes);
    tcase_add_test(cutting, without_framing_a_record_is_a_read);
    tcase_add_loop_test(cutting, a_record_that_is_too_long_ends_the_input, 0,
                        (int)(sizeof sizes / sizeof sizes[0]));
    tcase_add_test(cutting, a_peer_that_never_ends_its_line_is_not_collected);
    suite_add_tcase(s, cutting);

    tcase_add_checked_fixture(middle, open_host, close_host);
    tcase_add_test(middle, a_pause_holds_the_rest_of_the_read_back);
    tcase_add_test(middle, taking_the_hook_away_holds_back_too_and_the_next_one_gets_it);
    tcase_add_test(middle, what_is_taken_is_gone_and_what_is_given_comes_first);
    tcase_add_test(middle, a_handler_that_raises_leaves_the_rest_for_the_next_read);
    tcase_add_test(middle, closed_in_its_own_input_it_delivers_no_more);
    tcase_add_test(middle, its_handle_closed_in_its_own_input_it_is_gone);
    tcase_add_test(middle, a_session_that_dies_in_its_input_leaves_its_output_behind);
    suite_add_tcase(s, middle);

    tcase_add_checked_fixture(output, open_host, close_host);
    tcase_set_timeout(output, 30);
    tcase_add_test(output, several_puts_of_a_slice_are_flushed_once_and_name_their_state);
    tcase_add_test(output, nothing_put_is_nothing_flushed);
    tcase_add_test(output, flush_writes_at_once_and_tells_before_it_returns);
    tcase_add_test(output, the_marks_are_told_once_each_time_they_are_crossed);
    tcase_add_test(output, borrowed_bytes_are_written_and_given_back_once);
    tcase_add_loop_test(output, borrowed_bytes_come_back_whatever_happens, 0, 4);
    tcase_add_test(output, output_takes_the_memory_of_what_was_put);
    suite_add_tcase(s, output);

    tcase_add_checked_fixture(ends, open_host, close_host);
    tcase_set_timeout(ends, 30);
    tcase_add_loop_test(ends, a_write_to_nobody_is_told_once_and_later_puts_are_lost, 0, 2);
    tcase_add_test(ends, a_reset_is_told_to_both_ways);
    tcase_add_test(ends, half_closed_it_still_reads);
    tcase_add_test(ends, at_the_end_of_input_it_still_writes);
    tcase_add_loop_test(ends, a_shutdown_waits_for_what_was_put, 0, 2);
    tcase_add_test(ends, what_was_put_before_a_close_is_written_behind_it);
    tcase_add_test(ends, an_abort_drops_what_was_put);
    tcase_add_test(ends, a_run_by_slices_writes_what_is_left_too);
    tcase_add_test(ends, readers_that_never_read_hold_the_end_up_for_a_while_only);
    suite_add_tcase(s, ends);

    tcase_add_checked_fixture(next, open_host, close_host);
    tcase_add_test(next, a_new_stream_goes_on_where_a_closing_one_was);
    tcase_add_test(next, a_stream_and_a_watch_exclude_each_other);
    tcase_add_test(next, closed_on_a_descriptor_of_others_it_leaves_that_open);
    tcase_add_test(next, memory_that_fails_while_it_works_is_told_or_comes_back);
    suite_add_tcase(s, next);
    return s;
}
