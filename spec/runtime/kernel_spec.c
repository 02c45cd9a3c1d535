/*
 * kernel_spec.c - slices, order, the pump on its own and on a borrowed loop, stop, death, memory
 */
#include "kernel.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

static struct host h;
static int loop_turns, turns_seen;
static uint64_t expected_n;

static void
open_host(void)
{
    loop_turns = turns_seen = 0; /* CK_FORK=no runs all tests in one process */
    expected_n = 0;
    host_open(&h);
    h.hide = "_start _child _parent";
}

static void
close_host(void)
{
    host_close(&h);
}

/* -- order --------------------------------------------------------------------------------- */

START_TEST(posts_run_in_the_order_they_were_made)
{
    static const struct role cast[] = { { "A", { { "_start", "yield t1; yield t2" } } },
                                        { "B", { { "_start", "yield t1; yield t2" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:t1 A:t2 B:t1 B:t2 B:_stop A:_stop");
}
END_TEST

START_TEST(an_event_posted_by_a_handler_runs_in_the_next_slice)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x" }, { "x", "yield y" } } },
                                        { "B", { { "_start", "yield x" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:x B:x B:_stop A:y A:_stop");
}
END_TEST

static void
count_down(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)host;
    (void)s;
    if (ev->type != POE_EVENT_POST)
        return;
    holds((uint64_t)strtoul(ev->name, NULL, 10) == expected_n);
    expected_n++;
}

START_TEST(a_thousand_posts_of_one_handler_arrive_in_order)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" }, { "*", "do" } } }, { 0 } };
    char name[16];

    h.act = count_down;
    host_play(&h, cast, "A");
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "%d", i);
        ck_assert_int_eq(host_post(&h, host_find(&h, "A"), name), 0);
    }
    h.hide = "_start _stop";
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 1001);
    while (expected_n < 1000)
        ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    poe_session_stop(host_find(&h, "A"));
    h.log_size = 0;
}
END_TEST

START_TEST(a_call_runs_at_once_and_gives_the_stage_back)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go; yield later" },
                 { "go", "active; call B sync; active; call self own; active" } } },
        { "B", { { "_start", "alias b; yield x" }, { "sync", "active; call A back; active" },
                 { "x", "unalias b" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:go active=A B:sync active=B A:back active=B active=A A:own active=A"
                                " A:later B:x B:_stop A:_stop");
    ck_assert_ptr_eq(poe_kernel_active(h.kernel), h.kernel->sessions.kernel);
    ck_assert_ptr_null(poe_kernel_event(h.kernel));
}
END_TEST

START_TEST(an_event_tells_who_sent_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go" }, { "go", "post B p; call B c; delay 0 t" } } },
        { "B", { { "_start", "sig foo; alias b; delay 0.3 x; signal self foo" }, { "x", "unalias b" } } },
        { 0 } };
    h.show_sender = 1;
    host_play(&h, cast, "B A");
    host_as(&h, "A", "post B p");
    host_as(&h, "KERNEL", "post B k");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "B:foo<KERNEL A:go<A B:c<A B:p<A B:k<KERNEL B:p<A A:t<A A:_stop<KERNEL B:x<B"
                    " B:_stop<KERNEL");
}
END_TEST

START_TEST(posting_to_the_kernel_succeeds_and_does_nothing)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" }, { "x", "post KERNEL e; call KERNEL e; say fine" } } }, { 0 } };
    host_story(&h, cast, "A", "A:x fine A:_stop");
    ck_assert_uint_eq(h.dropped, 2);
}
END_TEST

/* -- slices -------------------------------------------------------------------------------- */

START_TEST(one_slice_at_a_time)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x; yield x" }, { "x", "yield y" } } }, { 0 } };

    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_expect(&h, "A:x A:x");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_expect(&h, "A:y A:y A:_stop");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 0);
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 0);
    host_expect(&h, "");
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_expect(&h, "A:x A:x");
    ck_assert_int_eq(host_run(&h), 0); /* and run goes on with the same sessions (R232) */
    host_expect(&h, "A:y A:y A:_stop");
}
END_TEST

START_TEST(a_slice_waits_for_a_timer)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 0.01 t" } } }, { 0 } };
    int slices = 0;

    host_play(&h, cast, "A");
    while (poe_session_count(h.kernel)) {
        ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
        ck_assert_int_lt(++slices, 10); /* it does not spin */
    }
    host_expect(&h, "A:t A:_stop");
}
END_TEST

START_TEST(a_slice_inside_a_handler_runs_the_sessions_other_events)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x; yield z" }, { "x", "yield y; slice; say on; active; yield no" } } },
        { 0 } };
    h.show_sender = 1;
    host_story(&h, cast, "A", "A:x<A A:z<A A:y<A A:_stop<A on active=A yield=ESRCH");
}
END_TEST

