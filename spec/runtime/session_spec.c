/*
 * session_spec.c - sessions: birth, family, what keeps one, its end
 */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

static struct host h;

static void
open_host(void)
{
    host_open(&h);
    h.hide = "_start _child _parent";
}

static void
open_family(void)
{
    host_open(&h);
}

static void
close_host(void)
{
    host_close(&h);
}

/* What is always true of the table and the tree. */
static void
check_sessions(void)
{
    const struct sessions *t = &h.kernel->sessions;
    uint64_t cursor = 0;
    size_t count = 0;
    poe_session *s;

    while ((s = poe_session_each(h.kernel, &cursor))) {
        uint32_t children = 0;
        const poe_session *before = NULL;
        count++;
        holds(poe_session_find(h.kernel, s->id) == s);
        holds(!(s->flags & SESSION_STOPPED));
        const poe_session *first = s->more ? s->more->first : NULL;
        for (const poe_session *c = first; c; before = c, c = c->next, children++) {
            holds(c->parent == s);
            holds(!before || c->prev == before);
            holds(poe_session_find(h.kernel, c->id) == c);
        }
        holds(!first || first->prev == before);
        holds(poe_session_kept(s, POE_KEEP_CHILD) == children);
        uint32_t others = 0;
        for (int why = 0; why < POE_KEEP_KINDS; why++)
            others += poe_session_kept(s, (enum poe_keep)why);
        holds(s->others == others);
    }
    holds(count == t->count);
    holds(!t->slots || t->count * 4 <= (t->mask + 1) * 3 + 4);
}

/* What "do" does at a _child. */

static int
reason_is(const poe_event *ev, const char *reason)
{
    return ev->type == POE_EVENT_CHILD && strcmp(ev->with.family->reason, reason) == 0;
}

static void
yield_on_lose(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    if (reason_is(ev, "lose"))
        host_script(host, "yield after");
}

static void
end_gained(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)host;
    (void)s;
    if (reason_is(ev, "gain"))
        poe_session_stop(ev->with.family->child);
}

static void
detach_once(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)ev;
    if (host_actor(s)->n++ == 0) /* it hears of this one too */
        host_script(host, "detach_self");
}

static void
detach_created(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)host;
    (void)s;
    if (reason_is(ev, "create"))
        ck_assert_int_eq(poe_session_detach(ev->with.family->child), 0);
}

/* -- birth --------------------------------------------------------------------------------- */

START_TEST(a_million_sessions_have_128_bytes_each)
{
    ck_assert_uint_eq(offsetof(struct poe_session, keep_postbacks), 64); /* no event or timer looks beyond */
    ck_assert_uint_eq(sizeof(struct poe_session), 128);
}
END_TEST

START_TEST(start_and_create_run_inside_the_constructor)
{
    static const struct role cast[] = {
        { "P", { { "_start", "say begin; new C; say end" } } },
        { "C", { { "_start", "return hello" }, { "_stop", "return bye" } } }, { 0 } };
    host_play(&h, cast, "P");
    host_expect(&h, "P:_start begin C:_start P:_child(create,C,hello) end");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "C:_stop P:_child(lose,C,bye) P:_stop");
}
END_TEST

START_TEST(nested_creation_is_announced_inside_out)
{
    static const struct role cast[] = { { "P", { { "_start", "new C" } } },
                                        { "C", { { "_start", "new G" } } },
                                        { "G", { { NULL, NULL } } }, { 0 } };
    host_play(&h, cast, "P");
    host_expect(&h, "P:_start C:_start G:_start C:_child(create,G) P:_child(create,C)");
}
END_TEST

START_TEST(the_parent_is_the_active_session)
{
    static const struct role cast[] = { { "U", { { "_start", "yield go" }, { "go", "call S spawn" } } },
                                        { "S", { { "_start", "alias s" }, { "spawn", "new N" } } },
                                        { "N", { { NULL, NULL } } }, { 0 } };
    h.show_sender = 1;
    h.hide = "_stop";
    host_play(&h, cast, "S U");
    host_run(&h);
    host_expect(&h, "S:_start<KERNEL U:_start<KERNEL U:go<U S:spawn<U N:_start<S"
                    " S:_child(create,N)<KERNEL S:_child(lose,N)<KERNEL");
}
END_TEST

START_TEST(a_fresh_session_lives_until_the_end_of_its_first_slice)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield a" }, { "a", "new B; yield b" }, { "b", "yield c" } } },
        { "B", { { NULL, NULL } } }, { 0 } };
    h.hide = "_start _child";
    host_play(&h, cast, "A");
    ck_assert_uint_eq(poe_session_count(h.kernel), 1);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:a A:b B:_stop A:c A:_stop");
}
END_TEST

START_TEST(an_idle_session_is_alive_after_its_constructor)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };

    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_session_stopped(host_find(&h, "A")), 0);
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 1); /* R9: the marker */
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:_start A:_stop");
}
END_TEST

START_TEST(the_marker_comes_after_start)
{
    static const struct role cast[] = { { "A", { { "_start", "count; yield x; count" } } }, { 0 } };

    host_play(&h, cast, "A");
    host_as(&h, "A", "count");
    host_expect(&h, "A:_start #0 #1 #2"); /* R242 */
}
END_TEST

