/*
 * due_spec.c - keys in due order: at random against a naive list, in orders that are hard to split, and swept
 */
#include "due.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

#define MOST 3000

static struct heap heap;
static struct mem m;
static struct due due;
static uint8_t dead[MOST * 4]; /* by index */
static struct due_key model[MOST];
static uint32_t model_count, seq;

static void
open_due(void)
{
    memset(&heap, 0, sizeof heap);
    memset(&due, 0, sizeof due);
    memset(dead, 0, sizeof dead);
    poe__mem_init(&m, heap_alloc, &heap);
    model_count = seq = 0;
}

static void
close_due(void)
{
    poe__due_release(&due, &m);
    ck_assert_uint_eq(m.used, 0);
    ck_assert_uint_eq(heap.used, 0);
}

/* What is always true. */
static void
check_due(void)
{
    uint32_t end = due.end;

    holds(due.begin <= due.front && due.front <= due.end && due.end <= due.room);
    holds(due.parts <= DUE_PARTS);
    holds(due.parts || due.front == due.end);
    for (uint32_t i = due.begin; i + 1 < due.front; i++)
        holds(due_before(&due.keys[i], &due.keys[i + 1]));
    for (uint32_t i = 0; i < due.parts; end = due.part[i++].begin) {
        holds(due.part[i].begin <= end);
        for (uint32_t at = due.part[i].begin; at < end; at++) {
            holds(!due_before(&due.keys[at], &due.part[i].low));
            holds(i == 0 || !due_before(&due.part[i - 1].low, &due.keys[at]));
        }
    }
    holds(due.parts == 0 || due.part[due.parts - 1].begin == due.front);
    holds(due.begin == due.front || due.parts == 0
          || !due_before(&due.part[due.parts - 1].low, &due.keys[due.front - 1]));
}

static void
add(int64_t due_ns)
{
    struct due_key key = { due_ns, seq, seq };

    if (due.end == due.room)
        ck_assert(poe__due_grow(&due, &m));
    seq++;
    poe__due_add(&due, key);
    model[model_count++] = key;
}

static void
pop(void)
{
    uint32_t first = 0;

    for (uint32_t i = 1; i < model_count; i++)
        if (due_before(&model[i], &model[first]))
            first = i;
    holds(due.begin < due.front || poe__due_refill(&due));
    struct due_key key = due.keys[due.begin++];
    holds(key.seq == model[first].seq && key.due_ns == model[first].due_ns);
    model[first] = model[--model_count];
}

static int
is_live(const void *of, const struct due_key *key)
{
    return !((const uint8_t *)of)[key->index];
}

static void
sweep(void)
{
    for (uint32_t i = 0; i < model_count; i++)
        if (dead[model[i].index])
            model[i--] = model[--model_count];
    poe__due_sweep(&due, is_live, dead);
    holds(due.begin == 0 && due.end == model_count);
}

START_TEST(random_keys_agree_with_a_naive_list)
{
    srand(_i);
    for (int step = 0; step < 8000 && seq < MOST; step++) {
        int what = rand() % 100, filling = (step / 700) % 2;
        if (what < 35 + filling * 30 && model_count < 600)
            add(rand() % (_i % 2 ? 100000 : 30) - 10);
        else if (what < 97 && model_count)
            pop();
        else if (what == 98) {
            for (uint32_t i = 0; i < model_count; i += 1 + (uint32_t)rand() % 9)
                dead[model[i].index] = 1;
            sweep();
        }
        check_due();
    }
    while (model_count)
        pop();
    check_due();
    holds(!poe__due_refill(&due));
    holds(due.end == 0 && due.begin == 0);
}
END_TEST

/* Rising, falling, all the same, rising and falling, in teeth, with few values. */
static int64_t
shape(int which, int i, int count)
{
    switch (which) {
    case 0: return i;
    case 1: return count - i;
    case 2: return 7;
    case 3: return i < count / 2 ? i : count - i;
    case 4: return i % 17 * 1000 + i;
    default: return i % 3;
    }
}

START_TEST(every_shape_comes_out_in_order)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 900; i++)
            add(shape(_i, i, 900));
        for (int i = 0; i < 300; i++) { /* half-way more of it */
            pop();
            add(shape(_i, i, 900));
        }
        check_due();
        while (model_count)
            pop();
        seq = 0;
    }
}
END_TEST

/* What comes nearer and nearer leaves ever more parts behind: the farthest become one. */
START_TEST(parts_beyond_the_most_are_joined)
{
    add(1 << 20);
    pop();
    add(1 << 20);
    for (int i = 0; i < 2000; i++) {
        if (i % 50 == 0) {
            holds(due.begin < due.front || poe__due_refill(&due));
            check_due();
        }
        add((1 << 20) - i);
    }
    check_due();
    while (model_count)
        pop();
}
END_TEST

START_TEST(without_memory_nothing_has_changed)
{
    for (int i = 0; i < 100; i++) {
        if (due.end == due.room) {
            uint32_t room = due.room, end = due.end;
            heap.fail_at = heap.grown + 1;
            holds(!poe__due_grow(&due, &m));
            heap.fail_at = 0;
            holds(due.room == room && due.end == end);
        }
        add(100 - i);
    }
    while (model_count)
        pop();
}
END_TEST

Suite *
due_suite(void)
{
    Suite *s = suite_create("due");
    TCase *t = tcase_create("due");

    tcase_add_checked_fixture(t, open_due, close_due);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, random_keys_agree_with_a_naive_list, 0, 8);
    tcase_add_loop_test(t, every_shape_comes_out_in_order, 0, 6);
    tcase_add_test(t, parts_beyond_the_most_are_joined);
    tcase_add_test(t, without_memory_nothing_has_changed);
    suite_add_tcase(s, t);
    return s;
}