START_TEST(a_slice_inside_a_slice_leaves_the_outer_one_whole)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; yield x" }, { "x", "slice; say on; yield w" }, { "w", "unalias a" } } },
        { "B", { { "_start", "yield 1; yield 2" }, { "1", "yield 3" }, { "3", "yield 4" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:x B:1 B:2 on B:3 A:w A:_stop B:4 B:_stop");
}
END_TEST

static void
run_nested(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    host_say(host, poe_kernel_run(host->kernel) == UV_EBUSY ? "busy" : "ran");
}

START_TEST(run_inside_a_handler_is_refused)
{
    static const struct role cast[] = { { "A", { { "_start", "do; yield x" }, { "x", "do" } } }, { 0 } };
    h.act = run_nested;
    host_story(&h, cast, "A", "busy A:x busy A:_stop");
}
END_TEST

static void
count_turn(uv_check_t *check)
{
    (void)check;
    loop_turns++;
}

static void
slice_and_see(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    int before = loop_turns;
    poe_kernel_slice(host->kernel);
    turns_seen += loop_turns - before;
}

static void
call_x(uv_timer_t *timer)
{
    ck_assert_int_eq(host_call(&h, host_find(&h, "A"), "x"), 0);
    uv_close((uv_handle_t *)timer, NULL);
}

START_TEST(a_slice_in_a_loop_callbacks_handler_does_not_enter_the_loop_again)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; delay 0.05 end" }, { "x", "yield y; do; say on" },
                 { "end", "unalias a" } } }, { 0 } };
    static uv_check_t check;
    static uv_timer_t timer;
    uv_loop_t *loop = poe_kernel_loop(h.kernel);

    uv_check_init(loop, &check);
    uv_check_start(&check, count_turn);
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, call_x, 5, 0);
    h.act = slice_and_see;
    host_story(&h, cast, "A", "A:x A:y on A:end A:_stop");
    ck_assert_int_eq(turns_seen, 0);
    uv_close((uv_handle_t *)&check, NULL);
}
END_TEST

/* -- counting ------------------------------------------------------------------------------ */

START_TEST(the_count_is_of_all_that_waits)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; yield x" },
                 { "x", "count; yield y; delay 100 t; signal self foo; count; remove t; count" },
                 { "y", "count; unalias a" }, { "foo", "count" } } }, { 0 } };
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 0);
    host_play(&h, cast, "A");
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 2); /* x and the marker (R242) */
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_as(&h, "KERNEL", "count");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 0);
    ck_assert_msg(strstr(h.log, "#2 A:y #1 A:_stop") != NULL, "%s", h.log);
    h.log_size = 0;
}
END_TEST

START_TEST(the_next_time_is_that_of_what_comes_first)
{
    static const struct role cast[] = { { "A", { { "_start", "hold self h" } } }, { 0 } };
    double next, now;
    poe_alarm_id id;
    struct poe_alarm alarm;

    ck_assert_int_eq(poe_kernel_next_time(h.kernel, &next), UV_ENOENT);
    host_play(&h, cast, "A");
    poe_kernel_slice(h.kernel);
    ck_assert_int_eq(poe_kernel_next_time(h.kernel, &next), UV_ENOENT);
    now = poe_kernel_walltime(h.kernel);
    ck_assert_int_eq(host_alarm(&h, now + 1000, "t", &id), 0);
    ck_assert_int_eq(poe_kernel_next_time(h.kernel, &next), 0);
    ck_assert_double_eq(next, now + 1000);
    ck_assert_int_eq(host_post(&h, host_find(&h, "A"), "x"), 0);
    ck_assert_int_eq(poe_kernel_next_time(h.kernel, &next), 0);
    ck_assert_double_ge(next, now - 0.0001);
    ck_assert_double_lt(next, now + 1);
    ck_assert_int_eq(host_alarm(&h, 5, "past", NULL), 0);
    ck_assert_int_eq(poe_kernel_next_time(h.kernel, &next), 0);
    ck_assert_double_eq(next, 5);
    ck_assert_int_eq(poe_alarm_remove(h.kernel, id, &alarm), 0);
    host_drop(&h, alarm.payload);
    h.log_size = 0;
}
END_TEST

START_TEST(the_clock_never_runs_back_and_walltime_follows_it)
{
    int64_t last = 0;
    double wall = 0;

    for (int i = 0; i < 10000; i++) {
        int64_t now = poe_kernel_now(h.kernel);
        double walltime = poe_kernel_walltime(h.kernel);
        holds(now >= last && now % 1000 == 0 && walltime >= wall);
        last = now;
        wall = walltime;
    }
    uv_timeval64_t tv;
    uv_gettimeofday(&tv);
    ck_assert_double_lt(tv.tv_sec + tv.tv_usec / 1e6 - wall, 0.2);
}
END_TEST

