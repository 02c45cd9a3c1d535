/*
 * later_spec.c - what wheels wait for besides handles: times, addresses
 */
#include <uv.h>

#include "later.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

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

/* -- times --------------------------------------------------------------------------------- */

START_TEST(a_time_comes_once_keeps_its_session_and_is_no_event)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after t 0.02; count" }, { "t", "count" } } }, { NULL, { { NULL, NULL } } } };
    int64_t began = poe_kernel_now(h.kernel);

    host_story(&h, cast, "A", "#0 A:t #0");
    ck_assert_int_ge(poe_kernel_now(h.kernel) - began, 20000000);
}
END_TEST

START_TEST(times_come_in_their_order_equal_ones_as_they_were_made)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after c 0.05; after a 0; after b 0; after n -1" } } }, { NULL, { { NULL, NULL } } } };

    host_story(&h, cast, "A", "A:a A:b A:n A:c");
}
END_TEST

START_TEST(a_cancelled_time_does_not_come)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 60; after b 0; yield x" }, { "x", "cancel a; cancel a" }, { "b", "cancel b" } } },
        { NULL, { { NULL, NULL } } } };

    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_ptr_nonnull(strstr(h.log, "A:b"));
    ck_assert_ptr_null(strstr(h.log, "A:a"));
    h.log_size = 0;
}
END_TEST

START_TEST(one_handler_cancels_the_next_of_the_same_slice)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 0.01; after b 0.01" }, { "a", "cancel b" } } }, { NULL, { { NULL, NULL } } } };

    host_story(&h, cast, "A", "A:a");
}
END_TEST

START_TEST(a_time_made_in_a_handler_comes_in_a_later_slice)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 0" }, { "a", "after b 0; yield x" } } }, { NULL, { { NULL, NULL } } } };

    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_int_eq(strncmp(h.log, "A:a A:x", 7), 0);
    h.log_size = 0;
}
END_TEST

START_TEST(the_one_whose_session_dies_does_not_come)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 0.01; after b 0.01; lookup l localhost" }, { "a", "end self" } } },
        { "B", { { "_start", "after c 0.02" } } },
        { NULL, { { NULL, NULL } } } };

    h.hide = "_start _child _parent _stop l";
    host_story(&h, cast, "A B", "A:a B:c");
}
END_TEST

START_TEST(a_session_that_has_stopped_can_have_neither_and_nothing_else)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" }, { "x", "end self; after t 0; lookup l 127.0.0.1; watch a read in; stream s a" } } },
        { NULL, { { NULL, NULL } } } };

    host_pair(&h, "a", "A");
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:x after=ESRCH lookup=ESRCH watch=ESRCH stream=ESRCH");
}
END_TEST

START_TEST(a_handler_that_raises_is_told)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 0; after b 0; sig DIE" }, { "a", "die oops" }, { "DIE", "handled" } } },
        { NULL, { { NULL, NULL } } } };

    host_story(&h, cast, "A", "A:a A:b A:DIE(oops@A)");
}
END_TEST

START_TEST(what_its_opener_has_left_still_comes)
{
    static const struct role cast[] = {
        { "A", { { "_start", "after a 0.01; lookup l 127.0.0.1" } } }, { NULL, { { NULL, NULL } } } };

    host_play(&h, cast, "A");
    poe_later_release(&host_thing(&h, "a")->later);
    poe_later_release(&host_thing(&h, "l")->later);
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_ptr_nonnull(strstr(h.log, "A:a"));
    ck_assert_ptr_nonnull(strstr(h.log, "A:l"));
    h.log_size = 0;
}
END_TEST

/* -- addresses ----------------------------------------------------------------------------- */

static void
note(struct host *host, poe_session *s, const poe_event *ev)
{
    struct poe_later *l = host_thing(host, ev->name)->later;

    (void)s;
    host_say(host, "%d", poe_resolved(l));
    for (size_t i = 0; poe_resolved_address(l, i); i++)
        host_say(host, "%s", poe_resolved_address(l, i));
    ck_assert_ptr_null(poe_resolved_address(l, 1000));
}

static const char *const lookups[][2] = {
    { "127.0.0.1", "A:l 0 127.0.0.1" }, { "::1", "A:l 0 ::1" }, { "::ffff:127.0.0.1", "A:l 0 ::ffff:127.0.0.1" },
};

START_TEST(an_address_is_its_own_name)
{
    struct role cast[] = { { "A", { { "_start", "" }, { "l", "do" } } }, { NULL, { { NULL, NULL } } } };
    char script[128];

    snprintf(script, sizeof script, "lookup l %s", lookups[_i][0]);
    cast[0].rules[0].script = script;
    h.act = note;
    host_story(&h, cast, "A", lookups[_i][1]);
}
END_TEST