START_TEST(stop_inside_start_ends_it_there)
{
    static const struct role cast[] = { { "A", { { "_start", "stop; active; say rest" } } }, { 0 } };

    host_story(&h, cast, "A", "A:_start A:_stop active=KERNEL rest");
}
END_TEST

START_TEST(a_slice_inside_start_does_not_end_it)
{
    static const struct role cast[] = { { "A", { { "_start", "slice; active; yield x" } } }, { 0 } };

    /* R18; POE 1.370 ends it there and then trips over itself */
    host_story(&h, cast, "A", "A:_start active=A A:x A:_stop");
}
END_TEST

START_TEST(a_failed_constructor_takes_nothing)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } }, { 0 } };
    int rc = 0;

    h.cast = cast;
    h.hide = "_start _stop _child";
    for (int i = 0; i < 60; i++)
        for (long n = 1;; n++) {
            size_t count = poe_session_count(h.kernel);
            h.heap.fail_at = h.heap.grown + n;
            rc = host_session(&h, "A", 0);
            h.heap.fail_at = 0;
            check_sessions();
            if (rc == 0)
                break;
            ck_assert_int_eq(rc, UV_ENOMEM);
            ck_assert_uint_eq(poe_session_count(h.kernel), count);
        }
    h.log_size = 0;
}
END_TEST

/* -- ids and tree -------------------------------------------------------------------------- */

START_TEST(ids_start_after_the_kernels_and_are_never_reused)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };
    uint64_t last = poe_session_id(poe_kernel_session(h.kernel));

    ck_assert_uint_eq(last, 1);
    ck_assert_ptr_null(poe_session_find(h.kernel, 2));
    for (int i = 0; i < 50; i++) {
        host_play(&h, cast, "A A");
        uint64_t id = poe_session_id(host_find(&h, "A"));
        ck_assert_uint_eq(id, last + 2);
        last = id;
        ck_assert_int_eq(host_run(&h), 0);
        ck_assert_ptr_null(poe_session_find(h.kernel, id));
    }
    h.log_size = 0;
}
END_TEST

START_TEST(random_births_and_ends_keep_table_and_tree_true)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } }, { 0 } };
    uint64_t living[512];
    int count = 0;

    h.hide = "_start _stop _child _parent";
    h.cast = cast;
    srand(5);
    for (int step = 0; step < 3000; step++) {
        int filling = (step / 500) % 2;
        if (rand() % 5 < 2 + filling && count < 512) {
            poe_session *parent = count && rand() % 4
                                  ? poe_session_find(h.kernel, living[rand() % count])
                                  : poe_kernel_session(h.kernel);
            poe_event ev = { .to = parent, .from = parent, .name = "as", .type = POE_EVENT_CALL };
            struct poe_frame frame;
            poe_kernel_enter(h.kernel, &frame, &ev);
            holds(host_session(&h, "A", 0) == 0);
            poe_kernel_leave(h.kernel, &frame);
            living[count++] = poe_session_id(h.actors->session);
        } else if (count) {
            int at = rand() % count;
            poe_session_stop(poe_session_find(h.kernel, living[at]));
            living[at] = living[--count];
        }
        for (int i = 0; i < count; i++)
            holds(poe_session_id(poe_session_find(h.kernel, living[i])) == living[i]);
        holds(poe_session_count(h.kernel) == (size_t)count);
        check_sessions();
        h.log_size = 0;
    }
}
END_TEST

START_TEST(children_come_in_the_order_of_their_birth)
{
    static const struct role cast[] = { { "P", { { "_start", "new C; new D; new E" } } },
                                        { "C", { { NULL, NULL } } }, { "D", { { NULL, NULL } } },
                                        { "E", { { NULL, NULL } } }, { 0 } };
    char names[16] = "";

    host_play(&h, cast, "P");
    for (poe_session *c = NULL; (c = poe_session_child(host_find(&h, "P"), c));)
        strcat(names, host_name(c));
    ck_assert_str_eq(names, "CDE");
    ck_assert_ptr_eq(poe_session_parent(host_find(&h, "D")), host_find(&h, "P"));
    ck_assert_ptr_eq(poe_session_parent(host_find(&h, "P")), poe_kernel_session(h.kernel));
    ck_assert_ptr_null(poe_session_parent(poe_kernel_session(h.kernel)));
    h.log_size = 0;
}
END_TEST

/* -- what keeps a session, and the sweep --------------------------------------------------- */

START_TEST(idle_sessions_stop_the_last_marked_first)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };

    host_story(&h, cast, "A B C", "C:_stop B:_stop A:_stop");
}
END_TEST

START_TEST(idle_children_stop_before_their_parent)
{
    static const struct role cast[] = { { "P", { { "_start", "new C1; new C2; new C3" } } }, { 0 } };

    h.hide = "_start";
    host_play(&h, cast, "P");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "C3:_stop P:_child(lose,C3) C2:_stop P:_child(lose,C2) C1:_stop P:_child(lose,C1)"
                    " P:_stop");
}
END_TEST

