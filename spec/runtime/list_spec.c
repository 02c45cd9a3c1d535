/*
 * list_spec.c - the intrusive list
 */
#include "list.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h"

struct item {
    char name;
    struct list link;
};

/* The members' names, having gone round both ways. */
static const char *
names(const struct list *l)
{
    static char text[64];
    size_t n = 0;

    for (const struct list *at = l->next; at != l; at = at->next) {
        ck_assert_ptr_eq(at->next->prev, at);
        ck_assert_ptr_eq(at->prev->next, at);
        text[n++] = list_entry(at, const struct item, link)->name;
    }
    text[n] = '\0';
    return text;
}

static struct item items[8];

static void
fill(struct list *l, const char *who)
{
    list_init(l);
    for (; *who; who++) {
        struct item *i = &items[*who - 'a'];
        i->name = *who;
        list_insert(l, &i->link);
    }
}

START_TEST(a_new_list_is_empty)
{
    struct list l;

    list_init(&l);
    ck_assert(list_empty(&l));
    ck_assert_str_eq(names(&l), "");
}
END_TEST

START_TEST(inserting_at_the_list_appends_and_at_a_member_goes_before_it)
{
    struct list l;

    fill(&l, "abc");
    ck_assert_str_eq(names(&l), "abc");
    items[3].name = 'd';
    list_insert(&items[1].link, &items[3].link);
    ck_assert_str_eq(names(&l), "adbc");
    items[4].name = 'e';
    list_insert(l.next, &items[4].link);
    ck_assert_str_eq(names(&l), "eadbc");
}
END_TEST

START_TEST(removing_twice_does_no_harm)
{
    struct list l;

    fill(&l, "abc");
    list_remove(&items[1].link);
    list_remove(&items[1].link);
    ck_assert_str_eq(names(&l), "ac");
    list_remove(&items[0].link);
    list_remove(&items[2].link);
    ck_assert(list_empty(&l));
}
END_TEST

START_TEST(splicing_moves_everybody_to_the_tail)
{
    struct list l, m;

    fill(&l, "ab");
    fill(&m, "cd");
    list_splice(&l, &m);
    ck_assert_str_eq(names(&l), "abcd");
    ck_assert(list_empty(&m));
    list_splice(&l, &m);
    ck_assert_str_eq(names(&l), "abcd");
    list_splice(&m, &l);
    ck_assert_str_eq(names(&m), "abcd");
    ck_assert(list_empty(&l));
}
END_TEST

START_TEST(random_moves_agree_with_strings)
{
    struct list lists[2];
    char model[2][16] = { "abcdefgh", "" };

    fill(&lists[0], "abcdefgh");
    list_init(&lists[1]);
    srand(4);
    for (int step = 0; step < 5000; step++) {
        int who = rand() % 8, to = rand() % 2;
        for (int i = 0; i < 2; i++) {
            char *at = strchr(model[i], 'a' + who);
            if (at)
                memmove(at, at + 1, strlen(at));
        }
        list_remove(&items[who].link);
        size_t size = strlen(model[to]), where = (size_t)rand() % (size + 1);
        struct list *at = where == size ? &lists[to] : &items[model[to][where] - 'a'].link;
        list_insert(at, &items[who].link);
        memmove(model[to] + where + 1, model[to] + where, size - where + 1);
        model[to][where] = (char)('a' + who);
        if (rand() % 50 == 0) {
            list_splice(&lists[to], &lists[!to]);
            memmove(model[to] + strlen(model[to]), model[!to], strlen(model[!to]) + 1);
            model[!to][0] = '\0';
        }
        ck_assert_str_eq(names(&lists[0]), model[0]);
        ck_assert_str_eq(names(&lists[1]), model[1]);
    }
}
END_TEST

Suite *
list_suite(void)
{
    Suite *s = suite_create("list");
    TCase *tc = tcase_create("links");

    tcase_add_test(tc, a_new_list_is_empty);
    tcase_add_test(tc, inserting_at_the_list_appends_and_at_a_member_goes_before_it);
    tcase_add_test(tc, removing_twice_does_no_harm);
    tcase_add_test(tc, splicing_moves_everybody_to_the_tail);
    tcase_add_test(tc, random_moves_agree_with_strings);
    suite_add_tcase(s, tc);
    return s;
}
