/*
 * alarm_spec.c - timers: the first, ids, order, and the times scripts see
 */
#include "kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

static struct host h;
static int generations, io_turns;

static void
open_host(void)
{
    generations = io_turns = 0; /* CK_FORK=no runs all tests in one process */
    host_open(&h);
    h.hide = "_start _child _parent";
}

static void
close_host(void)
{
    host_close(&h);
}

/* -- which is first ------------------------------------------------------------------------ */

/* What is always true of the keys, the indices and the sessions' lists. */
static void
check_alarms(void)
{
    const struct alarms *a = &h.kernel->alarms;
    uint32_t unused = 0, listed = 0, keys = 0, high = 0;
    uint64_t cursor = 0;
    poe_session *s;

    holds(a->used <= a->room);
    for (uint32_t i = a->due.begin; i < a->due.end; i++)
        keys += (uint32_t)alarm_is_live(a->of, &a->due.keys[i]);
    holds(keys == a->count);
    for (uint32_t i = a->free; i; i = a->links[i].next, unused++)
        holds(a->of[i].session == NULL && i <= a->room / 2);
    for (uint32_t i = a->high_free; i; i = a->links[i].next, unused++)
        holds(a->of[i].session == NULL && i > a->room / 2);
    holds(a->count + unused == a->used);
    for (uint32_t i = a->room / 2 + 1; i <= a->used; i++)
        high += a->of[i].session != NULL;
    holds(high == a->high);
    while ((s = poe_session_each(h.kernel, &cursor))) {
        uint32_t before = 0, count = 0;
        for (uint32_t i = s->alarms; i; before = i, i = a->links[i].next, count++) {
            holds(a->links[i].prev == before);
            holds(a->of[i].session == s);
        }
        holds(poe_session_kept(s, POE_KEEP_ALARM) == count);
        listed += count;
    }
    holds(listed == a->count);
}

/* The naive model: every pending timer, unsorted. */
#define MOST 400
struct pending {
    poe_alarm_id id;
    int due;
    uint64_t order; /* among equal times */
    int label;
};
static struct pending model[MOST];
static int model_count;
static uint64_t model_order;
static double base;

static void
model_open(void)
{
    open_host();
    base = floor(poe_kernel_walltime(h.kernel)) + 100000;
    model_count = 0;
    model_order = 0;
}

static int
model_first(void)
{
    int first = 0;

    for (int i = 1; i < model_count; i++)
        if (model[i].due < model[first].due
            || (model[i].due == model[first].due && model[i].order < model[first].order))
            first = i;
    return first;
}

static void
model_take(int i)
{
    model[i] = model[--model_count];
}

static void
both_add(int due, int label)
{
    struct pending *p = &model[model_count++];
    char text[16];

    *p = (struct pending){ 0, due, model_order++, label };
    sprintf(text, "%d", label);
    ck_assert_int_eq(poe_alarm_set(h.kernel, base + due, "t", NULL, host_put(&h, "t", text), &p->id), 0);
}

/* The label of what fires next, as the kernel takes it. */
static int
both_pop(void)
{
    poe_event ev;
    int i = model_first(), label;

    poe__alarm_fire(h.kernel, &ev);
    poe_session_unkeep(ev.to, POE_KEEP_ALARM);
    label = atoi(host_text(&h, ev.payload));
    ck_assert_int_eq(label, model[i].label);
    host_drop(&h, ev.payload);
    model_take(i);
    return label;
}

static void
both_remove(int i)
{
    struct poe_alarm alarm;

    ck_assert_int_eq(poe_alarm_remove(h.kernel, model[i].id, &alarm), 0);
    ck_assert_int_eq(atoi(host_text(&h, alarm.payload)), model[i].label);
    ck_assert_double_eq(alarm.walltime, base + model[i].due);
    host_drop(&h, alarm.payload);
    ck_assert_int_eq(poe_alarm_remove(h.kernel, model[i].id, &alarm), UV_ESRCH);
    model_take(i);
}

static void
both_adjust(int i, int by)
{
    double walltime;

    ck_assert_int_eq(poe_alarm_adjust(h.kernel, model[i].id, by, &walltime), 0);
    model[i].due += by;
    if (by)
        model[i].order = model_order++;
    ck_assert_double_eq(walltime, base + model[i].due);
}

static int
model_at(int label)
{
    for (int i = 0; i < model_count; i++)
        if (model[i].label == label)
            return i;
    ck_abort_msg("no timer %d", label);
    return -1;
}