/* -- stop ---------------------------------------------------------------------------------- */

START_TEST(stop_ends_everybody_at_once_children_first)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; yield go; yield never" },
                 { "go", "yield never; delay 0 never; stop; active; count; say rest; yield lost; new N" } } },
        { "C", { { "_start", "alias c" } } }, { "B", { { "_start", "alias b; delay 100 t; yield never" } } },
        { "N", { { "_start", "yield n" } } }, { 0 } };
    h.hide = "_start _parent";
    host_play(&h, cast, "P B");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "P:go C:_stop P:_child(lose,C) P:_stop B:_stop active=KERNEL #0 rest N:n N:_stop");
}
END_TEST

static void
next_after_stop(struct host *host, poe_session *s, const poe_event *ev)
{
    double next;

    (void)s;
    (void)ev;
    host_say(host, "next=%s", poe_kernel_next_time(host->kernel, &next) == UV_ENOENT ? "none" : "some");
}

START_TEST(after_stop_nothing_comes_next)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go; yield never" }, { "go", "stop; count; do" } } }, { 0 } };
    h.act = next_after_stop;
    host_story(&h, cast, "A", "A:go A:_stop #0 next=none");
}
END_TEST

START_TEST(stop_from_outside_ends_everybody_too)
{
    static const struct role cast[] = { { "A", { { "_start", "new B; yield x" } } },
                                        { "B", { { "_start", "alias b" } } }, { 0 } };
    host_play(&h, cast, "A");
    poe_kernel_stop(h.kernel);
    host_expect(&h, "B:_stop A:_stop");
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

START_TEST(stop_without_memory_works_leaf_by_leaf)
{
    static const struct role cast[] = {
        { "A", { { "_start", "new B; new C; alias a" } } }, { "B", { { "_start", "new D; alias b" } } },
        { "C", { { "_start", "alias c" } } }, { "D", { { "_start", "alias d" } } },
        { "E", { { "_start", "alias e" } } }, { 0 } };
    host_play(&h, cast, "A E");
    h.heap.fail_at = h.heap.grown + 1;
    poe_kernel_stop(h.kernel);
    ck_assert_int_eq(h.heap.failed, 1);
    host_expect(&h, "D:_stop B:_stop C:_stop A:_stop E:_stop");
}
END_TEST

static void
not_gone_yet(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    ck_assert_uint_eq(host->stopped, 2);
    ck_assert_int_eq(poe_session_stopped(ev->to), 1); /* still readable in its own handler */
}

START_TEST(stopped_sessions_are_freed_when_nothing_points_at_them)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go" }, { "go", "stop; do" } } },
        { "B", { { "_start", "alias b" } } }, { 0 } };
    h.act = not_gone_yet;
    host_story(&h, cast, "B A", "A:go B:_stop A:_stop");
    ck_assert_uint_eq(h.gone, 2);
}
END_TEST

/* -- loops --------------------------------------------------------------------------------- */

START_TEST(run_without_sessions_returns_at_once_and_may_be_repeated)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x" } } }, { 0 } };

    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_ptr_null(poe_kernel_session(h.kernel));
    for (int i = 0; i < 3; i++)
        host_story(&h, cast, "A A", "A:x A:x A:_stop A:_stop");
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

static void
again_until_turns(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    holds(h.handled < 20000000);
    if (loop_turns < 3)
        host_yield(host, ev->name);
}

START_TEST(an_endless_chain_starves_neither_timers_nor_the_loop)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x; delay 0.01 t" }, { "x", "do" } } },
                                        { 0 } };
    static uv_check_t check;

    uv_check_init(poe_kernel_loop(h.kernel), &check);
    uv_check_start(&check, count_turn);
    h.act = again_until_turns;
    h.hide = "_start x";
    host_story(&h, cast, "A", "A:t A:_stop");
    uv_close((uv_handle_t *)&check, NULL);
}
END_TEST

static void
again_until_timer(struct host *host, poe_session *s, const poe_event *ev)
{
    if (strcmp(ev->name, "t") == 0)
        host_actor(s)->n = 1;
    else if (!host_actor(s)->n)
        host_yield(host, ev->name);
}

START_TEST(an_endless_chain_of_yields_lets_a_timer_end_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x; delay 0.02 t" }, { "x", "do" }, { "t", "do" } } }, { 0 } };
    h.act = again_until_timer;
    h.hide = "_start x";
    host_story(&h, cast, "A", "A:t A:_stop");
}
END_TEST