START_TEST(a_chain_of_idle_sessions_ends_from_below)
{
    static const struct role cast[] = { { "P", { { "_start", "new C" } } },
                                        { "C", { { "_start", "new G" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "P");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "G:_stop C:_child(lose,G) C:_stop P:_child(lose,C) P:_stop");
}
END_TEST

START_TEST(the_sweep_comes_at_the_end_of_the_slice)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield a; yield b" }, { "a", "yield later" } } },
        { "B", { { "_start", "alias b; yield x" }, { "x", "unalias b" } } },
        { "C", { { "_start", "yield x" }, { "x", "post B again" } } }, { 0 } };
    host_story(&h, cast, "B A C", "B:x A:a A:b C:x A:later B:again C:_stop B:_stop A:_stop");
}
END_TEST

START_TEST(a_post_to_a_marked_session_saves_it)
{
    static const struct role cast[] = { { "A", { { "_start", "yield x" } } },
                                        { "B", { { "_start", "yield x" }, { "x", "post A again" } } },
                                        { 0 } };
    host_story(&h, cast, "A B", "A:x B:x A:again B:_stop A:_stop");
}
END_TEST

START_TEST(a_yield_in_lose_keeps_the_parent_for_it)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C" }, { "_child", "do" } } }, { "C", { { NULL, NULL } } }, { 0 } };
    h.act = yield_on_lose;
    host_story(&h, cast, "P", "C:_stop P:after P:_stop");
}
END_TEST

START_TEST(who_posted_stays_until_it_has_arrived)
{
    static const struct role cast[] = {
        { "X", { { "_start", "yield x" }, { "x", "post Y e" } } },
        { "Y", { { "_start", "alias y" }, { "e", "post X reply; unalias y" } } }, { 0 } };
    host_story(&h, cast, "Y X", "X:x Y:e X:reply Y:_stop X:_stop");
}
END_TEST

START_TEST(a_hold_keeps_until_anybody_releases_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "hold A tag; hold A tag; hold A other" } } },
        { "B", { { "_start", "yield x" }, { "x", "release A tag; release A tag; yield y" },
                 { "y", "release A other; yield z" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "A B");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "B:x B:y A:_stop B:z B:_stop");
}
END_TEST

START_TEST(a_hold_counts_by_tag_and_below_zero)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };
    int64_t n;

    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    ck_assert_int_eq(poe_session_release(a, "x", &n), 0);
    ck_assert_int_eq(n, -1);
    ck_assert_int_eq(poe_session_release(a, "x", &n), 0);
    ck_assert_int_eq(n, -2);
    ck_assert_uint_eq(a->others, 0);
    for (int want = -1; want <= 2; want++) {
        ck_assert_int_eq(poe_session_hold(a, "x", &n), 0);
        ck_assert_int_eq(n, want);
        ck_assert_uint_eq(poe_session_kept(a, POE_KEEP_HOLD), want > 0);
    }
    ck_assert_int_eq(poe_session_hold(a, "y", &n), 0);
    ck_assert_int_eq(n, 1);
    ck_assert_uint_eq(poe_session_kept(a, POE_KEEP_HOLD), 2);
    for (int want = 1; want >= -1; want--) {
        ck_assert_int_eq(poe_session_release(a, "x", &n), 0);
        ck_assert_int_eq(n, want);
        ck_assert_uint_eq(poe_session_kept(a, POE_KEEP_HOLD), want > 0 ? 2 : 1);
    }
    poe_session_stop(a);
    ck_assert_int_eq(poe_session_hold(a, "x", &n), UV_ESRCH);
    ck_assert_int_eq(h.kernel->sessions.extrefs, 0);
        ck_assert_int_eq(h.kernel->sessions.handles, 0);
    h.log_size = 0;
}
END_TEST

START_TEST(without_memory_for_its_first_child_hold_name_signal_or_limit_a_session_is_as_it_was)
{
    static const struct role cast[] = { { "A", { { "child", "new B" }, { "name", "alias a" },
                                                 { "signal", "sig USR1" } } }, { "B", { { NULL, NULL } } }, { 0 } };
    static const char *const events[] = { "child", "name", "signal" };
    int64_t n;

    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    size_t used = h.heap.used;
    for (int i = 0; i < 5; i++) {
        h.heap.fail_at = h.heap.grown + 1;
        if (i < 3)
            ck_assert_int_eq(host_call(&h, a, events[i]), 0);
        else
            ck_assert_int_eq(i == 3 ? poe_session_hold(a, "x", &n) : poe_session_limit(a, 1), UV_ENOMEM);
        ck_assert_int_eq(h.heap.failed, i + 1);
        ck_assert_ptr_null(a->more);
        ck_assert_uint_eq(a->others, 0);
        ck_assert_int_eq(poe_session_limited(a), 0);
        ck_assert_uint_eq(h.heap.used, used);
    }
    ck_assert_uint_eq(poe_session_count(h.kernel), 1);
    h.heap.fail_at = 0;
    ck_assert_int_eq(poe_session_limit(a, 1), 0);
    ck_assert_int_eq(poe_session_hold(a, "x", &n), 0);
    ck_assert_uint_eq(poe_session_kept(a, POE_KEEP_HOLD), 1);
    poe_session_stop(a);
    h.log_size = 0;
}
END_TEST

