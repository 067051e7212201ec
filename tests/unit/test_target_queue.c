/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <stdio.h>
#include <apr_strings.h>
#include <math.h>
#include "base/rand.h"
#include "target/target_queue.h"

BM_TEST(first_come_first_served_before_two_servers)
{
    static const apr_int64_t waits[] = { 0, 0, 8, 8, 16 };
    bm_target_queue_t *queue = bm_target_queue_make(2, 0, g_pool);
    apr_int64_t wait;

    for (apr_size_t i = 0; i < BM_COUNT(waits); i++) {      /* one arrival per unit of time, each is served 10 */
        ck_assert_int_eq(bm_target_queue_admit(queue, (apr_int64_t)i, 10, &wait), APR_SUCCESS);
        ck_assert_int_eq(wait, waits[i]);
    }
    ck_assert_int_eq(bm_target_queue_admit(queue, 1000, 10, &wait), APR_SUCCESS);
    ck_assert_int_eq(wait, 0);
}
END_TEST

BM_TEST(a_full_queue_refuses_until_one_has_left_it)
{
    bm_target_queue_t *queue = bm_target_queue_make(1, 2, g_pool);
    apr_int64_t wait;

    ck_assert_int_eq(bm_target_queue_admit(queue, 0, 100, &wait), APR_SUCCESS);     /* served until 100 */
    ck_assert_int_eq(bm_target_queue_admit(queue, 1, 100, &wait), APR_SUCCESS);     /* waits, starts at 100 */
    ck_assert_int_eq(bm_target_queue_admit(queue, 2, 100, &wait), APR_SUCCESS);     /* waits, starts at 200 */
    ck_assert_int_eq(bm_target_queue_admit(queue, 3, 100, &wait), APR_EAGAIN);
    ck_assert_int_eq(bm_target_queue_admit(queue, 99, 100, &wait), APR_EAGAIN);
    ck_assert_int_eq(bm_target_queue_admit(queue, 100, 100, &wait), APR_SUCCESS);
    ck_assert_int_eq(wait, 200);
}
END_TEST

typedef struct load_case_t {
    int servers;
    double load;            /* arrival rate over capacity */
    double wait;            /* mean wait by Erlang's C formula, in service times */
} load_case_t;

/* M/M/1: rho / (1 - rho). M/M/c: C(c, a) / (c (1 - rho)) with C(4, 3.2) = 0.59643, C(2, 1.4) = 0.57647. */
static const load_case_t loads[] = {
    { 1, 0.5, 1.0 }, { 1, 0.8, 4.0 }, { 2, 0.7, 0.57647 / (2 * 0.3) }, { 4, 0.8, 0.59643 / (4 * 0.2) },
};

BM_LOOP_TEST(waits_are_those_of_erlang, BM_COUNT(loads))
{
    enum { ARRIVALS = 400000 };
    const load_case_t *c = &loads[_i];
    bm_target_queue_t *queue = bm_target_queue_make(c->servers, 0, g_pool);
    const double service = 1e6;
    double now = 0, sum = 0;
    bm_rand_t r;

    bm_rand_seed(&r, 3);
    for (int i = 0; i < ARRIVALS; i++) {
        apr_int64_t wait;

        now += bm_rand_exponential(&r) * service / (c->load * c->servers);
        bm_target_queue_admit(queue, (apr_int64_t)now, (apr_int64_t)(bm_rand_exponential(&r) * service), &wait);
        sum += (double)wait;
    }
    ck_assert_double_eq_tol(sum / ARRIVALS / service, c->wait, 0.05 * c->wait);
}
END_TEST

BM_TEST(names_have_queues_of_their_own)
{
    bm_target_queues_t *queues = bm_target_queues_make(g_pool);
    bm_target_queue_t *a = bm_target_queues_get(queues, "a", 1, 0, 1), *b = bm_target_queues_get(queues, NULL, 1, 0, 2);
    apr_int64_t wait;

    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_eq(a, bm_target_queues_get(queues, "a", 1, 0, 3));
    ck_assert_int_eq(bm_target_queue_admit(a, 3, 100, &wait), APR_SUCCESS);
    ck_assert_int_eq(bm_target_queue_admit(a, 4, 100, &wait), APR_SUCCESS);
    ck_assert_int_eq(wait, 99);
    a = bm_target_queues_get(queues, "a", 3, 0, 5);         /* other parameters: a new queue */
    ck_assert_int_eq(bm_target_queue_admit(a, 5, 100, &wait), APR_SUCCESS);
    ck_assert_int_eq(wait, 0);
}
END_TEST

BM_TEST(the_queue_unused_for_longest_is_replaced)
{
    bm_target_queues_t *queues = bm_target_queues_make(g_pool);
    bm_target_queue_t *kept = NULL;
    apr_int64_t wait;
    char name[16];

    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof(name), "q%d", i);
        bm_target_queue_admit(bm_target_queues_get(queues, name, 1, 0, i), i, 1000000, &wait);
    }
    kept = bm_target_queues_get(queues, "q0", 1, 0, 100);   /* used: now q1 is the oldest */
    bm_target_queues_get(queues, "new", 1, 0, 101);
    ck_assert_ptr_eq(bm_target_queues_get(queues, "q0", 1, 0, 102), kept);
    bm_target_queue_admit(bm_target_queues_get(queues, "q1", 1, 0, 103), 103, 1, &wait);
    ck_assert_int_eq(wait, 0);                              /* forgotten, hence idle */
}
END_TEST

#include "test_target_queue.reg"
