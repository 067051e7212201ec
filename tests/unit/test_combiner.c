/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/combiner.h"
#include "base/timefmt.h"

#define LONG apr_time_from_sec(20)

/* One call of a thread: it asks for its number times two. */
typedef struct call_t {
    bm_combiner_place_t place;
    bm_combiner_t *combiner;
    apr_interval_time_t wait;
    int number, answer;
    bm_combiner_e end;
    atomic_int returned;
    pthread_t thread;
} call_t;

static void answer_all(bm_combiner_place_t *place)
{
    for (; place != NULL; place = place->next)
        ((call_t *)place)->answer = 2 * ((call_t *)place)->number;
}

static void *join(void *data)
{
    call_t *call = data;

    call->end = bm_combiner_join(call->combiner, &call->place, call->wait);
    atomic_store(&call->returned, 1);
    return NULL;
}

static void start(call_t *call, bm_combiner_t *combiner, int number, apr_interval_time_t wait)
{
    *call = (call_t){ .combiner = combiner, .number = number, .wait = wait };
    ck_assert_int_eq(pthread_create(&call->thread, NULL, join, call), 0);
}

/* Start n calls one behind the other, so that they wait in the order of their numbers. */
static void start_waiting(call_t *calls, int n, bm_combiner_t *combiner)
{
    int i;

    for (i = 0; i < n; i++) {
        start(&calls[i], combiner, i + 1, LONG);
        while (bm_combiner_waiting(combiner) <= i)
            usleep(1000);
    }
}

static void await(call_t *call)
{
    pthread_join(call->thread, NULL);
}

BM_TEST(a_lone_call_leads_at_once_and_answers_itself)
{
    bm_combiner_t *combiner = bm_combiner_make(1, 1, 4, g_pool);
    bm_combiner_place_t place;
    apr_time_t begin = bm_timefmt_steady();
    int i;

    for (i = 0; i < 1000; i++) {
        ck_assert_int_eq(bm_combiner_join(combiner, &place, LONG), BM_COMBINER_LEAD);
        ck_assert_int_eq(bm_combiner_take(combiner, &place), 1);
        ck_assert_int_eq(bm_combiner_leave(combiner, &place, &i), 0);
        ck_assert(place.legacy == NULL && place.turn == 0);
    }
    ck_assert_int_lt(bm_timefmt_steady() - begin, apr_time_from_sec(1));
}
END_TEST

BM_TEST(who_comes_meanwhile_is_answered_by_the_next_in_order_and_not_more_than_allowed)
{
    bm_combiner_t *combiner = bm_combiner_make(1, 1, 3, g_pool);
    bm_combiner_place_t mine;
    call_t calls[5];
    int legacy, i;

    ck_assert_int_eq(bm_combiner_join(combiner, &mine, LONG), BM_COMBINER_LEAD);
    ck_assert_int_eq(bm_combiner_take(combiner, &mine), 1);
    start_waiting(calls, 5, combiner);
    for (i = 0; i < 5; i++)
        ck_assert_int_eq(atomic_load(&calls[i].returned), 0);
    ck_assert_int_eq(bm_combiner_leave(combiner, &mine, &legacy), 1);
    await(&calls[0]);
    ck_assert_int_eq(calls[0].end, BM_COMBINER_LEAD);
    ck_assert(calls[0].place.legacy == &legacy && calls[0].place.turn == 1);
    ck_assert_int_eq(bm_combiner_take(combiner, &calls[0].place), 3);
    ck_assert(calls[0].place.next == &calls[1].place && calls[1].place.next == &calls[2].place
              && calls[2].place.next == NULL);
    answer_all(&calls[0].place);
    ck_assert_int_eq(bm_combiner_leave(combiner, &calls[0].place, NULL), 0);     /* nothing to take over */
    for (i = 1; i < 3; i++) {
        await(&calls[i]);
        ck_assert_int_eq(calls[i].end, BM_COMBINER_DONE);
        ck_assert_int_eq(calls[i].answer, 2 * calls[i].number);
    }
    await(&calls[3]);
    ck_assert_int_eq(calls[3].end, BM_COMBINER_LEAD);
    ck_assert(calls[3].place.legacy == NULL);
    ck_assert_int_eq(bm_combiner_take(combiner, &calls[3].place), 2);
    answer_all(&calls[3].place);
    ck_assert_int_eq(bm_combiner_leave(combiner, &calls[3].place, &legacy), 0);
    await(&calls[4]);
    ck_assert_int_eq(calls[4].answer, 10);
}
END_TEST