START_TEST(a_table_of_timers_fires_in_order)
{
    /* '+': label due; '-': label; '~': label by; '!': fires label */
    static const struct {
        char what;
        int label, value;
    } steps[] = {
        { '+', 1, 50 }, { '+', 2, 30 }, { '+', 3, 50 }, { '+', 4, 10 }, { '+', 5, 30 },
        { '!', 4, 0 }, { '!', 2, 0 }, { '-', 1, 0 }, { '~', 5, 2 }, { '+', 6, 50 },
        { '~', 3, 0 }, { '!', 5, 0 }, { '!', 3, 0 }, { '!', 6, 0 },
        /* adjusting by nothing keeps the place, moving away and back goes last (R105) */
        { '+', 1, 5 }, { '+', 2, 5 }, { '+', 3, 5 }, { '+', 4, 5 }, { '~', 1, 0 }, { '~', 2, 1 },
        { '~', 2, -1 }, { '!', 1, 0 }, { '!', 3, 0 }, { '!', 4, 0 }, { '!', 2, 0 },
        /* the root, the last and one in the middle go */
        { '+', 1, 1 }, { '+', 2, 2 }, { '+', 3, 3 }, { '+', 4, 4 }, { '+', 5, 5 }, { '+', 6, 6 },
        { '+', 7, 7 }, { '-', 1, 0 }, { '-', 7, 0 }, { '-', 3, 0 }, { '!', 2, 0 }, { '~', 6, -9 },
        { '!', 6, 0 }, { '!', 4, 0 }, { '!', 5, 0 },
        /* the filling one has to go up */
        { '+', 0, 0 }, { '+', 1, 100 }, { '+', 2, 10 }, { '+', 3, 10 }, { '+', 4, 10 },
        { '+', 5, 101 }, { '+', 6, 102 }, { '+', 7, 103 }, { '+', 8, 104 }, { '+', 9, 11 },
        { '-', 5, 0 }, { '!', 0, 0 }, { '!', 2, 0 }, { '!', 3, 0 }, { '!', 4, 0 }, { '!', 9, 0 },
        { '!', 1, 0 }, { '!', 6, 0 }, { '!', 7, 0 }, { '!', 8, 0 },
    };

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].what == '+')
            both_add(steps[i].value, steps[i].label);
        else if (steps[i].what == '-')
            both_remove(model_at(steps[i].label));
        else if (steps[i].what == '~')
            both_adjust(model_at(steps[i].label), steps[i].value);
        else
            ck_assert_int_eq(both_pop(), steps[i].label);
        check_alarms();
    }
    ck_assert_int_eq(model_count, 0);
}
END_TEST

START_TEST(random_timers_agree_with_a_naive_list)
{
    int label = 0;

    srand(_i);
    for (int step = 0; step < 6000; step++) {
        int what = rand() % 10, filling = (step / 500) % 2;
        if (what < 3 + filling * 2 && model_count < MOST)
            both_add(rand() % 50, label++);
        else if (model_count == 0)
            continue;
        else if (what < 6)
            both_pop();
        else if (what < 8)
            both_remove(rand() % model_count);
        else
            both_adjust(rand() % model_count, rand() % 21 - 10);
        check_alarms();
        if (step % 100 == 0) {
            poe__alarms_shrink(h.kernel);
            check_alarms();
        }
    }
    while (model_count)
        both_pop();
    check_alarms();
}
END_TEST

