/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "engine/host.h"

BM_TEST(stolen_time_is_a_share_of_all)
{
    bm_host_cpu_t a, b;

    ck_assert_int_eq(bm_host_cpu_parse(&a, "cpu  100 0 50 800 10 0 20 20 7 7\ncpu0 1 2 3\n"), APR_SUCCESS);
    ck_assert_uint_eq(a.total, 1000);                /* guest time is in user already */
    ck_assert_uint_eq(a.idle, 810);
    ck_assert_uint_eq(a.steal, 20);
    ck_assert_int_eq(bm_host_cpu_parse(&b, "cpu  150 0 50 820 10 0 20 50 7 7\n"), APR_SUCCESS);
    ck_assert_double_eq_tol(bm_host_steal(&a, &b), 0.30, 1e-9);
    ck_assert_double_eq_tol(bm_host_busy(&a, &b), 0.80, 1e-9);
    ck_assert_double_eq(bm_host_steal(&b, &b), 0);
    ck_assert_double_eq(bm_host_steal(&b, &a), 0);
    ck_assert_int_eq(bm_host_cpu_parse(&a, "cpu0 1 2 3 4 5 6 7 8"), APR_EINVAL);
    ck_assert_int_eq(bm_host_cpu_parse(&a, "cpu  1 2 x 4 5 6 7 8"), APR_EINVAL);
    ck_assert_int_eq(bm_host_cpu_parse(&a, "cpu  1 2"), APR_EINVAL);
    ck_assert_int_eq(bm_host_cpu_parse(&a, ""), APR_EINVAL);
    ck_assert_int_eq(bm_host_cpu_parse(&a, "cpu  1 2 3 4 5"), APR_SUCCESS);      /* an old kernel: no steal */
}
END_TEST

BM_TEST(this_machine_has_facts)
{
    bm_host_facts_t facts;
    bm_host_cpu_t cpu;
    bm_host_priority_t priority;

    bm_host_facts(&facts, g_pool);
    ck_assert_int_ge(facts.cpus_online, 1);
    ck_assert_int_ge(facts.cpus_usable, 1);
    ck_assert_int_gt(facts.memory_bytes, 1 << 20);
    ck_assert_ptr_null(strchr(facts.clock_source, '\n'));
    ck_assert_str_ne(facts.kernel, "unknown");
    ck_assert_int_eq(bm_host_cpu_read(&cpu), APR_SUCCESS);
    ck_assert_uint_gt(cpu.total, cpu.idle);
    bm_host_priority(&priority);
    ck_assert_str_ne(priority.policy, "unknown");
}
END_TEST

BM_TEST(a_cpu_is_chosen_round_the_list)
{
    int cpu;

    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "1,3", 0, g_pool), APR_SUCCESS);
    ck_assert_int_eq(cpu, 1);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "1, 3", 3, g_pool), APR_SUCCESS);
    ck_assert_int_eq(cpu, 3);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, NULL, 5, g_pool), APR_SUCCESS);
    ck_assert_int_eq(cpu, -1);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "", 0, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "1,x", 0, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "-1", 0, g_pool), APR_EINVAL);
    ck_assert_int_eq(bm_host_choose_cpu(&cpu, "99999999", 0, g_pool), APR_EINVAL);
}
END_TEST

#include "test_host.reg"
