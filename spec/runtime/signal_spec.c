/*
 * signal_spec.c - signals: whom they reach, in what order, what they stop; IDLE; exceptions;
 * real signals and children
 */
#include <uv.h>

#include "kernel.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
close_host(void)
{
    ck_assert_uint_eq(h.lent_gone, 0);
    host_close(&h);
}

/* What "do" does. */

static void
work_until(struct host *host, poe_session *s, int times)
{
    if (host_actor(s)->n++ < times)
        host_script(host, "handled; yield w");
}

static void
work_twice(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)ev;
    work_until(host, s, 2);
}

static void
work_once(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)ev;
    work_until(host, s, 1);
}

static void
keep_handle(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)host;
    (void)ev;
    poe_session_keep(s, POE_KEEP_HANDLE);
}

static void
die_on_lose(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    if (strcmp(ev->with.family->reason, "lose") == 0)
        host_script(host, "die oops");
}

static void
kill_usr1(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)host;
    (void)s;
    (void)ev;
    kill(getpid(), SIGUSR1);
}

/* -- travelling ---------------------------------------------------------------------------- */

START_TEST(a_signal_waits_its_turn_among_posts)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; yield a; signal self foo hello; yield b" } } }, { 0 } };
    host_story(&h, cast, "A", "A:a A:foo(hello) A:b A:_stop");
}
END_TEST

/* R(A(A1,A2),B) and a stranger. */
#define TREE(signal)                                                                             \
    { "R", { { "_start", "sig " signal "; alias r; new A; new B" } } },                          \
    { "A", { { "_start", "sig " signal "; alias a; new A1; new A2" } } },                        \
    { "B", { { "_start", "sig " signal "; alias b" } } },                                        \
    { "A1", { { "_start", "sig " signal "; alias a1" } } },                                      \
    { "A2", { { "_start", "sig " signal "; alias a2" } } },                                      \
    { "U", { { "_start", "sig " signal "; alias u" } } }

START_TEST(a_signal_reaches_the_tree_below_deepest_first)
{
    static const struct role cast[] = { TREE("foo"), { "S", { { "_start", "signal R foo" } } },
                                        { 0 } };
    h.hide = "_start _child _parent _stop";
    host_story(&h, cast, "R U S", "A1:foo A2:foo A:foo B:foo R:foo");
}
END_TEST

START_TEST(an_unhandled_terminal_signal_stops_the_tree_in_that_order)
{
    static const struct role cast[] = { TREE("TERM"), { 0 } };
    h.hide = "_start _parent";
    host_play(&h, cast, "R U");
    h.log_size = 0;
    host_as(&h, "KERNEL", "signal R TERM");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    host_expect(&h, "A1:TERM A2:TERM A:TERM B:TERM R:TERM"
                    " A1:_stop A:_child(lose,A1) A2:_stop A:_child(lose,A2) A:_stop R:_child(lose,A)"
                    " B:_stop R:_child(lose,B) R:_stop");
    ck_assert_uint_eq(poe_session_count(h.kernel), 1);
    host_as(&h, "U", "unalias u");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "U:_stop");
}
END_TEST

START_TEST(one_handled_rescues_all_and_the_others_still_run)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig TERM; new C; alias p; yield go; delay 0.02 x" },
                 { "go", "signal self TERM" }, { "x", "unalias p" } } },
        { "C", { { "_start", "sig TERM; alias c" }, { "TERM", "handled" } } }, { 0 } };
    host_story(&h, cast, "P", "P:go C:TERM P:TERM P:x C:_stop P:_stop");
}
END_TEST

START_TEST(a_tree_without_watchers_is_killed_all_the_same)
{
    static const struct role cast[] = {
        { "G", { { "_start", "new P; alias g; yield go; delay 0.02 x" }, { "go", "signal P TERM" },
                 { "x", "unalias g" } } },
        { "P", { { "_start", "new C; alias p" } } }, { "C", { { "_start", "alias c" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "G");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "G:go C:_stop P:_child(lose,C) P:_stop G:_child(lose,P) G:x G:_stop");
}
END_TEST

START_TEST(a_signal_to_a_child_leaves_the_parent_alone)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig TERM; new C; alias p; yield go; delay 0.02 x" },
                 { "go", "signal C TERM" }, { "x", "unalias p" } } },
        { "C", { { "_start", "sig TERM; alias c" } } }, { 0 } };
    host_story(&h, cast, "P", "P:go C:TERM C:_stop P:x P:_stop");
}
END_TEST

