/*
 * port_spec.c - posts from other threads: order, values, limits, and every order in which things end
 */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

#define THREADS 4
#define POSTS 2000

static struct host h;
static poe_port *port;
static int expected[THREADS];

static void
open_host(void)
{
    memset(expected, 0, sizeof expected);
    host_open(&h);
    h.hide = "_start _child _parent";
    ck_assert_int_eq(poe_port_open(h.kernel, 0, &port), 0);
}

static void
close_host(void)
{
    poe_port_release(&port);
    host_close(&h);
}

/* Each argument is logged with the event. */
static void
say_text(struct host *host, poe_session *s, const poe_event *ev)
{
    host_say(host, "%s(%s)", ev->name, host_text(host, ev->payload));
    if (strcmp(ev->name, "last") == 0)
        poe_session_stop(s);
}

static const struct role listener[] = {
    { "A", { { "_start", "alias a" }, { "_stop", "" }, { "*", "do" } } },
    { "B", { { "_start", "alias a" } } }, { 0 } };

START_TEST(values_are_copied_and_come_in_order)
{
    char word[] = "word";

    h.act = say_text;
    host_play(&h, listener, "A");
    uint64_t id = poe_session_id(host_find(&h, "A"));
    ck_assert_int_eq(poe_post_async(port, id, "one", "sidfbn", word, (int64_t)1 << 40, -3, 0.5, 7), 0);
    ck_assert_int_eq(poe_post_async(port, id, "two", "Ss", word, (size_t)2, NULL), 0);
    ck_assert_int_eq(poe_post_async_to(port, "a", "three", ""), 0);
    ck_assert_int_eq(poe_post_async_to(port, "a", "last", NULL), 0);
    ck_assert_uint_eq(poe_port_waiting(port), 4);
    memset(word, 'x', sizeof word);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:one one(word,1099511627776,-3,0.5,true,nil) A:two two(wo,nil) A:three three() "
                    "A:last last() A:_stop");
    ck_assert_uint_eq(poe_port_waiting(port), 0);
}
END_TEST

START_TEST(what_a_format_says_wrong_is_refused)
{
    char format[POE_VALUES + 2];

    memset(format, 'n', sizeof format);
    format[POE_VALUES + 1] = '\0';
    ck_assert_int_eq(poe_post_async(port, 2, "x", "sq", "y"), UV_EINVAL);
    ck_assert_int_eq(poe_post_async(port, 2, "x", format), UV_E2BIG);
    ck_assert_int_eq(poe_post_async(port, 2, "x", format + 1), 0);
    ck_assert_uint_eq(poe_port_waiting(port), 1);
}
END_TEST

START_TEST(a_letter_for_nobody_is_told_to_the_host)
{
    h.act = say_text;
    host_play(&h, listener, "A");
    ck_assert_int_eq(poe_post_async(port, 99, "x", NULL), 0);
    ck_assert_int_eq(poe_post_async_to(port, "b", "y", NULL), 0);
    ck_assert_int_eq(poe_post_async_to(port, "a", "last", NULL), 0);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "nobody:x nobody:y A:last last() A:_stop");
}
END_TEST

START_TEST(a_limit_holds_until_the_kernel_has_taken_what_waits)
{
    poe_port *small;

    h.act = say_text;
    host_play(&h, listener, "A");
    ck_assert_int_eq(poe_port_open(h.kernel, 2, &small), 0);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(poe_post_async_to(small, "a", "x", "d", i), 0);
    ck_assert_int_eq(poe_post_async_to(small, "a", "x", NULL), UV_ENOBUFS);
    while (poe_port_waiting(small))
        ck_assert_int_eq(poe_kernel_step(h.kernel), 1);
    ck_assert_int_eq(poe_post_async_to(small, "a", "last", NULL), 0);
    poe_port_release(&small); /* what waits still comes */
    ck_assert_ptr_null(small);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:x x(0) A:x x(1) A:last last() A:_stop");
}
END_TEST

/* -- threads ------------------------------------------------------------------------------- */

struct poster {
    uv_thread_t thread;
    poe_port *port;
    int which, posted, rc;
};

static void
post_many(void *arg)
{
    struct poster *p = arg;

    for (int i = 0; i < POSTS && p->rc == 0; i++) {
        p->rc = poe_post_async_to(p->port, "a", "n", "dd", p->which, i);
        p->posted += p->rc == 0;
    }
    poe_port_release(&p->port);
}

static void
count_posts(struct host *host, poe_session *s, const poe_event *ev)
{
    int which, i, all = 0;

    holds(sscanf(host_text(host, ev->payload), "%d,%d", &which, &i) == 2);
    holds(i == expected[which]); /* of each thread in its order */
    expected[which]++;
    for (int t = 0; t < THREADS; t++)
        all += expected[t];
    if (all == THREADS * POSTS)
        poe_session_stop(s);
}