static void
post_from_callback(uv_timer_t *timer)
{
    host_script(&h, "post A io");
    uv_close((uv_handle_t *)timer, NULL);
}

START_TEST(what_a_loop_callback_posts_does_not_wait_for_a_sleep)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; hold self t" }, { "io", "release self t; unalias a" } } }, { 0 } };
    static uv_timer_t timer;

    uv_timer_init(poe_kernel_loop(h.kernel), &timer);
    uv_timer_start(&timer, post_from_callback, 10, 0);
    uint64_t before = uv_hrtime();
    host_story(&h, cast, "A", "A:io A:_stop");
    ck_assert_uint_lt(uv_hrtime() - before, 2000000000u);
}
END_TEST

START_TEST(a_waiting_kernel_sleeps)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 0.1 t" } } }, { 0 } };
    static uv_check_t check;

    uv_check_init(poe_kernel_loop(h.kernel), &check);
    uv_check_start(&check, count_turn);
    host_story(&h, cast, "A", "A:t A:_stop");
    ck_assert_int_lt(loop_turns, 20);
    uv_close((uv_handle_t *)&check, NULL);
}
END_TEST

static const struct role workers[] = {
    { "A", { { "_start", "yield x; delay 0.2 t" }, { "x", "yield y" } } },
    { "B", { { "_start", "alias b; sig IDLE; yield x" } } }, { 0 } };

START_TEST(a_borrowed_loop_run_by_its_owner_runs_the_kernel)
{
    struct host mine;
    uv_loop_t loop;

    uv_loop_init(&loop);
    host_open_on(&mine, &loop);
    mine.hide = "_start";
    host_play(&mine, workers, "A B");
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    host_expect(&mine, "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");
    host_play(&mine, workers, "A");
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    host_expect(&mine, "A:x A:y A:t A:_stop");
    host_close(&mine);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

/* What a loop of another kind does: polls, steps.  Returns how often it stepped. */
static int
foreign_run(struct host *host, int *rc)
{
    struct pollfd fd = { .fd = poe_kernel_fd(host->kernel), .events = POLLIN };
    int steps = 0;

    do {
        poll(&fd, 1, poe_kernel_timeout(host->kernel));
        *rc = poe_kernel_step(host->kernel);
        steps++;
    } while (*rc == 1 && steps < 1000);
    return steps;
}

START_TEST(a_foreign_loop_steps_the_kernel)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x; delay 0.3 t; watch in read r" }, { "x", "yield y" },
                 { "t", "write out hi" }, { "r", "read in; ignore in read" } } },
        { "B", { { "_start", "alias b; sig IDLE; yield x" } } }, { 0 } };
    int rc;

    host_pair(&h, "in", "out");
    h.hide = "_start";
    host_play(&h, cast, "A B");
    ck_assert_int_lt(foreign_run(&h, &rc), 30); /* it sleeps: no turn comes in vain for long */
    ck_assert_int_eq(rc, 0);
    host_expect(&h, "A:x B:x A:y A:t A:r in=hi A:_stop B:IDLE B:_stop");
    ck_assert_int_eq(poe_kernel_timeout(h.kernel) <= 0, 1);
    ck_assert_int_eq(poe_kernel_step(h.kernel), 0);
}
END_TEST

START_TEST(a_session_kept_by_nothing_libuv_knows_lets_a_foreign_loop_sleep)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a; hold self t" } } }, { 0 } };

    host_play(&h, cast, "A");
    for (int i = 0; i < 10 && poe_kernel_timeout(h.kernel) == 0; i++)
        ck_assert_int_eq(poe_kernel_step(h.kernel), 1);
    ck_assert_int_eq(poe_kernel_timeout(h.kernel), -1);
    host_as(&h, "A", "yield x; delay 5 t");
    ck_assert_int_eq(poe_kernel_timeout(h.kernel), 0);
    ck_assert_int_eq(poe_kernel_step(h.kernel), 1);
    host_expect(&h, "A:x");
    ck_assert_int_gt(poe_kernel_timeout(h.kernel), 4000);
    ck_assert_int_le(poe_kernel_timeout(h.kernel), 5001);
    host_as(&h, "A", "release self t; unalias a; clear t");
}
END_TEST

static void
step_refused(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(poe_kernel_step(host->kernel), UV_EBUSY);
}

START_TEST(a_step_tells_of_exceptions_and_is_refused_in_a_handler)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x; yield y" }, { "x", "do" },
                                                 { "y", "die boom" } } }, { 0 } };
    int rc;

    h.act = step_refused;
    host_play(&h, cast, "A");
    foreign_run(&h, &rc);
    ck_assert_int_eq(rc, UV_ECANCELED);
    host_exceptions(&h);
    host_expect(&h, "A:x A:y A:_stop !boom@A");
    ck_assert_int_eq(poe_kernel_step(h.kernel), 0);
}
END_TEST