START_TEST(signals_stop_by_their_class)
{
    static const struct {
        const char *name;
        int stops, handled_stops;
    } classes[] = {
        { "QUIT", 1, 0 }, { "INT", 1, 0 }, { "KILL", 1, 0 }, { "TERM", 1, 0 }, { "HUP", 1, 0 },
        { "IDLE", 1, 0 }, { "DIE", 1, 0 }, { "ZOMBIE", 1, 1 }, { "UIDESTROY", 1, 1 },
        { "USR1", 0, 0 }, { "USR2", 0, 0 }, { "PIPE", 0, 0 }, { "CHLD", 0, 0 }, { "CLD", 0, 0 },
        { "WINCH", 0, 0 }, { "STOP", 0, 0 }, { "ABRT", 0, 0 }, { "ALRM", 0, 0 }, { "ILL", 0, 0 },
        { "FPE", 0, 0 }, { "TRAP", 0, 0 }, { "XCPU", 0, 0 }, { "TSTP", 0, 0 }, { "term", 0, 0 },
        { "TERMINATE", 0, 0 }, { "mine", 0, 0 }, { "", 0, 0 },
    };
    static const struct role cast[] = { { "A", { { "_start", "alias a; delay 1000 t" },
                                                 { "*", "handled" } } },
                                        { "B", { { "_start", "alias b; delay 1000 t" } } }, { 0 } };

    h.hide = "_start _stop";
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        host_play(&h, cast, "A B");
        host_as(&h, "A", "");
        for (int which = 0; which < 2; which++) {
            poe_session *s = host_find(&h, which ? "A" : "B");
            uint64_t id = poe_session_id(s);
            int stops = which ? classes[i].handled_stops : classes[i].stops;
            if (which) {
                poe_event ev = { .to = s, .from = s, .name = "as", .type = POE_EVENT_CALL };
                struct poe_frame frame;
                poe_kernel_enter(h.kernel, &frame, &ev);
                ck_assert_int_eq(host_watch(&h, classes[i].name), 0);
                poe_kernel_leave(h.kernel, &frame);
            }
            ck_assert_int_eq(host_raise(&h, s, classes[i].name, NULL), 0);
            ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
            ck_assert_msg((poe_session_find(h.kernel, id) == NULL) == stops, "%s: %d %d",
                          classes[i].name, which, stops);
        }
        poe_kernel_stop(h.kernel);
        h.log_size = 0;
    }
}
END_TEST

START_TEST(a_session_signalling_itself_loses_what_it_posts_later)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; yield a" }, { "a", "yield b; signal self TERM; yield c; say rest" } } },
        { 0 } };
    host_story(&h, cast, "A", "A:a rest A:b A:_stop");
}
END_TEST

START_TEST(what_is_queued_behind_a_kill_disappears)
{
    static const struct role cast[] = {
        { "V", { { "_start", "alias v; sig foo" } } },
        { "W", { { "_start", "yield go" }, { "go", "post V a; signal V TERM; post V b; signal V foo" } } },
        { 0 } };
    host_story(&h, cast, "V W", "W:go V:a V:_stop W:_stop");
}
END_TEST

START_TEST(work_from_an_unhandled_terminal_handler_is_lost)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig TERM; alias a; signal self TERM" }, { "TERM", "yield w; delay 0 t" } } },
        { 0 } };
    host_story(&h, cast, "A", "A:TERM A:_stop");
}
END_TEST

START_TEST(a_child_born_in_the_handler_is_not_touched)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig TERM; alias a; signal self TERM" }, { "TERM", "new N" } } },
        { "N", { { "_start", "yield n" } } }, { 0 } };
    h.hide = NULL;
    host_story(&h, cast, "A", "A:_start A:TERM N:_start A:_child(create,N) N:_parent(A,KERNEL) A:_stop"
                              " N:n N:_stop");
}
END_TEST

START_TEST(a_signal_to_the_kernel_reaches_everybody)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; sig TERM; alias a" } } },
        { "B", { { "_start", "sig foo; alias b; yield go" }, { "go", "signal KERNEL foo; yield go2" },
                 { "go2", "signal KERNEL TERM" } } }, { 0 } };
    host_story(&h, cast, "A B", "B:go A:foo B:foo B:go2 A:TERM A:_stop B:_stop");
    host_story(&h, cast, "A B", "B:go A:foo B:foo B:go2 A:TERM A:_stop B:_stop");
}
END_TEST

START_TEST(a_second_watch_replaces_the_first_and_ignoring_ends_it)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; sig foo; sig bar; yield x; signal self foo; signal self bar" },
                 { "x", "unsig bar; unsig bar; unsig never" } } }, { 0 } };
    host_story(&h, cast, "A", "A:x A:foo A:_stop");
    ck_assert_ptr_null(h.kernel->signals.all);
}
END_TEST

START_TEST(handled_works_from_a_nested_call_and_nowhere_else)
{
    static const struct role cast[] = {
        { "A", { { "_start", "handled; sig TERM; alias a; yield x" }, { "x", "handled; signal self TERM" },
                 { "TERM", "call B help; yield y" }, { "y", "unalias a" } } },
        { "B", { { "_start", "alias b; delay 0.3 x" }, { "help", "handled" }, { "x", "unalias b" } } },
        { 0 } };
    host_story(&h, cast, "B A", "A:x A:TERM B:help A:y A:_stop B:x B:_stop");
}
END_TEST

