/*
 * alias_spec.c - names: one owner, byte order, and the table at random against a naive one
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
close_host(void)
{
    host_close(&h);
}

/* What is always true: every name can be found, is its owner's, and the counts agree. */
static void
check_aliases(void)
{
    const struct aliases *a = &h.kernel->aliases;
    uint32_t in_slots = 0, in_lists = 0;
    uint64_t cursor = 0;
    poe_session *s;

    for (uint32_t i = 0; a->slots && i <= a->mask; i++)
        if (a->slots[i]) {
            in_slots++;
            holds(poe_alias_find(h.kernel, a->slots[i]->name) == a->slots[i]->session);
        }
    while ((s = poe_session_each(h.kernel, &cursor))) {
        uint32_t count = 0;
        const char *before = NULL;
        for (const struct alias *at = s->more ? s->more->aliases : NULL; at; at = at->next, count++) {
            holds(at->session == s);
            holds(!before || strcmp(before, at->name) < 0);
            before = at->name;
        }
        holds(poe_session_kept(s, POE_KEEP_ALIAS) == count);
        in_lists += count;
    }
    holds(in_slots == a->count && in_lists == a->count);
}

static int
as_set(poe_session *s, const char *name)
{
    poe_event ev = { .to = s, .from = s, .name = "as", .type = POE_EVENT_CALL };
    struct poe_frame frame;

    poe_kernel_enter(h.kernel, &frame, &ev);
    int rc = poe_alias_set(h.kernel, name);
    poe_kernel_leave(h.kernel, &frame);
    return rc;
}

static int
as_remove(poe_session *s, const char *name)
{
    poe_event ev = { .to = s, .from = s, .name = "as", .type = POE_EVENT_CALL };
    struct poe_frame frame;

    poe_kernel_enter(h.kernel, &frame, &ev);
    int rc = poe_alias_remove(h.kernel, name);
    poe_kernel_leave(h.kernel, &frame);
    return rc;
}

static const struct role two[] = { { "A", { { NULL, NULL } } }, { "B", { { NULL, NULL } } }, { 0 } };

START_TEST(a_name_has_one_owner)
{
    host_play(&h, two, "A B");
    host_as(&h, "A", "alias x; alias x; unalias nobody");
    host_as(&h, "B", "alias x; unalias x; alias y");
    host_as(&h, "A", "unalias x; resolve x");
    host_as(&h, "B", "alias x; resolve x; resolve y; resolve z");
    host_expect(&h, "unalias=ESRCH alias=EEXIST unalias=EPERM x=nobody x=B y=B z=nobody");
    check_aliases();
}
END_TEST

START_TEST(names_come_in_byte_order)
{
    static const char *const sorted[] = { "", "A", "B", "a", "aa", "b", "\xc3\xa9" };
    const char *name = NULL;

    host_play(&h, two, "A");
    for (int i = 6; i >= 0; i--)
        ck_assert_int_eq(as_set(host_find(&h, "A"), sorted[(i * 3) % 7]), 0);
    for (int i = 0; i < 7; i++) {
        name = poe_alias_next(host_find(&h, "A"), name);
        ck_assert_str_eq(name, sorted[i]);
    }
    ck_assert_ptr_null(poe_alias_next(host_find(&h, "A"), name));
    ck_assert_str_eq(poe_alias_next(host_find(&h, "A"), "C"), "a"); /* one that is gone will do */
    ck_assert_ptr_null(poe_alias_next(poe_kernel_session(h.kernel), NULL));
}
END_TEST

START_TEST(a_name_of_its_own_is_kept)
{
    char name[] = "mine";

    host_play(&h, two, "A");
    ck_assert_int_eq(as_set(host_find(&h, "A"), name), 0);
    strcpy(name, "gone");
    ck_assert_ptr_eq(poe_alias_find(h.kernel, "mine"), host_find(&h, "A"));
    ck_assert_ptr_null(poe_alias_find(h.kernel, "gone"));
}
END_TEST

START_TEST(random_names_agree_with_a_naive_table)
{
    enum { NAMES = 150 };
    static const struct role four[] = { { "A", { { NULL, NULL } } }, { "B", { { NULL, NULL } } },
                                        { "C", { { NULL, NULL } } }, { "D", { { NULL, NULL } } }, { 0 } };
    poe_session *sessions[5], *owner[NAMES] = { NULL };
    char name[16];

    host_play(&h, four, "A B C D");
    for (int i = 0; i < 4; i++)
        sessions[i] = host_find(&h, four[i].name);
    sessions[4] = poe_kernel_session(h.kernel);
    srand(31);
    for (int step = 0; step < 8000; step++) {
        int n = rand() % NAMES, filling = (step / 1000) % 2;
        poe_session *s = sessions[rand() % 5];
        snprintf(name, sizeof name, "n%d", n);
        if (rand() % 5 < 2 + filling) {
            holds(as_set(s, name) == (owner[n] && owner[n] != s ? UV_EEXIST : 0));
            owner[n] = owner[n] ? owner[n] : s;
        } else {
            s = owner[n] && rand() % 3 ? owner[n] : s;
            holds(as_remove(s, name) == (!owner[n] ? UV_ESRCH : owner[n] != s ? UV_EPERM : 0));
            owner[n] = owner[n] == s ? NULL : owner[n];
        }
        for (int i = 0; i < NAMES; i++) {
            snprintf(name, sizeof name, "n%d", i);
            holds(poe_alias_find(h.kernel, name) == owner[i]);
        }
        check_aliases();
    }
}
END_TEST