START_TEST(without_memory_for_a_table_sessions_are_found_all_the_same)
{
    static const struct role cast[] = { { "A", { { "_start", "new B; new B" } } },
                                        { "B", { { "_start", "hold self x" } } }, { 0 } };

    for (int table = 0; table < 2; table++) {
        uint64_t cursor = 0, seen = 0, last = h.kernel->sessions.last_id;
        poe_session *s;
        host_play(&h, cast, "A A");
        if (!table)
            holds(h.kernel->sessions.slots == NULL);
        h.heap.fail_at = h.heap.grown + 1;
        h.heap.fail_on = table ? 0 : 1000;
        while ((s = poe_session_each(h.kernel, &cursor))) {
            seen |= (uint64_t)1 << poe_session_id(s);
            holds(poe_session_find(h.kernel, poe_session_id(s)) == s);
        }
        ck_assert_uint_eq(seen, (((uint64_t)1 << 6) - 1) << (last + 1) | 2);
        ck_assert_ptr_null(poe_session_find(h.kernel, last + 7));
        ck_assert_ptr_null(poe_session_find(h.kernel, 0));
        h.heap.fail_at = 0;
        poe_kernel_stop(h.kernel);
        ck_assert_int_eq(host_run(&h), 0);
        ck_assert_ptr_null(poe_session_find(h.kernel, last + 1));
        h.log_size = 0;
    }
}
END_TEST

START_TEST(every_reason_keeps_and_its_end_lets_go)
{
    static const struct role cast[] = { { "A", { { NULL, NULL } } }, { 0 } };

    for (int why = 0; why < POE_KEEP_KINDS; why++) {
        host_play(&h, cast, "A");
        poe_session *a = host_find(&h, "A");
        poe_session_keep(a, (enum poe_keep)why);
        for (int i = 0; i < 3; i++) { /* the others alone keep no IDLE away */
            uint64_t id = poe_session_id(a);
            if (why == POE_KEEP_HANDLE || why == POE_KEEP_WHEEL || why == POE_KEEP_POSTBACK
                || why == POE_KEEP_SUSPENDED)
                uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
            ck_assert_ptr_eq(poe_session_find(h.kernel, id), a);
        }
        poe_session_unkeep(a, (enum poe_keep)why);
        ck_assert_int_eq(host_run(&h), 0);
        host_expect(&h, "A:_stop");
        ck_assert_int_eq(h.kernel->sessions.extrefs, 0);
        ck_assert_int_eq(h.kernel->sessions.handles, 0);
    }
}
END_TEST

/* -- the end ------------------------------------------------------------------------------- */

START_TEST(the_children_of_who_is_stopped_go_to_its_parent)
{
    static const struct role cast[] = {
        { "G", { { "_start", "alias g; new M; yield go" }, { "go", "end M; unalias g" } } },
        { "M", { { "_start", "new C1; new C2; alias m" }, { "_stop", "return bye" } } },
        { "C1", { { "_start", "alias c1" } } }, { "C2", { { "_start", "alias c2" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "G");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "G:go G:_child(gain,C1) C1:_parent(M,G) G:_child(gain,C2) C2:_parent(M,G) M:_stop"
                    " G:_child(lose,M,bye) C1:_stop G:_child(lose,C1) C2:_stop G:_child(lose,C2) G:_stop");
}
END_TEST

START_TEST(a_child_hears_of_the_end_of_each_parent_it_has)
{
    static const struct role cast[] = {
        { "T", { { "_start", "alias t; new G; yield go" }, { "go", "end M; end G; unalias t" } } },
        { "G", { { "_start", "alias g; new M" } } }, { "M", { { "_start", "alias m; new C" } } },
        { "C", { { "_start", "alias c" } } }, { 0 } };
    h.hide = "_start _stop";
    host_play(&h, cast, "T");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "T:go G:_child(gain,C) C:_parent(M,G) G:_child(lose,M)"
                    " T:_child(gain,C) C:_parent(G,T) T:_child(lose,G) T:_child(lose,C)");
}
END_TEST

START_TEST(nothing_done_in_stop_prevents_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" },
                 { "_stop", "yield y; post B z; delay 0 d; alias a; hold A t; sig USR9; signal B foo" } } },
        { "B", { { "_start", "alias b; sig foo; delay 0.03 x" }, { "x", "unalias b; resolve a" } } }, { 0 } };
    host_story(&h, cast, "B A", "A:x A:_stop B:x a=nobody B:_stop");
}
END_TEST

START_TEST(a_call_to_others_works_in_stop)
{
    static const struct role cast[] = {
        { "A", { { "_stop", "call B f; active" } } }, { "B", { { "_start", "yield x; yield y" } } }, { 0 } };
    host_story(&h, cast, "B A", "B:x B:y A:_stop B:f active=A B:_stop");
}
END_TEST

START_TEST(a_stopped_session_takes_no_posts)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a" } } },
        { "B", { { "_start", "yield x" },
                 { "x", "end A; post A e; call A e; signal A foo; hold A t; active" } } }, { 0 } };
    host_story(&h, cast, "A B", "B:x A:_stop post=ESRCH call=ESRCH signal=ESRCH hold=ESRCH active=B"
                                " B:_stop");
}
END_TEST

START_TEST(what_is_lost_still_resolves_and_its_posts_are_lost)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; alias p; delay 0.02 x" }, { "_child", "call C sync; post C late" },
                 { "x", "unalias p" } } },
        { "C", { { NULL, NULL } } }, { 0 } };
    h.hide = "_start";
    host_story(&h, cast, "P", "P:_child(create,C) C:sync C:late C:_stop P:_child(lose,C) C:sync P:x P:_stop");
}
END_TEST