START_TEST(handling_an_inner_signal_does_not_handle_the_outer)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig TERM; alias a; signal self TERM" },
                 { "TERM", "signal B HUP; slice; say back" } } },
        { "B", { { "_start", "sig HUP; alias b" }, { "HUP", "handled; unalias b" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:TERM B:HUP B:_stop back A:_stop");
}
END_TEST

START_TEST(a_handler_may_replace_its_own_watch)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; signal self foo" }, { "foo", "sig foo; active" } } }, { 0 } };
    host_story(&h, cast, "A", "A:foo active=A A:_stop");
    ck_assert_uint_eq(h.lent_gone, 0); /* name and extra are borrowed until the handler returns */
}
END_TEST

START_TEST(a_handler_may_end_its_own_watch)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; signal self foo" }, { "foo", "unsig foo; active" } } }, { 0 } };
    host_story(&h, cast, "A", "A:foo active=A A:_stop");
    ck_assert_uint_eq(h.lent_gone, 0);
}
END_TEST

START_TEST(a_handler_may_stop_everything)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig foo; signal self foo" }, { "foo", "stop; active" } } },
        { "B", { { "_start", "sig foo; alias b" } } }, { 0 } };
    host_story(&h, cast, "B A", "A:foo B:_stop A:_stop active=KERNEL");
    ck_assert_uint_eq(h.lent_gone, 0);
}
END_TEST

START_TEST(a_watcher_gone_meanwhile_hears_nothing)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig foo; new C; new D; alias p; yield go; delay 0.02 x" },
                 { "go", "signal self foo" }, { "x", "unalias p" } } },
        { "C", { { "_start", "sig foo; alias c" }, { "foo", "end D" } } },
        { "D", { { "_start", "sig foo; alias d" } } }, { 0 } };
    host_story(&h, cast, "P", "P:go C:foo D:_stop P:foo P:x C:_stop P:_stop");
}
END_TEST

/* -- IDLE ---------------------------------------------------------------------------------- */

START_TEST(sessions_with_only_a_name_end_when_nothing_goes_on)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } },
                                        { "B", { { "_start", "alias b" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:_stop B:_stop");
}
END_TEST

START_TEST(idle_waits_for_all_work)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a; sig IDLE" } } },
                                        { "B", { { "_start", "delay 0.01 x" } } }, { 0 } };
    host_story(&h, cast, "A B", "B:x B:_stop A:IDLE A:_stop");
}
END_TEST

START_TEST(idle_handled_without_work_is_followed_by_zombie)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; sig IDLE; sig ZOMBIE" }, { "IDLE", "handled" },
                 { "ZOMBIE", "handled; yield w" } } },
        { "B", { { "_start", "alias b; sig IDLE; sig ZOMBIE" } } }, { 0 } };
    host_story(&h, cast, "A B", "A:IDLE B:IDLE A:ZOMBIE B:ZOMBIE A:_stop B:_stop");
}
END_TEST

START_TEST(work_without_handled_is_lost)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; sig IDLE" }, { "IDLE", "yield w" } } }, { 0 } };
    host_story(&h, cast, "A", "A:IDLE A:_stop");
}
END_TEST

START_TEST(work_and_handled_go_on_and_idle_comes_again)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; sig IDLE" }, { "IDLE", "do" } } }, { 0 } };
    h.act = work_twice;
    host_story(&h, cast, "A", "A:IDLE A:w A:IDLE A:w A:IDLE A:_stop");
}
END_TEST

START_TEST(the_childs_word_is_enough)
{
    static const struct role cast[] = {
        { "P", { { "_start", "alias p; sig IDLE; new C" } } },
        { "C", { { "_start", "alias c; sig IDLE" }, { "IDLE", "do" } } }, { 0 } };
    h.act = work_once;
    host_story(&h, cast, "P", "C:IDLE P:IDLE C:w C:IDLE P:IDLE C:_stop P:_stop");
}
END_TEST

START_TEST(a_hold_keeps_idle_away_even_a_negative_one)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a; sig IDLE" } } }, { 0 } };
    int64_t n;

    host_play(&h, cast, "A");
    poe_session *a = host_find(&h, "A");
    for (int positive = 0; positive < 2; positive++) {
        ck_assert_int_eq(positive ? poe_session_hold(a, "t", &n) : poe_session_release(a, "t", &n), 0);
        for (int i = 0; i < 10; i++)
            uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
        host_expect(&h, "");
        if (!positive)
            ck_assert_int_eq(poe_session_hold(a, "t", &n), 0);
    }
    ck_assert_int_eq(poe_session_release(a, "t", &n), 0);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:IDLE A:_stop");
}
END_TEST