START_TEST(the_memory_of_a_burst_is_given_back)
{
    enum { MANY = 20000, PINNED = MANY - 5 };
    static poe_alarm_id ids[MANY];
    struct poe_alarm alarm;
    poe_alarm_id pinned;
    size_t before = poe_kernel_memory(h.kernel);

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++)
            holds(poe_delay_set(h.kernel, 1000 + i % 77, "t", NULL, 0, 0, &ids[i]) == 0);
        size_t most = poe_kernel_memory(h.kernel);
        for (int i = 0; i < MANY; i++)
            if (i != PINNED)
                holds(poe_alarm_remove(h.kernel, ids[i], &alarm) == 0);
        poe__alarms_shrink(h.kernel);
        check_alarms();
        ck_assert_int_eq(poe_alarm_get(h.kernel, ids[PINNED], &alarm), 0);

        pinned = ids[PINNED];
        for (int again = 0; again < 12; again++) { /* it is set again and again */
            poe_alarm_id old = pinned;
            ck_assert_int_eq(poe_delay_set(h.kernel, 1000, "t", NULL, 0, 0, &pinned), 0);
            ck_assert_int_eq(poe_alarm_remove(h.kernel, old, &alarm), 0);
            poe__alarms_shrink(h.kernel);
            check_alarms();
        }
        ck_assert_uint_le(poe_kernel_memory(h.kernel), before + (most - before) / 20);
        for (int i = 0; i < MANY; i++)
            holds(poe_alarm_get(h.kernel, ids[i], &alarm) == UV_ESRCH);
        ck_assert_int_eq(poe_alarm_remove(h.kernel, pinned, &alarm), 0);
        for (int i = 0; i < MANY; i++) { /* nor does one of those find another later */
            holds(poe_delay_set(h.kernel, 1000, "t", NULL, 0, 0, &pinned) == 0);
            for (int j = i; j < MANY; j += 1000)
                holds(poe_alarm_get(h.kernel, ids[j], &alarm) == UV_ESRCH);
        }
        poe_alarm_clear(h.kernel, "t");
        poe__alarms_shrink(h.kernel);
        check_alarms();
    }
}
END_TEST

START_TEST(the_sequence_of_equal_times_survives_its_wrap)
{
    h.kernel->alarms.seq = UINT32_MAX - 20;
    for (int i = 0; i < 40; i++)
        both_add(7, i);
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(both_pop(), i);
}
END_TEST

/* -- ids ----------------------------------------------------------------------------------- */

START_TEST(a_stale_id_finds_nothing_not_a_stranger)
{
    poe_alarm_id ids[100], again;
    struct poe_alarm alarm;
    double walltime;

    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(host_delay(&h, 1000, "t", &ids[i]), 0);
        ck_assert_int_eq(poe_alarm_remove(h.kernel, ids[i], &alarm), 0);
        host_drop(&h, alarm.payload);
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(ids[i], ids[j]);
    }
    ck_assert_int_eq(host_delay(&h, 1000, "t", &again), 0);
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(poe_alarm_get(h.kernel, ids[i], &alarm), UV_ESRCH);
        ck_assert_int_eq(poe_alarm_remove(h.kernel, ids[i], &alarm), UV_ESRCH);
        ck_assert_int_eq(poe_alarm_adjust(h.kernel, ids[i], 1, &walltime), UV_ESRCH);
        ck_assert_int_eq(poe_delay_adjust(h.kernel, ids[i], 1, &walltime), UV_ESRCH);
    }
    ck_assert_int_eq(poe_alarm_get(h.kernel, again, &alarm), 0);
}
END_TEST

START_TEST(an_id_nobody_was_given_finds_nothing)
{
    static const poe_alarm_id wrong[] = { 0, 1, 2, UINT32_MAX, 1ull << 32, UINT64_MAX };
    struct poe_alarm alarm;
    poe_alarm_id id;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_int_eq(poe_alarm_get(h.kernel, wrong[i], &alarm), UV_ESRCH);
    ck_assert_int_eq(host_delay(&h, 1000, "t", &id), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (wrong[i] != id)
            ck_assert_int_eq(poe_alarm_get(h.kernel, wrong[i], &alarm), UV_ESRCH);
}
END_TEST

START_TEST(a_timer_belongs_to_the_session_that_set_it)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 1000 t" } } },
                                        { "B", { { "_start", "alias keep" } } }, { 0 } };
    host_play(&h, cast, "A B");
    host_as(&h, "B", "remove t; adjust t 1; redelay t 1");
    host_expect(&h, "remove=EPERM adjust=EPERM redelay=EPERM");
    host_as(&h, "A", "adjust t 1; redelay t 1; remove t; remove t");
    host_expect(&h, "remove=ESRCH");
}
END_TEST

START_TEST(a_timer_cannot_remove_itself_in_its_own_handler)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 0 t" }, { "t", "remove t; adjust t 1" } } }, { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:t remove=ESRCH adjust=ESRCH A:_stop");
}
END_TEST

/* -- when and in what order ---------------------------------------------------------------- */

/* R31's three in the past, two of them at one time. */
static void
set_past(struct host *host, poe_session *s, const poe_event *ev)
{
    double now = poe_kernel_walltime(host->kernel);

    (void)s;
    (void)ev;
    ck_assert_int_eq(host_alarm(host, now - 10, "past", NULL), 0);
    ck_assert_int_eq(host_alarm(host, now - 10, "past2", NULL), 0);
    ck_assert_int_eq(host_alarm(host, now - 20, "past20", NULL), 0);
}

