/*
 * queue_spec.c - the FIFO: by a table, at random against a naive one, and without memory
 */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "suites.h"

static struct heap heap;
static struct mem m;
static struct queue q;

static void
open_queue(void)
{
    memset(&heap, 0, sizeof heap);
    poe__mem_init(&m, heap_alloc, &heap);
    poe__queue_init(&q, 2);
}

static void
close_queue(void)
{
    poe__queue_release(&q, &m);
    ck_assert_uint_eq(m.used, 0);
    ck_assert_uint_eq(heap.used, 0);
}

/* What is always true, and that it holds just `from` .. `from + count - 1`. */
static void
check_queue(uint64_t from, uint64_t count)
{
    uint64_t capacity = q.mask + 1;

    holds((capacity & q.mask) == 0);
    holds(q.tail - q.head <= capacity);
    holds(queue_count(&q) == count);
    holds((q.ring == NULL) == (capacity == 0));
    holds(heap.used == capacity * sizeof(poe_event));
    for (uint64_t i = 0; i < count; i++)
        holds(q.ring[(q.head + i) & q.mask].payload == from + i);
}

static int
push(uint64_t payload)
{
    poe_event *ev = queue_push(&q, &m);

    if (!ev)
        return 0;
    *ev = (poe_event){ .payload = payload };
    return 1;
}

static uint64_t
pop(void)
{
    uint64_t payload = queue_head(&q)->payload;

    q.head++;
    return payload;
}

START_TEST(an_event_takes_48_bytes)
{
    ck_assert_uint_eq(sizeof(poe_event), 48);
}
END_TEST

/* "+3": push three; "-2": pop two; "s": shrink.  `count` and `capacity` afterwards. */
START_TEST(a_table_of_pushes_and_pops_comes_out_in_order)
{
    static const struct {
        char what;
        int times;
        uint64_t count, capacity;
    } steps[] = {
        { '+', 1, 1, 2 }, { '-', 1, 0, 2 }, { '+', 2, 2, 2 }, { '-', 1, 1, 2 }, { '+', 1, 2, 2 },
        { '+', 1, 3, 4 }, { '-', 2, 1, 4 }, { '+', 3, 4, 4 }, { '+', 1, 5, 8 }, { '-', 5, 0, 8 },
        { '+', 8, 8, 8 }, { '+', 9, 17, 32 }, { 's', 1, 17, 32 }, { '-', 17, 0, 32 }, { 's', 1, 0, 2 },
        { 's', 1, 0, 2 }, { '+', 5, 5, 8 }, { '-', 5, 0, 8 }, { 's', 1, 0, 2 },
    };
    uint64_t in = 0, out = 0;

    check_queue(0, 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        for (int n = 0; n < steps[i].times; n++) {
            if (steps[i].what == '+')
                ck_assert(push(in++));
            else if (steps[i].what == '-')
                ck_assert_uint_eq(pop(), out++);
            else
                poe__queue_shrink(&q, &m);
        }
        check_queue(out, steps[i].count);
        ck_assert_uint_eq(q.mask + 1, steps[i].capacity);
    }
}
END_TEST

START_TEST(growing_while_wrapped_keeps_order)
{
    for (uint64_t offset = 0; offset < 8; offset++) {
        uint64_t from = q.tail;
        while (q.mask + 1 < 8 || q.mask == UINT64_MAX)
            ck_assert_int_eq(poe__queue_grow(&q, &m), 0);
        for (uint64_t i = 0; i < offset; i++) {
            push(0);
            pop();
        }
        from = q.tail;
        for (uint64_t i = 0; i < 20; i++) /* grows twice on the way, full and wrapped */
            push(from + i);
        check_queue(from, 20);
        for (uint64_t i = 0; i < 20; i++)
            ck_assert_uint_eq(pop(), from + i);
        poe__queue_shrink(&q, &m);
    }
}
END_TEST

START_TEST(positions_only_grow)
{
    push(0);
    push(1);
    uint64_t tail = q.tail;
    push(2);
    ck_assert_uint_eq(q.tail, tail + 1);
    pop();
    ck_assert_uint_eq(q.head, 1);
    pop();
    pop();
    poe__queue_shrink(&q, &m);
    ck_assert_uint_eq(q.head, 3);
    ck_assert_uint_eq(q.tail, 3);
}
END_TEST

START_TEST(random_pushes_and_pops_agree_with_a_naive_fifo)
{
    uint64_t in = 0, out = 0;

    srand(20);
    for (int step = 0; step < 30000; step++) {
        int filling = (step / 300) % 2;
        if (rand() % 5 < 2 + filling)
            ck_assert(push(in++));
        else if (out < in)
            ck_assert_uint_eq(pop(), out++);
        if (rand() % 100 == 0)
            poe__queue_shrink(&q, &m);
        check_queue(out, in - out);
    }
    ck_assert_uint_gt(out, 1000);
}
END_TEST

START_TEST(push_without_memory_leaves_the_queue_unchanged)
{
    heap.fail_at = heap.grown + 1;
    ck_assert(!push(9));
    check_queue(0, 0);
    for (uint64_t i = 0; i < 4; i++)
        ck_assert(push(i));
    struct queue before = q;
    heap.fail_at = heap.grown + 1;
    ck_assert(!push(9));
    ck_assert_mem_eq(&before, &q, sizeof q);
    check_queue(0, 4);
    ck_assert(push(4));
    check_queue(0, 5);
}
END_TEST

START_TEST(shrinking_without_memory_keeps_the_ring)
{
    for (uint64_t i = 0; i < 9; i++)
        push(i);
    q.head = q.tail;
    struct queue before = q;
    heap.fail_at = heap.grown + 1;
    poe__queue_shrink(&q, &m);
    ck_assert_mem_eq(&before, &q, sizeof q);
    check_queue(0, 0);
}
END_TEST

START_TEST(positions_may_pass_four_billion)
{
    q.head = q.tail = UINT32_MAX - 3;
    for (uint64_t i = 0; i < 100; i++)
        ck_assert(push(i));
    check_queue(0, 100);
    for (uint64_t i = 0; i < 100; i++)
        ck_assert_uint_eq(pop(), i);
}
END_TEST

Suite *
queue_suite(void)
{
    Suite *s = suite_create("queue");
    TCase *tc = tcase_create("fifo");

    tcase_add_checked_fixture(tc, open_queue, close_queue);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, an_event_takes_48_bytes);
    tcase_add_test(tc, a_table_of_pushes_and_pops_comes_out_in_order);
    tcase_add_test(tc, growing_while_wrapped_keeps_order);
    tcase_add_test(tc, positions_only_grow);
    tcase_add_test(tc, random_pushes_and_pops_agree_with_a_naive_fifo);
    tcase_add_test(tc, push_without_memory_leaves_the_queue_unchanged);
    tcase_add_test(tc, shrinking_without_memory_keeps_the_ring);
    tcase_add_test(tc, positions_may_pass_four_billion);
    suite_add_tcase(s, tc);
    return s;
}