START_TEST(an_idle_that_has_ended_all_leaves_no_zombie_behind)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } },
                                        { "B", { { "_start", "yield x" } } }, { 0 } };

    ck_assert_int_eq(host_watch(&h, "USR1"), 0); /* the kernel's own: a poll between slices */
    host_story(&h, cast, "A", "A:_stop");
    ck_assert_uint_eq(poe_kernel_event_count(h.kernel), 0);
    host_story(&h, cast, "B", "B:x B:_stop");
}
END_TEST

START_TEST(a_handle_opened_in_idle_is_new_work)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; sig IDLE; sig ZOMBIE" }, { "IDLE", "do; handled" } } }, { 0 } };
    h.act = keep_handle;
    host_play(&h, cast, "A");
    for (int i = 0; i < 5; i++)
        uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
    host_expect(&h, "A:IDLE"); /* as R88: no ZOMBIE while something may still happen */
    poe_session_unkeep(host_find(&h, "A"), POE_KEEP_HANDLE);
    host_as(&h, "A", "unsig IDLE; unsig ZOMBIE");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:_stop");
}
END_TEST

START_TEST(an_idle_kernel_with_a_handle_waits)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a; sig IDLE" } } }, { 0 } };

    host_play(&h, cast, "A");
    poe_session_keep(host_find(&h, "A"), POE_KEEP_HANDLE);
    for (int i = 0; i < 10; i++)
        uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
    host_expect(&h, "");
    poe_session_unkeep(host_find(&h, "A"), POE_KEEP_HANDLE);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:IDLE A:_stop");
}
END_TEST

/* -- exceptions ---------------------------------------------------------------------------- */

START_TEST(an_exception_is_a_queued_die)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig DIE; yield boom; yield after" }, { "boom", "die oops" },
                 { "DIE", "handled" } } }, { 0 } };
    host_story(&h, cast, "A", "A:boom A:after A:DIE(oops@A) A:_stop");
}
END_TEST

START_TEST(die_reaches_below_then_the_session_then_its_ancestors)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig DIE; new C; new S" }, { "DIE", "handled" } } },
        { "C", { { "_start", "sig DIE; new G; yield boom" }, { "boom", "die oops" } } },
        { "G", { { "_start", "sig DIE; alias g" } } },
        { "S", { { "_start", "sig DIE; yield s" } } },
        { "U", { { "_start", "sig DIE; yield u" } } }, { 0 } };
    h.hide = "_start _child _parent _stop";
    host_story(&h, cast, "P U", "C:boom S:s U:u G:DIE(oops@C) C:DIE(oops@C) P:DIE(oops@C)");
}
END_TEST

START_TEST(an_unhandled_exception_stops_all_and_is_runs)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield boom; yield after" }, { "boom", "die oops" } } },
        { "B", { { "_start", "alias b" } } }, { 0 } };
    host_play(&h, cast, "A B");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "A:boom A:after A:_stop B:_stop !oops@A");
    host_story(&h, cast, "B", "B:_stop"); /* and run can be used again (R161) */
}
END_TEST

START_TEST(the_family_stops_first_then_the_others)
{
    static const struct role cast[] = {
        { "GP", { { "_start", "alias gp; new P" } } }, { "P", { { "_start", "alias p; new C" } } },
        { "C", { { "_start", "alias c; new GC; yield boom" }, { "boom", "die oops" } } },
        { "GC", { { "_start", "alias gc" } } }, { "U", { { "_start", "alias u" } } }, { 0 } };
    h.hide = "_start _parent";
    host_play(&h, cast, "U GP");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "C:boom GC:_stop C:_child(lose,GC) C:_stop P:_child(lose,C) P:_stop GP:_child(lose,P)"
                    " GP:_stop U:_stop !oops@C");
}
END_TEST

START_TEST(a_sibling_loses_its_parent_and_then_stops)
{
    static const struct role cast[] = {
        { "P", { { "_start", "alias p; new C; new S" } } },
        { "C", { { "_start", "yield boom" }, { "boom", "die oops" } } },
        { "S", { { "_start", "alias s; sig DIE" } } }, { 0 } };
    h.hide = "_start";
    host_play(&h, cast, "P");
    h.log_size = 0;
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "C:boom C:_stop P:_child(lose,C) S:_parent(P,KERNEL) P:_stop S:_stop !oops@C");
}
END_TEST

START_TEST(an_exception_in_start_does_not_reach_the_creator)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig DIE; new C; say on; yield x" }, { "DIE", "handled" } } },
        { "C", { { "_start", "die oops" } } }, { 0 } };
    h.hide = NULL;
    host_story(&h, cast, "P", "P:_start C:_start P:_child(create,C) on P:DIE(oops@C) P:x C:_stop"
                              " P:_child(lose,C) P:_stop");
}
END_TEST

