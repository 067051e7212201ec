/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "shm/region.h"

BM_TEST(pieces_are_aligned_zero_and_apart)
{
    bm_region_t *region;
    char *a, *b;

    ck_assert_int_eq(bm_region_create(&region, 10000, g_pool), APR_SUCCESS);
    ck_assert_uint_eq(bm_region_size(region), 12288);
    a = bm_region_carve(region, 100, 1);
    b = bm_region_carve(region, 4096, 64);
    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_uint_eq((uintptr_t)b % 64, 0);
    ck_assert(b >= a + 100);
    for (int i = 0; i < 4096; i++)
        ck_assert_int_eq(b[i], 0);
    memset(a, 1, 100);
    memset(b, 2, 4096);
    ck_assert_uint_eq(bm_region_used(region), 128 + 4096);
}
END_TEST

BM_TEST(a_region_is_used_up_and_says_so)
{
    bm_region_t *region;

    ck_assert_int_eq(bm_region_create(&region, 0, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_region_create(&region, 4096, g_pool), APR_SUCCESS);
    ck_assert_ptr_null(bm_region_carve(region, 4097, 1));
    ck_assert_ptr_null(bm_region_carve(region, APR_SIZE_MAX, 64));
    ck_assert_ptr_nonnull(bm_region_carve(region, 4000, 64));
    ck_assert_ptr_null(bm_region_carve(region, 100, 1));
    ck_assert_ptr_nonnull(bm_region_carve(region, 96, 1));
    ck_assert_ptr_null(bm_region_carve(region, 1, 1));
    ck_assert_ptr_null(bm_region_carve(region, 0, 3));
}
END_TEST

BM_TEST(a_forked_process_shares_it)
{
    bm_region_t *region;
    volatile int *number;
    int status;
    pid_t pid;

    ck_assert_int_eq(bm_region_create(&region, 4096, g_pool), APR_SUCCESS);
    number = bm_region_carve(region, sizeof(*number), sizeof(*number));
    pid = fork();
    if (pid == 0) {
        *number = 4711;
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(*number, 4711);
}
END_TEST

#include "test_region.reg"
