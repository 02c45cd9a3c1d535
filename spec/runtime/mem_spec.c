/*
 * mem_spec.c - the sized allocator hook
 */
#include "mem.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "host.h"
#include "suites.h"

START_TEST(used_counts_what_is_held)
{
    struct heap heap = { 0 };
    struct mem m;

    poe__mem_init(&m, heap_alloc, &heap);
    char *a = poe__mem_zero(&m, 100);
    char *b = poe__mem_resize(&m, NULL, 0, 50);
    ck_assert_uint_eq(m.used, 150);
    b = poe__mem_resize(&m, b, 50, 500);
    ck_assert_uint_eq(m.used, 600);
    b = poe__mem_resize(&m, b, 500, 10);
    ck_assert_uint_eq(m.used, 110);
    ck_assert_uint_eq(heap.used, 110);
    poe__mem_free(&m, a, 100);
    poe__mem_free(&m, b, 10);
    ck_assert_uint_eq(m.used, 0);
    ck_assert_uint_eq(heap.blocks, 0);
}
END_TEST

START_TEST(zeroed_memory_is_zero)
{
    struct heap heap = { 0 };
    struct mem m;
    static const char zeros[256];

    poe__mem_init(&m, heap_alloc, &heap);
    char *a = poe__mem_zero(&m, sizeof zeros);
    ck_assert_mem_eq(a, zeros, sizeof zeros);
    poe__mem_free(&m, a, sizeof zeros);
}
END_TEST

START_TEST(a_failed_resize_leaves_block_and_count_as_they_were)
{
    struct heap heap = { 0 };
    struct mem m;

    poe__mem_init(&m, heap_alloc, &heap);
    char *a = poe__mem_zero(&m, 8);
    memcpy(a, "seven77", 8);
    heap.fail_at = heap.grown + 1;
    ck_assert_ptr_null(poe__mem_resize(&m, a, 8, 80));
    ck_assert_str_eq(a, "seven77");
    ck_assert_uint_eq(m.used, 8);
    heap.fail_at = heap.grown + 1;
    ck_assert_ptr_null(poe__mem_zero(&m, 8));
    ck_assert_uint_eq(m.used, 8);
    poe__mem_free(&m, a, 8);
}
END_TEST

START_TEST(freeing_nothing_does_nothing)
{
    struct heap heap = { 0 };
    struct mem m;

    poe__mem_init(&m, heap_alloc, &heap);
    poe__mem_free(&m, NULL, 0);
    poe__mem_free(&m, NULL, 100);
    ck_assert_uint_eq(m.used, 0);
}
END_TEST

START_TEST(without_a_hook_the_c_heap_serves)
{
    struct mem m;

    poe__mem_init(&m, NULL, NULL);
    char *a = poe__mem_zero(&m, 10);
    ck_assert_ptr_nonnull(a);
    a = poe__mem_resize(&m, a, 10, 100);
    ck_assert_uint_eq(m.used, 100);
    poe__mem_free(&m, a, 100);
    ck_assert_uint_eq(m.used, 0);
}
END_TEST

Suite *
mem_suite(void)
{
    Suite *s = suite_create("mem");
    TCase *tc = tcase_create("accounts");

    tcase_add_test(tc, used_counts_what_is_held);
    tcase_add_test(tc, zeroed_memory_is_zero);
    tcase_add_test(tc, a_failed_resize_leaves_block_and_count_as_they_were);
    tcase_add_test(tc, freeing_nothing_does_nothing);
    tcase_add_test(tc, without_a_hook_the_c_heap_serves);
    suite_add_tcase(s, tc);
    return s;
}