START_TEST(an_exception_in_stop_is_runs_after_one_more_event)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" }, { "_stop", "die oops" } } },
        { "B", { { "_start", "delay 0.02 x2; delay 0.05 x3; sig DIE" }, { "DIE", "handled" } } }, { 0 } };
    host_play(&h, cast, "A B");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "A:x A:_stop B:x2 B:_stop !oops@A");
}
END_TEST

START_TEST(an_exception_in_the_last_stop_is_runs_too)
{
    static const struct role cast[] = { { "A", { { "_stop", "die oops" } } }, { 0 } };

    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "A:_stop !oops@A");
}
END_TEST

START_TEST(a_die_that_nobody_has_handled_comes_to_who_watches_over_all)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig DIE; yield boom; yield after" }, { "boom", "die oops" }, { "DIE", "" },
                 { "after", "yield again" }, { "again", "" } } },
        { "W", { { "_start", "sig DIE?; alias w" }, { "DIE?", "handled" } } }, { 0 } };
    static const struct role deaf[] = {
        { "A", { { "_start", "yield boom" }, { "boom", "die oops" } } },
        { "W", { { "_start", "sig DIE?; alias w" }, { "DIE?", "" } } }, { 0 } };

    host_story(&h, cast, "A W", "A:boom A:after A:DIE(oops@A) W:DIE?(oops@A) A:again A:_stop W:_stop");
    host_play(&h, deaf, "W A");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
}
END_TEST

START_TEST(an_exception_in_an_unhandled_die_comes_second)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig DIE; yield boom" }, { "boom", "die first" }, { "DIE", "die second" } } },
        { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "A:boom A:DIE(first@A) A:_stop !first@A !second@A"); /* R163 */
}
END_TEST

START_TEST(an_exception_in_a_handled_die_comes_alone)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig DIE; yield boom" }, { "boom", "die first" },
                 { "DIE", "handled; die second" } } }, { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), UV_ECANCELED);
    host_expect(&h, "A:boom A:DIE(first@A) A:_stop !second@A");
}
END_TEST

START_TEST(an_exception_in_a_signals_handler_lets_the_others_run)
{
    static const struct role cast[] = {
        { "P", { { "_start", "sig foo; sig DIE; new C; signal self foo" }, { "DIE", "handled" } } },
        { "C", { { "_start", "sig foo; alias c" }, { "foo", "die oops" } } }, { 0 } };
    h.hide = "_start _child _stop";
    host_story(&h, cast, "P", "C:foo P:foo P:DIE(oops@C)");
}
END_TEST

START_TEST(an_exception_in_lose_does_not_cut_the_sequence)
{
    static const struct role cast[] = {
        { "P", { { "_start", "new C; sig DIE; yield go" }, { "go", "detach C" }, { "_child", "do" },
                 { "DIE", "handled" } } },
        { "C", { { "_start", "alias c" } } }, { 0 } };
    h.act = die_on_lose;
    h.hide = "_start";
    host_story(&h, cast, "P", "P:_child(create,C) P:go P:_child(lose,C) C:_parent(P,KERNEL)"
                              " P:DIE(oops@P) P:_stop C:_stop");
}
END_TEST

START_TEST(the_first_of_two_exceptions_is_raised)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield boom" }, { "boom", "die one" } } },
        { "B", { { "_start", "yield boom" }, { "boom", "die two" } } }, { 0 } };
    host_play(&h, cast, "A B");
    ck_assert_int_eq(poe_kernel_run(h.kernel), UV_ECANCELED);
    poe_payload first = poe_kernel_exception(h.kernel);
    ck_assert_str_eq(host_text(&h, first), "one@A");
    host_drop(&h, first);
    h.log_size = 0;
}
END_TEST

START_TEST(a_die_without_a_record_kills_and_run_returns)
{
    static const struct role cast[] = {
        { "X", { { "_start", "alias x" } } }, { "Y", { { "_start", "yield go" }, { "go", "signal X DIE" } } },
        { 0 } };
    host_story(&h, cast, "X Y", "Y:go X:_stop Y:_stop");
}
END_TEST

START_TEST(a_slice_with_the_exception_succeeds_and_the_next_raises)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; yield boom" }, { "boom", "die oops" } } }, { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_slice(h.kernel), 1);
    ck_assert_int_eq(poe_kernel_slice(h.kernel), UV_ECANCELED);
    host_exceptions(&h);
    host_expect(&h, "A:boom A:_stop !oops@A");
}
END_TEST

START_TEST(an_exception_in_a_call_does_not_reach_the_caller)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig DIE; yield go" }, { "go", "call B f; say on; active" },
                 { "DIE", "handled" } } },
        { "B", { { "_start", "alias b; sig DIE" }, { "f", "die oops" }, { "DIE", "handled; unalias b" } } },
        { 0 } };
    host_story(&h, cast, "B A", "A:go B:f on active=A A:_stop B:DIE(oops@B) B:_stop");
}
END_TEST

