/*
 * handle_spec.c - descriptors: order, pauses, two watchers, closing in every way, memory that fails
 */
#include <uv.h>

#include "handle.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"
#include "kernel.h"
#include "suites.h"

static struct host h;

static void
open_host(void)
{
    host_open(&h);
    h.hide = "_start _child _parent _stop";
}

static void
close_host(void)
{
    host_close(&h);
}

static int
open_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Bytes for whoever reads `name`, from outside. */
static void
feed(const char *name, const char *text)
{
    int64_t n = poe_handle_write(host_thing(&h, name)->handle, text, strlen(text));

    ck_assert_int_eq(n, (int64_t)strlen(text));
}

/* -- order --------------------------------------------------------------------------------- */

START_TEST(reads_come_before_writes_and_both_in_the_order_of_watching)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch b read b; watch a read a; watch a write wa; watch b write wb; yield x" },
                 { "a", "read a; ignore a read; yield late" }, { "b", "read b; ignore b read" },
                 { "wa", "ignore a write" }, { "wb", "ignore b write" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    host_pair(&h, "b", "B");
    feed("A", "1");
    feed("B", "2");
    host_story(&h, cast, "A", "A:b b=2 A:a a=1 A:wb A:wa A:x A:late");
}
END_TEST

START_TEST(urgent_data_comes_last)
{
    struct sockaddr_storage to;
    socklen_t size = sizeof to;
    static const struct role cast[] = {
        { "A", { { "_start", "watch a expedite oob; watch a read in; watch a write out" },
                 { "oob", "ignore a expedite" }, { "in", "read a; ignore a read" },
                 { "out", "ignore a write" } } },
        { NULL, { { NULL, NULL } } } };
    int one, two, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    holds(bind(listener, (struct sockaddr *)&any, sizeof any) == 0 && listen(listener, 1) == 0);
    holds(getsockname(listener, (struct sockaddr *)&to, &size) == 0);
    one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    holds(connect(one, (struct sockaddr *)&to, size) == 0);
    two = accept(listener, NULL, NULL);
    holds(two >= 0 && close(listener) == 0);
    host_handle(&h, "a", one, 1);
    host_handle(&h, "b", two, 1);
    holds(send(two, "plain", 5, 0) == 5 && send(two, "!", 1, MSG_OOB) == 1);
    host_story(&h, cast, "A", "A:in a=plain A:out A:oob");
}
END_TEST

START_TEST(a_session_that_reads_no_more_ends_before_the_writes)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; pause a read; yield go" }, { "go", "resume a read" },
                 { "in", "ignore a read" }, { "_stop", "say A-ended" } } },
        { "B", { { "_start", "watch A write out; pause A write; yield go" }, { "go", "resume A write" },
                 { "out", "ignore A write" }, { "_stop", "say B-ended" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A B", "A:go B:go A:in A-ended B:out B-ended");
}
END_TEST

START_TEST(what_is_not_read_is_found_again_by_the_next_poll)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in" } } }, { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_play(&h, cast, "A");
    for (int i = 0; i < 3; i++) {
        static const struct rule none[] = { { "in", "say again" }, { NULL, NULL } };
        host_actor(host_find(&h, "A"))->rules = none;
        ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    }
    static const struct rule last[] = { { "in", "shut a" }, { NULL, NULL } };
    host_actor(host_find(&h, "A"))->rules = last;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in again A:in again A:in again A:in");
}
END_TEST

/* libuv stops watching when the descriptor has an error; we do not. */
START_TEST(an_error_of_the_descriptor_is_a_level_too)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch w write out" } } }, { NULL, { { NULL, NULL } } } };
    static const struct rule more[] = { { "out", "say again" }, { NULL, NULL } },
                             last[] = { { "out", "write w x; ignore w write" }, { NULL, NULL } };

    host_pipe(&h, "r", "w");
    poe_handle_close(host_thing(&h, "r")->handle);
    host_play(&h, cast, "A");
    host_actor(host_find(&h, "A"))->rules = more;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_actor(host_find(&h, "A"))->rules = last;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:out again A:out again A:out again A:out write=EPIPE");
}
END_TEST