START_TEST(localhost_has_each_address_once)
{
    static const struct role cast[] = {
        { "A", { { "_start", "lookup l localhost" }, { "l", "" } } }, { NULL, { { NULL, NULL } } } };

    host_story(&h, cast, "A", "A:l");
    struct poe_later *l = host_thing(&h, "l")->later;
    ck_assert_int_eq(poe_resolved(l), 0);
    ck_assert_ptr_nonnull(poe_resolved_address(l, 0));
    for (size_t i = 0; poe_resolved_address(l, i); i++) {
        const char *one = poe_resolved_address(l, i);
        ck_assert(strcmp(one, "127.0.0.1") == 0 || strcmp(one, "::1") == 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(one, poe_resolved_address(l, j));
    }
}
END_TEST

START_TEST(nonsense_is_told_as_such)
{
    static const struct role cast[] = {
        { "A", { { "_start", "lookup l 1.2.3.4.5; lookup m ..; lookup n a..b" } } }, { NULL, { { NULL, NULL } } } };

    h.hide = "_start _child _parent _stop l m n";
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_resolved(host_thing(&h, "l")->later), UV_EAGAIN);
    ck_assert_ptr_null(poe_resolved_address(host_thing(&h, "l")->later, 0));
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_int_le(poe_resolved(host_thing(&h, "l")->later), UV_EAI_ADDRFAMILY);
    ck_assert_ptr_null(poe_resolved_address(host_thing(&h, "l")->later, 0));
    h.log_size = 0;
}
END_TEST

START_TEST(a_cancelled_lookup_does_not_come)
{
    static const struct role cast[] = {
        { "A", { { "_start", "lookup l localhost; lookup m localhost; cancel l; delay 0.05 x" }, { "m", "cancel m" } } },
        { NULL, { { NULL, NULL } } } };

    host_story(&h, cast, "A", "A:m A:x");
}
END_TEST

START_TEST(more_lookups_than_threads_all_come)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 0 x" }, { "x", "" } } }, { NULL, { { NULL, NULL } } } };
    poe_later *all[64] = { NULL };

    h.hide = "_start _child _parent _stop found";
    host_play(&h, cast, "A");
    poe_event ev = { .to = host_find(&h, "A"), .from = host_find(&h, "A"), .name = "as", .type = POE_EVENT_CALL };
    struct poe_frame frame;
    poe_kernel_enter(h.kernel, &frame, &ev);
    for (int i = 0; i < 64; i++) {
        poe_payload p = host_put(&h, "found", NULL);
        ck_assert_int_eq(poe_resolve(h.kernel, "127.0.0.1", i % 2 ? AF_INET : AF_UNSPEC, "found", p, &all[i]), 0);
    }
    poe_kernel_leave(h.kernel, &frame);
    ck_assert_int_eq(host_run(&h), 0);
    h.log_size = 0;
    for (int i = 0; i < 64; i++) {
        ck_assert_int_eq(poe_resolved(all[i]), 0);
        ck_assert_str_eq(poe_resolved_address(all[i], 0), "127.0.0.1");
        poe_later_release(&all[i]);
    }
}
END_TEST

START_TEST(addresses_without_memory_are_an_error_of_the_lookup)
{
    static const struct role cast[] = {
        { "A", { { "_start", "lookup l 127.0.0.1" }, { "l", "do" } } }, { NULL, { { NULL, NULL } } } };

    h.act = note;
    host_play(&h, cast, "A");
    h.heap.fail_at = h.heap.grown + 1;
    ck_assert_int_eq(host_run(&h), 0);
    h.heap.fail_at = 0;
    ck_assert_int_eq(h.heap.failed, 1);
    char expected[32];
    snprintf(expected, sizeof expected, "A:l %d", UV_ENOMEM);
    host_expect(&h, expected);
}
END_TEST

Suite *
later_suite(void)
{
    Suite *s = suite_create("later");
    TCase *times = tcase_create("times"), *addresses = tcase_create("addresses");

    tcase_add_checked_fixture(times, open_host, close_host);
    tcase_add_test(times, a_time_comes_once_keeps_its_session_and_is_no_event);
    tcase_add_test(times, times_come_in_their_order_equal_ones_as_they_were_made);
    tcase_add_test(times, a_cancelled_time_does_not_come);
    tcase_add_test(times, one_handler_cancels_the_next_of_the_same_slice);
    tcase_add_test(times, a_time_made_in_a_handler_comes_in_a_later_slice);
    tcase_add_test(times, the_one_whose_session_dies_does_not_come);
    tcase_add_test(times, a_session_that_has_stopped_can_have_neither_and_nothing_else);
    tcase_add_test(times, a_handler_that_raises_is_told);
    tcase_add_test(times, what_its_opener_has_left_still_comes);
    suite_add_tcase(s, times);

    tcase_add_checked_fixture(addresses, open_host, close_host);
    tcase_set_timeout(addresses, 30);
    tcase_add_loop_test(addresses, an_address_is_its_own_name, 0, (int)(sizeof lookups / sizeof lookups[0]));
    tcase_add_test(addresses, localhost_has_each_address_once);
    tcase_add_test(addresses, nonsense_is_told_as_such);
    tcase_add_test(addresses, a_cancelled_lookup_does_not_come);
    tcase_add_test(addresses, more_lookups_than_threads_all_come);
    tcase_add_test(addresses, addresses_without_memory_are_an_error_of_the_lookup);
    suite_add_tcase(s, addresses);
    return s;
}