START_TEST(an_exception_nobody_fetched_is_freed_with_the_kernel)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield boom" }, { "boom", "die oops" } } }, { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_run(h.kernel), UV_ECANCELED);
    h.log_size = 0;
}
END_TEST

START_TEST(a_fetched_exception_is_over)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield boom" }, { "boom", "die oops" } } },
        { "B", { { "_start", "yield 1; yield 2" } } }, { 0 } };
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_kernel_run(h.kernel), UV_ECANCELED);
    host_drop(&h, poe_kernel_exception(h.kernel)); /* once: there is only one */
    h.log_size = 0;
    host_story(&h, cast, "B", "B:1 B:2 B:_stop");
}
END_TEST

/* -- real ones ----------------------------------------------------------------------------- */

START_TEST(a_real_signal_reaches_all_its_watchers)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig USR1; yield a" }, { "a", "do; yield b; alias a" },
                 { "USR1", "unalias a" } } },
        { "B", { { "_start", "sig USR1; alias b; delay 5 t" }, { "USR1", "unalias b; remove t" } } }, { 0 } };
    h.act = kill_usr1;
    host_story(&h, cast, "A B", "A:a A:b A:USR1 B:USR1 B:_stop A:_stop");
}
END_TEST

START_TEST(an_unwatched_signal_is_the_systems_again)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig USR1; sig WINCH; yield x" }, { "x", "unsig USR1" } } }, { 0 } };
    struct sigaction now;

    host_play(&h, cast, "A");
    sigaction(SIGUSR1, NULL, &now);
    ck_assert(now.sa_handler != SIG_DFL);
    ck_assert_int_eq(host_run(&h), 0);
    uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
    sigaction(SIGUSR1, NULL, &now);
    ck_assert(now.sa_handler == SIG_DFL);
    sigaction(SIGWINCH, NULL, &now);
    ck_assert(now.sa_handler == SIG_DFL);
    h.log_size = 0;
}
END_TEST

START_TEST(a_signal_that_cannot_be_caught_may_still_be_watched)
{
    static const struct role cast[] = {
        { "A", { { "_start", "sig KILL; sig STOP; sig CHLD; signal self STOP" } } }, { 0 } };
    host_story(&h, cast, "A", "A:STOP A:_stop");
}
END_TEST

/* A process that ends with `code` once it may; release_child() lets it. */
static int child, gate[2];

static void
spawn(int code)
{
    char text[8];

    snprintf(text, sizeof text, "%d", code);
    ck_assert_int_eq(pipe(gate), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child)
        return;
    close(gate[1]);
    dup2(gate[0], 0);
    execl("/bin/sh", "sh", "-c", "read nothing; exit $0", text, (char *)NULL); /* not valgrind's */
    _exit(99);
}

static void
release_child(void)
{
    siginfo_t info;

    close(gate[1]);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
}

static void
watch_child(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(host_child(host, child, "ended"), 0);
}

static void
ignore_child(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(poe_child_ignore(host->kernel, child), 0);
    ck_assert_int_eq(poe_child_ignore(host->kernel, child), UV_ESRCH);
}

START_TEST(a_watched_process_keeps_its_session_and_is_told_first)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } },
                                        { "B", { { "_start", "sig CHLD; alias b" } } }, { 0 } };
    spawn(3);
    h.act = watch_child;
    host_play(&h, cast, "B A");
    for (int i = 0; i < 10; i++)
        uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
    host_expect(&h, "");
    release_child();
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:ended(CHLD,3,0) B:CHLD(CHLD,3,0) A:_stop B:_stop");
}
END_TEST

START_TEST(a_process_that_has_ended_already_is_told_too)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { 0 } };

    spawn(7);
    release_child();
    h.act = watch_child;
    host_story(&h, cast, "A", "A:ended(CHLD,7,0) A:_stop");
}
END_TEST

START_TEST(watching_chld_does_not_hide_an_end_from_who_watches_the_pid_next)
{
    static const struct role cast[] = { { "A", { { "_start", "sig CHLD; do" } } }, { 0 } };

    spawn(7);
    release_child();
    h.act = watch_child;
    host_story(&h, cast, "A", "A:ended(CHLD,7,0) A:CHLD(CHLD,7,0) A:_stop");
}
END_TEST

START_TEST(a_killed_process_tells_its_signal)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { 0 } };

    spawn(0);
    h.act = watch_child;
    host_play(&h, cast, "A");
    kill(child, SIGKILL);
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:ended(CHLD,0,9) A:_stop");
}
END_TEST