START_TEST(two_kernels_share_a_loop)
{
    struct host one, two;
    uv_loop_t loop;

    uv_loop_init(&loop);
    host_open_on(&one, &loop);
    host_open_on(&two, &loop);
    one.hide = two.hide = "_start";
    host_play(&one, workers, "A B");
    host_play(&two, workers, "A B");
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    host_expect(&one, "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");
    host_expect(&two, "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");

    host_play(&one, workers, "A B"); /* each run by itself, the other alive meanwhile */
    host_play(&two, workers, "A B");
    ck_assert_int_eq(host_run(&one), 0);
    ck_assert_int_eq(host_run(&two), 0);
    host_expect(&one, "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");
    host_expect(&two, "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");

    host_play(&two, workers, "A"); /* one goes while the other has work */
    host_close(&one);
    ck_assert_int_eq(uv_run(&loop, UV_RUN_DEFAULT), 0);
    host_expect(&two, "A:x A:y A:t A:_stop");
    host_close(&two);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

START_TEST(run_on_a_borrowed_loop_ends_with_its_last_session)
{
    struct host mine;
    uv_loop_t loop;
    static uv_timer_t timer;

    uv_loop_init(&loop);
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, NULL, 1000000, 0); /* the owner's, far away */
    host_open_on(&mine, &loop);
    mine.hide = "_start";
    host_story(&mine, workers, "A B", "A:x B:x A:y A:t A:_stop B:IDLE B:_stop");
    host_close(&mine);
    uv_close((uv_handle_t *)&timer, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

/* -- death --------------------------------------------------------------------------------- */

static const struct role busy_cast[] = {
    { "A", { { "_start", "new B; yield x; yield y; delay 1000 t; delay 0 s; alias a; hold self h; sig TERM;"
                         " sig USR1; sig CHLD; signal self foo; signal KERNEL bar; child 1 c" },
             { "_stop", "yield no; new N; delay 5 no; alias n; return bye" } } },
    { "B", { { "_start", "post A x; alias b; delay 1 t" }, { "_stop", "die oops" } } },
    { "N", { { "_start", "alias nn; post A late" } } }, { 0 } };

START_TEST(a_kernel_may_be_freed_with_everything_pending)
{
    host_play(&h, busy_cast, "A A");
    for (int i = 0; i < _i; i++) /* more slices would wait for the timers */
        ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    h.log_size = 0;
    /* close_host counts payloads, sessions and bytes */
}
END_TEST

START_TEST(a_borrowed_kernel_may_be_freed_with_everything_pending)
{
    struct host mine;
    uv_loop_t loop;

    uv_loop_init(&loop);
    host_open_on(&mine, &loop);
    host_play(&mine, busy_cast, "A A");
    for (int i = 0; i < _i; i++)
        uv_run(&loop, UV_RUN_NOWAIT);
    host_close(&mine);
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

START_TEST(freeing_runs_stop_handlers)
{
    static const struct role cast[] = { { "A", { { "_start", "new B; yield x; alias a" } } },
                                        { "B", { { "_start", "alias b" } } }, { 0 } };
    poe_kernel *nobody = NULL;

    host_play(&h, cast, "A");
    poe_kernel_free(&h.kernel);
    ck_assert_ptr_null(h.kernel);
    host_expect(&h, "B:_stop A:_stop");
    poe_kernel_free(&nobody);
}
END_TEST

START_TEST(an_untouched_kernel_costs_nothing_afterwards)
{
    for (int i = 0; i < 20; i++) {
        host_close(&h);
        host_open(&h);
    }
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

/* -- memory -------------------------------------------------------------------------------- */

static const struct role scenario[] = {
    { "A", { { "_start", "alias a; sig foo; sig TERM; sig DIE; yield x; delay 0.001 t; delay 0 u; hold self h;"
                         " new C; new D" },
             { "x", "yield y; yield z; yield z; alias a2; alias a3; signal self foo; post B hello; new E" },
             { "y", "post B hello; delay 0 u; hold B tag; signal C HUP; call B sync; child 1 pid" },
             { "foo", "yield w; sig bar; signal self bar" }, { "t", "release self h; do" },
             { "DIE", "handled" }, { "_child", "yield heard" } } },
    { "B", { { "_start", "alias b; delay 0.002 t; sig IDLE" }, { "hello", "post A re; delay 0 u" },
             { "t", "release self tag; delay 0.001 t2" }, { "t2", "signal KERNEL TERM" },
             { "sync", "yield s; die inside" } } },
    { "C", { { "_start", "alias c; yield x; return started" }, { "x", "detach_self; new E; sig HUP" },
             { "_stop", "new F; yield no; return stopped" } } },
    { "D", { { "_start", "sig USR1; sig CHLD; delay 0.001 x; alias d" }, { "x", "end self" } } },
    { "E", { { "_start", "yield e; delay 0.001 f" }, { "f", "die late" } } },
    { "F", { { "_start", "yield f; alias f" } } }, { 0 } };

static void
let_go(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)ev;
    if (host_actor(s)->n++ < 3)
        host_script(host, "yield again");
}

/* Plays the scenario with a heap that fails from the nth request on, for a while.  1: it did fail. */
static int
play_failing(long n, long more)
{
    struct host mine;

    host_init(&mine);
    mine.act = let_go;
    mine.heap.fail_at = n;
    mine.heap.fail_on = more;
    int rc = host_kernel(&mine, NULL);
    if (rc == 0) {
        mine.cast = scenario;
        for (const char *who = "BAA"; *who; who++) {
            char name[2] = { *who, 0 };
            rc = host_session(&mine, name, 0);
            ck_assert(rc == 0 || rc == UV_ENOMEM);
        }
        for (int turn = 0; poe_session_count(mine.kernel) && turn < 5; turn++) {
            rc = poe_kernel_run(mine.kernel);
            ck_assert(rc == 0 || rc == UV_ECANCELED);
            host_exceptions(&mine);
        }
        ck_assert_uint_eq(poe_session_count(mine.kernel), 0);
    } else {
        ck_assert_int_eq(rc, UV_ENOMEM);
        ck_assert_uint_eq(mine.heap.used, 0);
    }
    int failed = mine.heap.failed > 0;
    host_close(&mine);
    return failed;
}

START_TEST(whichever_allocation_fails_all_comes_back)
{
    static const long more[] = { 0, 2 };
    long n = 1;

    while (play_failing(n, more[_i]))
        ck_assert_int_lt(++n, 5000);
    ck_assert_int_gt(n, 30); /* it was a scenario with some in it */
}
END_TEST

START_TEST(a_post_without_memory_changes_nothing)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } }, { 0 } };
    int refused = 0;

    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    for (int i = 0; i < 2000; i++) {
        uint64_t count = poe_kernel_event_count(h.kernel);
        uint32_t to = a->events_to, from = h.kernel->sessions.kernel->events_from;
        h.heap.fail_at = h.heap.grown + 1;
        int rc = host_post(&h, a, "x");
        h.heap.fail_at = 0;
        if (rc == UV_ENOMEM) {
            refused++;
            holds(poe_kernel_event_count(h.kernel) == count);
            holds(a->events_to == to && h.kernel->sessions.kernel->events_from == from);
            holds(host_post(&h, a, "x") == 0);
        }
        holds(poe_kernel_event_count(h.kernel) == count + 1);
    }
    ck_assert_int_gt(refused, 3);
    h.log_size = 0;
}
END_TEST