START_TEST(events_of_who_was_stopped_are_dropped)
{
    static const struct role cast[] = {
        { "S", { { "_start", "alias s; yield go" }, { "go", "post V mine; delay 100 t; yield y; end S" } } },
        { "V", { { "_start", "alias v; yield x" }, { "x", "yield own" }, { "own", "unalias v" } } }, { 0 } };
    host_story(&h, cast, "V S", "V:x S:go S:_stop V:own V:_stop");
    ck_assert_uint_eq(h.dropped, 3);
}
END_TEST

START_TEST(a_session_may_stop_itself_inside_its_own_handler)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x; yield y" },
                 { "x", "end self; active; yield z; delay 0 t; alias a; sig foo; new N; say rest" } } },
        { "N", { { NULL, NULL } } }, { 0 } };
    host_story(&h, cast, "A", "A:x A:_stop active=A yield=ESRCH delay=ESRCH alias=ESRCH sig=ESRCH rest"
                              " N:_stop");
}
END_TEST

START_TEST(a_child_born_in_stop_lives_on_with_the_grandparent)
{
    static const struct role cast[] = {
        { "G", { { "_start", "new P; alias g; delay 0.05 x" }, { "x", "unalias g" } } },
        { "P", { { "_stop", "new K" } } },
        { "K", { { "_start", "yield k" } } }, { 0 } };
    h.hide = "_start";
    host_story(&h, cast, "G", "G:_child(create,P) P:_stop P:_child(create,K) G:_child(lose,P) K:k K:_stop"
                              " G:_child(lose,K) G:x G:_stop");
}
END_TEST

START_TEST(a_family_handler_may_stop_everybody)
{
    static const struct role cast[] = {
        { "G", { { "_start", "alias g; new M; yield go" }, { "go", "end M; say rest" } } },
        { "M", { { "_start", "new C1; new C2; alias m" } } },
        { "C1", { { "_start", "alias c1" }, { "_parent", "stop" } } },
        { "C2", { { "_start", "alias c2" } } }, { 0 } };
    h.hide = "_start _child _parent";
    host_play(&h, cast, "G");
    ck_assert_int_eq(host_run(&h), 0);
    h.log_size = 0; /* the order is nobody's promise; that each stops once and goes is checked */
    ck_assert_uint_eq(h.stopped, 4);
}
END_TEST

START_TEST(a_family_handler_may_end_the_child_it_hears_of)
{
    static const struct role cast[] = {
        { "G", { { "_start", "alias g; new M; yield go" }, { "go", "end M; unalias g" },
                 { "_child", "do" } } },
        { "M", { { "_start", "new C1; new C2; new C3; alias m" } } },
        { "C1", { { "_start", "alias c1" } } }, { "C2", { { "_start", "alias c2" } } },
        { "C3", { { "_start", "alias c3" } } }, { 0 } };
    h.act = end_gained;
    h.hide = "_start";
    host_play(&h, cast, "G");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    /* each child is told about, though the list changed under the teller */
    ck_assert_ptr_nonnull(strstr(h.log, "gain,C1"));
    ck_assert_msg(strstr(h.log, "gain,C2") && strstr(h.log, "gain,C3"), "%s", h.log);
    h.log_size = 0;
}
END_TEST

START_TEST(detach_self_in_parent_does_not_hide_the_siblings)
{
    static const struct role cast[] = {
        { "G", { { "_start", "alias g; new M; yield go" }, { "go", "end M; unalias g" } } },
        { "M", { { "_start", "new C1; new C2; alias m" } } },
        { "C1", { { "_start", "alias c1" }, { "_parent", "do" } } },
        { "C2", { { "_start", "alias c2" } } }, { 0 } };
    h.act = detach_once;
    h.hide = "_start";
    host_play(&h, cast, "G");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_msg(strstr(h.log, "G:_child(gain,C2) C2:_parent(M,G)") != NULL, "%s", h.log);
    h.log_size = 0;
}
END_TEST

/* -- detaching ----------------------------------------------------------------------------- */

START_TEST(a_detached_child_belongs_to_the_kernel)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; yield go" }, { "go", "detach C; detach C" } } },
        { "C", { { "_start", "new G; delay 0.03 x" } } }, { "G", { { "_start", "alias g" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "P");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "P:go P:_child(lose,C) C:_parent(P,KERNEL) detach=EPERM P:_stop C:x G:_stop"
                    " C:_child(lose,G) C:_stop");
}
END_TEST

START_TEST(a_session_may_detach_itself)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; alias p; delay 0.02 x" }, { "x", "unalias p" } } },
        { "C", { { "_start", "yield go" }, { "go", "detach_self; detach_self" } } }, { 0 } };
    h.hide = "_start";
    host_story(&h, cast, "P", "P:_child(create,C) C:go P:_child(lose,C) C:_parent(P,KERNEL)"
                              " detach_self=EPERM C:_stop P:x P:_stop");
}
END_TEST

START_TEST(only_a_child_of_ones_own_can_be_detached)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; yield go" }, { "go", "detach self; detach G" } } },
        { "C", { { "_start", "new G" } } }, { "G", { { NULL, NULL } } }, { 0 } };
    h.hide = "_start _child _stop";
    host_play(&h, cast, "P");
    ck_assert_int_eq(poe_session_detach(host_find(&h, "P")), UV_EPERM);
    ck_assert_int_eq(poe_session_detach_self(h.kernel), UV_EPERM);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "P:go detach=EPERM detach=EPERM");
}
END_TEST