static void
posters_start(struct poster *posters)
{
    for (int i = 0; i < THREADS; i++) {
        posters[i] = (struct poster){ .port = poe_port_share(port), .which = i };
        ck_assert_int_eq(uv_thread_create(&posters[i].thread, post_many, &posters[i]), 0);
    }
}

START_TEST(each_threads_posts_come_in_its_order_and_none_is_lost)
{
    struct poster posters[THREADS];

    h.act = count_posts;
    h.hide = "_start n";
    host_play(&h, listener, "A");
    posters_start(posters);
    ck_assert_int_eq(host_run(&h), 0);
    for (int i = 0; i < THREADS; i++) {
        uv_thread_join(&posters[i].thread);
        ck_assert_int_eq(expected[i], POSTS);
    }
    host_expect(&h, "A:_stop");
}
END_TEST

/* The kernel goes while threads post, or before them: they hear of it, and nothing leaks. */
START_TEST(a_kernel_may_go_while_threads_post)
{
    struct poster posters[THREADS];

    h.hide = "_start n _stop";
    host_play(&h, listener, "B");
    posters_start(posters);
    for (int i = 0; i < _i * 3; i++)
        poe_kernel_step(h.kernel);
    poe_port *last = poe_port_share(port);
    close_host();
    for (int i = 0; i < THREADS; i++) {
        uv_thread_join(&posters[i].thread);
        ck_assert(posters[i].rc == 0 || posters[i].rc == UV_EPIPE);
    }
    ck_assert_int_eq(poe_post_async_to(last, "a", "n", NULL), UV_EPIPE);
    poe_port_release(&last);
    open_host();
}
END_TEST

/* -- what a port keeps --------------------------------------------------------------------- */

START_TEST(with_a_port_an_alias_is_enough_without_it_idle_comes)
{
    h.act = say_text;
    host_play(&h, listener, "A");
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(poe_kernel_step(h.kernel), 1);
    ck_assert_int_eq(poe_kernel_timeout(h.kernel), -1);
    poe_port_release(&port);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:_stop");
}
END_TEST

START_TEST(a_borrowed_loop_runs_until_the_port_is_released)
{
    struct host mine;
    uv_loop_t loop;
    poe_port *own;

    uv_loop_init(&loop);
    host_open_on(&mine, &loop);
    mine.hide = "_start";
    mine.act = say_text;
    host_play(&mine, listener, "A");
    ck_assert_int_eq(poe_port_open(mine.kernel, 0, &own), 0);
    ck_assert_int_eq(poe_post_async_to(own, "a", "x", NULL), 0);
    ck_assert_int_ne(uv_run(&loop, UV_RUN_NOWAIT), 0);
    poe_port_release(&own);
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    host_expect(&mine, "A:x x() A:_stop");
    host_close(&mine);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

static void
free_inside(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    poe_port_release(&port);
    ck_assert_int_eq(poe_port_open(host->kernel, 0, &port), 0);
}

START_TEST(a_port_may_be_released_and_opened_in_a_handler)
{
    h.act = free_inside;
    host_play(&h, listener, "A");
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(poe_post_async_to(port, "a", "x", NULL), 0);
    for (int i = 0; i < 20; i++) /* a step dispatches one event or several */
        poe_kernel_step(h.kernel);
    poe_session_stop(host_find(&h, "A"));
    host_expect(&h, "A:x A:x A:x A:_stop");
}
END_TEST

Suite *
port_suite(void)
{
    Suite *s = suite_create("port");
    TCase *tc = tcase_create("letters"), *threads = tcase_create("threads");

    tcase_add_checked_fixture(tc, open_host, close_host);
    tcase_add_test(tc, values_are_copied_and_come_in_order);
    tcase_add_test(tc, what_a_format_says_wrong_is_refused);
    tcase_add_test(tc, a_letter_for_nobody_is_told_to_the_host);
    tcase_add_test(tc, a_limit_holds_until_the_kernel_has_taken_what_waits);
    tcase_add_test(tc, with_a_port_an_alias_is_enough_without_it_idle_comes);
    tcase_add_test(tc, a_borrowed_loop_runs_until_the_port_is_released);
    tcase_add_test(tc, a_port_may_be_released_and_opened_in_a_handler);
    suite_add_tcase(s, tc);

    tcase_add_checked_fixture(threads, open_host, close_host);
    tcase_set_timeout(threads, 60);
    tcase_add_test(threads, each_threads_posts_come_in_its_order_and_none_is_lost);
    tcase_add_loop_test(threads, a_kernel_may_go_while_threads_post, 0, 6);
    suite_add_tcase(s, threads);
    return s;
}