/* -- many ---------------------------------------------------------------------------------- */

#ifdef POE_TORTURE /* a poll for every event, a move for every timer */
enum { EVENTS = 50000, SESSIONS = 20000, TIMERS = 3000 };
#else
enum { EVENTS = 1000000, SESSIONS = 100000, TIMERS = 100000 };
#endif

START_TEST(a_million_posted_events_arrive)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { "B", { { NULL, NULL } } }, { 0 } };

    h.hide = "_start x";
    host_play(&h, cast, "A B");
    poe_session *to[2] = { host_find(&h, "A"), host_find(&h, "B") };
    uint64_t before = h.handled;
    for (int i = 0; i < EVENTS; i++)
        holds(poe_post(to[i % 2], "x", NULL, 0) == 0);
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), EVENTS + 2);
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_uint_eq(h.handled, before + EVENTS + 2);
    host_expect(&h, "B:_stop A:_stop");
    ck_assert_uint_lt(poe_kernel_memory(h.kernel), EVENTS); /* the burst's ring has gone */
}
END_TEST

START_TEST(a_hundred_thousand_sessions_come_and_go)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };

    h.hide = "_start _stop";
    h.cast = cast;
    for (int i = 0; i < SESSIONS; i++)
        holds(host_session(&h, "A", 0) == 0);
    ck_assert_uint_eq(poe_session_count(h.kernel), SESSIONS);
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), SESSIONS);
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_uint_eq(h.gone, SESSIONS);
    for (int i = 0; i < SESSIONS; i++) { /* and one by one */
        holds(host_session(&h, "A", 0) == 0);
        if (i % 1000 == 0)
            poe_kernel_stop(h.kernel);
    }
    poe_kernel_stop(h.kernel);
    ck_assert_uint_eq(h.stopped, 2 * SESSIONS);
}
END_TEST