BM_TEST(behind_a_slow_leader_another_leads_as_long_as_there_may_be_one)
{
    bm_combiner_t *combiner = bm_combiner_make(1, 2, 4, g_pool);
    bm_combiner_place_t mine;
    call_t second, third;

    ck_assert_int_eq(bm_combiner_join(combiner, &mine, LONG), BM_COMBINER_LEAD);
    start(&second, combiner, 1, LONG);
    await(&second);                                        /* though nobody has left */
    ck_assert_int_eq(second.end, BM_COMBINER_LEAD);
    start(&third, combiner, 2, LONG);
    usleep(100000);
    ck_assert_int_eq(atomic_load(&third.returned), 0);
    ck_assert_int_eq(bm_combiner_leave(combiner, &mine, NULL), 0);
    await(&third);                                         /* the place of one who left is free */
    ck_assert_int_eq(third.end, BM_COMBINER_LEAD);
    bm_combiner_leave(combiner, &second.place, NULL);
    bm_combiner_leave(combiner, &third.place, NULL);
    ck_assert_int_eq(bm_combiner_join(combiner, &mine, LONG), BM_COMBINER_LEAD);
    bm_combiner_leave(combiner, &mine, NULL);
}
END_TEST

BM_TEST(as_many_as_usual_lead_at_once_and_each_place_is_taken_over)
{
    bm_combiner_t *combiner = bm_combiner_make(2, 2, 4, g_pool);
    bm_combiner_place_t mine[2];
    call_t calls[2];
    int legacy, i;

    for (i = 0; i < 2; i++)
        ck_assert_int_eq(bm_combiner_join(combiner, &mine[i], LONG), BM_COMBINER_LEAD);
    start_waiting(calls, 2, combiner);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(bm_combiner_leave(combiner, &mine[i], &legacy), 1);
        await(&calls[i]);
        ck_assert_int_eq(calls[i].end, BM_COMBINER_LEAD);
    }
    for (i = 0; i < 2; i++)
        bm_combiner_leave(combiner, &calls[i].place, NULL);
}
END_TEST

BM_TEST(who_is_not_taken_in_time_gives_up_and_who_is_taken_waits_on)
{
    bm_combiner_t *combiner = bm_combiner_make(1, 1, 2, g_pool);
    apr_time_t begin = bm_timefmt_steady();
    bm_combiner_place_t mine;
    call_t taken, late[2];

    ck_assert_int_eq(bm_combiner_join(combiner, &mine, LONG), BM_COMBINER_LEAD);
    start(&taken, combiner, 1, LONG / 20);
    while (bm_combiner_waiting(combiner) < 1)
        usleep(1000);
    start(&late[0], combiner, 2, apr_time_from_msec(200));
    start(&late[1], combiner, 3, apr_time_from_msec(200));
    ck_assert_int_eq(bm_combiner_take(combiner, &mine), 2);
    await(&late[0]);
    await(&late[1]);
    ck_assert_int_eq(late[0].end, BM_COMBINER_TIMEUP);
    ck_assert_int_eq(late[1].end, BM_COMBINER_TIMEUP);
    ck_assert_int_ge(bm_timefmt_steady() - begin, apr_time_from_msec(200));
    while (bm_timefmt_steady() < begin + LONG / 20 + apr_time_from_msec(100))
        usleep(10000);
    ck_assert_int_eq(atomic_load(&taken.returned), 0);
    ((call_t *)mine.next)->answer = 7;
    ck_assert_int_eq(bm_combiner_leave(combiner, &mine, NULL), 0);     /* nobody waits any more */
    await(&taken);
    ck_assert_int_eq(taken.end, BM_COMBINER_DONE);
    ck_assert_int_eq(taken.answer, 7);
}
END_TEST

enum { THREADS = 12, CALLS = 3000 };

static atomic_int led, answered, at_once, most_at_once;

static void lead(bm_combiner_t *combiner, call_t *call)
{
    int now = atomic_fetch_add(&at_once, 1) + 1;

    if (now > atomic_load(&most_at_once))
        atomic_store(&most_at_once, now);
    atomic_fetch_add(&led, 1);
    atomic_fetch_add(&answered, bm_combiner_take(combiner, &call->place));
    if (call->number % 64 == 0)
        usleep(7000);                                      /* longer than anybody is patient */
    answer_all(&call->place);
    atomic_fetch_sub(&at_once, 1);
    bm_combiner_leave(combiner, &call->place, NULL);
}

static void *call_often(void *data)
{
    bm_combiner_t *combiner = data;
    int i, wrong = 0;

    for (i = 0; i < CALLS; i++) {
        call_t call = { .number = i };
        bm_combiner_e end = bm_combiner_join(combiner, &call.place, LONG);

        if (end == BM_COMBINER_LEAD)
            lead(combiner, &call);
        wrong += end == BM_COMBINER_TIMEUP || call.answer != 2 * i;
    }
    return (void *)(apr_uintptr_t)wrong;
}

BM_LOOP_TEST(many_threads_get_each_its_own_answer_exactly_once, 3)
{
    bm_combiner_t *combiner = bm_combiner_make(_i + 1, 3, 8, g_pool);
    pthread_t threads[THREADS];
    void *wrong;
    int i;

    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call_often, combiner), 0);
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &wrong);
        ck_assert_int_eq((int)(apr_uintptr_t)wrong, 0);
    }
    ck_assert_int_eq(atomic_load(&answered), THREADS * CALLS);
    ck_assert_int_lt(atomic_load(&led), THREADS * CALLS);
    ck_assert_int_le(atomic_load(&most_at_once), 3);
}
END_TEST

#include "test_combiner.reg"