/* -- watching ------------------------------------------------------------------------------ */

START_TEST(a_paused_mode_is_not_told_and_keeps_its_session)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; pause a read; delay 0.03 go; delay 0.01 tick" },
                 { "in", "read a; ignore a read" }, { "go", "resume a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A", "A:tick A:go A:in a=1");
}
END_TEST

START_TEST(what_nobody_watches_cannot_be_paused_and_a_new_watch_is_not_paused)
{
    static const struct role cast[] = {
        { "A", { { "_start", "pause a read; resume a read; ignore a read; watch a read in; pause a read; "
                             "ignore a read; watch a read in" },
                 { "in", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A", "pause=ENOENT resume=ENOENT ignore=ENOENT A:in a=1");
}
END_TEST

START_TEST(two_sessions_watch_one_descriptor_in_the_order_they_came)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in" }, { "in", "ignore a read" } } },
        { "B", { { "_start", "watch a read in" }, { "in", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A B", "A:in B:in a=1");
}
END_TEST

START_TEST(a_pause_holds_for_all_who_watch)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in" }, { "in", "pause a read; delay 0.01 go; yield x" },
                 { "go", "resume a read; ignore a read" } } },
        { "B", { { "_start", "watch a read in" } } },
        { NULL, { { NULL, NULL } } } };
    static const struct rule end[] = { { "in", "read a; ignore a read" }, { NULL, NULL } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_play(&h, cast, "A B");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_actor(host_find(&h, "B"))->rules = end;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:in B:in A:x A:go B:in a=1");
}
END_TEST

START_TEST(a_second_watch_replaces_the_first_and_gives_its_payload_back)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read old; watch a read new" }, { "new", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_play(&h, cast, "A");
    ck_assert_uint_eq(h.live, 1);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:new a=1");
}
END_TEST

START_TEST(replacing_a_watch_in_its_own_handler_leaves_the_name_readable)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read one" }, { "one", "watch a read two; active" },
                 { "two", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A", "A:one active=A A:two a=1");
}
END_TEST

START_TEST(a_plain_file_is_refused)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch f read in; stream s f" } } }, { NULL, { { NULL, NULL } } } };
    FILE *file = tmpfile();

    host_handle(&h, "f", fileno(file), 0);
    host_story(&h, cast, "A", "watch=EPERM stream=EPERM");
    poe_handle_release(&host_thing(&h, "f")->handle);
    fclose(file);
}
END_TEST

START_TEST(numbers_that_are_no_descriptors_are_refused)
{
    poe_handle *handle = NULL;

    ck_assert_int_eq(poe_handle_open(h.kernel, -1, 0, &handle), UV_EBADF);
    ck_assert_int_eq(poe_handle_open(h.kernel, 1 << 20, 0, &handle), UV_EBADF);
    ck_assert_ptr_null(handle);
    ck_assert_ptr_null(poe_handle_find(h.kernel, -1));
    ck_assert_ptr_null(poe_handle_find(h.kernel, 1 << 30));
}
END_TEST

START_TEST(what_a_session_watches_in_its_stop_goes_with_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "" }, { "_stop", "watch a read in; stream s A; after t 0; lookup l 127.0.0.1" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    host_story(&h, cast, "A", "");
    ck_assert(!poe_handle_watched(host_thing(&h, "a")->handle));
    ck_assert_ptr_null(poe_stream_session(host_thing(&h, "s")->stream));
}
END_TEST

/* -- closing ------------------------------------------------------------------------------- */

START_TEST(a_handler_closes_its_own_handle)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; watch a write out" }, { "in", "shut a; shut a" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A", "A:in");
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
    ck_assert_int_eq(poe_handle_open(h.kernel, poe_handle_fd(host_thing(&h, "a")->handle), 0,
                                     &host_thing(&h, "z")->handle), UV_EBADF);
}
END_TEST

START_TEST(a_handler_closes_a_handle_that_is_ready_too)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read a; watch b read b; watch c read c" }, { "a", "shut b; ignore a read" },
                 { "c", "ignore c read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    host_pair(&h, "b", "B");
    host_pair(&h, "c", "C");
    feed("A", "1");
    feed("B", "1");
    feed("C", "1");
    host_story(&h, cast, "A", "A:a A:c");
}
END_TEST