START_TEST(several_may_watch_one_process_and_each_but_once)
{
    static const struct role cast[] = { { "A", { { "_start", "do; do" } } },
                                        { "B", { { "_start", "do" } } }, { 0 } };
    spawn(1);
    h.act = watch_child;
    host_play(&h, cast, "A B");
    release_child();
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:ended(CHLD,1,0) B:ended(CHLD,1,0) B:_stop A:_stop");
}
END_TEST

START_TEST(ignoring_a_process_lets_its_session_end)
{
    static const struct role cast[] = {
        { "A", { { "_start", "do; yield x" }, { "x", "do" } } }, { 0 } };

    spawn(0);
    h.act = watch_child;
    host_play(&h, cast, "A");
    ck_assert_int_eq(poe_child_ignore(h.kernel, child), UV_ESRCH); /* the kernel does not watch it */
    h.act = ignore_child;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:x A:_stop");
    release_child();
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_process_nobody_watches_postpones_nothing)
{
    static const struct role cast[] = { { "A", { { "_start", "alias a" } } }, { 0 } };

    spawn(0);
    host_story(&h, cast, "A", "A:_stop");
    release_child();
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(a_watched_pid_that_is_not_ours_is_ended_by_idle)
{
    static const struct role cast[] = { { "A", { { "_start", "do" } } }, { 0 } };

    child = 1;
    h.act = watch_child;
    host_story(&h, cast, "A", "A:_stop");
}
END_TEST

/* -- memory -------------------------------------------------------------------------------- */

static const char *const watched[] = { "USR1", "mine", "CHLD", "TERM" };

START_TEST(a_watch_without_memory_changes_nothing)
{
    const char *name = watched[_i];

    for (long n = 1;; n++) {
        h.heap.fail_at = h.heap.grown + n;
        int rc = host_watch(&h, name);
        h.heap.fail_at = 0;
        if (rc == 0)
            break;
        ck_assert_int_eq(rc, UV_ENOMEM);
        ck_assert_ptr_null(h.kernel->signals.all);
        ck_assert_ptr_null(h.kernel->signals.chld);
        uv_run(poe_kernel_loop(h.kernel), UV_RUN_NOWAIT);
        ck_assert_uint_eq(h.kernel->open, 3);
    }
    poe_signal_ignore(h.kernel, name);
    ck_assert_ptr_null(h.kernel->signals.all);
    ck_assert_ptr_null(h.kernel->signals.chld);
}
END_TEST

START_TEST(a_child_watch_without_memory_changes_nothing)
{
    for (long n = 1;; n++) {
        h.heap.fail_at = h.heap.grown + n;
        int rc = host_child(&h, 1, "ended");
        h.heap.fail_at = 0;
        if (rc == 0)
            break;
        ck_assert_int_eq(rc, UV_ENOMEM);
        ck_assert_ptr_null(h.kernel->signals.chld);
        ck_assert(list_empty(&h.kernel->signals.pids));
    }
    ck_assert_int_eq(poe_child_ignore(h.kernel, 1), 0);
    ck_assert_ptr_null(h.kernel->signals.chld);
}
END_TEST

START_TEST(an_exception_without_memory_is_not_forgotten)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias a; yield boom" }, { "boom", "die oops" } } }, { 0 } };
    host_play(&h, cast, "A");
    h.heap.fail_at = h.heap.grown + 1 + _i; /* 0: telling the family; 1: keeping the record */
    int rc = host_run(&h);
    h.heap.fail_at = 0;
    ck_assert_int_eq(rc, UV_ECANCELED);
    host_expect(&h, "A:boom A:_stop !oops@A");
}
END_TEST