START_TEST(detaching_in_start_is_neither_create_nor_lose)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C" } } }, { "C", { { "_start", "detach_self" } } }, { 0 } };
    h.hide = NULL;
    host_play(&h, cast, "P");
    host_expect(&h, "P:_start C:_start C:_parent(P,KERNEL)"); /* R16 */
}
END_TEST

START_TEST(detaching_in_create_works)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; alias p; delay 0.02 x" }, { "_child", "do" }, { "x", "unalias p" } } },
        { "C", { { NULL, NULL } } }, { 0 } };
    h.act = detach_created;
    h.hide = "_start";
    host_story(&h, cast, "P", "P:_child(create,C) P:_child(lose,C) C:_parent(P,KERNEL) C:_stop P:x P:_stop");
}
END_TEST

/* -- limits -------------------------------------------------------------------------------- */

START_TEST(a_full_queue_refuses_posts_but_not_timers)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 2; yield a; yield b; yield c; delay 0 d; delay 0 e; yield f;"
                             " limit self 0; yield g" } } }, { 0 } };
    host_story(&h, cast, "A", "yield=ENOBUFS yield=ENOBUFS A:a A:b A:d A:e A:g A:_stop");
}
END_TEST

START_TEST(the_event_being_handled_does_not_count_against_the_limit)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 1; yield a; yield no" }, { "a", "yield b; yield no" },
                 { "b", "say done" } } }, { 0 } };
    host_story(&h, cast, "A", "yield=ENOBUFS A:a yield=ENOBUFS A:b done A:_stop");
}
END_TEST

START_TEST(the_signal_being_handled_does_not_count_against_the_limit)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; limit self 1; signal self foo" }, { "foo", "yield b; yield no" } } },
        { 0 } };
    host_story(&h, cast, "A", "A:foo yield=ENOBUFS A:b A:_stop");
}
END_TEST

START_TEST(a_limit_is_the_receivers_own)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 2; alias a" }, { "x", "unalias a" } } },
        { "B", { { "_start", "yield go" },
                 { "go", "yield 1; yield 2; yield 3; post A x; post A x; post A x" } } }, { 0 } };
    host_story(&h, cast, "A B", "B:go post=ENOBUFS B:1 B:2 B:3 A:x A:x unalias=ESRCH B:_stop A:_stop");
}
END_TEST

/* "overflow A 1": DROP_NEW, 2: DROP_OLD. */
START_TEST(drop_new_takes_the_payload_and_loses_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 2; overflow self 1; yield a; yield b; yield c; yield d" } } }, { 0 } };
    struct poe_stats stats;

    host_play(&h, cast, "A");
    poe_session_stats(host_find(&h, "A"), &stats);
    ck_assert_uint_eq(stats.queued, 2);
    ck_assert_uint_eq(stats.dropped, 2);
    ck_assert_uint_eq(stats.refused, 0);
    ck_assert_uint_eq(h.dropped, 2);
    ck_assert_int_eq(poe_ask(host_find(&h, "A"), "x", NULL, 0), UV_ECANCELED);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:a A:b A:_stop");
}
END_TEST

START_TEST(drop_old_makes_room_and_lets_the_sender_go)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 2; overflow self 2; alias a" }, { "3", "unalias a" } } },
        { "B", { { "_start", "post A 1" } } },
        { "C", { { "_start", "post A 2; post A 3" } } }, { 0 } };
    struct poe_stats stats;
    uint64_t cursor = 0;
    uint32_t from;

    host_play(&h, cast, "A B");
    poe_session *a = host_find(&h, "A"), *b = host_find(&h, "B");
    uint64_t before = poe_kernel_event_count(h.kernel);
    poe_session_events(b, &from);
    ck_assert_uint_eq(from, 1);
    ck_assert_int_eq(host_session(&h, "C", 0), 0);
    poe_session_events(b, &from);
    ck_assert_uint_eq(from, 0);
    poe_session_stats(a, &stats);
    ck_assert_uint_eq(stats.queued, 2);
    ck_assert_uint_eq(stats.dropped, 1);
    ck_assert_uint_eq(stats.bytes, 2 * sizeof(poe_event));
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), before + 2); /* one more event, and C's grace */
    ck_assert_str_eq(poe_kernel_queued(h.kernel, 0)->name, "2");
    ck_assert_str_eq(poe_session_queued(a, &cursor)->name, "2");
    ck_assert_str_eq(poe_session_queued(a, &cursor)->name, "3");
    ck_assert_ptr_null(poe_session_queued(a, &cursor));
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:2 A:3 C:_stop B:_stop A:_stop");
}
END_TEST

START_TEST(drop_old_refuses_when_only_what_stays_is_queued)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; limit self 1; overflow self 2; signal self foo; yield no" } } }, { 0 } };

    host_story(&h, cast, "A", "yield=ENOBUFS A:foo A:_stop");
}
END_TEST