START_TEST(a_handler_stops_another_watcher_of_its_handle)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in" }, { "in", "end B; ignore a read" } } },
        { "B", { { "_start", "watch a read in" }, { "in", "say not-me" } } },
        { "C", { { "_start", "watch a read in" }, { "in", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A B C", "A:in C:in a=1");
}
END_TEST

START_TEST(a_session_that_ends_itself_in_its_handler_watches_no_more)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; watch a write out" }, { "in", "end self" } } },
        { "B", { { "_start", "watch a read in" }, { "in", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A B", "A:in B:in a=1");
}
END_TEST

START_TEST(a_handler_that_raises_ends_its_session_and_nobody_elses_watching)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; sig DIE" }, { "in", "die oops" }, { "DIE", "handled; ignore a read" } } },
        { "B", { { "_start", "watch a read in" }, { "in", "read a; ignore a read" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_story(&h, cast, "A B", "A:in B:in a=1 A:DIE(oops@A)");
}
END_TEST

/* -- descriptors that are others' ---------------------------------------------------------- */

static int outside[2];

static void
outside_pair(void)
{
    holds(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, outside) == 0);
    host_handle(&h, "a", outside[0], 0);
}

START_TEST(closed_behind_our_back_it_is_watched_no_more)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; delay 0.01 x" }, { "x", "closefd a" } } },
        { NULL, { { NULL, NULL } } } };

    outside_pair();
    host_story(&h, cast, "A", "A:x");
    close(outside[1]);
}
END_TEST

START_TEST(a_stream_whose_descriptor_was_closed_behind_our_back_keeps_nobody)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s input in; delay 0.01 x" }, { "x", "closefd a" } } },
        { NULL, { { NULL, NULL } } } };

    outside_pair();
    host_story(&h, cast, "A", "A:x");
    close(outside[1]);
}
END_TEST

/* What libuv is told of a descriptor that is gone would end the process. */
START_TEST(changing_a_watch_after_the_descriptor_has_gone_is_harmless)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; watch a write out" },
                 { "in", "read a; closefd a; ignore a write; yield more; pause a read; resume a read; "
                         "watch a write out" }, { "more", "yield last" } } },
        { NULL, { { NULL, NULL } } } };

    outside_pair();
    holds(write(outside[1], "1", 1) == 1);
    host_story(&h, cast, "A", "A:in a=1 resume=EBADF watch=EBADF A:more A:last");
    close(outside[1]);
}
END_TEST

START_TEST(a_session_that_dies_on_a_descriptor_that_has_gone_is_harmless)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; watch a write out" }, { "in", "closefd a; end self" } } },
        { "B", { { "_start", "watch a write out; yield x" }, { "out", "yield y" } } },
        { NULL, { { NULL, NULL } } } };

    outside_pair();
    holds(write(outside[1], "1", 1) == 1);
    h.hide = "_start _child _parent _stop out";
    host_play(&h, cast, "A B");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_ptr_nonnull(strstr(h.log, "A:in"));
    h.log_size = 0;
    close(outside[1]);
}
END_TEST

START_TEST(a_reused_number_is_another_descriptor)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read old" }, { "new", "read b; ignore b read" } } },
        { NULL, { { NULL, NULL } } } };

    outside_pair();
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    int old = outside[0], pair[2];
    close(old);
    holds(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    ck_assert_int_eq(pair[0], old); /* the lowest free number */
    holds(write(pair[1], "2", 1) == 1);
    host_handle(&h, "b", pair[0], 1);
    ck_assert_int_eq(poe_handle_fd(host_thing(&h, "a")->handle), -1);
    host_as(&h, "A", "watch b read new");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:new b=2");
    close(pair[1]);
    close(outside[1]);
}
END_TEST