Suite *
signal_suite(void)
{
    Suite *s = suite_create("signal");
    TCase *travel = tcase_create("travelling"), *idle = tcase_create("idle"), *die = tcase_create("die"),
          *real = tcase_create("real"), *memory = tcase_create("memory");

    tcase_add_checked_fixture(travel, open_host, close_host);
    tcase_set_timeout(travel, 30);
    tcase_add_test(travel, a_signal_waits_its_turn_among_posts);
    tcase_add_test(travel, a_signal_reaches_the_tree_below_deepest_first);
    tcase_add_test(travel, an_unhandled_terminal_signal_stops_the_tree_in_that_order);
    tcase_add_test(travel, one_handled_rescues_all_and_the_others_still_run);
    tcase_add_test(travel, a_tree_without_watchers_is_killed_all_the_same);
    tcase_add_test(travel, a_signal_to_a_child_leaves_the_parent_alone);
    tcase_add_test(travel, signals_stop_by_their_class);
    tcase_add_test(travel, a_session_signalling_itself_loses_what_it_posts_later);
    tcase_add_test(travel, what_is_queued_behind_a_kill_disappears);
    tcase_add_test(travel, work_from_an_unhandled_terminal_handler_is_lost);
    tcase_add_test(travel, a_child_born_in_the_handler_is_not_touched);
    tcase_add_test(travel, a_signal_to_the_kernel_reaches_everybody);
    tcase_add_test(travel, a_second_watch_replaces_the_first_and_ignoring_ends_it);
    tcase_add_test(travel, handled_works_from_a_nested_call_and_nowhere_else);
    tcase_add_test(travel, handling_an_inner_signal_does_not_handle_the_outer);
    tcase_add_test(travel, a_handler_may_replace_its_own_watch);
    tcase_add_test(travel, a_handler_may_end_its_own_watch);
    tcase_add_test(travel, a_handler_may_stop_everything);
    tcase_add_test(travel, a_watcher_gone_meanwhile_hears_nothing);
    suite_add_tcase(s, travel);

    tcase_add_checked_fixture(idle, open_host, close_host);
    tcase_set_timeout(idle, 30);
    tcase_add_test(idle, sessions_with_only_a_name_end_when_nothing_goes_on);
    tcase_add_test(idle, idle_waits_for_all_work);
    tcase_add_test(idle, idle_handled_without_work_is_followed_by_zombie);
    tcase_add_test(idle, work_without_handled_is_lost);
    tcase_add_test(idle, work_and_handled_go_on_and_idle_comes_again);
    tcase_add_test(idle, the_childs_word_is_enough);
    tcase_add_test(idle, a_hold_keeps_idle_away_even_a_negative_one);
    tcase_add_test(idle, an_idle_that_has_ended_all_leaves_no_zombie_behind);
    tcase_add_test(idle, a_handle_opened_in_idle_is_new_work);
    tcase_add_test(idle, an_idle_kernel_with_a_handle_waits);
    suite_add_tcase(s, idle);

    tcase_add_checked_fixture(die, open_host, close_host);
    tcase_set_timeout(die, 30);
    tcase_add_test(die, an_exception_is_a_queued_die);
    tcase_add_test(die, die_reaches_below_then_the_session_then_its_ancestors);
    tcase_add_test(die, an_unhandled_exception_stops_all_and_is_runs);
    tcase_add_test(die, the_family_stops_first_then_the_others);
    tcase_add_test(die, a_sibling_loses_its_parent_and_then_stops);
    tcase_add_test(die, an_exception_in_start_does_not_reach_the_creator);
    tcase_add_test(die, an_exception_in_stop_is_runs_after_one_more_event);
    tcase_add_test(die, an_exception_in_the_last_stop_is_runs_too);
    tcase_add_test(die, an_exception_in_an_unhandled_die_comes_second);
    tcase_add_test(die, an_exception_in_a_handled_die_comes_alone);
    tcase_add_test(die, a_die_that_nobody_has_handled_comes_to_who_watches_over_all);
    tcase_add_test(die, an_exception_in_a_signals_handler_lets_the_others_run);
    tcase_add_test(die, an_exception_in_lose_does_not_cut_the_sequence);
    tcase_add_test(die, the_first_of_two_exceptions_is_raised);
    tcase_add_test(die, a_die_without_a_record_kills_and_run_returns);
    tcase_add_test(die, a_slice_with_the_exception_succeeds_and_the_next_raises);
    tcase_add_test(die, an_exception_in_a_call_does_not_reach_the_caller);
    tcase_add_test(die, an_exception_nobody_fetched_is_freed_with_the_kernel);
    tcase_add_test(die, a_fetched_exception_is_over);
    suite_add_tcase(s, die);

    tcase_add_checked_fixture(real, open_host, close_host);
    tcase_set_timeout(real, 30);
    tcase_add_test(real, a_real_signal_reaches_all_its_watchers);
    tcase_add_test(real, an_unwatched_signal_is_the_systems_again);
    tcase_add_test(real, a_signal_that_cannot_be_caught_may_still_be_watched);
    tcase_add_test(real, a_watched_process_keeps_its_session_and_is_told_first);
    tcase_add_test(real, a_process_that_has_ended_already_is_told_too);
    tcase_add_test(real, watching_chld_does_not_hide_an_end_from_who_watches_the_pid_next);
    tcase_add_test(real, a_killed_process_tells_its_signal);
    tcase_add_test(real, several_may_watch_one_process_and_each_but_once);
    tcase_add_test(real, ignoring_a_process_lets_its_session_end);
    tcase_add_test(real, a_process_nobody_watches_postpones_nothing);
    tcase_add_test(real, a_watched_pid_that_is_not_ours_is_ended_by_idle);
    suite_add_tcase(s, real);

    tcase_add_checked_fixture(memory, open_host, close_host);
    tcase_add_loop_test(memory, a_watch_without_memory_changes_nothing, 0, 4);
    tcase_add_test(memory, a_child_watch_without_memory_changes_nothing);
    tcase_add_loop_test(memory, an_exception_without_memory_is_not_forgotten, 0, 2);
    suite_add_tcase(s, memory);
    return s;
}