START_TEST(posts_and_timers_run_by_time)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield y1; delay 0 d0; yield y2; do; delay -5 neg; yield y3; at 1 epoch1;"
                             " at 0 zero" } } }, { 0 } };
    h.act = set_past;
    host_story(&h, cast, "A", "A:zero A:epoch1 A:past20 A:past A:past2 A:neg A:y1 A:d0 A:y2 A:y3 A:_stop");
}
END_TEST

START_TEST(equal_times_fire_in_the_order_they_were_set)
{
    static const struct role cast[] = {
        { "A", { { "_start", "at 5 a; at 4 z; at 5 b; at 5 c; at 4 y; at 5 d" } } }, { 0 } };
    host_story(&h, cast, "A", "A:z A:y A:a A:b A:c A:d A:_stop");
}
END_TEST

START_TEST(a_timer_in_the_past_runs_in_the_same_slice_before_all_else)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" }, { "x", "yield y; alarm -10 past" } } },
        { "B", { { "_start", "yield x" } } },
        { "C", { { "_start", "yield x" }, { "x", "yield y" } } }, { 0 } };
    host_story(&h, cast, "A B C", "A:x A:past B:x C:x B:_stop A:y C:y C:_stop A:_stop");
}
END_TEST

START_TEST(a_timer_adjusted_into_the_past_runs_in_the_same_slice)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 1000 t; yield go" }, { "go", "yield y; adjust t -2000" } } },
        { "B", { { "_start", "yield x" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:go A:t B:x B:_stop A:y A:_stop");
}
END_TEST

START_TEST(a_timer_adjusted_before_the_first_slice_wakes_the_loop)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 1000 t; yield y; adjust t -2000" } } }, { 0 } };
    host_story(&h, cast, "A", "A:t A:y A:_stop");
}
END_TEST

START_TEST(a_timer_for_now_between_two_yields_fires_between_them)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go" }, { "go", "yield y1; alarm 0 now; yield y2" } } }, { 0 } };
    host_story(&h, cast, "A", "A:go A:y1 A:now A:y2 A:_stop");
}
END_TEST

struct delays {
    uint64_t set_ns, least_ns;
    int left;
};

/* 50 delays of 0.3 ms, one after the other: keeps the shortest there was. */
static void
delay_shortly(struct host *host, poe_session *s, const poe_event *ev)
{
    struct delays *d = host->data;
    uint64_t now = uv_hrtime();

    (void)s;
    (void)ev;
    if (d->set_ns && now - d->set_ns < d->least_ns)
        d->least_ns = now - d->set_ns;
    d->set_ns = now;
    if (d->left-- > 0)
        ck_assert_int_eq(host_delay(host, 0.0003, "t", NULL), 0);
}

/* 0: in a run; 1: in slices */
START_TEST(a_delay_of_less_than_a_millisecond_does_not_take_one)
{
    static const struct role cast[] = { { "A", { { "_start", "do" }, { "t", "do" } } }, { 0 } };
    struct delays delays = { 0, UINT64_MAX, 50 };

    h.hide = "_start _child _parent t";
    h.act = delay_shortly;
    h.data = &delays;
    if (_i == 0)
        host_story(&h, cast, "A", "A:_stop");
    else
        for (host_play(&h, cast, "A"); poe_kernel_slice(h.kernel);)
            ;
    ck_assert_int_eq(delays.left, -1);
    ck_assert_uint_ge(delays.least_ns, 300000);
#ifdef __linux__
    ck_assert_uint_lt(delays.least_ns, 1000000);
#endif
}
END_TEST

static void
delay_closely(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    for (int i = 0; i < 2000; i++)
        holds(host_delay(host, 0.02 + i * 10e-6, "t", NULL) == 0);
}

static void
count_rests(void *ud, const struct poe_fact *fact)
{
    *(int *)ud += fact->kind == POE_FACT_REST;
}

/* Else a million timers would take as many polls. */
START_TEST(timers_that_follow_closely_share_a_millisecond)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { 0 } };
    int rests = 0;

    h.hide = "_start _child _parent t";
    h.act = delay_closely;
    poe_kernel_watch(h.kernel, count_rests, &rests);
    host_story(&h, cast, "A", "A:_stop");
    poe_kernel_watch(h.kernel, NULL, NULL);
    ck_assert_int_ge(rests, 1);
    ck_assert_int_le(rests, 200);
}
END_TEST