START_TEST(a_released_handle_of_others_is_forgotten_and_stays_open)
{
    outside_pair();
    size_t with = poe_kernel_memory(h.kernel);
    poe_handle_release(&host_thing(&h, "a")->handle);
    ck_assert_uint_lt(poe_kernel_memory(h.kernel), with);
    ck_assert_ptr_null(poe_handle_find(h.kernel, outside[0]));
    ck_assert_int_eq(close(outside[0]), 0);
    ck_assert_int_eq(close(outside[1]), 0);
}
END_TEST

/* -- the end ------------------------------------------------------------------------------- */

START_TEST(a_kernel_that_ends_closes_its_own_descriptors_and_no_others)
{
    static const struct role cast[] = {
        { "A", { { "_start", "watch a read in; watch b write out; stream s c; hook s input in; put s 70000*; after t 5; "
                             "lookup l localhost" } } },
        { NULL, { { NULL, NULL } } } };
    int before = open_fds();
    uv_loop_t loop;

    if (_i) {
        host_close(&h);
        before = open_fds();
        uv_loop_init(&loop);
        host_open_on(&h, &loop);
        h.hide = "_start _child _parent _stop";
    }
    outside_pair();
    host_pair(&h, "b", "B");
    host_pair(&h, "c", "C");
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_close(&h);
    ck_assert_int_eq(fcntl(outside[0], F_GETFD), FD_CLOEXEC);
    close(outside[0]);
    close(outside[1]);
    if (_i) {
        while (uv_loop_close(&loop) == UV_EBUSY)
            uv_run(&loop, UV_RUN_ONCE);
        ck_assert_int_eq(open_fds(), before);
    } else
        ck_assert_int_lt(open_fds(), before);
    open_host();
}
END_TEST

/* -- memory -------------------------------------------------------------------------------- */

static const char *const attempts[] = {
    "watch a read in", "watch a write in", "stream s a", "after t 0", "lookup l 127.0.0.1",
    "stream s a; hook s input in", "stream s a; put s 3000*", "stream s a; give s 3000*",
};

START_TEST(without_memory_nothing_has_changed)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 0 x" }, { "x", "" } } }, { NULL, { { NULL, NULL } } } };

    for (long n = 1, failed = 1; failed; n++) {
        host_pair(&h, "a", "b");
        host_play(&h, cast, "A");
        h.heap.fail_at = h.heap.grown + n;
        h.heap.failed = 0;
        host_as(&h, "A", attempts[_i]);
        h.heap.fail_at = 0;
        failed = h.heap.failed;
        if (failed)
            ck_assert_msg(strstr(h.log, "=ENOMEM") != NULL, "%s: n = %ld: %s", attempts[_i], n, h.log);
        h.log_size = 0;
        host_as(&h, "A", "end A");
        struct thing *s = host_thing(&h, "s"), *t = host_thing(&h, "t"), *l = host_thing(&h, "l");
        poe_stream_release(h.kernel, &s->stream);
        poe_later_release(&t->later);
        poe_later_release(&l->later);
        poe_handle_close(host_thing(&h, "a")->handle);
        poe_handle_close(host_thing(&h, "b")->handle);
        ck_assert_int_eq(host_run(&h), 0);
        h.log_size = 0;
        ck_assert_int_lt(n, 50);
    }
}
END_TEST

START_TEST(opening_without_memory_leaves_the_descriptor_alone)
{
    for (long n = 1, failed = 1; failed; n++) {
        int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        int high = fcntl(fd, F_DUPFD_CLOEXEC, 300); /* the table has to grow */
        poe_handle *handle = NULL;
        size_t before = poe_kernel_memory(h.kernel);
        h.heap.fail_at = h.heap.grown + n;
        h.heap.failed = 0;
        int rc = poe_handle_open(h.kernel, high, 1, &handle);
        h.heap.fail_at = 0;
        failed = h.heap.failed;
        ck_assert_int_eq(rc, failed ? UV_ENOMEM : 0);
        ck_assert_int_ge(fcntl(high, F_GETFD), 0);
        if (failed) {
            ck_assert_uint_ge(poe_kernel_memory(h.kernel), before);
            close(high);
        } else
            poe_handle_close(handle);
        poe_handle_release(&handle);
        close(fd);
        ck_assert_int_lt(n, 5);
    }
}
END_TEST