START_TEST(a_post_in_anothers_name_knows_no_limit_and_stays)
{
    static const struct role cast[] = { { "A", { { "_start", "limit self 1; overflow self 2; alias a" },
                                                 { "y", "unalias a" } } }, { "B", { { "x", "" } } }, { 0 } };

    host_play(&h, cast, "A B");
    poe_session *a = host_find(&h, "A"), *b = host_find(&h, "B");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(poe_post_for(b, a, POE_EVENT_POST, "x", NULL, host_put(&h, "x", NULL)), 0);
    ck_assert_int_eq(poe_session_full(a), 1);
    ck_assert_int_eq(poe_session_admit(a, POE_EVENT_POST), UV_ENOBUFS);
    poe_session_limit(a, 0);
    ck_assert_int_eq(poe_session_full(a), 0);
    ck_assert_int_eq(host_post(&h, a, "y"), 0);
    h.show_sender = 1;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:x<B A:x<B A:y<KERNEL B:_stop<KERNEL A:_stop<KERNEL");
}
END_TEST

START_TEST(who_awaits_room_hears_of_each_event_that_leaves)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 4; await self 1; yield a; sig foo; signal self foo" },
                 { "b", "await self 0; yield c" } } },
        { "B", { { "_start", "post A lost; new C" } } }, { "C", { { "_start", "end B; post A b" } } }, { 0 } };

    host_story(&h, cast, "A B", "B:_stop A:a A:room A:foo A:room A:room A:b C:_stop A:c A:_stop");
}
END_TEST

START_TEST(counts_are_kept_and_summed)
{
    static const struct role cast[] = {
        { "A", { { "_start", "limit self 2; yield a; yield b; yield no; delay 0 t" }, { "a", "yield c" } } },
        { "B", { { "_start", "hold self x; call A x; release self x" } } }, { 0 } };
    struct poe_stats stats;

    host_play(&h, cast, "A B");
    poe_session_stats(host_find(&h, "A"), &stats);
    ck_assert_uint_eq(stats.queued, 2);
    ck_assert_uint_eq(stats.peak, 2);
    ck_assert_uint_eq(stats.refused, 1);
    ck_assert_uint_eq(stats.handled, 2);
    poe_kernel_stats(h.kernel, &stats);
    ck_assert_uint_eq(stats.sessions, 2);
    ck_assert_uint_eq(stats.timers, 1);
    ck_assert_uint_eq(stats.bytes, poe_kernel_memory(h.kernel));
    ck_assert_int_eq(host_run(&h), 0);
    poe_kernel_stats(h.kernel, &stats);
    ck_assert_uint_eq(stats.queued, 0);
    ck_assert_uint_eq(stats.peak, 2);
    ck_assert_uint_eq(stats.refused, 1);
    ck_assert_uint_eq(stats.handled, h.handled);
    ck_assert_uint_eq(stats.time_ns, 0);
    ck_assert_uint_eq(stats.sessions, 0);
    host_expect(&h, "yield=ENOBUFS A:x A:a A:b A:t B:_stop A:c A:_stop");
}
END_TEST

static void
spend(struct host *host, poe_session *s, const poe_event *ev)
{
    uint64_t till = uv_hrtime() + 5000000;

    (void)s;
    while (uv_hrtime() < till)
        ;
    if (strcmp(ev->name, "outer") == 0)
        host_script(host, "call B inner");
}

START_TEST(time_belongs_to_whose_handler_runs)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; delay 0.05 outer" }, { "outer", "do" } } },
        { "B", { { "_start", "alias b" }, { "inner", "do; do" } } }, { 0 } };
    struct poe_stats a, b;

    h.act = spend;
    poe_kernel_timing(h.kernel, 1);
    host_play(&h, cast, "A B");
    poe_session *of_a = host_find(&h, "A"), *of_b = host_find(&h, "B");
    while (poe_kernel_slice(h.kernel) == 1) {
        poe_session_stats(of_b, &b);
        if (b.time_ns >= 10000000) {
            poe_session_stats(of_a, &a);
            break;
        }
    }
    ck_assert_uint_ge(a.time_ns, 5000000);
    ck_assert_uint_lt(a.time_ns, 45000000); /* not the time asleep */
    ck_assert_uint_ge(b.time_ns, 10000000);
    poe_session_stop(of_a);
    poe_session_stop(of_b);
    ck_assert_int_eq(host_run(&h), 0);
}
END_TEST

START_TEST(time_without_memory_to_count_it_is_nobodys)
{
    static const struct role cast[] = { { "A", { { "x", "do" } } }, { 0 } };
    struct poe_stats stats;

    h.act = spend;
    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    size_t used = h.heap.used;
    poe_kernel_timing(h.kernel, 1);
    h.heap.fail_at = h.heap.grown + 1;
    ck_assert_int_eq(host_call(&h, a, "x"), 0);
    ck_assert_int_eq(h.heap.failed, 1);
    ck_assert_uint_eq(h.heap.used, used);
    poe_session_stats(a, &stats);
    ck_assert_uint_eq(stats.time_ns, 0);
    ck_assert_int_eq(host_call(&h, a, "x"), 0);
    poe_session_stats(a, &stats);
    ck_assert_uint_ge(stats.time_ns, 5000000);
    ck_assert_uint_eq(stats.handled, 3);
    poe_session_stop(a);
    poe_kernel_stats(h.kernel, &stats);
    ck_assert_uint_ge(stats.time_ns, 5000000);
    h.log_size = 0;
}
END_TEST

