/*
 * trace_spec.c - one line per fact, by tag
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "host.h"
#include "kernel.h"
#include "suites.h"

START_TEST(each_tag_has_its_bit_and_no_other_word_has)
{
    ck_assert_uint_eq(poe_trace_tag("ev", 2), POE_TRACE_EVENTS);
    ck_assert_uint_eq(poe_trace_tag("ti,si", 2), POE_TRACE_TIMERS);
    ck_assert_uint_eq(poe_trace_tag("si", 2), POE_TRACE_SIGNALS);
    ck_assert_uint_eq(poe_trace_tag("rc", 2), POE_TRACE_SESSIONS);
    ck_assert_uint_eq(poe_trace_tag("fh", 2), POE_TRACE_HANDLES);
    ck_assert_uint_eq(poe_trace_tag("e", 1), 0);
    ck_assert_uint_eq(poe_trace_tag("", 0), 0);
    ck_assert_uint_eq(poe_trace_tag("event", 5), 0);
}
END_TEST

/* What the traced kernel below has told. */
struct told {
    char text[2000];
};

static void
tell(void *ud, const char *line)
{
    struct told *told = ud;
    const char *fact = strchr(line, ' ');

    fact = fact ? strchr(fact + 1, ' ') : NULL; /* past tag and time */
    strncat(told->text, fact ? fact + 1 : line, sizeof told->text - strlen(told->text) - 2);
    strcat(told->text, "\n");
}

static int
run_nothing(void *ud, const poe_event *ev, poe_payload *out)
{
    (void)ud;
    (void)ev;
    (void)out;
    return 0;
}

static void
drop_nothing(void *ud, poe_payload payload)
{
    (void)ud;
    (void)payload;
}

static void
lose_nothing(void *ud, poe_session *s)
{
    (void)ud;
    (void)s;
}

START_TEST(what_is_asked_for_is_told_and_nothing_else)
{
    struct told told = { "" };
    struct poe_host host = { .size = sizeof host, .ud = &told, .dispatch = run_nothing,
                             .drop = drop_nothing, .stopped = lose_nothing, .gone = lose_nothing,
                             .trace = tell };
    poe_kernel *k;
    poe_session *s;

    ck_assert_int_eq(poe_kernel_new(&k, &host, NULL), 0);
    ck_assert_int_eq(poe_session_new(k, NULL, 0, 0, POE_OVERFLOW_REFUSE, &s), 0);
    ck_assert_str_eq(told.text, "");
    ck_assert_uint_eq(poe_kernel_trace(k, POE_TRACE_EVENTS), 0);
    ck_assert_int_eq(poe_post(s, "hello", NULL, 0), 0);
    ck_assert_int_eq(poe_kernel_run(k), 0);
    ck_assert_uint_eq(poe_kernel_trace(k, 0), POE_TRACE_EVENTS);
    ck_assert_str_eq(told.text, "post 'hello' to 2 from 1\n"
                                "run 'hello' in 2 from 1\n"
                                "done 'hello' in 2\n"
                                "run '_stop' in 2 from 1\n"
                                "done '_stop' in 2\n");
    poe_kernel_free(&k);
}
END_TEST

/* Appends a fact as "queued hello 1 2;", with its ID counted from the first one's. */
static void
note(void *ud, const struct poe_fact *fact)
{
    static const char *const kinds[] = { "named", "queued", "begin", "end", "rest" };
    struct told *told = ud;
    char line[100];

    snprintf(line, sizeof line, "%s %s %llu %llu%s\n", kinds[fact->kind], fact->name ? fact->name : "-",
             (unsigned long long)(fact->session ? poe_session_id(fact->session) : 0),
             (unsigned long long)fact->id, fact->raised ? " raised" : "");
    if (fact->kind != POE_FACT_REST)
        strncat(told->text, line, sizeof told->text - strlen(told->text) - 1);
}