/* Reading needs a buffer: without one the data waits. */
START_TEST(reading_without_memory_comes_later)
{
    static const struct role cast[] = {
        { "A", { { "_start", "stream s a; hook s input in" }, { "in", "abort s" } } }, { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    feed("A", "1");
    host_play(&h, cast, "A");
    h.heap.failed = 0;
    h.heap.fail_at = h.heap.grown + 1;
    h.heap.fail_on = 2;
    ck_assert_int_eq(host_run(&h), 0);
    h.heap.fail_at = h.heap.fail_on = 0;
    ck_assert_int_gt(h.heap.failed, 0);
    host_expect(&h, "A:in(1)");
}
END_TEST

Suite *
handle_suite(void)
{
    Suite *s = suite_create("handle");
    TCase *order = tcase_create("order"), *watching = tcase_create("watching");
    TCase *closing = tcase_create("closing"), *others = tcase_create("others");
    TCase *memory = tcase_create("memory");

    tcase_add_checked_fixture(order, open_host, close_host);
    tcase_add_test(order, reads_come_before_writes_and_both_in_the_order_of_watching);
    tcase_add_test(order, urgent_data_comes_last);
    tcase_add_test(order, a_session_that_reads_no_more_ends_before_the_writes);
    tcase_add_test(order, what_is_not_read_is_found_again_by_the_next_poll);
    tcase_add_test(order, an_error_of_the_descriptor_is_a_level_too);
    suite_add_tcase(s, order);

    tcase_add_checked_fixture(watching, open_host, close_host);
    tcase_add_test(watching, a_paused_mode_is_not_told_and_keeps_its_session);
    tcase_add_test(watching, what_nobody_watches_cannot_be_paused_and_a_new_watch_is_not_paused);
    tcase_add_test(watching, two_sessions_watch_one_descriptor_in_the_order_they_came);
    tcase_add_test(watching, a_pause_holds_for_all_who_watch);
    tcase_add_test(watching, a_second_watch_replaces_the_first_and_gives_its_payload_back);
    tcase_add_test(watching, replacing_a_watch_in_its_own_handler_leaves_the_name_readable);
    tcase_add_test(watching, a_plain_file_is_refused);
    tcase_add_test(watching, numbers_that_are_no_descriptors_are_refused);
    tcase_add_test(watching, what_a_session_watches_in_its_stop_goes_with_it);
    suite_add_tcase(s, watching);

    tcase_add_checked_fixture(closing, open_host, close_host);
    tcase_add_test(closing, a_handler_closes_its_own_handle);
    tcase_add_test(closing, a_handler_closes_a_handle_that_is_ready_too);
    tcase_add_test(closing, a_handler_stops_another_watcher_of_its_handle);
    tcase_add_test(closing, a_session_that_ends_itself_in_its_handler_watches_no_more);
    tcase_add_test(closing, a_handler_that_raises_ends_its_session_and_nobody_elses_watching);
    tcase_add_loop_test(closing, a_kernel_that_ends_closes_its_own_descriptors_and_no_others, 0, 2);
    suite_add_tcase(s, closing);

    tcase_add_checked_fixture(others, open_host, close_host);
    tcase_add_test(others, closed_behind_our_back_it_is_watched_no_more);
    tcase_add_test(others, a_stream_whose_descriptor_was_closed_behind_our_back_keeps_nobody);
    tcase_add_test(others, changing_a_watch_after_the_descriptor_has_gone_is_harmless);
    tcase_add_test(others, a_session_that_dies_on_a_descriptor_that_has_gone_is_harmless);
    tcase_add_test(others, a_reused_number_is_another_descriptor);
    tcase_add_test(others, a_released_handle_of_others_is_forgotten_and_stays_open);
    suite_add_tcase(s, others);

    tcase_add_checked_fixture(memory, open_host, close_host);
    tcase_add_loop_test(memory, without_memory_nothing_has_changed, 0,
                        (int)(sizeof attempts / sizeof attempts[0]));
    tcase_add_test(memory, opening_without_memory_leaves_the_descriptor_alone);
    tcase_add_test(memory, reading_without_memory_comes_later);
    suite_add_tcase(s, memory);
    return s;
}