static void
post_to_x(struct host *host, poe_session *s, const poe_event *ev)
{
    (void)s;
    (void)ev;
    ck_assert_int_eq(host_post(host, poe_alias_find(host->kernel, "x"), "e"), 0);
}

START_TEST(a_name_is_resolved_when_posting)
{
    static const struct role cast[] = {
        { "A", { { "_start", "alias x; yield go" }, { "go", "do; unalias x; call B take" } } },
        { "B", { { "_start", "alias b" }, { "take", "alias x; do" }, { "e", "unalias b; unalias x" } } },
        { 0 } };
    host_play(&h, cast, "A B");
    h.hide = "_start go take";
    h.act = post_to_x;
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:e B:e B:_stop A:_stop");
}
END_TEST

START_TEST(a_dying_session_still_resolves_until_it_is_lost)
{
    static const struct role cast[] = {
        { "P", { { "_start", "alias p; new C; yield x" }, { "_child", "resolve c" }, { "x", "unalias p" } } },
        { "C", { { "_start", "alias c; yield x" }, { "x", "end self; resolve c" },
                 { "_stop", "resolve c" } } }, { 0 } };
    h.hide = "_start _parent";
    host_play(&h, cast, "P");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "P:_child(create,C) c=C C:x C:_stop c=C P:_child(lose,C) c=C c=nobody P:x P:_stop");
}
END_TEST

START_TEST(names_go_with_their_session_and_free_the_table)
{
    char name[16];

    host_play(&h, two, "A B");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "n%d", i);
        ck_assert_int_eq(as_set(host_find(&h, i % 2 ? "A" : "B"), name), 0);
    }
    poe_session_stop(host_find(&h, "A"));
    check_aliases();
    ck_assert_uint_eq(h.kernel->aliases.count, 50);
    poe_session_stop(host_find(&h, "B"));
    check_aliases();
    ck_assert_uint_eq(h.kernel->aliases.count, 0);
}
END_TEST

START_TEST(the_kernels_own_names_go_at_the_end_of_the_run)
{
    static const struct role cast[] = {
        { "A", { { "_start", "yield x" }, { "x", "resolve k" } } }, { 0 } };
    ck_assert_int_eq(poe_alias_set(h.kernel, "k"), 0);
    host_play(&h, cast, "A");
    ck_assert_int_eq(host_run(&h), 0);
    host_expect(&h, "A:x k=KERNEL A:_stop");
    ck_assert_ptr_null(poe_alias_find(h.kernel, "k"));
}
END_TEST

START_TEST(a_name_of_the_kernel_after_a_run_is_freed_with_it)
{
    host_play(&h, two, "A");
    ck_assert_int_eq(host_run(&h), 0);
    ck_assert_int_eq(poe_alias_set(h.kernel, "k"), 0);
    ck_assert_ptr_nonnull(poe_alias_find(h.kernel, "k"));
    h.log_size = 0;
    host_close(&h);
    host_open(&h);
}
END_TEST

START_TEST(a_name_without_memory_changes_nothing)
{
    char name[16];

    host_play(&h, two, "A");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "n%d", i);
        for (long n = 1;; n++) {
            uint32_t count = h.kernel->aliases.count;
            h.heap.fail_at = h.heap.grown + n;
            int rc = as_set(host_find(&h, "A"), name);
            h.heap.fail_at = 0;
            check_aliases();
            if (rc == 0)
                break;
            ck_assert_int_eq(rc, UV_ENOMEM);
            ck_assert_uint_eq(h.kernel->aliases.count, count);
            ck_assert_ptr_null(poe_alias_find(h.kernel, name));
        }
    }
}
END_TEST

Suite *
alias_suite(void)
{
    Suite *s = suite_create("alias");
    TCase *tc = tcase_create("names");

    tcase_add_checked_fixture(tc, open_host, close_host);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_name_has_one_owner);
    tcase_add_test(tc, names_come_in_byte_order);
    tcase_add_test(tc, a_name_of_its_own_is_kept);
    tcase_add_test(tc, random_names_agree_with_a_naive_table);
    tcase_add_test(tc, a_name_is_resolved_when_posting);
    tcase_add_test(tc, a_dying_session_still_resolves_until_it_is_lost);
    tcase_add_test(tc, names_go_with_their_session_and_free_the_table);
    tcase_add_test(tc, the_kernels_own_names_go_at_the_end_of_the_run);
    tcase_add_test(tc, a_name_of_the_kernel_after_a_run_is_freed_with_it);
    tcase_add_test(tc, a_name_without_memory_changes_nothing);
    suite_add_tcase(s, tc);
    return s;
}