/* Sets a timer and raises a signal in _start; "bad" raises an exception. */
static int
run_facts(void *ud, const poe_event *ev, poe_payload *out)
{
    poe_kernel *k = *(poe_kernel **)ud;
    struct poe_frame frame;
    poe_event self = *ev;

    if (strcmp(ev->name, "_start") == 0) {
        ck_assert_int_eq(poe_alias_set(k, "me"), 0);
        ck_assert_int_eq(poe_delay_set(k, 0.1, "timer", NULL, 0, 0, NULL), 0);
        ck_assert_int_eq(poe_signal_raise(ev->to, "USR1", NULL, 0), 0);
        ck_assert_int_eq(poe_call(ev->to, "called", NULL, 0), 0);
        self.name = "self";
        poe_kernel_enter(k, &frame, &self);
        poe_kernel_leave(k, &frame);
    }
    *out = 0;
    return strcmp(ev->name, "bad") == 0 ? POE_RAISED : 0;
}

START_TEST(a_watcher_hears_of_events_by_the_number_they_were_queued_with)
{
    struct told told = { "" };
    poe_kernel *k;
    poe_session *s;
    struct poe_host host = { .size = sizeof host, .ud = &k, .dispatch = run_facts,
                             .drop = drop_nothing, .stopped = lose_nothing, .gone = lose_nothing };

    ck_assert_int_eq(poe_kernel_new(&k, &host, NULL), 0);
    poe_kernel_watch(k, note, &told);
    ck_assert_uint_eq(poe_kernel_trace(k, 0), 0);
    poe_kernel_mark(k, "mark");
    ck_assert_int_eq(poe_session_new(k, NULL, 0, 0, POE_OVERFLOW_REFUSE, &s), 0);
    poe_kernel_mark(k, NULL);
    ck_assert_int_eq(poe_post(s, "hello", NULL, 0), 0);
    ck_assert_str_eq(told.text, "begin mark 1 0\n"
                                "named - 2 0\nbegin _start 2 0\nnamed - 2 0\nqueued timer 2 1\n"
                                "queued USR1 2 1\nbegin called 2 0\nend - 0 0\n"
                                "begin self 2 0\nend - 0 0\nend - 0 0\nend - 0 0\n"
                                "queued hello 2 2\n");
    told.text[0] = '\0';
    ck_assert_int_eq(poe_kernel_run(k), 0);
    ck_assert_str_eq(told.text, "begin USR1 1 1\nend - 0 0\nbegin hello 2 2\nend - 0 0\n"
                                "begin timer 2 1\nend - 0 0\n"
                                "queued IDLE 1 3\nbegin IDLE 1 3\nbegin _stop 2 0\nend - 0 0\nend - 0 0\n");

    ck_assert_int_eq(poe_session_new(k, NULL, 0, 0, POE_OVERFLOW_REFUSE, &s), 0);
    told.text[0] = '\0';
    poe_call(s, "bad", NULL, 0);
    ck_assert_str_eq(told.text, "begin bad 3 0\nqueued DIE 3 5\nend - 0 0 raised\n");
    told.text[0] = '\0';
    poe_kernel_watch(k, NULL, NULL);
    poe_kernel_free(&k);
    ck_assert_str_eq(told.text, "");
}
END_TEST

START_TEST(long_aliases_are_cut_where_the_line_ends)
{
    struct told told = { "" };
    struct poe_host host = { .size = sizeof host, .ud = &told, .dispatch = run_nothing,
                             .drop = drop_nothing, .stopped = lose_nothing, .gone = lose_nothing,
                             .trace = tell };
    char alias[300], name[NAME_SIZE];
    poe_kernel *k;

    memset(alias, 'a', sizeof alias - 1);
    alias[sizeof alias - 1] = '\0';
    ck_assert_int_eq(poe_kernel_new(&k, &host, NULL), 0);
    ck_assert_int_eq(poe_alias_set(k, alias), 0);
    ck_assert_uint_lt(strlen(poe__name(poe_kernel_session(k), name)), NAME_SIZE);
    poe_kernel_free(&k);
}
END_TEST

Suite *
trace_suite(void)
{
    Suite *suite = suite_create("trace");
    TCase *telling = tcase_create("telling");

    tcase_add_test(telling, each_tag_has_its_bit_and_no_other_word_has);
    tcase_add_test(telling, what_is_asked_for_is_told_and_nothing_else);
    tcase_add_test(telling, a_watcher_hears_of_events_by_the_number_they_were_queued_with);
    tcase_add_test(telling, long_aliases_are_cut_where_the_line_ends);
    suite_add_tcase(suite, telling);
    return suite;
}