START_TEST(a_chain_without_delay_takes_turns_with_a_chain_of_yields)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 0 z1; yield y1" }, { "z1", "delay 0 z2" }, { "y1", "yield y2" },
                 { "z2", "delay 0 z3" }, { "y2", "yield y3" } } }, { 0 } };
    host_story(&h, cast, "A", "A:z1 A:y1 A:z2 A:y2 A:z3 A:y3 A:_stop");
}
END_TEST

static void
again_in_the_past(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    if (strcmp(ev->name, "stop") == 0) {
        host_say(host, generations < 20000 ? "bounded" : "starved");
        generations = 1 << 30;
    } else if (++generations < 20000)
        host_script(host, "alarm -10 past");
}

START_TEST(a_chain_in_the_past_starves_neither_posts_nor_sessions)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield go" }, { "go", "alarm -10 past; yield stop" },
                 { "past", "do" }, { "stop", "do" } } }, { 0 } };
    h.act = again_in_the_past;
    h.hide = "past _start";
    host_story(&h, cast, "A", "A:go A:stop bounded A:_stop");
    ck_assert_uint_gt(h.handled, 50); /* but some of them did run first (R33) */
}
END_TEST

static void
io_turn(uv_check_t *check)
{
    (void)check;
    io_turns++;
}

static void
again_until_polled(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_lt(++generations, 100000);
    if (io_turns < 5)
        host_script(host, "alarm -10 past");
}

START_TEST(a_chain_in_the_past_does_not_starve_the_loop)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield past" }, { "past", "do" } } }, { 0 } };
    static uv_check_t check; /* outlives the test: the loop closes it with the kernel */

    uv_check_init(poe_kernel_loop(h.kernel), &check);
    uv_check_start(&check, io_turn);
    h.act = again_until_polled;
    h.hide = "past _start";
    host_story(&h, cast, "A", "A:_stop");
    uv_close((uv_handle_t *)&check, NULL);
}
END_TEST

static double deadline;

static void
note_time(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    if (strcmp(ev->name, "_start") == 0) {
        deadline = poe_kernel_walltime(host->kernel) + 0.0123;
        ck_assert_int_eq(host_delay(host, 0.0123, "t", NULL), 0);
    } else
        host_say(host, poe_kernel_walltime(host->kernel) >= deadline ? "in-time" : "early");
}

START_TEST(a_timer_never_fires_early)
{
    static const struct role cast[] = { { "A", { { "*", "do" } } }, { 0 } };

    h.act = note_time;
    h.hide = "_start _stop";
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:t in-time in-time");
}
END_TEST

START_TEST(delays_fire_by_time_whatever_the_order_they_were_set)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 0.03 c; delay 0.01 a; delay 0.02 b; delay 0.02 b2" } } }, { 0 } };
    host_story(&h, cast, "A", "A:a A:b A:b2 A:c A:_stop");
}
END_TEST