START_TEST(a_hundred_thousand_timers_fire)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };

    h.hide = "_start t";
    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    poe_event ev = { .to = a, .from = a, .name = "as", .type = POE_EVENT_CALL };
    struct poe_frame frame;
    poe_kernel_enter(h.kernel, &frame, &ev);
    for (int i = 0; i < TIMERS; i++)
        holds(poe_delay_set(h.kernel, (i * 7919 % TIMERS) * 1e-8, "t", NULL, 0, 0, NULL) == 0);
    poe_kernel_leave(h.kernel, &frame);
    uint64_t before = h.handled;
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_uint_eq(h.handled, before + TIMERS + 1);
    host_expect(&h, "A:_stop");
}
END_TEST

/* -- option structs -------------------------------------------------------------------------- */

static int
dispatch_nothing(void *ud, const poe_event *ev, poe_payload *out)
{
    (void)ud;
    (void)ev;
    *out = 0;
    return 0;
}

static void
drop_nothing(void *ud, poe_payload payload)
{
    (void)ud;
    (void)payload;
}

static void
session_nothing(void *ud, poe_session *s)
{
    (void)ud;
    (void)s;
}

/* A header of the future. */
struct wide_config {
    struct poe_config known;
    void *unknown;
};

static const struct poe_host quiet = { .size = sizeof quiet, .dispatch = dispatch_nothing,
                                       .drop = drop_nothing, .stopped = session_nothing,
                                       .gone = session_nothing };

static int
kernel_with(const struct poe_host *host, const void *config)
{
    poe_kernel *k = NULL;
    int rc = poe_kernel_new(&k, host, config);

    if (rc == 0)
        poe_kernel_free(&k);
    ck_assert_ptr_null(k);
    return rc;
}

START_TEST(an_older_caller_gets_defaults_for_what_it_does_not_know)
{
    struct { struct poe_config ours; char behind[64]; } old;
    struct poe_host host = quiet;

    memset(&old, 0xff, sizeof old); /* what lies behind an old struct is not looked at */
    memset(&old, 0, POE_CONFIG_LEAST);
    old.ours.size = POE_CONFIG_LEAST;
    ck_assert_int_eq(kernel_with(&host, &old), 0);
    memset((char *)&host + POE_HOST_LEAST, 0xff, sizeof host - POE_HOST_LEAST);
    host.size = POE_HOST_LEAST;
    ck_assert_int_eq(kernel_with(&host, NULL), 0);
}
END_TEST

START_TEST(a_newer_caller_may_not_ask_for_what_is_not_known_here)
{
    struct wide_config wide = { .known.size = sizeof wide };

    ck_assert_int_eq(kernel_with(&quiet, &wide), 0);
    wide.unknown = &wide;
    ck_assert_int_eq(kernel_with(&quiet, &wide), UV_E2BIG);
}
END_TEST

START_TEST(a_forgotten_size_or_callback_is_refused)
{
    struct poe_config none = { 0 };
    struct poe_host host = quiet;

    ck_assert_int_eq(kernel_with(&quiet, &none), UV_EINVAL);
    none.size = POE_CONFIG_LEAST - 1;
    ck_assert_int_eq(kernel_with(&quiet, &none), UV_EINVAL);
    host.size = 0;
    ck_assert_int_eq(kernel_with(&host, NULL), UV_EINVAL);
    host = quiet;
    host.drop = NULL;
    ck_assert_int_eq(kernel_with(&host, NULL), UV_EINVAL);
}
END_TEST

START_TEST(the_library_tells_its_version)
{
    char text[32];

    snprintf(text, sizeof text, "%d.%d.%d", POE_VERSION_MAJOR, POE_VERSION_MINOR, POE_VERSION_PATCH);
    ck_assert_str_eq(text, POE_VERSION);
    ck_assert_str_eq(poe_version(), POE_VERSION);
    ck_assert_int_eq(poe_version_number(), POE_VERSION_NUMBER);
}
END_TEST