Suite *
session_suite(void)
{
    Suite *s = suite_create("session");
    TCase *birth = tcase_create("birth"), *tree = tcase_create("tree"), *keep = tcase_create("keeping"),
          *end = tcase_create("end"), *detach = tcase_create("detach"), *limit = tcase_create("limit");

    tcase_add_checked_fixture(birth, open_family, close_host);
    tcase_add_test(birth, a_million_sessions_have_128_bytes_each);
    tcase_add_test(birth, start_and_create_run_inside_the_constructor);
    tcase_add_test(birth, nested_creation_is_announced_inside_out);
    tcase_add_test(birth, the_parent_is_the_active_session);
    tcase_add_test(birth, a_fresh_session_lives_until_the_end_of_its_first_slice);
    tcase_add_test(birth, an_idle_session_is_alive_after_its_constructor);
    tcase_add_test(birth, the_marker_comes_after_start);
    tcase_add_test(birth, stop_inside_start_ends_it_there);
    tcase_add_test(birth, a_slice_inside_start_does_not_end_it);
    tcase_add_test(birth, a_failed_constructor_takes_nothing);
    suite_add_tcase(s, birth);

    tcase_add_checked_fixture(tree, open_family, close_host);
    tcase_set_timeout(tree, 60);
    tcase_add_test(tree, ids_start_after_the_kernels_and_are_never_reused);
    tcase_add_test(tree, random_births_and_ends_keep_table_and_tree_true);
    tcase_add_test(tree, children_come_in_the_order_of_their_birth);
    suite_add_tcase(s, tree);

    tcase_add_checked_fixture(keep, open_host, close_host);
    tcase_add_test(keep, idle_sessions_stop_the_last_marked_first);
    tcase_add_test(keep, idle_children_stop_before_their_parent);
    tcase_add_test(keep, a_chain_of_idle_sessions_ends_from_below);
    tcase_add_test(keep, the_sweep_comes_at_the_end_of_the_slice);
    tcase_add_test(keep, a_post_to_a_marked_session_saves_it);
    tcase_add_test(keep, a_yield_in_lose_keeps_the_parent_for_it);
    tcase_add_test(keep, who_posted_stays_until_it_has_arrived);
    tcase_add_test(keep, a_hold_keeps_until_anybody_releases_it);
    tcase_add_test(keep, a_hold_counts_by_tag_and_below_zero);
    tcase_add_test(keep, without_memory_for_its_first_child_hold_name_signal_or_limit_a_session_is_as_it_was);
    tcase_add_test(birth, without_memory_for_a_table_sessions_are_found_all_the_same);
    tcase_add_test(keep, every_reason_keeps_and_its_end_lets_go);
    suite_add_tcase(s, keep);

    tcase_add_checked_fixture(end, open_host, close_host);
    tcase_add_test(end, the_children_of_who_is_stopped_go_to_its_parent);
    tcase_add_test(end, a_child_hears_of_the_end_of_each_parent_it_has);
    tcase_add_test(end, nothing_done_in_stop_prevents_it);
    tcase_add_test(end, a_call_to_others_works_in_stop);
    tcase_add_test(end, a_stopped_session_takes_no_posts);
    tcase_add_test(end, what_is_lost_still_resolves_and_its_posts_are_lost);
    tcase_add_test(end, events_of_who_was_stopped_are_dropped);
    tcase_add_test(end, a_session_may_stop_itself_inside_its_own_handler);
    tcase_add_test(end, a_child_born_in_stop_lives_on_with_the_grandparent);
    tcase_add_test(end, a_family_handler_may_stop_everybody);
    tcase_add_test(end, a_family_handler_may_end_the_child_it_hears_of);
    tcase_add_test(end, detach_self_in_parent_does_not_hide_the_siblings);
    suite_add_tcase(s, end);

    tcase_add_checked_fixture(detach, open_host, close_host);
    tcase_add_test(detach, a_detached_child_belongs_to_the_kernel);
    tcase_add_test(detach, a_session_may_detach_itself);
    tcase_add_test(detach, only_a_child_of_ones_own_can_be_detached);
    tcase_add_test(detach, detaching_in_start_is_neither_create_nor_lose);
    tcase_add_test(detach, detaching_in_create_works);
    suite_add_tcase(s, detach);

    tcase_add_checked_fixture(limit, open_host, close_host);
    tcase_add_test(limit, a_full_queue_refuses_posts_but_not_timers);
    tcase_add_test(limit, the_event_being_handled_does_not_count_against_the_limit);
    tcase_add_test(limit, the_signal_being_handled_does_not_count_against_the_limit);
    tcase_add_test(limit, a_limit_is_the_receivers_own);
    tcase_add_test(limit, drop_new_takes_the_payload_and_loses_it);
    tcase_add_test(limit, drop_old_makes_room_and_lets_the_sender_go);
    tcase_add_test(limit, drop_old_refuses_when_only_what_stays_is_queued);
    tcase_add_test(limit, a_post_in_anothers_name_knows_no_limit_and_stays);
    tcase_add_test(limit, who_awaits_room_hears_of_each_event_that_leaves);
    tcase_add_test(limit, counts_are_kept_and_summed);
    tcase_add_test(limit, time_belongs_to_whose_handler_runs);
    tcase_add_test(limit, time_without_memory_to_count_it_is_nobodys);
    suite_add_tcase(s, limit);
    return s;
}