START_TEST(clearing_by_name_leaves_posts_and_others_timers)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield e; delay 0.001 e; delay 0.002 e; delay 0.003 f; clear e" } } },
        { "B", { { "_start", "delay 0.2 e" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:e A:f A:_stop B:e B:_stop");
    ck_assert_uint_eq(h.dropped, 2);
}
END_TEST

START_TEST(times_beyond_the_clock_mean_its_end)
{
    static const double far[] = { 1e300, INFINITY, 1e12, 9.3e9 };
    double walltime;
    poe_alarm_id id;

    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(host_alarm(&h, far[i], "t", &id), 0);
        ck_assert_int_eq(poe_alarm_adjust(h.kernel, id, far[i], &walltime), 0);
        ck_assert_int_eq(poe_delay_adjust(h.kernel, id, far[i], &walltime), 0);
        ck_assert_int_eq(host_delay(&h, far[i], "t", &id), 0);
        ck_assert_int_eq(host_alarm(&h, -far[i], "t", &id), 0);
        ck_assert_int_eq(host_delay(&h, -far[i], "t", &id), 0);
    }
    check_alarms();
}
END_TEST

START_TEST(a_session_far_from_its_timer_sleeps)
{
    static const struct role cast[] = { { "A", { { "_start", "at 1e15 t" } } },
                                        { "B", { { "_start", "delay 0.02 go" }, { "go", "stop" } } },
                                        { 0 } };
    host_story(&h, cast, "A B", "B:go A:_stop B:_stop");
}
END_TEST

/* -- telling ------------------------------------------------------------------------------- */

START_TEST(what_was_asked_for_is_told)
{
    static const char *const names[] = { "c", "a", "b", "b2" };
    static const double when[] = { 30, 10, 20, 20 };
    static const char *const order[] = { "a", "b", "b2", "c" };
    struct poe_alarm alarm;
    uint32_t cursor = 0;
    poe_session *kernel = poe_kernel_session(h.kernel);
    int n = 0;

    base = floor(poe_kernel_walltime(h.kernel)) + 100;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(host_alarm(&h, base + when[i], names[i], NULL), 0);
    poe_alarm_sort(h.kernel);
    check_alarms();
    for (; poe_alarm_each(kernel, &cursor, &alarm) == 0; n++) {
        ck_assert_str_eq(alarm.name, order[n]);
        ck_assert_ptr_eq(alarm.session, kernel);
        ck_assert_int_eq(alarm.by_delay, 0);
    }
    ck_assert_int_eq(n, 4);
    for (n = 0; poe_alarm_shift(h.kernel, &alarm) == 0; n++) {
        ck_assert_str_eq(alarm.name, order[n]);
        host_drop(&h, alarm.payload);
        check_alarms();
    }
    ck_assert_int_eq(n, 4);
    ck_assert_int_eq(poe_alarm_shift(h.kernel, &alarm), UV_ENOENT);
}
END_TEST

START_TEST(sorting_any_number_puts_them_into_due_order)
{
    struct poe_alarm alarm;
    double last = 0;

    base = floor(poe_kernel_walltime(h.kernel)) + 100;
    srand(9);
    for (int i = 0; i < 300; i++) {
        ck_assert_int_eq(host_alarm(&h, base + rand() % 40, "t", NULL), 0);
        if (i % 37 == 0)
            poe_alarm_sort(h.kernel);
        check_alarms();
    }
    poe_alarm_sort(h.kernel);
    check_alarms();
    while (poe_alarm_shift(h.kernel, &alarm) == 0) {
        ck_assert_double_ge(alarm.walltime, last);
        last = alarm.walltime;
        host_drop(&h, alarm.payload);
    }
}
END_TEST

START_TEST(a_timer_without_memory_changes_nothing)
{
    poe_alarm_id id;

    for (int i = 0; i < 200; i++) {
        uint32_t count = h.kernel->alarms.count, seq = h.kernel->alarms.seq;
        for (h.heap.fail_on = 0; h.heap.fail_on < 3; h.heap.fail_on++)
            for (long n = 1; n <= 3; n++) {
                h.heap.fail_at = h.heap.grown + n;
                long before = h.heap.failed;
                int rc = host_delay(&h, 1000 - i, "t", &id);
                h.heap.fail_at = 0;
                ck_assert(rc == UV_ENOMEM ? h.heap.failed > before : rc == 0);
                if (rc == 0) { /* no growing was due, or there was room after all: take it back */
                    struct poe_alarm alarm;
                    ck_assert_int_eq(poe_alarm_remove(h.kernel, id, &alarm), 0);
                    host_drop(&h, alarm.payload);
                    seq++;
                }
                ck_assert_uint_eq(h.kernel->alarms.count, count);
                ck_assert_uint_eq(h.kernel->alarms.seq, seq);
                check_alarms();
            }
        ck_assert_int_eq(host_delay(&h, 1000 - i, "t", &id), 0);
    }
    check_alarms();
}
END_TEST

START_TEST(a_timer_moves_without_memory)
{
    poe_alarm_id ids[40];
    double walltime;

    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(host_delay(&h, 1000 - i, "t", &ids[i]), 0);
    h.heap.fail_at = h.heap.grown + 1;
    h.heap.fail_on = 1000;
    for (int i = 0; i < 400; i++) {
        ck_assert_int_eq(poe_delay_adjust(h.kernel, ids[i % 40], 500 + i, &walltime), 0);
        check_alarms();
    }
    h.heap.fail_at = 0;
}
END_TEST

START_TEST(timers_go_with_their_session)
{
    static const struct role cast[] = {
        { "A", { { "_start", "delay 1000 a; delay 1000 b; delay 0 c" }, { "c", "end self" } } },
        { "B", { { "_start", "delay 0.05 x" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:c A:_stop B:x B:_stop");
    ck_assert_uint_eq(h.dropped, 2);
    ck_assert_uint_eq(h.kernel->alarms.count, 0);
}
END_TEST

START_TEST(a_session_waits_for_its_timer_and_then_ends)
{
    static const struct role cast[] = { { "A", { { "_start", "delay 0.03 x" } } },
                                        { "B", { { "_start", "delay 0.06 x" } } },
                                        { "C", { { "_start", "delay 0.09 x" } } }, { 0 } };
    host_story(&h, cast, "C B A", "A:x A:_stop B:x B:_stop C:x C:_stop");
}
END_TEST

START_TEST(a_timer_of_the_kernel_itself_after_a_run_comes_back)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x" } } }, { 0 } };

    host_story(&h, cast, "A", "A:x A:_stop");
    ck_assert_int_eq(host_delay(&h, 1000, "t", NULL), 0);
    /* closing the host frees the kernel: nothing may be left, nothing touched twice */
}
END_TEST

Suite *
alarm_suite(void)
{
    Suite *s = suite_create("alarm");
    TCase *first = tcase_create("first"), *ids = tcase_create("ids"), *order = tcase_create("order"),
          *tell = tcase_create("telling");

    tcase_add_checked_fixture(first, model_open, close_host);
    tcase_set_timeout(first, 60);
    tcase_add_test(first, a_table_of_timers_fires_in_order);
    tcase_add_loop_test(first, random_timers_agree_with_a_naive_list, 1, 5);
    tcase_add_test(first, the_memory_of_a_burst_is_given_back);
    tcase_add_test(first, the_sequence_of_equal_times_survives_its_wrap);
    suite_add_tcase(s, first);

    tcase_add_checked_fixture(ids, open_host, close_host);
    tcase_add_test(ids, a_stale_id_finds_nothing_not_a_stranger);
    tcase_add_test(ids, an_id_nobody_was_given_finds_nothing);
    tcase_add_test(ids, a_timer_belongs_to_the_session_that_set_it);
    tcase_add_test(ids, a_timer_cannot_remove_itself_in_its_own_handler);
    suite_add_tcase(s, ids);

    tcase_add_checked_fixture(order, open_host, close_host);
    tcase_set_timeout(order, 30);
    tcase_add_test(order, posts_and_timers_run_by_time);
    tcase_add_test(order, equal_times_fire_in_the_order_they_were_set);
    tcase_add_test(order, a_timer_in_the_past_runs_in_the_same_slice_before_all_else);
    tcase_add_test(order, a_timer_adjusted_into_the_past_runs_in_the_same_slice);
    tcase_add_test(order, a_timer_adjusted_before_the_first_slice_wakes_the_loop);
    tcase_add_test(order, a_timer_for_now_between_two_yields_fires_between_them);
    tcase_add_loop_test(order, a_delay_of_less_than_a_millisecond_does_not_take_one, 0, 2);
    tcase_add_test(order, timers_that_follow_closely_share_a_millisecond);
    tcase_add_test(order, a_chain_without_delay_takes_turns_with_a_chain_of_yields);
    tcase_add_test(order, a_chain_in_the_past_starves_neither_posts_nor_sessions);
    tcase_add_test(order, a_chain_in_the_past_does_not_starve_the_loop);
    tcase_add_test(order, a_timer_never_fires_early);
    tcase_add_test(order, delays_fire_by_time_whatever_the_order_they_were_set);
    tcase_add_test(order, clearing_by_name_leaves_posts_and_others_timers);
    tcase_add_test(order, times_beyond_the_clock_mean_its_end);
    tcase_add_test(order, a_session_far_from_its_timer_sleeps);
    suite_add_tcase(s, order);

    tcase_add_checked_fixture(tell, open_host, close_host);
    tcase_set_timeout(tell, 30);
    tcase_add_test(tell, what_was_asked_for_is_told);
    tcase_add_test(tell, sorting_any_number_puts_them_into_due_order);
    tcase_add_test(tell, a_timer_without_memory_changes_nothing);
    tcase_add_test(tell, a_timer_moves_without_memory);
    tcase_add_test(tell, timers_go_with_their_session);
    tcase_add_test(tell, a_session_waits_for_its_timer_and_then_ends);
    tcase_add_test(tell, a_timer_of_the_kernel_itself_after_a_run_comes_back);
    suite_add_tcase(s, tell);
    return s;
}