Suite *
kernel_suite(void)
{
    Suite *s = suite_create("kernel");
    TCase *order = tcase_create("order"), *slices = tcase_create("slices"), *count = tcase_create("counting"),
          *stop = tcase_create("stop"), *loops = tcase_create("loops"), *death = tcase_create("death"),
          *memory = tcase_create("memory"), *many = tcase_create("many"),
          *structs = tcase_create("structs");

    tcase_add_checked_fixture(order, open_host, close_host);
    tcase_add_test(order, posts_run_in_the_order_they_were_made);
    tcase_add_test(order, an_event_posted_by_a_handler_runs_in_the_next_slice);
    tcase_add_test(order, a_thousand_posts_of_one_handler_arrive_in_order);
    tcase_add_test(order, a_call_runs_at_once_and_gives_the_stage_back);
    tcase_add_test(order, an_event_tells_who_sent_it);
    tcase_add_test(order, posting_to_the_kernel_succeeds_and_does_nothing);
    suite_add_tcase(s, order);

    tcase_add_checked_fixture(slices, open_host, close_host);
    tcase_add_test(slices, one_slice_at_a_time);
    tcase_add_test(slices, a_slice_waits_for_a_timer);
    tcase_add_test(slices, a_slice_inside_a_handler_runs_the_sessions_other_events);
    tcase_add_test(slices, a_slice_inside_a_slice_leaves_the_outer_one_whole);
    tcase_add_test(slices, run_inside_a_handler_is_refused);
    tcase_add_test(slices, a_slice_in_a_loop_callbacks_handler_does_not_enter_the_loop_again);
    suite_add_tcase(s, slices);

    tcase_add_checked_fixture(count, open_host, close_host);
    tcase_add_test(count, the_count_is_of_all_that_waits);
    tcase_add_test(count, the_next_time_is_that_of_what_comes_first);
    tcase_add_test(count, the_clock_never_runs_back_and_walltime_follows_it);
    suite_add_tcase(s, count);

    tcase_add_checked_fixture(stop, open_host, close_host);
    tcase_add_test(stop, stop_ends_everybody_at_once_children_first);
    tcase_add_test(stop, after_stop_nothing_comes_next);
    tcase_add_test(stop, stop_from_outside_ends_everybody_too);
    tcase_add_test(stop, stop_without_memory_works_leaf_by_leaf);
    tcase_add_test(stop, stopped_sessions_are_freed_when_nothing_points_at_them);
    suite_add_tcase(s, stop);

    tcase_add_checked_fixture(loops, open_host, close_host);
    tcase_set_timeout(loops, 30);
    tcase_add_test(loops, run_without_sessions_returns_at_once_and_may_be_repeated);
    tcase_add_test(loops, an_endless_chain_starves_neither_timers_nor_the_loop);
    tcase_add_test(loops, an_endless_chain_of_yields_lets_a_timer_end_it);
    tcase_add_test(loops, what_a_loop_callback_posts_does_not_wait_for_a_sleep);
    tcase_add_test(loops, a_waiting_kernel_sleeps);
    tcase_add_test(loops, a_borrowed_loop_run_by_its_owner_runs_the_kernel);
    tcase_add_test(loops, a_foreign_loop_steps_the_kernel);
    tcase_add_test(loops, a_session_kept_by_nothing_libuv_knows_lets_a_foreign_loop_sleep);
    tcase_add_test(loops, a_step_tells_of_exceptions_and_is_refused_in_a_handler);
    tcase_add_test(loops, two_kernels_share_a_loop);
    tcase_add_test(loops, run_on_a_borrowed_loop_ends_with_its_last_session);
    suite_add_tcase(s, loops);

    tcase_add_test(structs, an_older_caller_gets_defaults_for_what_it_does_not_know);
    tcase_add_test(structs, a_newer_caller_may_not_ask_for_what_is_not_known_here);
    tcase_add_test(structs, a_forgotten_size_or_callback_is_refused);
    tcase_add_test(structs, the_library_tells_its_version);
    suite_add_tcase(s, structs);

    tcase_add_checked_fixture(death, open_host, close_host);
    tcase_set_timeout(death, 30);
    tcase_add_loop_test(death, a_kernel_may_be_freed_with_everything_pending, 0, 2);
    tcase_add_loop_test(death, a_borrowed_kernel_may_be_freed_with_everything_pending, 0, 4);
    tcase_add_test(death, freeing_runs_stop_handlers);
    tcase_add_test(death, an_untouched_kernel_costs_nothing_afterwards);
    suite_add_tcase(s, death);

    tcase_add_checked_fixture(memory, open_host, close_host);
    tcase_set_timeout(memory, 60);
    tcase_add_loop_test(memory, whichever_allocation_fails_all_comes_back, 0, 2);
    tcase_add_test(memory, a_post_without_memory_changes_nothing);
    suite_add_tcase(s, memory);

    tcase_add_checked_fixture(many, open_host, close_host);
    tcase_set_timeout(many, 120);
    tcase_add_test(many, a_million_posted_events_arrive);
    tcase_add_test(many, a_hundred_thousand_sessions_come_and_go);
    tcase_add_test(many, a_hundred_thousand_timers_fire);
    suite_add_tcase(s, many);
    return s;
}
